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

  explicit happens_before(int threads)
      : now_(static_cast<std::size_t>(threads), 1),
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
    auto all = std::make_shared<clock>(now_.size(), 0);
    clock const* last = nullptr;
    auto const join = [&](int thread) {
      clock const& of = *seen_[index(thread)];
      if (&of == last) return;
      last = &of;
      for (std::size_t i = 0; i < of.size(); ++i)
        if (of[i] > (*all)[i]) (*all)[i] = of[i];
    };
    for (int const thread : givers) join(thread);
    for (int const thread : givers) (*all)[index(thread)] = now_[index(thread)];
    for (int const thread : takers) take(thread, all);
    for (int const thread : givers) ++now_[index(thread)];
  }

 private:
  using clock = std::vector<time>;
  static std::size_t index(int thread) { return static_cast<std::size_t>(thread); }

  /// Takers that gave have nothing that is not in `all`; others keep what they had seen.
  void take(int thread, std::shared_ptr<clock> const& all) {
    clock const& own = *seen_[index(thread)];
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (own[i] > (*all)[i]) {
        auto joined = std::make_shared<clock>(*all);
        for (std::size_t k = i; k < own.size(); ++k)
          if (own[k] > (*joined)[k]) (*joined)[k] = own[k];
        seen_[index(thread)] = joined;
        return;
      }
    }
    seen_[index(thread)] = all;
  }

  std::vector<time> now_;
  std::vector<std::shared_ptr<clock>> seen_;
};

}  // namespace deepseek::arch::emulated
