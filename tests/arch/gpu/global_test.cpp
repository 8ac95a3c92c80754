// SPDX-License-Identifier: Apache-2.0
/// @file load and store of every width, and the faults of those that are outside or not aligned.
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/thread.hpp>

#include <doctest/doctest.h>

#include <cstdint>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_of;
using deepseek::test::holds;

namespace {

/// 64 elements copied in pieces of N.
template <class T, int N, gpu::reuse Reuse> void copies() {
  alignas(16) T from[64];
  alignas(16) T to[64];
  for (int i = 0; i < 64; ++i) {
    from[i] = static_cast<T>(i + 1);
    to[i] = T{};
  }
  deepseek::arch::emulated::global_memory memory;
  memory.add({from, sizeof from, false, "from"});
  memory.add({to, sizeof to, true, "to"});
  using piece = gpu::vec<T, N>;
  static_assert(sizeof(piece) == sizeof(T) * N && alignof(piece) == sizeof(piece));
  CHECK(fault_of(64 / N, memory, [&](auto&) {
          auto const* const source = reinterpret_cast<piece const*>(from) + gpu::thread_rank();
          auto* const target = reinterpret_cast<piece*>(to) + gpu::thread_rank();
          gpu::store<Reuse>(target, gpu::load<Reuse>(source));
        }) == "");
  for (int i = 0; i < 64; ++i) CHECK(to[i] == from[i]);
}

template <gpu::reuse Reuse> void all_widths() {
  copies<std::uint8_t, 1, Reuse>();
  copies<std::uint8_t, 2, Reuse>();
  copies<std::uint8_t, 4, Reuse>();
  copies<std::uint8_t, 16, Reuse>();
  copies<std::uint16_t, 1, Reuse>();
  copies<std::uint16_t, 8, Reuse>();
  copies<float, 1, Reuse>();
  copies<float, 4, Reuse>();
  copies<double, 1, Reuse>();
  copies<double, 2, Reuse>();
}

}  // namespace

TEST_CASE("load and store: 1 to 16 bytes, every reuse") {
  all_widths<gpu::reuse::usual>();
  all_widths<gpu::reuse::by_blocks>();
  all_widths<gpu::reuse::none>();
}

TEST_CASE("fault: global memory outside of the operands, not to be written, not aligned") {
  alignas(16) float x[10] = {};
  alignas(16) float y[10] = {};
  deepseek::arch::emulated::global_memory memory;
  memory.add({x, sizeof x, false, "operand 0"});
  memory.add({y, sizeof y, true, "the result"});
  auto const beyond = [&](auto&) { gpu::store(y + gpu::thread_rank(), gpu::load(x)); };
  CHECK(holds(fault_of(11, memory, beyond),
              "[DS-EMULATED-GLOBAL] probe: thread 10 of block (0, 0, 0)",
              "writes 4 bytes at byte 40 of", "which has 40"));
  auto const constant = [&](auto&) { gpu::store(x, 1.f); };
  CHECK(holds(fault_of(1, memory, constant),
              "writes 4 bytes at byte 0 of operand 0, which is only to be read"));
  using four = gpu::vec<float, 4>;
  auto const askew = [&](auto&) { (void)gpu::load(reinterpret_cast<four const*>(x + 1)); };
  CHECK(holds(fault_of(1, memory, askew),
              "reads 16 bytes at an address that is not a multiple of it"));
  auto const tail = [&](auto&) { (void)gpu::load(reinterpret_cast<four const*>(x + 8)); };
  CHECK(holds(fault_of(1, memory, tail), "reads 16 bytes at byte 32 of operand 0, which has 40"));
}
