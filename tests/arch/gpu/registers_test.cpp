// SPDX-License-Identifier: Apache-2.0
/// @file registers: all threads of four warps move them together, the same number of them.
#include <deepseek/arch/gpu/registers.hpp>
#include <deepseek/arch/gpu/thread.hpp>

#include <doctest/doctest.h>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_of;
using deepseek::test::holds;

TEST_CASE("counts that a thread can have") {
  static_assert(gpu::detail::moved_registers<24> && gpu::detail::moved_registers<256>);
  static_assert(gpu::detail::moved_registers<40> && gpu::detail::moved_registers<232>);
  static_assert(!gpu::detail::moved_registers<16> && !gpu::detail::moved_registers<264>);
  static_assert(!gpu::detail::moved_registers<100>);
}

TEST_CASE("a producer gives back, two consumers take") {
  int moved = 0;
  CHECK(fault_of(384, [&](auto&) {
          if (gpu::warp_rank() < 4) gpu::lower_registers<40>();
          else gpu::raise_registers<232>();
          ++moved;
        }) == "");
  CHECK(moved == 384);
}

TEST_CASE("fault: warps of one group that do not move, or move something else") {
  auto const missing = [](auto&) {
    if (gpu::warp_rank() != 2) gpu::lower_registers<40>();
  };
  CHECK(holds(fault_of(128, missing), "[DS-EMULATED-DEADLOCK]",
              "at lower_registers 96 of 128 threads, thread 0 among them"));
  CHECK(holds(fault_of(64, [](auto&) { gpu::lower_registers<40>(); }), "[DS-EMULATED-DEADLOCK]",
              "at lower_registers 64 of 128 threads"));
  auto const both = [](auto&) {
    if (gpu::warp_rank() < 6) gpu::lower_registers<40>();
    else gpu::raise_registers<64>();
  };
  CHECK(holds(fault_of(256, both), "[DS-EMULATED-DIVERGED] probe: thread 192",
              "comes to a raise_registers while thread 128", "in a lower_registers"));
  auto const counts = [](auto&) {
    if (gpu::warp_rank() < 7) gpu::raise_registers<160>();
    else gpu::raise_registers<168>();
  };
  CHECK(holds(fault_of(256, counts), "[DS-EMULATED-REGISTERS] probe: thread",
              "comes to a raise_registers of ", "of its four warps to one of "));
}
