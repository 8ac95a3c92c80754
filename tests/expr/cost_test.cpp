// SPDX-License-Identifier: Apache-2.0
/// @file Operations of an expression, counted by hand: rule by rule, element by element.
#include <deepseek/expr/cost.hpp>
#include <deepseek/ops/iota.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/random.hpp>

#include <doctest/doctest.h>

#include <type_traits>

#include "../exec/engine_verbs.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::dims;
using ds::dyn;
using ds::last;
ds::tensor<float, dims<dyn, dyn>> const x(3, 10);
ds::tensor<float, dims<dyn>> const row(10);
template <class E> constexpr int per_element(E const&) { return ds::expr::element_flops<E>(); }

TEST_CASE("total_flops: a rule's operations for each element of its result") {
  CHECK(ds::expr::total_flops(ds::as_expression(x)) == 0);
  CHECK(ds::expr::total_flops(x + 1.f) == 30);
  CHECK(ds::expr::total_flops(x / row) == 4 * 30);
  CHECK(ds::expr::total_flops(row * 2.f + x) == 10 + 30);  // the product has ten elements
  CHECK(ds::expr::total_flops(library::exp(x)) == 16 * 30);
}

TEST_CASE("total_flops: numbers out of nothing cost what their rule says") {
  CHECK(ds::expr::total_flops(ds::iota<float>(10)) == 10 * ds::rules::iota<float>::flops);
  auto const random = ds::normal(ds::dims<3, 10>{}, ds::random_key{1});
  CHECK(ds::expr::total_flops(random) == 30 * ds::rules::normal::flops);
  CHECK(ds::expr::total_flops(random * 2.f) == 30 * (ds::rules::normal::flops + 1));
  CHECK(per_element(random + 1.f) == ds::rules::normal::flops + 1);
}

TEST_CASE("total_flops: a reduction costs one operation for each element of its operand") {
  CHECK(ds::expr::total_flops(library::sum(x, last)) == 30);
  CHECK(ds::expr::total_flops(library::sum(x * x, last)) == 60);
  CHECK(ds::expr::total_flops(library::max(row, last)) == 10);
  CHECK(ds::expr::total_flops(library::cumsum(x, last)) == 30);
}

TEST_CASE("total_flops: a let counts once, an operand without identity as often as it is written") {
  auto const e = library::exp(x);
  CHECK(ds::expr::total_flops(ds::let(e, [](auto v) { return v * v; })) == 16 * 30 + 30);
  CHECK(ds::expr::total_flops(e * e) == 2 * 16 * 30 + 30);
}

TEST_CASE("total_flops: softmax = max 1, minus 1, exp 16, sum 1, division 4") {
  CHECK(ds::expr::total_flops(softmax(x)) == 30 * (1 + 1 + 16 + 1 + 4));
}

TEST_CASE("total_flops: a matrix product is 2 m n k for each batch") {
  ds::tensor<float, dims<dyn, dyn, dyn>> const a(2, 3, 5);
  ds::tensor<float, dims<dyn, dyn>> const b(5, 7);
  CHECK(ds::expr::total_flops(ds::matmul(a, b)) == 2.0 * 2 * 3 * 7 * 5);
  CHECK(ds::expr::total_flops(ds::matmul(a + 1.f, b)) == 2.0 * 2 * 3 * 7 * 5 + 30);
}

TEST_CASE("element_flops: what computing a value again costs; what is at hand costs nothing") {
  CHECK(per_element(ds::as_expression(x)) == 0);
  CHECK(per_element(x * 2.f + x) == 2);
  CHECK(per_element(library::exp(x - library::max(x * x, last))) == 17);
  CHECK(per_element(library::sum(library::exp(x), last)) == 0);
  CHECK(per_element(ds::let(library::exp(x), [](auto v) { return v + v; })) == 17);
}
}  // namespace
