// SPDX-License-Identifier: Apache-2.0
/// @file happens_before: which of a block's accesses are ordered: each thread's time, and how much of the
/// others' each one has seen.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

namespace deepseek::arch::emulated {

/// happens_before: a vector clock for each thread; threads that meet share one, until they meet others.
class happens_before {
 public:
  using time = std::uint32_t;
  static constexpr time begin = 1;  ///< of each thread

  explicit happens_before(int threads)
      : now_(static_cast<std::size_t>(threads), begin),
        seen_(static_cast<std::size_t>(threads),
              std::make_shared<clock>(static_cast<std::size_t>(threads), 0)) {}

  /// The thread's own time: what it does now happens then.
  [[nodiscard]] time now(int thread) const { return now_[index(thread)]; }

  /// Has `thread` seen what `other` did at `then`?
  [[nodiscard]] bool saw(int thread, int other, time then) const {
    return thread == other || (*seen_[index(thread)])[index(other)] >= then;
  }

  /// What each of these threads did so far is seen by all of them from here on.
  void meet(std::vector<int> const& threads) { exchange(threads, threads); }

  /// What the givers did so far is seen by the takers from here on.
  void exchange(std::vector<int> const& givers, std::vector<int> const& takers) {
    knowledge all;
    for (int const thread : givers) join(all, thread);
    for (int const thread : takers) take(thread, all);
    for (int const thread : givers) ++now_[index(thread)];
  }

  /// What some threads did up to a moment each, for others to learn of later.
  class knowledge {
    friend class happens_before;
    std::shared_ptr<std::vector<time>> seen_;
    std::shared_ptr<std::vector<time>> last_;  // what was joined last: threads that met share it
  };
  /// What the thread did so far becomes part of it.
  void give(knowledge& to, int thread) {
    join(to, thread);
    ++now_[index(thread)];
  }
  /// What is in it is seen by the thread from here on.
  void take(int thread, knowledge const& from) {
    if (from.seen_ == nullptr) return;
    clock const& all = *from.seen_;
    clock const& own = *seen_[index(thread)];
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (own[i] > all[i]) {
        auto joined = std::make_shared<clock>(all);
        for (std::size_t k = i; k < own.size(); ++k)
          if (own[k] > (*joined)[k]) (*joined)[k] = own[k];
        seen_[index(thread)] = joined;
        return;
      }
    }
    seen_[index(thread)] = from.seen_;
  }

 private:
  using clock = std::vector<time>;
  static std::size_t index(int thread) { return static_cast<std::size_t>(thread); }

  void join(knowledge& to, int thread) {
    // Threads may hold what is in it by now: they are not to learn more.
    if (to.seen_ == nullptr) to.seen_ = std::make_shared<clock>(now_.size(), 0);
    else if (to.seen_.use_count() > 1) to.seen_ = std::make_shared<clock>(*to.seen_);
    clock const& of = *seen_[index(thread)];
    if (seen_[index(thread)] != to.last_) {
      to.last_ = seen_[index(thread)];
      for (std::size_t i = 0; i < of.size(); ++i)
        if (of[i] > (*to.seen_)[i]) (*to.seen_)[i] = of[i];
    }
    (*to.seen_)[index(thread)] = now_[index(thread)];
  }

  std::vector<time> now_;
  std::vector<std::shared_ptr<clock>> seen_;
};

}  // namespace deepseek::arch::emulated
