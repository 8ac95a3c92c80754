// SPDX-License-Identifier: Apache-2.0
/// @file Layouts: strides, contiguity and reach, against enumeration of every element.
#include <deepseek/shape/layout.hpp>

#include <algorithm>
#include <random>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

using namespace deepseek;

namespace {
/// The offset of every element in row-major order of the indices.
template <class D, class Layout>
std::vector<std::int64_t> every_offset(D const& d, Layout const& layout) {
  std::vector<std::int64_t> out;
  for (std::int64_t number = 0; number < d.size(); ++number) {
    std::int64_t rest = number;
    std::int64_t offset = 0;
    for (int axis = D::rank - 1; axis >= 0; --axis) {
      offset += rest % d[axis] * layout.stride(d, axis);
      rest /= d[axis];
    }
    out.push_back(offset);
  }
  return out;
}
}  // namespace

TEST_CASE("row_major: elements lie one after the other, at every rank") {
  auto const check = [](auto const& d) {
    auto const offsets = every_offset(d, row_major{});
    for (std::size_t k = 0; k < offsets.size(); ++k)
      REQUIRE(offsets[k] == static_cast<std::int64_t>(k));
    CHECK(is_contiguous(d, row_major{}));
  };
  check(dims<>{});
  check(dims<5>{});
  check(dims<2, dyn>{3});
  check(dims<2, 1, 3>{});
  check(dynamic_dims<8>{2, 1, 3, 1, 2, 2, 1, 2});
  static_assert(std::is_empty_v<row_major>);
  static_assert(row_major::stride(dims<2, 3, 4>{}, 0) == 12);
  static_assert(row_major::stride(dims<2, 3, 4>{}, 2) == 1);
}

TEST_CASE("is_contiguous: exactly when enumeration gives 0, 1, 2, ...") {
  std::mt19937 random{11};
  int contiguous = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    dynamic_dims<3> const d{std::int64_t(random() % 4), std::int64_t(random() % 3 + 1),
                            std::int64_t(random() % 3 + 1)};
    strided<3> layout;
    for (int axis = 0; axis < 3; ++axis)
      layout.value[axis] =
          random() % 4 == 0 ? std::int64_t(random() % 13) - 6 : row_major::stride(d, axis);
    auto const offsets = every_offset(d, layout);
    bool one_after_the_other = true;
    for (std::size_t k = 0; k < offsets.size(); ++k)
      one_after_the_other = one_after_the_other && offsets[k] == static_cast<std::int64_t>(k);
    REQUIRE(is_contiguous(d, layout) == one_after_the_other);
    contiguous += one_after_the_other ? 1 : 0;
  }
  CHECK(contiguous > 500);  // both answers were asked for
  CHECK(contiguous < 2500);
}

TEST_CASE(
    "offsets_of: the lowest and highest offset of any element; none where there is no element") {
  std::mt19937 random{13};
  for (int trial = 0; trial < 1000; ++trial) {
    dynamic_dims<4> const d{std::int64_t(random() % 3), std::int64_t(random() % 3 + 1),
                            std::int64_t(random() % 3 + 1), std::int64_t(random() % 3 + 1)};
    strided<4> layout;
    for (auto& stride : layout.value) stride = std::int64_t(random() % 21) - 10;
    auto const offsets = every_offset(d, layout);
    offset_range const range = offsets_of(d, layout);
    if (offsets.empty()) {
      REQUIRE(range.highest - range.lowest + 1 == 0);
    } else {
      REQUIRE(range.lowest == *std::min_element(offsets.begin(), offsets.end()));
      REQUIRE(range.highest == *std::max_element(offsets.begin(), offsets.end()));
    }
  }
  CHECK(offsets_of(dims<>{}, row_major{}).highest == 0);
}

TEST_CASE("strided: equal strides are one layout; rank 0 has none") {
  CHECK(strided<2>{{3, 1}} == strided<2>{{3, 1}});
  CHECK(!(strided<2>{{3, 1}} == strided<2>{{3, 2}}));
  CHECK(strided<0>{} == strided<0>{});
  CHECK(row_major{} == row_major{});
  CHECK(is_contiguous(dims<1, 1>{}, strided<2>{{77, -3}}));  // strides of one element do not matter
  CHECK(is_contiguous(dims<2, 0>{}, strided<2>{{77, -3}}));
  CHECK(!is_contiguous(dims<2, 2>{}, strided<2>{{1, 2}}));
}
