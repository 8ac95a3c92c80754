// SPDX-License-Identifier: Apache-2.0
/// @file Calls are run once, on operands in memory; their results are used like anything else.
#include <deepseek/exec/detail/call.hpp>
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/cast.hpp>
#include <deepseek/ops/slice.hpp>
#include <deepseek/ops/sum.hpp>
#include <deepseek/plan/explain.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace ds = deepseek;
using ds::dims;
using ds::dyn;

namespace test_rules {

int runs = 0;

/// turned(x[n], by): x from its end to its start plus by[0], and the place each element was at.
struct turned {
  static constexpr char const* name = "turned";
  template <class X, class By> constexpr auto results(X const& x, By const&) const {
    using Dims = typename X::dims_type;
    return ds::make_arguments(ds::expr::call_result<typename X::value_type, Dims>{x.extents()},
                              ds::expr::call_result<std::int32_t, Dims>{x.extents()});
  }
};

template <class Machine, class Operands, class Results>
void call_on(Machine const&, turned const&, Operands const& in, Results const& out) {
  ++runs;
  auto const& x = ds::get<0>(in);
  auto const& by = ds::get<1>(in);
  auto const& y = ds::get<0>(out);
  auto const& place = ds::get<1>(out);
  static_assert(std::is_const_v<typename std::remove_cvref_t<decltype(x)>::element_type>);
  std::int64_t const n = x.extent(0);
  for (std::int64_t i = 0; i < n; ++i) {
    y(i) = static_cast<typename std::remove_cvref_t<decltype(y)>::value_type>(
        static_cast<float>(x(n - 1 - i)) + static_cast<float>(by(0)));
    place(i) = static_cast<std::int32_t>(n - 1 - i);
  }
}

}  // namespace test_rules

namespace {

template <class X, class By> auto turned(X&& x, By&& by) {
  return ds::expr::call(test_rules::turned{}, static_cast<X&&>(x), static_cast<By&&>(by));
}

template <class T> ds::tensor<T, dims<dyn>> counting(int n) {
  ds::tensor<T, dims<dyn>> x{dims<dyn>{n}};
  for (int i = 0; i < n; ++i) x(i) = static_cast<T>(i);
  return x;
}

TEST_CASE("tie: both results, by one run") {
  auto const x = counting<float>(5);
  auto const by = counting<float>(1);
  ds::tensor<float, dims<dyn>> y{dims<dyn>{5}};
  ds::tensor<std::int32_t, dims<dyn>> place{dims<dyn>{5}};
  test_rules::runs = 0;
  (ds::tie(y, place) = turned(x, by)).run(ds::host{});
  CHECK(test_rules::runs == 1);
  for (int i = 0; i < 5; ++i) CHECK(y(i) == 4 - i);
  for (int i = 0; i < 5; ++i) CHECK(place(i) == 4 - i);
}

TEST_CASE("results of another dtype, broadcast, strided, and in the memory of operands") {
  auto x = counting<float>(5);
  auto const by = counting<float>(1);
  ds::tensor<double, dims<2, dyn>> y{dims<2, dyn>{5}};
  ds::tensor<std::int32_t, dims<dyn>> place{dims<dyn>{10}};
  auto const every_second = ds::slice(place, ds::range{1, 10, 2});
  (ds::tie(y, every_second) = turned(x, by)).run(ds::host{});
  for (int i = 0; i < 5; ++i) CHECK(y(1, i) == 4 - i);
  for (int i = 0; i < 5; ++i) CHECK(place(2 * i + 1) == 4 - i);
  ds::tensor<std::int32_t, dims<dyn>> beside{dims<dyn>{5}};
  (ds::tie(x, beside) = turned(x, by)).run(ds::host{});
  for (int i = 0; i < 5; ++i) CHECK(x(i) == 4 - i);
  (x = ds::get<0>(turned(x, by))).run(ds::host{});
  for (int i = 0; i < 5; ++i) CHECK(x(i) == i);
}

TEST_CASE("operands are expressions, rounded to their dtype; results are operands") {
  auto const x = counting<ds::bf16>(300);
  auto const by = counting<ds::bf16>(1);
  // 299 + 1/2 is no bf16: what is turned was rounded before.
  auto const y = ds::eval(ds::get<0>(turned(x + 0.5f, by)));
  for (int i = 0; i < 300; ++i)
    CHECK(static_cast<float>(y(i)) ==
          static_cast<float>(static_cast<ds::bf16>(static_cast<float>(x(299 - i)) + 0.5f)));
  test_rules::runs = 0;
  auto const e = ds::let(turned(x, by), [](auto t) {
    return ds::sum(ds::cast<float>(ds::get<0>(t)) - ds::get<1>(t), ds::axes<0>);
  });
  static_assert(ds::kernel_count<decltype(e)> == 2);
  float difference = 0;
  for (int i = 0; i < 300; ++i) difference += static_cast<float>(x(299 - i)) - (299 - i);
  CHECK(ds::eval(e)(0) == difference);
  CHECK(test_rules::runs == 1);
  CHECK(ds::eval(ds::get<0>(turned(ds::get<0>(turned(counting<float>(4), by)), by)))(3) == 3);
}

TEST_CASE("variables of lets around a call are its operands") {
  auto const x = counting<float>(4);
  auto const by = counting<float>(2);
  auto const e = ds::let(x * 2.f, [&](auto v) {
    return ds::let(by + 1.f, [&](auto b) {
      return ds::let(turned(v, b), [&](auto t) { return ds::get<0>(t) + v + ds::get<1>(t); });
    });
  });
  auto const y = ds::eval(e);
  for (int i = 0; i < 4; ++i) CHECK(y(i) == 2 * (3 - i) + 1 + 2 * i + (3 - i));
  auto const inner = ds::let(x, [&](auto v) { return ds::get<0>(turned(v, v)) * v; });
  static_assert(ds::kernel_count<decltype(inner)> == 2);
  auto const z = ds::eval(inner);
  for (int i = 0; i < 4; ++i) CHECK(z(i) == (3 - i) * i);
}

TEST_CASE("explain and bytes_moved know calls") {
  auto const x = counting<float>(1000);
  auto const by = counting<float>(1);
  auto const e = ds::let(turned(x * 2.f, by), [](auto t) { return ds::get<0>(t) + ds::get<1>(t); });
  std::string const text = ds::explain(e);
  CAPTURE(text);
  CHECK(text.find("kernel 2 of 3: an algorithm over its whole operands") != std::string::npos);
  CHECK(text.find("turned(f32[1000], f32[1])") != std::string::npos);
  // x read, 2x written, read again with `by`, two results written, read, the sum written.
  CHECK(ds::bytes_moved(e) == 4000 * (1 + 1 + 1 + 2 + 2 + 1) + 4);
  CHECK(ds::bytes_moved(turned(x, by)) == 4000 * 3 + 4);
}

TEST_CASE("a result that does not fit: nothing runs") {
  auto const x = counting<float>(5);
  auto const by = counting<float>(1);
  ds::tensor<float, dims<dyn>> y{dims<dyn>{5}};
  ds::tensor<std::int32_t, dims<dyn>> place{dims<dyn>{4}};
  test_rules::runs = 0;
  CHECK_THROWS_AS((ds::tie(y, place) = turned(x, by)).run(ds::host{}), ds::shape_error);
  CHECK(test_rules::runs == 0);
}

}  // namespace
