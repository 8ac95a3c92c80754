// SPDX-License-Identifier: Apache-2.0
/// @file Values of 1 to 40 bytes between lanes: whole, and from the lane that was asked for.
#include <deepseek/base/dtype.hpp>
#include <deepseek/tile/lane_exchange.hpp>

#include <doctest/doctest.h>

#include "../arch/emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
namespace tile = deepseek::tile;
using deepseek::test::run_block;

namespace {

template <int N> struct bytes {
  unsigned char value[N];
  friend bool operator==(bytes const&, bytes const&) = default;
};
template <int N> bytes<N> of_lane(int lane) {
  bytes<N> result{};
  for (int i = 0; i < N; ++i) result.value[i] = static_cast<unsigned char>(lane * 7 + i);
  return result;
}

template <int N> void all_bytes_travel() {
  CAPTURE(N);
  run_block(64, [](auto&) {
    int const lane = gpu::lane_rank();
    auto const mine = of_lane<N>(lane);
    CHECK(tile::from_lane(mine, 9) == of_lane<N>(9));
    CHECK(tile::from_lane(mine, (lane + 5) % 32) == of_lane<N>((lane + 5) % 32));
    CHECK(tile::from_xor(mine, 3) == of_lane<N>(lane ^ 3));
    CHECK(tile::from_below(mine, 4) == of_lane<N>(lane < 4 ? lane : lane - 4));
  });
}

}  // namespace

TEST_CASE("values of 1 to 40 bytes: every byte of the lane that was asked for") {
  all_bytes_travel<1>();
  all_bytes_travel<2>();
  all_bytes_travel<3>();
  all_bytes_travel<4>();
  all_bytes_travel<6>();
  all_bytes_travel<8>();
  all_bytes_travel<12>();
  all_bytes_travel<16>();
  all_bytes_travel<40>();
}

TEST_CASE("element types that no instruction moves") {
  run_block(32, [](auto&) {
    int const lane = gpu::lane_rank();
    deepseek::f16 const half{static_cast<float>(lane)};
    CHECK(static_cast<float>(tile::from_lane(half, 3)) == 3.f);
    CHECK(tile::from_xor(lane % 2 == 0, 1) == (lane % 2 != 0));
  });
}

TEST_CASE("carried: no constructor runs on the way") {
  struct made {
    int x = 3;
  };
  static_assert(tile::carried<int> && tile::carried<deepseek::bf16> && tile::carried<bytes<40>>);
  static_assert(!tile::carried<made>);
}
