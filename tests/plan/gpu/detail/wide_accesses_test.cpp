// SPDX-License-Identifier: Apache-2.0
/// @file How many neighbours an access may have: by the addresses, the strides and the lengths of all
/// operands.
#include <deepseek/plan/gpu/detail/wide_accesses.hpp>

#include <doctest/doctest.h>

#include <cstdint>

#include "../../../exec/engine_verbs.hpp"
#include "../../../kernel/launched.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::dims;
using ds::dyn;
using ds::last;
using ds::plan::gpu::wide_accesses;
using matrix = ds::tensor<float, dims<dyn, dyn>>;

template <class Y, class E> bool wide(Y& y, E const& e, int width) {
  auto program = program_of(y, e);
  using S = typename decltype(program)::S;
  return wide_accesses(program, program, program.extent_of(S::lane_axis), width);
}
/// A view of 3 rows, `offset` elements into aligned memory.
template <class T> struct rows_at {
  alignas(64) T memory[3 * 80];
  [[nodiscard]] auto view(int offset, std::int64_t lanes, std::int64_t stride,
                          std::int64_t step = 1) {
    return ds::view<T const, dims<dyn, dyn>, ds::strided<2>>{
        memory + offset, dims<dyn, dyn>{3, lanes}, ds::strided<2>{{stride, step}}};
  }
};

TEST_CASE("addresses, strides from row to row, steps along the lanes") {
  rows_at<float> x;
  matrix y(3, 64);
  auto const of = [&](auto const& view, int width) {
    return wide(y, ds::as_expression(view) * 2.f, width);
  };
  CHECK(of(x.view(0, 64, 64), 4));
  CHECK(of(x.view(0, 64, 64), 8));  // in two accesses of 16 bytes
  CHECK_FALSE(of(x.view(1, 64, 64), 2));
  CHECK(of(x.view(2, 64, 64), 2));
  CHECK_FALSE(of(x.view(2, 64, 64), 4));
  CHECK_FALSE(of(x.view(0, 64, 65), 2));
  CHECK(of(x.view(0, 64, 66), 2));
  CHECK_FALSE(of(x.view(0, 64, 66), 4));
  CHECK_FALSE(of(x.view(0, 64, 1, 2), 2));
  CHECK(of(x.view(3, 64, 4, 0), 4));  // one value for all lanes
}

TEST_CASE("all operands and results; those of an index, or that may not exist, one by one") {
  rows_at<float> x;
  rows_at<ds::bf16> h;
  matrix y(3, 64);
  ds::tensor<ds::bf16, dims<dyn, dyn>> z(3, 64);
  auto const a = ds::as_expression(x.view(0, 64, 64));
  CHECK(wide(z, a + ds::as_expression(h.view(8, 64, 72)), 8));
  CHECK_FALSE(wide(z, a + ds::as_expression(h.view(4, 64, 72)), 8));
  CHECK(wide(z, a + ds::as_expression(h.view(4, 64, 72)), 4));
  CHECK_FALSE(wide(y, library::pad(x.view(0, 62, 64), last, 1, 1, 0.f), 2));
  ds::tensor<std::int32_t, dims<64>> index;
  CHECK_FALSE(wide(y, library::take(x.view(0, 64, 64), index, ds::axes<1>), 2));
}

TEST_CASE("reductions of different lengths: no access goes over the end of one") {
  rows_at<float> x, y;
  matrix z(3, 1);
  auto const both = [&](std::int64_t n, int width) {
    return wide(z, library::sum(x.view(0, 64, 64), last) + library::max(y.view(0, n, 64), last),
                width);
  };
  CHECK(both(64, 4));
  CHECK(both(60, 4));
  CHECK_FALSE(both(58, 4));
  CHECK(both(58, 2));
  CHECK(both(1, 4));
}

}  // namespace
