// SPDX-License-Identifier: Apache-2.0
/// @file view: memory of somebody else, with extents and strides.
#include <deepseek/tensor/view.hpp>

#include <type_traits>

#include <deepseek/expr/leaf.hpp>
#include <doctest/doctest.h>

using namespace deepseek;

TEST_CASE("view: an element lies at the sum of index times stride") {
  float memory[24];
  for (int i = 0; i < 24; ++i) memory[i] = static_cast<float>(i);
  view<float, dims<dyn, 4>> const rows{memory, {6}};
  view<float, dims<4, 6>, strided<2>> const turned{memory, {}, {{1, 4}}};
  view<float, dims<6, 4>, strided<2>> const backwards{memory + 23, {}, {{-4, -1}}};
  view<float, dims<2, 6, 4>, strided<3>> const repeated{memory, {}, {{0, 4, 1}}};
  for (int i = 0; i < 6; ++i)
    for (int j = 0; j < 4; ++j) {
      REQUIRE(rows(i, j) == float(4 * i + j));
      REQUIRE(turned(j, i) == float(4 * i + j));
      REQUIRE(backwards(i, j) == float(23 - 4 * i - j));
      REQUIRE(repeated(1, i, j) == float(4 * i + j));
    }
  CHECK(rows.contiguous());
  CHECK(!turned.contiguous());
  CHECK(rows.size() == 24);
  CHECK(rows.stride(0) == 4);
  CHECK(turned.stride(1) == 4);
  view<float, dims<>> const one{memory + 5, {}};
  CHECK(one() == 5.f);
}

TEST_CASE("view: its type holds what is static; copying it is copying a pointer") {
  using plain = view<float, dims<2, 3>>;
  static_assert(std::is_trivially_copyable_v<plain>);
  static_assert(sizeof(plain) == 16);
  static_assert(sizeof(view<float, dims<dyn, 3>>) == 24);
  static_assert(plain::rank == 2);
  static_assert(std::is_same_v<view<float const, dims<2>>::value_type, float>);
}

TEST_CASE("view: what may write may also read, not the other way round") {
  static_assert(std::is_convertible_v<view<float, dims<3>>, view<float const, dims<3>>>);
  static_assert(!std::is_constructible_v<view<float, dims<3>>, view<float const, dims<3>>>);
  static_assert(!std::is_assignable_v<view<float const, dims<3>> const&, float>);
  float memory[3] = {1, 2, 3};
  view<float, dims<3>> const v{memory, {}};
  view<float const, dims<3>> const r = v;
  v(1) = 7;
  CHECK(r(1) == 7.f);
}

TEST_CASE("view: an index outside is an error with the shape") {
  float memory[6] = {};
  view<float, dims<2, dyn>> const v{memory, {3}};
  CHECK_THROWS_WITH_AS((void)v(1, 3), "[DS-VIEW-INDEX] index 3 of axis 1 is outside [2, 3].",
                       shape_error);
  CHECK_THROWS_AS((void)v(-1, 0), shape_error);
  CHECK_THROWS_AS((void)v(2, 0), shape_error);
}

TEST_CASE("view: a named view views what another does; one that a call returns is assigned to") {
  float memory[4] = {1, 2, 3, 4};
  using half = view<float, dims<2>>;
  half first{memory, {}};
  half const second{memory + 2, {}};
  auto const give = [&] { return first; };
  auto const a = (give() = second);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(a.destination)>, half>);
  CHECK(memory[0] == 1.f);  // nothing has run
  first = second;
  CHECK(first.data() == memory + 2);
  first = half{memory, {}};
  CHECK(first.data() == memory);
}
