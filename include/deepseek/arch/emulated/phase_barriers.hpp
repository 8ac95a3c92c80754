// SPDX-License-Identifier: Apache-2.0
/// @file phase_barriers: the mbarriers of running blocks by their addresses, and who waits at them.
#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include <deepseek/arch/emulated/cluster_places.hpp>
#include <deepseek/arch/emulated/happens_before.hpp>
#include <deepseek/arch/emulated/kernel_fault.hpp>
#include <deepseek/arch/emulated/phase_barrier.hpp>
#include <deepseek/arch/emulated/stack_turns.hpp>

namespace deepseek::arch::emulated {

/// phase_barriers: that threads have made. Threads are named by their number.
class phase_barriers {
 public:
  phase_barriers(cluster_places const& places, stack_turns& turns, happens_before& order)
      : places_{places}, turns_{turns}, order_{order} {}

  void make(int id, void const* at, int arrivals) {
    if (arrivals < 1)
      throw kernel_fault{text{} << "[DS-EMULATED-MBARRIER] " << places_.who(id)
                                << " makes an mbarrier for " << arrivals << " arrivals."};
    made_.insert_or_assign(at, phase_barrier{arrivals, order_.add_source()});
  }
  void arrive(int id, void const* at, int bytes) {
    phase_barrier& phase = of(id, at);
    if (!phase.arrive(order_, id, bytes))
      throw kernel_fault{text{} << "[DS-EMULATED-MBARRIER] " << places_.who(id)
                                << " arrives at an mbarrier whose arrivals have all come; "
                                << phase.missing_bytes() << " bytes of the phase are missing."};
    check_bytes(id, phase);
    wake_waiters(at, phase);
  }
  /// The phase that bytes come in which a copy of thread `id` brings.
  [[nodiscard]] phase_barrier const& running(int id, void const* at) { return of(id, at); }
  void bring(int id, void const* at, int bytes) {
    phase_barrier& phase = of(id, at);
    phase.bring(order_, bytes);
    check_bytes(id, phase);
    wake_waiters(at, phase);
  }
  void wait(int id, void const* at, int parity) {
    phase_barrier const& phase = of(id, at);
    while (!phase.over(parity)) {
      waiting_.push_back({id, at, parity});
      turns_.wait(id);
    }
    phase.learn(order_, id);
  }

  /// Of the first that waits: for what, and what that lacks.
  void describe(text& message) const {
    if (waiting_.empty()) return;
    waiter const& w = waiting_.front();
    phase_barrier const& phase = made_.at(w.at);
    message << " " << places_.other(w.id, 0) << " for the end of parity " << w.parity
            << " of an mbarrier, which lacks " << phase.missing() << " arrivals and "
            << phase.missing_bytes() << " bytes;";
  }

 private:
  struct waiter {
    int id;
    void const* at;
    int parity;
  };

  phase_barrier& of(int id, void const* at) {
    auto const found = made_.find(at);
    if (found == made_.end())
      throw kernel_fault{text{} << "[DS-EMULATED-MBARRIER] " << places_.who(id)
                                << " uses an mbarrier that nobody has made. Fix: init() by one "
                                   "thread, then sync_block()."};
    return found->second;
  }
  void check_bytes(int id, phase_barrier const& phase) const {
    std::int64_t const missing = phase.missing_bytes();
    if (missing > phase_barrier::most_bytes || missing < -phase_barrier::most_bytes)
      throw kernel_fault{text{} << "[DS-EMULATED-MBARRIER] " << places_.who(id)
                                << " brings an mbarrier to " << missing
                                << " missing bytes. Fix: at most " << phase_barrier::most_bytes
                                << " in a phase."};
  }
  void wake_waiters(void const* at, phase_barrier const& phase) {
    std::vector<waiter> left;
    for (waiter const& w : waiting_) {
      if (w.at == at && phase.over(w.parity)) turns_.wake(w.id);
      else left.push_back(w);
    }
    waiting_.swap(left);
  }

  cluster_places const& places_;
  stack_turns& turns_;
  happens_before& order_;
  std::map<void const*, phase_barrier> made_;
  std::vector<waiter> waiting_;
};

}  // namespace deepseek::arch::emulated
