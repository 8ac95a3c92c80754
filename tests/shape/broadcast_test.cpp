// SPDX-License-Identifier: Apache-2.0
/// @file broadcast: NumPy's rule, in types and when running.
#include <deepseek/shape/broadcast.hpp>

#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

using namespace deepseek;

namespace {

template <class Expected, class... D>
constexpr bool gives = std::is_same_v<broadcast_dims_t<D...>, Expected>;

/// NumPy's documentation in a loop of its own: aligned at the end, equal or one of them 1.
bool reference(std::vector<std::int64_t> a, std::vector<std::int64_t> b,
               std::vector<std::int64_t>& result) {
  while (a.size() < b.size()) a.insert(a.begin(), 1);
  while (b.size() < a.size()) b.insert(b.begin(), 1);
  result.clear();
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k] != b[k] && a[k] != 1 && b[k] != 1) return false;
    result.push_back(a[k] == 1 ? b[k] : a[k]);
  }
  return true;
}

template <int A, int B> void compare_with_reference(std::mt19937& random) {
  constexpr std::int64_t choice[] = {0, 1, 1, 2, 3};
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<std::int64_t> a(A), b(B), wanted;
    for (auto& n : a) n = choice[random() % 5];
    for (auto& n : b) n = choice[random() % 5];
    auto const x = dynamic_dims<A>::from_array(a.data());
    auto const y = dynamic_dims<B>::from_array(b.data());
    if (reference(a, b, wanted)) {
      auto const z = broadcast(x, y);
      for (int k = 0; k < z.rank; ++k) REQUIRE(z[k] == wanted[static_cast<std::size_t>(k)]);
      REQUIRE(broadcast(y, x) == z);
      REQUIRE(broadcast(z, x) == z);
    } else {
      REQUIRE_THROWS_AS((void)broadcast(x, y), shape_error);
      REQUIRE_THROWS_AS((void)broadcast(y, x), shape_error);
    }
  }
}

}  // namespace

TEST_CASE("broadcast: the table of NumPy's documentation, in types") {
  // https://numpy.org/doc/stable/user/basics.broadcasting.html
  static_assert(gives<dims<256, 256, 3>, dims<256, 256, 3>, dims<3>>);
  static_assert(gives<dims<8, 7, 6, 5>, dims<8, 1, 6, 1>, dims<7, 1, 5>>);
  static_assert(gives<dims<5, 4>, dims<5, 4>, dims<1>>);
  static_assert(gives<dims<5, 4>, dims<5, 4>, dims<4>>);
  static_assert(gives<dims<15, 3, 5>, dims<15, 3, 5>, dims<15, 1, 5>>);
  static_assert(gives<dims<15, 3, 5>, dims<15, 3, 5>, dims<3, 5>>);
  static_assert(gives<dims<15, 3, 5>, dims<15, 3, 5>, dims<3, 1>>);
  static_assert(!broadcast_conformable<dims<3>, dims<4>>);
  static_assert(!broadcast_conformable<dims<2, 1>, dims<8, 4, 3>>);
  CHECK(broadcast(dims<8, 1, 6, 1>{}, dims<7, 1, 5>{}).size() == 8 * 7 * 6 * 5);
}

TEST_CASE("broadcast: rank 0 and extents of 1 change nothing; 0 wins over 1") {
  static_assert(gives<dims<3, 4>, dims<3, 4>, dims<>>);
  static_assert(gives<dims<3, 4>, dims<1, 1>, dims<3, 4>>);
  static_assert(gives<dims<1, 3, 4>, dims<1, 1, 1>, dims<3, 4>>);
  static_assert(gives<dims<>, dims<>, dims<>>);
  static_assert(gives<dims<0, 4>, dims<0, 1>, dims<1, 4>>);
  static_assert(!broadcast_conformable<dims<0>, dims<3>>);
  static_assert(gives<dims<2, 3, 4, 5, 6, 7, 8, 9>, dims<2, 3, 4, 5, 6, 7, 8, 9>, dims<1>>);
  CHECK(broadcast(dims<dyn>{0}, dims<1>{})[0] == 0);
}

TEST_CASE("broadcast: a dynamic extent yields to a static one that is not 1") {
  static_assert(gives<dims<4>, dims<dyn>, dims<4>>);
  static_assert(gives<dims<dyn>, dims<dyn>, dims<1>>);
  static_assert(gives<dims<dyn>, dims<dyn>, dims<dyn>>);
  static_assert(gives<dims<dyn, 4>, dims<dyn, 1>, dims<dyn>, dims<4>>);
  static_assert(broadcast_conformable<dims<dyn>, dims<3>, dims<1>>);
  static_assert(!broadcast_conformable<dims<dyn>, dims<3>, dims<4>>);
  CHECK(broadcast(dims<dyn>{1}, dims<4>{})[0] == 4);
  CHECK_THROWS_AS((void)broadcast(dims<dyn>{3}, dims<4>{}), shape_error);
}

TEST_CASE("broadcast: three operands and more, in any order") {
  dims<dyn, dyn> const a{3, 1};
  dims<dyn> const b{4};
  dims<dyn, dyn, dyn> const c{2, 1, 1};
  CHECK(broadcast(a, b, c) == dims<2, 3, 4>{});
  CHECK(broadcast(c, b, a) == dims<2, 3, 4>{});
  CHECK(broadcast(broadcast(a, b), c) == broadcast(a, broadcast(b, c)));
  CHECK(broadcast(a) == a);
}

TEST_CASE("broadcast agrees with the rule written out, commutes, and is idempotent") {
  std::mt19937 random{7};
  compare_with_reference<1, 1>(random);
  compare_with_reference<2, 2>(random);
  compare_with_reference<1, 3>(random);
  compare_with_reference<3, 2>(random);
  compare_with_reference<4, 4>(random);
  compare_with_reference<0, 2>(random);
}

TEST_CASE("broadcast: what does not fit is an error with all shapes") {
  CHECK_THROWS_WITH_AS((void)broadcast(dims<dyn, dyn>{2, 3}, dims<dyn>{4}, dims<>{}),
                       "[DS-BROADCAST-EXTENTS] operands of shape [2, 3] and [4] and [] do not "
                       "broadcast: extents of an axis must be equal or 1. Fix: reshape, expand or "
                       "slice one of them.",
                       shape_error);
}

TEST_CASE("broadcast: more elements than 64 bits can count is an error") {
  constexpr std::int64_t big = std::int64_t{1} << 40;
  CHECK_THROWS_AS((void)broadcast(dims<dyn, 1>{big}, dims<1, dyn>{big}), shape_error);
}

TEST_CASE("broadcast_conformable_to: the extents are given; only 1 stretches to them") {
  static_assert(broadcast_conformable_to<dims<>, dims<2, 3>>);
  static_assert(broadcast_conformable_to<dims<3>, dims<2, 3>>);
  static_assert(broadcast_conformable_to<dims<1, dyn>, dims<dyn, 3>>);
  static_assert(broadcast_conformable_to<dims<5>, dims<dyn>>);
  static_assert(!broadcast_conformable_to<dims<3>, dims<1>>);
  static_assert(!broadcast_conformable_to<dims<2, 1>, dims<3, 3>>);
  static_assert(!broadcast_conformable_to<dims<1, 3>, dims<3>>);
}
