// SPDX-License-Identifier: Apache-2.0
/// @file Laws of fixed_string: equal characters are one type, others are another.
#include <deepseek/base/fixed_string.hpp>
#include <doctest/doctest.h>

#include <string>
#include <type_traits>

namespace ds = deepseek;

namespace {

template <ds::fixed_string Name> struct labelled { static constexpr auto name = Name; };

}  // namespace

TEST_CASE("fixed_string: it is a template argument told by its characters") {
  static_assert(std::is_same_v<labelled<"x">, labelled<"x">>);
  static_assert(!std::is_same_v<labelled<"x">, labelled<"y">>);
  static_assert(!std::is_same_v<labelled<"x">, labelled<"xx">>);
  CHECK(std::string(labelled<"weight">::name.c_str()) == "weight");
  static_assert(labelled<"weight">::name.size() == 6);
  static_assert(labelled<"">::name.size() == 0);
}

TEST_CASE("fixed_string: equality compares characters, of any lengths") {
  static_assert(ds::fixed_string{"ab"} == ds::fixed_string{"ab"});
  static_assert(!(ds::fixed_string{"ab"} == ds::fixed_string{"ac"}));
  static_assert(!(ds::fixed_string{"ab"} == ds::fixed_string{"abc"}));
}
