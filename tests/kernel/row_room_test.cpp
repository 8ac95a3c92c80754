// SPDX-License-Identifier: Apache-2.0
/// @file A room: what each thread puts there it gets back, of operands of every size side by side; and which
/// passes put and get.
#include <deepseek/kernel/row_room.hpp>

#include <doctest/doctest.h>

#include <cstdint>

#include "../arch/emulated/run_block.hpp"

namespace {
namespace gpu = deepseek::arch::gpu;
namespace kernel = deepseek::kernel;
using deepseek::test::fault_of;
using kernel::read_in;

TEST_CASE("read_in: the passes of an operand; what is read again has room") {
  CHECK(kernel::of_pass(3) == 8u);
  using once = read_in<0b100>;
  CHECK_FALSE(once::again);
  CHECK(once::in(2));
  CHECK(once::first_in(2));
  CHECK_FALSE(once::in(1));
  using twice = read_in<0b1010, 6>;
  CHECK(twice::again);
  CHECK(twice::before == 6);
  CHECK(twice::first_in(1));
  CHECK_FALSE(twice::in(2));
  CHECK(twice::in(3));
  CHECK_FALSE(twice::first_in(3));
  CHECK_FALSE(read_in<0>::again);
  CHECK_FALSE(read_in<0>::first_in(1));
}

template <int Elements> struct plan {
  alignas(16) unsigned char room[kernel::row_room<64, Elements>::bytes_of(8 + 1 + 2 + 4)];
};

/// Operands of 8, 1, 2 and 4 bytes of two pieces, one after the other in one room.
template <int Elements> void put_and_get(plan<Elements>& shared) {
  kernel::row_room<64, Elements> const room{shared.room};
  int const thread = gpu::thread_rank();
  for (int piece = 0; piece < 2; ++piece) {
    std::int64_t wide[Elements], wide_again[Elements];
    std::uint8_t byte[Elements], byte_again[Elements];
    std::int16_t half[Elements], half_again[Elements];
    float number[Elements], number_again[Elements];
    for (int i = 0; i < Elements; ++i) {
      int const which = (piece * 64 + thread) * Elements + i;
      wide[i] = std::int64_t{which} << 33;
      byte[i] = static_cast<std::uint8_t>(which * 7);
      half[i] = static_cast<std::int16_t>(-which);
      number[i] = static_cast<float>(which) * 0.5f;
    }
    room.template put<0>(wide);
    room.template put<8>(byte);
    room.template put<9>(half);
    room.template put<11>(number);
    room.template get<11>(number_again);
    room.template get<9>(half_again);
    room.template get<8>(byte_again);
    room.template get<0>(wide_again);
    for (int i = 0; i < Elements; ++i) {
      CHECK(wide_again[i] == wide[i]);
      CHECK(byte_again[i] == byte[i]);
      CHECK(half_again[i] == half[i]);
      CHECK(number_again[i] == number[i]);
    }
  }
}

TEST_CASE("what a thread puts it gets: operands of 1 to 8 bytes; no thread meets another's") {
  CHECK(kernel::row_room<64, 16>::bytes_of(15) == 64 * 16 * 15);
  // Without a barrier: a byte of another thread's would be a race, which the emulator finds.
  CHECK(fault_of<plan<16>>(64, [](auto& shared) { put_and_get<16>(shared); }) == "");
  CHECK(fault_of<plan<2>>(64, [](auto& shared) { put_and_get<2>(shared); }) == "");
}

TEST_CASE("what nobody has put there, and what lies behind the shared memory of the launch") {
  using deepseek::test::holds;
  CHECK(holds(fault_of<plan<16>>(64,
                                 [](auto& shared) {
                                   float held[16];
                                   kernel::row_room<64, 16>{shared.room}.template get<0>(held);
                                 }),
              "probe: thread 0"));
  CHECK(holds(fault_of<plan<16>>(64,
                                 [](auto& shared) {
                                   float held[16] = {};
                                   kernel::row_room<64, 16>{shared.room}.template put<12>(held);
                                 }),
              "probe: thread"));
}

}  // namespace
