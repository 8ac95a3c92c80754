// SPDX-License-Identifier: Apache-2.0
/// @file phase_barrier: the state of one mbarrier: arrivals and bytes of the phase that runs.
#pragma once
#include <cstdint>
#include <vector>

#include <deepseek/arch/emulated/happens_before.hpp>

namespace deepseek::arch::emulated {

/// phase_barrier: phases end when `arrivals` have come and no announced byte is missing.
class phase_barrier {
 public:
  explicit phase_barrier(int arrivals) : arrivals_{arrivals}, missing_{arrivals} {}

  [[nodiscard]] int parity() const { return parity_; }    ///< of the phase that runs
  [[nodiscard]] int missing() const { return missing_; }  ///< arrivals
  [[nodiscard]] std::int64_t missing_bytes() const { return bytes_; }
  [[nodiscard]] bool over(int parity) const { return parity != parity_; }

  /// False if all arrivals of the phase have come already.
  bool arrive(happens_before& order, int thread, int announced) {
    if (missing_ == 0) return false;
    order.give(running_, thread);
    bytes_ += announced;
    --missing_;
    end_if_complete();
    return true;
  }
  /// Bytes came. What they are was written by the machine, which is not a thread.
  void bring(int bytes) {
    bytes_ -= bytes;
    end_if_complete();
  }
  /// What those who arrived at the last phase that ended did is seen by the thread.
  void learn(happens_before& order, int thread) const { order.take(thread, ended_); }

 private:
  void end_if_complete() {
    if (missing_ != 0 || bytes_ != 0) return;
    parity_ ^= 1;
    missing_ = arrivals_;
    ended_ = running_;  // and what came before: order goes on from phase to phase
  }

  int arrivals_;
  int missing_;
  std::int64_t bytes_ = 0;
  int parity_ = 0;
  happens_before::knowledge running_;
  happens_before::knowledge ended_;
};

}  // namespace deepseek::arch::emulated
