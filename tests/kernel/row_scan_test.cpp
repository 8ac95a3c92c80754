// SPDX-License-Identifier: Apache-2.0
/// @file row_scan: each element joined with all before it in its row, by blocks and by warps.
#include <deepseek/kernel/row_scan.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "../arch/emulated/run_block.hpp"
#include "run_grid.hpp"

namespace test = deepseek::test;
using deepseek::kernel::row_scan;
using deepseek::kernel::scan_team;

namespace {

struct add {
  template <class T> T operator()(T a, T b) const { return a + b; }
};
/// Composition of x -> a x + b, modulo 2^32: does not commute.
struct line {
  std::uint32_t a, b;
  line() = default;
  line(std::uint32_t scale, std::uint32_t shift) : a{scale}, b{shift} {}
  explicit line(std::int32_t v)
      : a{static_cast<std::uint32_t>(v) * 2 + 1}, b{static_cast<std::uint32_t>(v)} {}
  explicit operator std::int32_t() const { return static_cast<std::int32_t>(a ^ b); }
};
struct then {
  line operator()(line const& f, line const& g) const { return {g.a * f.a, g.a * f.b + g.b}; }
};

template <class T, class Out, class State, class Join, int Width, scan_team Team>
void check(int rows, int columns, int blocks, int threads, State const& start) {
  CAPTURE(columns);
  CAPTURE(Width);
  CAPTURE(threads);
  int const stride = (columns + 15) / 16 * 16;  // rows begin at multiples of every width
  struct alignas(16) sixteen {
    T value[16];
  };
  struct alignas(16) sixteen_out {
    Out value[16];
  };
  std::vector<sixteen> in(static_cast<std::size_t>(rows * stride / 16));
  std::vector<sixteen_out> out(in.size());
  T* const from = &in[0].value[0];
  Out* const to = &out[0].value[0];
  std::mt19937 random{9};
  for (int i = 0; i < rows * stride; ++i) {
    from[i] = static_cast<T>(static_cast<int>(random() % 7) - 2);
    to[i] = static_cast<Out>(99);
  }
  row_scan<T, Out, State, Join, Width, Team> const kernel{from, to,      stride, stride,
                                                          rows, columns, start};
  test::operands memory;
  for (int r = 0; r < rows; ++r)
    memory.read(from + r * stride, static_cast<std::size_t>(columns))
        .write(to + r * stride, static_cast<std::size_t>(columns));
  CHECK(test::grid_fault(kernel, {blocks, 1, 1}, threads, memory) == "");
  int wrong = 0;
  for (int r = 0; r < rows; ++r) {
    State running = start;
    for (int i = 0; i < columns; ++i) {
      running = Join{}(running, static_cast<State>(from[r * stride + i]));
      wrong += to[r * stride + i] == static_cast<Out>(running) ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("a block a row: lengths around a step of the block and beyond, every width") {
  for (int const columns : {1, 2, 31, 127, 128, 129, 255, 256, 1000, 3333}) {
    check<float, float, float, add, 4, scan_team::block>(2, columns, 1, 64, 0.f);
    check<float, double, double, add, 2, scan_team::block>(1, columns, 1, 32, 0.0);
    check<std::int32_t, std::int32_t, line, then, 4, scan_team::block>(1, columns, 1, 96,
                                                                       line{1, 0});
    check<std::int8_t, std::int64_t, std::int64_t, add, 1, scan_team::block>(3, columns, 2, 128, 5);
    check<std::int8_t, std::int8_t, std::int32_t, add, 16, scan_team::block>(1, columns, 1, 64, 0);
  }
}

TEST_CASE("a warp a row: more rows than warps, and fewer") {
  for (int const columns : {1, 5, 32, 33, 128, 300}) {
    check<float, float, float, add, 4, scan_team::warp>(11, columns, 2, 96, 0.f);
    check<std::int32_t, std::int32_t, line, then, 2, scan_team::warp>(3, columns, 1, 128,
                                                                      line{3, 4});
    check<deepseek::bf16, deepseek::bf16, float, add, 8, scan_team::warp>(4, columns, 1, 64, 0.f);
  }
}

TEST_CASE("fault: rows whose addresses do not allow the width") {
  alignas(16) float from[40] = {};
  alignas(16) float to[40] = {};
  row_scan<float, float, float, add, 4> const kernel{from, to, 20, 18, 2, 18, 0.f};
  test::operands memory;
  memory.read(from, 40).write(to, 40);
  CHECK(test::holds(test::grid_fault(kernel, {}, 32, memory), "[DS-EMULATED-GLOBAL]",
                    "writes 16 bytes at an address that is not a multiple of it"));
}
