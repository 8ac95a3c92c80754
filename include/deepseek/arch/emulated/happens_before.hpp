// SPDX-License-Identifier: Apache-2.0
/// @file happens_before: which accesses of threads are ordered: each thread's time, and how much of the
/// others' each one has seen.
///
/// Copy engines do things too. A source is one of them: it has events in the order of time, and no memory.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

namespace deepseek::arch::emulated {

/// happens_before: a vector clock for each thread; threads that meet share one, until they meet others.
class happens_before {
  using clock = std::vector<std::uint32_t>;
  using shared_clock = std::shared_ptr<clock>;

 public:
  using time = std::uint32_t;
  static constexpr time begin = 1;  ///< of each thread

  explicit happens_before(int threads)
      : sources_from_{threads},
        now_(static_cast<std::size_t>(threads), begin),
        seen_(static_cast<std::size_t>(threads),
              std::make_shared<clock>(static_cast<std::size_t>(threads), 0)),
        fenced_(static_cast<std::size_t>(threads)) {}

  /// The thread's own time: what it does now happens then.
  [[nodiscard]] time now(int thread) const { return now_[index(thread)]; }

  /// Has `thread` seen what `other`, a thread or a source, did at `then`?
  [[nodiscard]] bool saw(int thread, int other, time then) const {
    return thread == other || at(seen_[index(thread)], other) >= then;
  }
  /// Is there a fence on the way from what `other` did to `thread`?
  [[nodiscard]] bool fenced(int thread, int other, time then) const {
    return at(fenced_[index(thread)], other) >= then;
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
    shared_clock seen_;
    shared_clock last_;  // what was joined last: threads that met share it
    shared_clock fenced_;
    shared_clock last_fenced_;
  };
  /// What the thread did so far becomes part of it.
  void give(knowledge& to, int thread) {
    join(to, thread);
    ++now_[index(thread)];
  }
  /// What is in it is seen by the thread from here on.
  void take(int thread, knowledge const& from) {
    take(seen_[index(thread)], from.seen_);
    take(fenced_[index(thread)], from.fenced_);
  }

  /// All that the thread has seen and done so far is before a fence.
  void fence(int thread) {
    auto all = std::make_shared<clock>(*seen_[index(thread)]);
    (*all)[index(thread)] = now_[index(thread)]++;
    fenced_[index(thread)] = all;
  }

  /// A source of events that is no thread.
  int add_source() { return sources_from_ + sources_++; }
  [[nodiscard]] bool is_source(int id) const { return id >= sources_from_; }
  /// What the source did up to `then` becomes part of it; is seen by the thread.
  void give(knowledge& to, int source, time then) const { raise(to.seen_, source, then); }
  void learn(int thread, int source, time then) { raise(seen_[index(thread)], source, then); }

 private:
  static std::size_t index(int thread) { return static_cast<std::size_t>(thread); }
  static time at(shared_clock const& c, int other) {
    return c != nullptr && index(other) < c->size() ? (*c)[index(other)] : 0;
  }
  /// Others may hold the same clock: they are not to learn more.
  static void own(shared_clock& c) {
    if (c == nullptr) c = std::make_shared<clock>();
    else if (c.use_count() > 1) c = std::make_shared<clock>(*c);
  }
  static void raise(shared_clock& c, int other, time then) {
    if (at(c, other) >= then) return;
    own(c);
    if (c->size() <= index(other)) c->resize(index(other) + 1, 0);
    (*c)[index(other)] = then;
  }
  static void join(shared_clock& to, shared_clock& last, shared_clock const& of) {
    if (of == nullptr || of == last) return;
    last = of;
    own(to);
    if (to->size() < of->size()) to->resize(of->size(), 0);
    for (std::size_t i = 0; i < of->size(); ++i)
      if ((*of)[i] > (*to)[i]) (*to)[i] = (*of)[i];
  }
  void join(knowledge& to, int thread) const {
    join(to.seen_, to.last_, seen_[index(thread)]);
    raise(to.seen_, thread, now_[index(thread)]);
    join(to.fenced_, to.last_fenced_, fenced_[index(thread)]);
  }
  /// The joined clock is shared with `from` where `own` has nothing that is not in it.
  static void take(shared_clock& own, shared_clock const& from) {
    if (from == nullptr) return;
    if (own != nullptr)
      for (std::size_t i = 0; i < own->size(); ++i)
        if ((*own)[i] > at(from, static_cast<int>(i))) {
          auto joined = std::make_shared<clock>(*own);
          shared_clock none;
          join(joined, none, from);
          own = joined;
          return;
        }
    own = from;
  }

  int sources_from_;
  int sources_ = 0;
  std::vector<time> now_;
  std::vector<shared_clock> seen_;
  std::vector<shared_clock>
      fenced_;  ///< what has been fenced of what they have seen; null: nothing
};

}  // namespace deepseek::arch::emulated
