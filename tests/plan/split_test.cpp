// SPDX-License-Identifier: Apache-2.0
/// @file Where an expression is cut into kernels: kernel_count is what runs.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/plan/report.hpp>
#include <deepseek/plan/kernel_count.hpp>

#include <doctest/doctest.h>

#include <type_traits>

#include "../exec/engine_verbs.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;

using matrix = ds::tensor<float, dims<dyn, dyn>>;
matrix filled() {
  matrix m(6, 9);
  for (int i = 0; i < 54; ++i) m.data()[i] = float(i * 7 % 23 - 11) / 4.f;
  return m;
}
matrix const x = filled();
ds::tensor<float, dims<dyn>> const bias(9);
template <class E> constexpr int count(E const&) { return ds::kernel_count<E>; }
/// The kernels that a plan visits; the count above comes from types alone.
template <class E> int visited(E const& e) {
  int n = 0;
  ds::plan::for_each_kernel(e, [&](auto const&, double) { ++n; });
  return n;
}

TEST_CASE(
    "one kernel: softmax(x * scale + bias), any maps, views, reductions along one set of axes") {
  auto const soft = softmax(x * 0.125f + bias);
  static_assert(ds::kernel_count<std::remove_cvref_t<decltype(soft)>> == 1);
  CHECK(visited(soft) == 1);
  CHECK(count(x + bias * 2.f) == 1);
  CHECK(count(ds::as_expression(x)) == 1);
  CHECK(count(softmax(softmax(x))) == 1);
  CHECK(count((x - library::min(x, last)) / (library::max(x, last) - library::min(x, last))) == 1);
  CHECK(count(library::sum(library::permute(x * 2.f, axes<1, 0>), axes<0>)) == 1);
  CHECK(count(library::sum(x, axes<>)) == 1);
  CHECK(count(library::cumsum(x, last) + library::sum(x, last)) == 1);
}

TEST_CASE("reductions along different axes: a kernel for each") {
  auto const two = library::sum(x, axes<0>) + library::max(x, axes<1>);
  CHECK(count(two) == 2);
  CHECK(visited(two) == 2);
  CHECK(count(library::sum(library::max(x, axes<0>), last)) == 2);
  CHECK(count(x - library::sum(library::max(softmax(x), axes<0>), last)) == 3);
}

TEST_CASE("what a variable reduces is evaluated once, what its body reduces stays in the kernel") {
  auto const e = ds::let(softmax(x), [](auto s) { return s / library::sum(s, axes<0>); });
  CHECK(count(e) == 2);
  CHECK(visited(e) == 2);
  auto const y = ds::eval(e);
  for (int c = 0; c < 9; ++c) {
    float total = 0;
    for (int r = 0; r < 6; ++r) total += y(r, c);
    CHECK(total == doctest::Approx(1).epsilon(1e-6));
  }
}

TEST_CASE("products and reshapes need their operands in memory") {
  auto const product = ds::matmul(x, library::permute(x, axes<1, 0>));
  CHECK(count(product) == 1);
  CHECK(visited(softmax(product)) == count(softmax(product)));
  CHECK(count(library::flat(x)) == 1);
  CHECK(count(library::flat(x + 1.f)) == 2);
}

TEST_CASE("a let across a cut: its value is known on both sides") {
  auto const e = ds::let(
      x * 2.f, [](auto v) { return v - library::sum(library::max(v, axes<0>) * 1.f, last); });
  CHECK(count(e) == visited(e));
  auto const y = ds::eval(e);
  float total = 0;
  for (int c = 0; c < 9; ++c) {
    float most = 2 * x(0, c);
    for (int r = 1; r < 6; ++r) most = 2 * x(r, c) > most ? 2 * x(r, c) : most;
    total += most;
  }
  for (int i = 0; i < 54; ++i) CHECK(y.data()[i] == 2 * x.data()[i] - total);
}

TEST_CASE("values between kernels are not rounded to the dtype") {
  ds::tensor<ds::bf16, dims<dyn, dyn>> h(4, 300);
  for (int i = 0; i < 1200; ++i) h.data()[i] = ds::bf16(float(i % 7));
  using E = std::remove_cvref_t<decltype(library::sum(h, last))>;
  static_assert(std::is_same_v<ds::plan::evaluated_t<E>::value_type, float>);
  // Sums near 900 differ by less than a bf16 step (4): only unrounded do they differ at all.
  auto const spread =
      library::max(library::sum(h, last), axes<0>) - library::min(library::sum(h, last), axes<0>);
  float least = 1e9f, most = -1e9f;
  for (int r = 0; r < 4; ++r) {
    float sum = 0;
    for (int c = 0; c < 300; ++c) sum += float(h(r, c));
    least = sum < least ? sum : least;
    most = sum > most ? sum : most;
  }
  CHECK(most - least < 4.f);
  CHECK(most != least);
  CHECK(float(ds::eval(spread)(0, 0)) == most - least);
}

TEST_CASE("rebuilt: a node over other operands is the same node") {
  auto const e = x + bias;
  auto const twice = ds::plan::rebuilt(e, ds::get<0>(e.operands), ds::get<1>(e.operands));
  static_assert(std::is_same_v<decltype(twice), decltype(e)>);
}
}  // namespace
