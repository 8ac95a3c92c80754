// SPDX-License-Identifier: Apache-2.0
/// @file phase_barrier: the state of one mbarrier: arrivals and bytes of the phase that runs.
///
/// Bytes are brought by a copy engine: the barrier is its source of events, one for each phase.
#pragma once
#include <cstdint>
#include <vector>

#include <deepseek/arch/emulated/happens_before.hpp>

namespace deepseek::arch::emulated {

/// phase_barrier: phases end when `arrivals` have come and no announced byte is missing.
class phase_barrier {
 public:
  static constexpr std::int64_t most_bytes = (1 << 20) - 1;  ///< that may be missing

  explicit phase_barrier(int arrivals, int source)
      : arrivals_{arrivals}, missing_{arrivals}, source_{source} {}

  /// What bytes that come in this phase are an event of, and when it is seen.
  [[nodiscard]] int source() const { return source_; }
  [[nodiscard]] happens_before::time phase() const { return phase_; }

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
    end_if_complete(order);
    return true;
  }
  /// Bytes came.
  void bring(happens_before const& order, int bytes) {
    bytes_ -= bytes;
    end_if_complete(order);
  }
  /// What those who arrived at the last phase that ended did, and the bytes of it, is seen by the thread.
  void learn(happens_before& order, int thread) const { order.take(thread, ended_); }

 private:
  void end_if_complete(happens_before const& order) {
    if (missing_ != 0 || bytes_ != 0) return;
    parity_ ^= 1;
    missing_ = arrivals_;
    order.give(running_, source_, phase_++);
    ended_ = running_;  // and what came before: order goes on from phase to phase
  }

  int arrivals_;
  int missing_;
  int source_;
  happens_before::time phase_ = happens_before::begin;
  std::int64_t bytes_ = 0;
  int parity_ = 0;
  happens_before::knowledge running_;
  happens_before::knowledge ended_;
};

}  // namespace deepseek::arch::emulated
