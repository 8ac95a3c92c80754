// SPDX-License-Identifier: Apache-2.0
/// @file dims: extents known when compiling and when running, mixed.
#include <deepseek/shape/dims.hpp>

#include <string>
#include <type_traits>

#include <doctest/doctest.h>

using namespace deepseek;

namespace {
template <class D> std::string shown(D const& d) {
  text out;
  out << d;
  return out.c_str();
}
}  // namespace

TEST_CASE("dims: every rank from 0 to 8 has its extents and their product") {
  static_assert(dims<>{}.size() == 1 && dims<>::rank == 0);
  static_assert(dims<2>{}.size() == 2);
  static_assert(dims<2, 3>{}.size() == 6);
  static_assert(dims<2, 3, 4>{}.size() == 24);
  static_assert(dims<2, 3, 4, 5>{}.size() == 120);
  static_assert(dims<2, 3, 4, 5, 1>{}.size() == 120);
  static_assert(dims<2, 3, 4, 5, 1, 2>{}.size() == 240);
  static_assert(dims<2, 3, 4, 5, 1, 2, 3>{}.size() == 720);
  static_assert(dims<2, 3, 4, 5, 1, 2, 3, 2>{}.size() == 1440);
  static_assert(dims<2, 0, 4>{}.size() == 0);
  dynamic_dims<8> const d{1, 2, 3, 4, 5, 6, 7, 8};
  CHECK(d.size() == 40320);
  for (int axis = 0; axis < 8; ++axis) CHECK(d[axis] == axis + 1);
  CHECK(dynamic_dims<0>{}.size() == 1);
}

TEST_CASE("dims: only dynamic extents are stored") {
  static_assert(std::is_empty_v<dims<2, 3>>);
  static_assert(sizeof(dims<2, dyn>) == 8);
  static_assert(sizeof(dims<dyn, 3, dyn>) == 16);
  static_assert(std::is_trivially_copyable_v<dims<dyn, 3>>);
}

TEST_CASE("dims: dynamic extents alone, all extents, and an array give the same") {
  dims<dyn, 3, dyn> const by_dynamic{4, 5};
  dims<dyn, 3, dyn> const by_all{4, 3, 5};
  std::int64_t const extents[] = {4, 3, 5};
  auto const by_array = dims<dyn, 3, dyn>::from_array(extents);
  CHECK(by_dynamic == by_all);
  CHECK(by_all == by_array);
  CHECK(shown(by_array) == "[4, 3, 5]");
  CHECK(shown(dims<>{}) == "[]");
  static_assert(dims<dyn, 3>{7}[0] == 7 && dims<dyn, 3>{7}[1] == 3);
  static_assert(dims<dyn, 3>::static_extent(0) == dyn && dims<dyn, 3>::static_extent(1) == 3);
}

TEST_CASE("dims: equal are the same extents, however they are known") {
  static_assert(dims<2, 3>{} == dims<dyn, 3>{2});
  static_assert(!(dims<2, 3>{} == dims<3, 2>{}));
  static_assert(!(dims<6>{} == dims<2, 3>{}));
  static_assert(dims<>{} == dims<>{});
}

TEST_CASE("dims: extents that are not given are 0") {
  CHECK(dims<dyn, 3>{}.size() == 0);
  CHECK(dims<dyn, 3>{}[1] == 3);
}

TEST_CASE("dims: an extent unlike its static value, or below 0, is an error with both") {
  CHECK_THROWS_WITH_AS(
      (dims<dyn, 3>{2, 4}),
      "[DS-DIMS-STATIC] dims: axis 1 is 3 in the type but 4 was given. Fix: give 3 "
      "or make the axis dyn.",
      shape_error);
  CHECK_THROWS_WITH_AS((dims<dyn, 3>{-2}), "[DS-DIMS-NEGATIVE] dims: extent -2 is below 0.",
                       shape_error);
  std::int64_t const extents[] = {-1, 3};
  CHECK_THROWS_AS((void)(dims<dyn, 3>::from_array(extents)), shape_error);
}

TEST_CASE("dims: more elements than 64 bits can count is an error") {
  constexpr std::int64_t big = std::int64_t{1} << 31;
  CHECK((dims<dyn, dyn>{big, big}.size()) == std::int64_t{1} << 62);
  CHECK_THROWS_WITH_AS((dims<dyn, dyn, 2>{big, big}),
                       "[DS-DIMS-SIZE] dims: [2147483648, 2147483648, 2] has more elements than 64 "
                       "bits can count.",
                       shape_error);
  std::int64_t const extents[] = {big, big, 2};
  CHECK_THROWS_AS((void)(dynamic_dims<3>::from_array(extents)), shape_error);
  // Strides would overflow although there is no element.
  CHECK_THROWS_AS((dims<dyn, dyn, dyn>{0, std::int64_t{1} << 40, std::int64_t{1} << 40}),
                  shape_error);
  CHECK((dims<dyn, dyn>{0, std::int64_t{1} << 62}.size()) == 0);
}
