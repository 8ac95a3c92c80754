// SPDX-License-Identifier: Apache-2.0
/// @file Reductions keep their axes with extent 1; scans keep all of them.
#include <deepseek/expr/reduce.hpp>
#include <deepseek/ops/reduce_rules.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace {
namespace ds = deepseek;
using ds::dims;
using ds::dyn;
ds::tensor<float, dims<2, dyn, 5>> const x(2, 3, 5);

TEST_CASE("reduced axes have extent 1, known when compiling") {
  auto const e = ds::expr::reduce<ds::rules::sum>(x, ds::axes<0, -1>);
  using E = std::remove_cvref_t<decltype(e)>;
  static_assert(std::is_same_v<E::dims_type, dims<1, dyn, 1>>);
  static_assert(E::axes_mask == 5u);
  CHECK(e.extents() == dims<dyn, dyn, dyn>{1, 3, 1});
}

TEST_CASE("no axes means all axes") {
  auto const e = ds::expr::reduce<ds::rules::max>(x, ds::axes<>);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(e)>::dims_type, dims<1, 1, 1>>);
}

TEST_CASE("the dtype of a reduction is its rule's: sums of integers are int64") {
  ds::tensor<std::int8_t, dims<4>> const n;
  ds::tensor<ds::f16, dims<4>> const h;
  auto const sum = ds::expr::reduce<ds::rules::sum>(n, ds::last);
  auto const most = ds::expr::reduce<ds::rules::max>(n, ds::last);
  auto const any = ds::expr::reduce<ds::rules::any>(n, ds::last);
  auto const half = ds::expr::reduce<ds::rules::sum>(h, ds::last);
  static_assert(std::is_same_v<decltype(sum)::value_type, std::int64_t>);
  static_assert(std::is_same_v<decltype(most)::value_type, std::int8_t>);
  static_assert(std::is_same_v<decltype(any)::value_type, bool>);
  static_assert(std::is_same_v<decltype(half)::value_type, ds::f16>);
}

TEST_CASE("a scan has its operand's extents") {
  auto const e = ds::expr::scan<ds::rules::sum>(x, ds::axes<-2>);
  static_assert(std::remove_cvref_t<decltype(e)>::axis == 1);
  CHECK(e.extents() == x.extents());
}

TEST_CASE("axes are of the operand and named once") {
  static_assert(ds::axes_conformable<3, 0, -1>);
  static_assert(!ds::axes_conformable<3, 0, -3>);
  static_assert(!ds::axes_conformable<3, 3>);
  ds::why::invalid broken;
  static_assert(!ds::valid<decltype(ds::expr::reduce<ds::rules::sum>(broken, ds::last))>);
}
}  // namespace
