// SPDX-License-Identifier: Apache-2.0
/// @file Which elementwise kernel: along one axis, by axes, of a size known when compiling.
#include <deepseek/plan/gpu/detail/elementwise_kernels.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "../../../exec/engine_verbs.hpp"
#include "../../../kernel/launched.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::dims;
using ds::dyn;
using matrix = ds::tensor<float, dims<dyn, dyn>>;
template <std::int64_t... N> using fixed = ds::tensor<float, dims<N...>>;

/// "one axis, whole, once" of the kernel that computes y = e.
template <class Y, class E> std::string kind_of(Y& y, E const& e) {
  std::string kind;
  program_of(y, e).launch([&](auto const& k, int) {
    using K = std::remove_cvref_t<decltype(k)>;
    kind = K::one_axis ? "one axis" : "axes";
    if (K::whole) kind += ", whole";
    if (K::once) kind += ", once";
    if (K::has_rest) kind += ", rest " + std::to_string(k.rest);
  });
  return kind;
}
template <class X> void fill(X& x) {
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i % 61);
}

TEST_CASE("operands and results that lie in one row, whatever their axes, are one axis") {
  matrix x(6, 41), y(6, 41), row(1, 41), column(6, 1), even(6, 40), bias(1, 40);
  ds::tensor<float, dims<>> number;
  CHECK(kind_of(y, x * 2.f) == "one axis, rest 2");
  CHECK(kind_of(y, x * number) == "one axis, rest 2");
  CHECK(kind_of(y, x + row) == "axes");
  CHECK(kind_of(y, x + column) == "axes");
  CHECK(kind_of(even, even + bias) == "axes");
}

TEST_CASE(
    "a size known when compiling: no ends to look for where blocks are full, a block a piece") {
  constexpr std::int64_t piece = 256 * 4 * 4;
  fixed<3, piece> x, y;
  CHECK(kind_of(y, x * 2.f) == "one axis, whole, once");
  fixed<piece - 4> x1, y1;
  CHECK(kind_of(y1, x1 * 2.f) == "one axis");
  fixed<piece - 3> x2, y2;
  CHECK(kind_of(y2, x2 * 2.f) == "one axis, rest 1");
  fixed<piece> row;
  CHECK(kind_of(y, x + row) == "axes, whole, once");
  using many = ds::view<float, dims<2113 * piece>>;  // of which nothing is read here
  many z{y.data(), dims<2113 * piece>{}};
  CHECK(kind_of(z, z * 2.f) == "one axis, whole");
  CHECK(kernel_of(z, z * 2.f) == "elementwise, 2112 of 256");
}

TEST_CASE("values and accesses of sizes known when compiling, each element once") {
  fixed<2, 4096> x, y;
  fixed<4096> bias;
  fixed<5, 5> small, out;
  fill(x);
  fill(bias);
  fill(small);
  launched whole;
  launch_of(whole, y, x * 2.f + bias);
  CHECK(whole.blocks == 2);
  CHECK(whole.writes(y) == 1);
  CHECK(whole.widest_read() == 16);
  bool right = true;
  for (std::int64_t i = 0; i < y.size(); ++i)
    right &= y.data()[i] == x.data()[i] * 2 + bias.data()[i % 4096];
  CHECK(right);
  launched rest;
  launch_of(rest, out, small + 1.f);
  CHECK(rest.writes(out) == 1);
  for (std::int64_t i = 0; i < out.size(); ++i) REQUIRE(out.data()[i] == small.data()[i] + 1);
}

TEST_CASE("results of different extents: each has its own elements") {
  ds::tensor<float, dims<dyn>> x(9), y(9), one(1), z(1);
  fill(x);
  one.data()[0] = 3;
  z.data()[0] = -1;
  (ds::tie(y, z) = ds::outputs(x + 1.f, one * 2.f)).run(ds::emulated{1});
  for (int i = 0; i < 9; ++i) REQUIRE(y.data()[i] == x.data()[i] + 1);
  CHECK(z.data()[0] == 6);
}

}  // namespace
