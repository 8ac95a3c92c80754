// SPDX-License-Identifier: Apache-2.0
/// @file The rules of calls: dtypes and extents of what they give.
#include <deepseek/base/bins.hpp>
#include <deepseek/ops/call_rules.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace ds = deepseek;
using ds::dims;
using ds::dyn;

namespace {
template <class Results, int I>
using result = std::remove_cvref_t<decltype(ds::get<I>(std::declval<Results const&>()))>;
}

TEST_CASE("resized: one extent is another, the rest as it was") {
  dims<2, dyn, 4> const d{3};
  auto const longer = ds::detail::resized<1, 7>(d, 7);
  static_assert(std::is_same_v<decltype(longer), dims<2, 7, 4> const>);
  auto const last = ds::detail::resized<2, dyn>(d, 9);
  static_assert(std::is_same_v<decltype(last), dims<2, dyn, dyn> const>);
  CHECK(last[1] == 3);
  CHECK(last[2] == 9);
}

TEST_CASE("top_k: values of the operand's dtype, int64 places, k along the axis") {
  ds::tensor<ds::f16, dims<2, 30>> x;
  auto const given = ds::rules::top_k<1, dyn>{5, true, true}.results(x);
  using Given = std::remove_cvref_t<decltype(given)>;
  static_assert(std::is_same_v<result<Given, 0>::value_type, ds::f16>);
  static_assert(std::is_same_v<result<Given, 1>::value_type, std::int64_t>);
  CHECK(ds::get<0>(given).extents[1] == 5);
  CHECK(ds::get<1>(given).extents[0] == 2);
}

TEST_CASE("sort: values, places or both; histogram: int64 counts; scatter_add: what x is") {
  ds::tensor<ds::f16, dims<2, 30>> x;
  using Both = decltype(ds::rules::sort<0, ds::rules::sorted::both>{true}.results(x));
  static_assert(Both::count == 2);
  static_assert(std::is_same_v<result<Both, 0>::value_type, ds::f16>);
  static_assert(std::is_same_v<result<Both, 1>::dims_type, dims<2, 30>>);
  using Places = decltype(ds::rules::sort<0, ds::rules::sorted::places>{true}.results(x));
  static_assert(Places::count == 1 && std::is_same_v<result<Places, 0>::value_type, std::int64_t>);
  auto const counts = ds::rules::histogram<ds::own_bin, dyn>{7, {}}.results(x);
  CHECK(ds::get<0>(counts).extents[0] == 7);
  using Sums = decltype(ds::rules::scatter_add<0>{}.results(x, x, x));
  static_assert(std::is_same_v<result<Sums, 0>::dims_type, dims<2, 30>>);
}
