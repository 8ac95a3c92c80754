// SPDX-License-Identifier: Apache-2.0
/// @file warpgroup_fragment: the figures of wgmma's fragments a and d, and copies.
#include <deepseek/arch/gpu/warpgroup_fragment.hpp>

#include <doctest/doctest.h>

#include <cstdint>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::bf16;
using deepseek::fp8_e4m3;

namespace {

// "WGMMA .m64nNk… register fragment": the first thread of each row of 64, of the figure's four threads.
constexpr int first_thread[64] = {0,   4,   8,   12,  16, 20,  24,  28,  0,   4,   8,   12,  16,
                                  20,  24,  28,  32,  36, 40,  44,  48,  52,  56,  60,  32,  36,
                                  40,  44,  48,  52,  56, 60,  64,  68,  72,  76,  80,  84,  88,
                                  92,  64,  68,  72,  76, 80,  84,  88,  92,  96,  100, 104, 108,
                                  112, 116, 120, 124, 96, 100, 104, 108, 112, 116, 120, 124};
// Thread and element along 16 columns: rows 0 to 7 and 8 to 15 of each 16.
constexpr int thread_of[16] = {0, 0, 1, 1, 2, 2, 3, 3, 0, 0, 1, 1, 2, 2, 3, 3};
constexpr int upper[16] = {0, 1, 0, 1, 0, 1, 0, 1, 4, 5, 4, 5, 4, 5, 4, 5};
constexpr int lower[16] = {2, 3, 2, 3, 2, 3, 2, 3, 6, 7, 6, 7, 6, 7, 6, 7};

template <class Fragment> void as_figure() {
  static_assert(Fragment::rows == 64);
  for (int row = 0; row < 64; ++row)
    for (int column = 0; column < Fragment::columns; ++column) {
      auto const found = Fragment::holder(row, column);
      int const c = column % 16;
      int const element = (row % 16 < 8 ? upper[c] : lower[c]) + column / 16 * 8;
      CHECK(found.lane == first_thread[row] + thread_of[column % 16]);
      CHECK(found.element == element);
      CHECK(Fragment::place(found.lane, element) == gpu::matrix_place{row, column});
      CHECK(Fragment::place(found.lane + 256, element) == gpu::matrix_place{row, column});
    }
}

}  // namespace

TEST_CASE("wgmma_sum and wgmma_a of two-byte elements: as the figures") {
  as_figure<gpu::wgmma_sum<float, 16>>();
  as_figure<gpu::wgmma_sum<float, 256>>();
  as_figure<gpu::wgmma_sum<deepseek::f16, 64>>();
  as_figure<gpu::wgmma_sum<std::int32_t, 32>>();
  as_figure<gpu::wgmma_a<bf16>>();
}

TEST_CASE(
    "wgmma_a of one byte: four neighbours a register, the second half of k in registers 2 and 3") {
  using a = gpu::wgmma_a<fp8_e4m3>;
  static_assert(a::elements == 16 && a::columns == 32);
  CHECK(a::place(0, 3) == gpu::matrix_place{0, 3});
  CHECK(a::place(33, 4) == gpu::matrix_place{24, 4});
  CHECK(a::place(127, 11) == gpu::matrix_place{55, 31});
  CHECK(a::place(127, 15) == gpu::matrix_place{63, 31});
  CHECK(gpu::wgmma_a<gpu::tf32>::place(69, 2) == gpu::matrix_place{33, 5});
}

TEST_CASE("warpgroup_fragment: elements are set, read and copied") {
  deepseek::test::run_block(1, [](auto&) {
    gpu::wgmma_sum<float, 8> d{gpu::fragment_c<float>{}};
    d.set(3, 2.5f);
    gpu::wgmma_sum<float, 8> other{d};
    CHECK(other[3] == 2.5f);
    CHECK(other[0] == 0.f);
    other.set(0, 1.f);
    d = other;
    CHECK(d[0] == 1.f);
    CHECK(d.fragment()[3] == 2.5f);
  });
}
