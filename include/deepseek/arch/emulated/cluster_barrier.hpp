// SPDX-License-Identifier: Apache-2.0
/// @file cluster_barrier: the barrier of all threads of a cluster, which come and wait in two steps.
#pragma once
#include <cstddef>
#include <vector>

#include <deepseek/arch/emulated/cluster_places.hpp>
#include <deepseek/arch/emulated/happens_before.hpp>
#include <deepseek/arch/emulated/kernel_fault.hpp>
#include <deepseek/arch/emulated/stack_turns.hpp>

namespace deepseek::arch::emulated {

/// cluster_barrier: each thread comes, then waits; one that has ended counts as come.
class cluster_barrier {
 public:
  cluster_barrier(cluster_places const& places, stack_turns& turns, happens_before& order)
      : places_{places},
        turns_{turns},
        order_{order},
        missing_{places.threads()},
        left_{places.threads()},
        come_at_(static_cast<std::size_t>(places.threads()), nothing) {}

  void arrive(int id) {
    turns_.check_going_on();
    if (come_at(id) != nothing)
      throw kernel_fault{text{} << "[DS-EMULATED-CLUSTER] " << places_.who(id)
                                << " comes to the barrier of its cluster twice. Fix: "
                                   "wait_cluster() after each arrive_cluster()."};
    come_at(id) = round_;
    order_.give(running_, id);
    one_less();
  }
  void wait(int id) {
    turns_.check_going_on();
    if (come_at(id) == nothing)
      throw kernel_fault{text{} << "[DS-EMULATED-CLUSTER] " << places_.who(id)
                                << " waits at the barrier of its cluster, but has not come to it. "
                                   "Fix: arrive_cluster() before wait_cluster()."};
    while (come_at(id) == round_) {
      waiting_.push_back(id);
      turns_.wait(id);
    }
    come_at(id) = nothing;
    order_.take(id, ended_);
  }
  /// The thread ends.
  void leave(int id) {
    --left_;
    if (come_at(id) != round_) one_less();
  }

  void describe(text& message) const {
    if (waiting_.empty()) return;
    message << " at the barrier of the cluster " << places_.threads() - missing_ << " of "
            << places_.threads() << " threads, " << places_.other(waiting_.front(), 0)
            << " among them;";
  }

 private:
  static constexpr int nothing = -1;
  int& come_at(int id) { return come_at_[static_cast<std::size_t>(id)]; }

  void one_less() {
    if (--missing_ != 0) return;
    ++round_;
    missing_ = left_;
    ended_ = running_;
    for (int const id : waiting_) turns_.wake(id);
    waiting_.clear();
  }

  cluster_places const& places_;
  stack_turns& turns_;
  happens_before& order_;
  int round_ = 0;
  int missing_;               ///< in this round
  int left_;                  ///< threads that have not ended
  std::vector<int> come_at_;  ///< of each thread: the round that it has come to and not waited for
  std::vector<int> waiting_;
  happens_before::knowledge running_;
  happens_before::knowledge ended_;
};

}  // namespace deepseek::arch::emulated
