// SPDX-License-Identifier: Apache-2.0
/// @file rows_along: the rows of a cube along each axis, in the order of the others.
#include <deepseek/loop/rows_along.hpp>
#include <deepseek/tensor/view.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace ds = deepseek;
using ds::loop::rows_of;

namespace {
std::vector<int> counting(int n) {
  std::vector<int> x(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) x[static_cast<std::size_t>(i)] = i;
  return x;
}
}  // namespace

TEST_CASE("rows of [2, 3, 4] along each axis") {
  auto x = counting(24);
  ds::view<std::int32_t, ds::dims<2, 3, 4>> const v{x.data(), {}};
  auto const last = rows_of(v, 2);
  CHECK(last.rows == 6);
  CHECK(last.columns == 4);
  CHECK(last.step == 1);
  CHECK(last.row_stride() == 4);
  CHECK(*last.row(4) == 16);
  auto const middle = rows_of(v, 1);
  CHECK(middle.rows == 8);
  CHECK(middle.step == 4);
  CHECK(middle.row_stride() == -1);
  CHECK(*middle.row(3) == 3);
  CHECK(*middle.row(6) == 14);
  CHECK(middle.row(6)[2 * middle.step] == 22);
  auto const first = rows_of(v, 0);
  CHECK(first.row_stride() == 1);
  CHECK(*first.row(11) == 11);
}

TEST_CASE("strides of any sign, no other axes, axes of one element") {
  auto x = counting(24);
  ds::view<std::int32_t, ds::dims<3, 4>, ds::strided<2>> const v{x.data() + 16, {}, {{-8, 2}}};
  auto const rows = rows_of(v, 1);
  CHECK(rows.row_stride() == -1);
  CHECK(*rows.row(2) == 0);
  CHECK(rows.row(1)[3 * rows.step] == 14);
  ds::view<std::int32_t, ds::dims<7>> const one{x.data(), {}};
  CHECK(rows_of(one, 0).rows == 1);
  CHECK(rows_of(one, 0).row_stride() == 7);
  CHECK(rows_of(one, 0).row(0) == x.data());
  ds::view<std::int32_t, ds::dims<1, 2, 1, 5>> const ones{x.data(), {}};
  CHECK(rows_of(ones, 3).row_stride() == 5);
  ds::view<std::int32_t, ds::dims<>> const scalar{x.data() + 3, {}};
  CHECK(rows_of(scalar, -1).rows == 1);
  CHECK(rows_of(scalar, -1).columns == 1);
  CHECK(*rows_of(scalar, -1).row(0) == 3);
}
