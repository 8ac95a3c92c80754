// SPDX-License-Identifier: Apache-2.0
/// @file A call has no value of its own; its results are nodes, each with its dtype and extents.
#include <deepseek/expr/bind.hpp>
#include <deepseek/expr/call.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/plan/kernel_count.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>

namespace {
namespace ds = deepseek;
using ds::dims;

/// The first n elements of x, and their places.
struct first_elements {
  static constexpr char const* name = "first_elements";
  int n;
  template <class X> constexpr auto results(X const&) const {
    dims<ds::dyn> const extents{n};
    return ds::make_arguments(ds::expr::call_result<typename X::value_type, dims<ds::dyn>>{extents},
                              ds::expr::call_result<std::int64_t, dims<ds::dyn>>{extents});
  }
};

TEST_CASE("results have dtypes and extents of their own, the call has none") {
  ds::tensor<ds::bf16, dims<7>> const x;
  auto const call = ds::expr::call(first_elements{3}, x);
  using Call = std::remove_cvref_t<decltype(call)>;
  static_assert(ds::expression<Call> && ds::expr::detail::is_call<Call>);
  static_assert(std::is_void_v<Call::value_type> && Call::result_count == 2);
  auto const [values, places] = call;
  static_assert(std::is_same_v<decltype(values)::value_type, ds::bf16>);
  static_assert(std::is_same_v<decltype(places)::value_type, std::int64_t>);
  static_assert(ds::expr::detail::is_result<std::remove_cvref_t<decltype(places)>>);
  CHECK(values.extents()[0] == 3);
  CHECK(ds::get<1>(call).extents()[0] == 3);
  CHECK(ds::get<0>(ds::get<0>(values.operands).operands).source.data() == x.data());
}

TEST_CASE("let gives the results of one call as variables") {
  ds::tensor<float, dims<7>> const x;
  auto const e = ds::let(ds::expr::call(first_elements{3}, x), [](auto t) {
    auto const [values, places] = t;
    static_assert(ds::expr::detail::is_variable<std::remove_cvref_t<decltype(values)>>);
    static_assert(std::is_same_v<typename decltype(places)::value_type, std::int64_t>);
    return values + places;
  });
  using E = std::remove_cvref_t<decltype(e)>;
  static_assert(ds::expr::detail::is_let_results<E>);
  static_assert(std::is_same_v<E::value_type, float>);
  CHECK(e.extents()[0] == 3);
}

TEST_CASE("kernel_count: a call is one, as is what its operands need, and what uses its results") {
  ds::tensor<float, dims<7>> const x;
  auto const of = [](auto const& v) { return ds::expr::call(first_elements{3}, v); };
  static_assert(ds::kernel_count<decltype(of(x))> == 1);
  static_assert(ds::kernel_count<decltype(of(x + 1.f))> == 2);
  static_assert(ds::kernel_count<decltype(ds::get<0>(of(x)))> == 1);
  static_assert(ds::kernel_count<decltype(ds::get<0>(of(x)) * 2.f)> == 2);
  static_assert(ds::kernel_count<decltype(ds::get<0>(of(x)) * ds::get<1>(of(x)))> == 3);
  auto const once = ds::let(of(x), [](auto t) { return ds::get<0>(t) * ds::get<1>(t); });
  static_assert(ds::kernel_count<decltype(once)> == 2);
  auto const shared = ds::let(x + 1.f, [&](auto v) { return ds::get<0>(of(v)) * 2.f; });
  static_assert(ds::kernel_count<decltype(shared)> == 3);
  auto const nested =
      ds::let(of(x), [&](auto t) { return ds::get<0>(of(ds::get<0>(t))) + ds::get<0>(t); });
  static_assert(ds::kernel_count<decltype(nested)> == 3);
  CHECK(true);
}
}  // namespace
