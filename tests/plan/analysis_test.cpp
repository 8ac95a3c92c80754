// SPDX-License-Identifier: Apache-2.0
/// @file What a loop nest learns of an expression from its type: axes, sets of reduced axes, widths.
#include <deepseek/ops/matmul.hpp>
#include <deepseek/plan/analysis.hpp>

#include <doctest/doctest.h>

#include <type_traits>

#include "../exec/engine_verbs.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using namespace deepseek::plan;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;

ds::tensor<float, dims<dyn, dyn, dyn>> const cube(2, 3, 4);
ds::tensor<float, dims<dyn>> const row(4);
template <class E> constexpr facts found(E const&) {
  return analyse<E, identity_map<E::rank>, empty_scope, E::rank>();
}

TEST_CASE("a map reduces nothing; its axes are its operands'") {
  facts const f = found(cube + row);
  CHECK(f.set_count == 0);
  CHECK(f.axes == 3);
  CHECK(f.last_axis == -1);
  CHECK(!f.wide);
  CHECK(!f.barrier);
}

TEST_CASE("a reduction adds its set of axes, wherever the operand aligns") {
  CHECK(found(library::sum(cube, axes<0, 2>)).sets[0] == 5u);
  CHECK(found(cube + library::sum(row, last)).sets[0] == 4u);
  CHECK(found(cube + library::sum(row, last)).last_axis == 2);
}

TEST_CASE("each set counts once") {
  auto const e = library::sum(cube, last) + library::max(cube * 2.f, last);
  CHECK(found(e).set_count == 1);
  CHECK(found(e + library::sum(cube, axes<1>)).set_count == 2);
  CHECK(found(library::sum(library::max(cube, axes<0>), last)).set_count == 2);
}

TEST_CASE("a permuted reduction runs along the axes of the result") {
  auto const e = library::permute(library::sum(cube * 2.f, axes<0>), axes<2, 1, 0>);
  CHECK(found(e).sets[0] == 4u);
}

TEST_CASE("an axis that a view drops gets an iteration axis of its own") {
  auto const e = library::drop(library::sum(cube * 2.f, last), axes<2>, 0);
  CHECK(found(e).sets[0] == 4u);
  CHECK(found(e).axes == 3);
}

TEST_CASE("variables are looked through, a let once") {
  CHECK(found(softmax(cube)).set_count == 1);
  CHECK(found(softmax(cube)).sets[0] == 4u);
  auto const e = ds::let(library::sum(cube, axes<0>), [](auto s) { return library::max(s, last); });
  CHECK(found(e).set_count == 2);
}

TEST_CASE("eight bytes anywhere make the loop wide") {
  ds::tensor<double, dims<dyn>> const d(4);
  ds::tensor<std::int32_t, dims<dyn>> const n(4);
  CHECK(found(d + 1.0).wide);
  CHECK(!found(n + 1).wide);
  CHECK(found(library::sum(n, last)).wide);  // int64
  CHECK(found(library::max(row, last)).wide == false);
}

TEST_CASE("products and reshapes end a kernel, scans are remembered") {
  CHECK(found(ds::matmul(cube, library::permute(cube, axes<0, 2, 1>)) + 1.f).barrier);
  CHECK(found(library::flat(cube)).barrier);
  CHECK(found(library::cumsum(cube, last)).scans);
  CHECK(!found(library::sum(cube, last)).scans);
}

TEST_CASE("maps of axes: identity, aligned at the last axis, followed through a view") {
  static_assert(std::is_same_v<identity_map<3>, axis_map<0, 1, 2>>);
  static_assert(std::is_same_v<aligned_map<axis_map<0, 1, 2>, 2>, axis_map<1, 2>>);
  static_assert(std::is_same_v<followed_map<2, axis_map<0, 1>, axis_map<1, 0>>, axis_map<1, 0>>);
  // Two dropped axes: the first two numbers beyond the results' and the map's.
  static_assert(
      std::is_same_v<followed_map<1, axis_map<0>, axis_map<-1, 0, -1>>, axis_map<1, 0, 2>>);
  static_assert(std::is_same_v<followed_map<1, axis_map<1>, axis_map<-1, 0>>, axis_map<2, 1>>);
}

TEST_CASE("scopes: the innermost entry of an identity is the one seen") {
  struct id;
  struct other;
  using inner = scope_entry<id, int, scope_entry<other, char, scope_entry<id, float, empty_scope>>>;
  static_assert(std::is_same_v<visible<id, inner>::bound, int>);
  static_assert(std::is_same_v<visible<other, inner>::bound, char>);
}
}  // namespace
