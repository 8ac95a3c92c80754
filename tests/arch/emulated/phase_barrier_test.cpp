// SPDX-License-Identifier: Apache-2.0
/// @file phase_barrier: when a phase ends, and what its end teaches.
#include <deepseek/arch/emulated/phase_barrier.hpp>

#include <doctest/doctest.h>

using deepseek::arch::emulated::happens_before;
using deepseek::arch::emulated::phase_barrier;

TEST_CASE("phase_barrier: ends with the last arrival and the last byte, and begins anew") {
  happens_before order{3};
  phase_barrier phase{2};
  CHECK(phase.parity() == 0);
  CHECK(phase.over(1));  // as if a phase of parity 1 had come before
  CHECK_FALSE(phase.over(0));
  CHECK(phase.arrive(order, 0, 100));
  CHECK(phase.missing() == 1);
  CHECK(phase.arrive(order, 1, 0));
  CHECK_FALSE(phase.over(0));
  CHECK(phase.missing_bytes() == 100);
  CHECK_FALSE(phase.arrive(order, 2, 0));  // one too many
  phase.bring(60);
  CHECK_FALSE(phase.over(0));
  phase.bring(40);
  CHECK(phase.over(0));
  CHECK(phase.parity() == 1);
  CHECK(phase.missing() == 2);
}

TEST_CASE("phase_barrier: bytes may come before they are announced") {
  happens_before order{1};
  phase_barrier phase{1};
  phase.bring(16);
  CHECK_FALSE(phase.over(0));
  phase.arrive(order, 0, 16);
  CHECK(phase.over(0));
}

TEST_CASE("phase_barrier: its end teaches what was done before the arrivals, not after") {
  happens_before order{3};
  phase_barrier phase{2};
  auto const before = order.now(0);
  phase.arrive(order, 0, 0);
  auto const after = order.now(0);
  phase.arrive(order, 1, 0);
  phase.learn(order, 2);
  CHECK(order.saw(2, 0, before));
  CHECK_FALSE(order.saw(2, 0, after));
}
