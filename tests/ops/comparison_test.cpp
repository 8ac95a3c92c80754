// SPDX-License-Identifier: Apache-2.0
/// @file Laws of == != < <= > >=.
#include "map_cases.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <deepseek/ops/comparison.hpp>

namespace ds = deepseek;
using namespace deepseek::test;

namespace {
template <class F> void check_verb(std::string const& verb, F const& f) {
  CHECK(run_cases<float, float>(verb, f) + run_cases<std::int64_t, std::int64_t>(verb, f) ==
        case_count(verb));
}
template <class A, class B>
concept comparable = requires(A const& a, B const& b) {
  a == b;
};
struct plain {};
}  // namespace

TEST_CASE("each comparison is the outside value") {
  check_verb("equal", [](auto const&, auto const& a, auto const& b) { return a == b; });
  check_verb("not_equal", [](auto const&, auto const& a, auto const& b) { return a != b; });
  check_verb("less", [](auto const&, auto const& a, auto const& b) { return a < b; });
  check_verb("less_equal", [](auto const&, auto const& a, auto const& b) { return a <= b; });
  check_verb("greater", [](auto const&, auto const& a, auto const& b) { return a > b; });
  check_verb("greater_equal", [](auto const&, auto const& a, auto const& b) { return a >= b; });
}

TEST_CASE("a whole number beside integers keeps its value") {
  ds::tensor<std::uint8_t, ds::dims<2>> x{std::uint8_t(5), std::uint8_t(250)};
  CHECK(ds::eval(x < 300)(1));
  CHECK(ds::eval(x > -1)(0));
  CHECK_FALSE(ds::eval(300 < x)(1));
  CHECK_FALSE(ds::eval(x == 256 + 5)(0));
  ds::tensor<int, ds::dims<1>> i{-1};
  CHECK(ds::eval(i < std::int64_t{0xffffffff})(0));
  CHECK(ds::eval(i < 0.5)(0));
}

TEST_CASE("a number beside floats is rounded to their dtype first") {
  ds::tensor<float, ds::dims<1>> x{0.1f};
  CHECK(ds::eval(x == 0.1)(0));
  ds::tensor<ds::bf16, ds::dims<1>> b{ds::bf16(0.1f)};
  CHECK(ds::eval(b == 0.1)(0));
}

TEST_CASE("int64 beside int32, and beside bool, compare in int64") {
  ds::tensor<std::int64_t, ds::dims<2>> a{(std::int64_t{1} << 32) + 1, 1};
  ds::tensor<std::int32_t, ds::dims<2>> b{1, 1};
  ds::tensor<bool, ds::dims<2>> t{true, true};
  CHECK_FALSE(ds::eval(a == b)(0));
  CHECK(ds::eval(a == b)(1));
  CHECK_FALSE(ds::eval(t == a)(0));
  CHECK(ds::eval(t == a)(1));
}

TEST_CASE("what is no tensor is left alone") {
  CHECK((std::vector<int>{1} == std::vector<int>{1}));
  CHECK(ds::dims<2, 3>{} == ds::dims<2, 3>{});
  CHECK(ds::dtype::f32 != ds::dtype::f64);
  CHECK(ds::f16(1.0f) < ds::f16(2.0f));
  using row = ds::tensor<float, ds::dims<3>>;
  static_assert(comparable<row, row> && comparable<row, float> && comparable<int, row>);
  static_assert(!comparable<row, plain> && !comparable<plain, row> &&
                !comparable<row, std::string>);
  static_assert(!comparable<row, std::nullptr_t> && !comparable<plain, plain>);
  static_assert(std::is_same_v<decltype(ds::f16(1.0f) == ds::f16(2.0f)), bool>);
}
