// SPDX-License-Identifier: Apache-2.0
/// @file stack_switch: objects on the stacks of emulated threads live and end as on any other, under
/// AddressSanitizer too; this test is what a sanitized build of the emulator has to pass.
#include <deepseek/arch/emulated/stack_switch.hpp>
#include <deepseek/arch/gpu/barrier.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

#include "run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::arch::emulated::stack_range;
using deepseek::arch::emulated::stack_switch;

TEST_CASE("stack_switch: without a switch nothing is told") {
  stack_range const none;
  CHECK(none.bottom == nullptr);
  CHECK(none.bytes == 0);
}

TEST_CASE("deep stacks, exceptions caught inside a thread, and barriers between") {
  int caught = 0;
  deepseek::test::run_block(64, [&](auto&) {
    std::string const mine(200, static_cast<char>('a' + gpu::thread_rank() % 26));
    for (int round = 0; round < 3; ++round) {
      try {
        std::string const inner = mine + mine;
        gpu::sync_block();
        throw std::runtime_error{inner};
      } catch (std::runtime_error const& e) {
        if (e.what() == mine + mine) ++caught;
      }
      gpu::sync_block();
    }
  });
  CHECK(caught == 3 * 64);
}
