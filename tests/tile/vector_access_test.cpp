// SPDX-License-Identifier: Apache-2.0
/// @file Vector accesses: how wide they may be, and rows of every length read and written whole.
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/tile/vector_access.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "../arch/emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
namespace tile = deepseek::tile;
using deepseek::test::fault_of;
using deepseek::test::holds;

namespace {

/// A row of `extent` elements goes through 64 threads, each with N in accesses of Width, and back.
template <class T, int N, int Width> void row_of(int extent) {
  CAPTURE(extent);
  CAPTURE(Width);
  constexpr int threads = 64;
  alignas(16) T from[threads * N + 16];
  alignas(16) T to[threads * N + 16];
  for (int i = 0; i < threads * N + 16; ++i) {
    from[i] = static_cast<T>(i % 100);
    to[i] = static_cast<T>(101);
  }
  deepseek::arch::emulated::global_memory memory;
  auto const bytes = static_cast<std::size_t>(extent) * sizeof(T);
  memory.add({from, bytes, false, "from"});
  memory.add({to, bytes, true, "to"});
  CHECK(fault_of(threads, memory, [&](auto&) {
          int const first = gpu::thread_rank() * Width;
          int const step = threads * Width;
          auto const mine = tile::load_row<N, Width>(from, first, step, extent, T{77});
          for (int i = 0; i < N; ++i) {
            int const at = first + i / Width * step + i % Width;
            CHECK(mine[i] == (at < extent ? from[at] : T{77}));
          }
          tile::store_row<Width>(to, first, step, extent, mine);
        }) == "");
  for (int i = 0; i < threads * N + 16; ++i) CHECK(to[i] == (i < extent ? from[i] : T{101}));
}

}  // namespace

TEST_CASE("access_elements: what address, strides and extent allow") {
  alignas(64) static float f[64];
  CHECK(tile::access_elements(f, 64) == 4);
  CHECK(tile::access_elements(f + 1, 64) == 1);
  CHECK(tile::access_elements(f + 2, 64) == 2);
  CHECK(tile::access_elements(f + 4, 64) == 4);
  CHECK(tile::access_elements(f, 64, 8) == 4);
  CHECK(tile::access_elements(f, 64, 8, 10) == 2);
  CHECK(tile::access_elements(f, 64, 8, 10, 15) == 1);
  CHECK(tile::access_elements(f, 64, 0) == 4);    // every row the same
  CHECK(tile::access_elements(f, 64, -12) == 4);  // rows from last to first
  CHECK(tile::access_elements(f, 3) == 2);
  CHECK(tile::access_elements(f, 1) == 1);
  CHECK(tile::access_elements(f, 0) == 1);
  auto const* const bytes = reinterpret_cast<std::uint8_t const*>(f);
  CHECK(tile::access_elements(bytes, 1000) == 16);
  CHECK(tile::access_elements(bytes + 8, 1000) == 8);
  CHECK(tile::access_elements(bytes, 1000, 20) == 4);
  CHECK(tile::access_elements(bytes + 1, 1000) == 1);
  auto const* const doubles = reinterpret_cast<double const*>(f);
  CHECK(tile::access_elements(doubles, 8) == 2);
  CHECK(tile::access_elements(doubles + 1, 8) == 1);
  CHECK(tile::access_elements(reinterpret_cast<deepseek::f16 const*>(f), 100, 24) == 8);
}

TEST_CASE("load_row and store_row: every element once, nothing beyond the end") {
  for (int const extent : {1, 3, 4, 5, 63, 64, 255, 256, 257, 509, 510, 511, 512}) {
    row_of<float, 8, 1>(extent);
    row_of<float, 8, 2>(extent);
    row_of<float, 8, 4>(extent);
    row_of<double, 8, 2>(extent);
    row_of<std::int16_t, 8, 8>(extent);
    row_of<std::uint8_t, 16, 16>(extent);
    row_of<std::int8_t, 16, 4>(extent);
    row_of<std::int64_t, 8, 2>(extent);
  }
}

TEST_CASE("fault: an access wider than the row's address allows") {
  alignas(16) static float x[64] = {};
  deepseek::arch::emulated::global_memory memory;
  memory.add({x, sizeof x, false, "x"});
  auto const askew = [&](auto&) { tile::load_row<4, 4>(x + 1, 0, 4, 60, 0.f); };
  CHECK(holds(fault_of(1, memory, askew), "[DS-EMULATED-GLOBAL]", "reads 16 bytes",
              "not a multiple of it"));
}
