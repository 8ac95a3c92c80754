// SPDX-License-Identifier: Apache-2.0
/// @file Laws of the compile-time vocabulary: a broken law is one word, and the rest is silence.
#include <deepseek/base/why.hpp>
#include <doctest/doctest.h>

#include <type_traits>

namespace ds = deepseek;

namespace {

template <int Rank> struct operand { static constexpr int rank = Rank; };

/// A verb as the library writes them, with a law that is not asserted so that it can be tested.
template <class A, class B> constexpr auto add(A const&, B const&) {
  if constexpr (!ds::valid<A> || !ds::valid<B>) return ds::why::invalid{};
  else if constexpr (A::rank == B::rank) return operand<A::rank>{};
  else return ds::why::invalid{};
}

template <class T>
concept complete = requires {
  sizeof(T);
};

}  // namespace

TEST_CASE("invalid: it is absorbed by whatever takes it") {
  constexpr auto wrong = add(operand<1>{}, operand<2>{});
  static_assert(!ds::valid<decltype(wrong)>);
  static_assert(!ds::valid<decltype(add(wrong, operand<1>{}))>);
  static_assert(!ds::valid<decltype(add(operand<1>{}, add(wrong, wrong)))>);
  static_assert(ds::valid<decltype(add(operand<1>{}, operand<1>{}))>);
  static_assert(decltype(wrong)::rank == 0);
}

TEST_CASE("valid: references and const do not matter") {
  static_assert(!ds::valid<ds::why::invalid const&>);
  static_assert(ds::valid<operand<1> const&>);
}

TEST_CASE("facts: they are names to print, never objects") {
  static_assert(!complete<ds::why::first> && !complete<ds::why::target>);
  static_assert(!complete<ds::why::extents_of<ds::why::first, 2, -1>>);
  static_assert(!complete<ds::why::axis_is<3>> && !complete<ds::why::dtype_is<float>>);
}
