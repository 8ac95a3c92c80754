// SPDX-License-Identifier: Apache-2.0
/// @file arguments: a tuple that is an aggregate.
#include <deepseek/base/arguments.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

namespace {
namespace ds = deepseek;

TEST_CASE("members of any types, several of one type, in their order") {
  constexpr auto a = ds::make_arguments(1, 2.5, 3);
  static_assert(std::is_same_v<decltype(a), ds::arguments<int, double, int> const>);
  static_assert(ds::get<0>(a) == 1 && ds::get<1>(a) == 2.5 && ds::get<2>(a) == 3);
  static_assert(a.count == 3);
}

TEST_CASE("an aggregate: as trivially copied as its members, made with braces") {
  static_assert(std::is_aggregate_v<ds::arguments<int, float>>);
  static_assert(std::is_trivially_copyable_v<ds::arguments<int, float>>);
  static_assert(!std::is_trivially_copyable_v<ds::arguments<int, std::string>>);
  ds::arguments<int, float> const a{{{1}, {2.f}}};
  CHECK(ds::get<1>(a) == 2.f);
}

TEST_CASE("get: a reference, const where the arguments are") {
  auto a = ds::make_arguments(1, std::string("x"));
  ds::get<1>(a) += "y";
  CHECK(ds::get<1>(a) == "xy");
  static_assert(std::is_same_v<decltype(ds::get<0>(a)), int&>);
  auto const& b = a;
  static_assert(std::is_same_v<decltype(ds::get<0>(b)), int const&>);
}

TEST_CASE("apply: the members as arguments, by reference, left to right") {
  auto a = ds::make_arguments(2, 3);
  ds::apply([](int& x, int& y) { x = 10 * x + y; }, a);
  CHECK(ds::get<0>(a) == 23);
  constexpr auto b = ds::make_arguments(5, 4.0);
  static_assert(ds::apply([](int x, double y) { return x - y; }, b) == 1.0);
  int calls = 0;
  ds::apply([&] { ++calls; }, ds::arguments<>{});
  CHECK(calls == 1);
}

TEST_CASE("apply: a reference that is returned stays one") {
  auto a = ds::make_arguments(7);
  static_assert(std::is_same_v<decltype(ds::apply([](int& x) -> int& { return x; }, a)), int&>);
}
}  // namespace
