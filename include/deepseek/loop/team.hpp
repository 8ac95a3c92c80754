// SPDX-License-Identifier: Apache-2.0
/// @file team: threads that walk one long row together and wait for each other between passes.
#pragma once
#include <cstdint>

#include <deepseek/loop/thread_pool.hpp>
#include <deepseek/loop/workspace.hpp>

namespace deepseek::loop {

/// What the members of a team share.
struct team_state {
  int arrived = 0;
  int round = 0;
  void* memory = nullptr;
};

/// team: one member's handle.
class team {
 public:
  team(team_state& state, int member, int members)
      : state_{state}, member_{member}, members_{members} {}
  [[nodiscard]] int member() const { return member_; }
  [[nodiscard]] int size() const { return members_; }

  /// wait(): returns when every member has called it; what they wrote before is visible then.
  void wait() {
    int const round = __atomic_load_n(&state_.round, __ATOMIC_RELAXED);
    if (__atomic_add_fetch(&state_.arrived, 1, __ATOMIC_ACQ_REL) == members_) {
      __atomic_store_n(&state_.arrived, 0, __ATOMIC_RELAXED);
      __atomic_store_n(&state_.round, round + 1, __ATOMIC_RELEASE);
      return;
    }
    constexpr int spins_before_yield = 10000;
    for (int spin = 0; __atomic_load_n(&state_.round, __ATOMIC_ACQUIRE) == round; ++spin) {
      if (spin < spins_before_yield) pause_thread();
      else sched_yield();
    }
  }

  /// shared_memory(bytes, own): one block for all members, valid until the next call.
  void* shared_memory(std::int64_t bytes, workspace& own) {
    if (member_ == 0) state_.memory = own.take(workspace::shared_partials, bytes);
    wait();
    return state_.memory;
  }

 private:
  team_state& state_;
  int member_;
  int members_;
};

/// with_team(threads, pieces, f): f(team) on as many threads as there are pieces, at most `threads`.
template <class F> void with_team(int threads, std::int64_t pieces, F const& f) {
  if (pieces < threads) threads = static_cast<int>(pieces);
  team_state state;
  thread_pool::instance().run(threads, [&](int thread, int count) {
    team member{state, thread, count};
    f(member);
  });
}

}  // namespace deepseek::loop
