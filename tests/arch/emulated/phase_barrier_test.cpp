// SPDX-License-Identifier: Apache-2.0
/// @file phase_barrier: when a phase ends, and what its end teaches.
#include <deepseek/arch/emulated/phase_barrier.hpp>

#include <doctest/doctest.h>

using deepseek::arch::emulated::happens_before;
using deepseek::arch::emulated::phase_barrier;

TEST_CASE("phase_barrier: ends with the last arrival and the last byte, and begins anew") {
  happens_before order{3};
  phase_barrier phase{2, order.add_source()};
  CHECK(phase.parity() == 0);
  CHECK(phase.over(1));  // as if a phase of parity 1 had come before
  CHECK_FALSE(phase.over(0));
  CHECK(phase.arrive(order, 0, 100));
  CHECK(phase.missing() == 1);
  CHECK(phase.arrive(order, 1, 0));
  CHECK_FALSE(phase.over(0));
  CHECK(phase.missing_bytes() == 100);
  CHECK_FALSE(phase.arrive(order, 2, 0));  // one too many
  phase.bring(order, 60);
  CHECK_FALSE(phase.over(0));
  phase.bring(order, 40);
  CHECK(phase.over(0));
  CHECK(phase.parity() == 1);
  CHECK(phase.missing() == 2);
}

TEST_CASE("phase_barrier: bytes may come before they are announced") {
  happens_before order{1};
  phase_barrier phase{1, order.add_source()};
  phase.bring(order, 16);
  CHECK_FALSE(phase.over(0));
  phase.arrive(order, 0, 16);
  CHECK(phase.over(0));
}

TEST_CASE("phase_barrier: its end teaches what was done before the arrivals, not after") {
  happens_before order{3};
  phase_barrier phase{2, order.add_source()};
  auto const before = order.now(0);
  phase.arrive(order, 0, 0);
  auto const after = order.now(0);
  phase.arrive(order, 1, 0);
  phase.learn(order, 2);
  CHECK(order.saw(2, 0, before));
  CHECK_FALSE(order.saw(2, 0, after));
}

TEST_CASE("phase_barrier: bytes are events of its own, seen after the phase that they came in") {
  happens_before order{2};
  phase_barrier phase{1, order.add_source()};
  CHECK(order.is_source(phase.source()));
  CHECK_FALSE(order.is_source(1));
  auto const first = phase.phase();
  phase.bring(order, 16);
  phase.arrive(order, 0, 16);
  auto const second = phase.phase();
  CHECK(second > first);
  CHECK_FALSE(order.saw(0, phase.source(), first));  // who arrives has not waited
  phase.learn(order, 1);
  CHECK(order.saw(1, phase.source(), first));
  CHECK_FALSE(order.saw(1, phase.source(), second));
}
