// SPDX-License-Identifier: Apache-2.0
/// @file pad against PyTorch's values.
#include <deepseek/ops/pad.hpp>

#include <limits>

#include <deepseek/ops/slice.hpp>
#include <deepseek/ops/sum.hpp>

#include "view_cases.hpp"

using namespace deepseek;
using namespace deepseek::test;

namespace {
template <class X> auto golden_pad(X const& x, golden_case const& c) {
  constexpr int rank = std::remove_cvref_t<X>::rank;
  auto const before = c.list("before"), after = c.list("after");
  pad_width width[rank];
  for (std::size_t a = 0; a < rank; ++a) width[a] = {before[a], after[a]};
  return pad(x, width, c.number("value"));
}
}  // namespace

TEST_CASE("pad has PyTorch's values, of a tensor and of an expression") {
  for (auto const& c : golden_cases("pad")) {
    CAPTURE(c.name);
    with_tensor(c.inputs[0], [&](auto const& x) {
      check_same(golden_pad(x, c), c.expected);
      check_same(as_node(golden_pad(x, c)), c.expected);
      auto const node = as_node(x);
      check_same(golden_pad(node, c), c.expected);
      static_assert(kernel_count<decltype(golden_pad(node, c))> == 1);
    });
  }
}

TEST_CASE("pad: the part inside is x, at every width and length") {
  for (std::int64_t n : {1, 3, 16, 33, 70})
    for (std::int64_t before : {0, 1, 7, 16, 40})
      for (std::int64_t after : {0, 5, 32}) {
        CAPTURE(n);
        CAPTURE(before);
        auto const x = counted(dims<dyn>{n});
        auto const y = eval(pad(x * 2.f, {{before, after}}, -1));
        REQUIRE(y.size() == before + n + after);
        for (std::int64_t i = 0; i < y.size(); ++i) {
          bool const inside = i >= before && i < before + n;
          REQUIRE(y(i) == (inside ? 2 * x(i - before) : -1.f));
        }
      }
}

TEST_CASE("pad under slices and flips") {
  auto const x = counted(dims<dyn, dyn>{3, 20});
  auto const wide = eval(pad(x, {{2, 1}, {5, 9}}, 0.5f));
  auto const node = pad(x + 0.f, {{2, 1}, {5, 9}}, 0.5f);
  auto const flipped = eval(flip(node));
  auto const thin = eval(slice(node, range{.step = 2}, range{.start = 30, .step = -3}));
  auto const column = eval(at(node, axes<1>, 7));
  auto const border = eval(at(node, axes<1>, 0));
  for (int i = 0; i < 6; ++i) {
    for (int j = 0; j < 34; ++j) REQUIRE(flipped(i, j) == wide(5 - i, 33 - j));
    REQUIRE(column(i) == wide(i, 7));
    REQUIRE(border(i) == 0.5f);
  }
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 11; ++j) REQUIRE(thin(i, j) == wide(2 * i, 30 - 3 * j));
}

TEST_CASE("pad: named axes; the others keep their static extents") {
  auto const x = counted(dims<3, 4>{});
  auto const y = eval(pad(x, axes<-1>, {{1, 2}}, 9.f));
  static_assert(std::is_same_v<decltype(y), tensor<float, dims<3, dyn>> const>);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 7; ++j) REQUIRE(y(i, j) == (j >= 1 && j < 5 ? x(i, j - 1) : 9.f));
}

TEST_CASE("pad under reductions fuses, along each axis; stencils by pads") {
  auto const x = counted(dims<dyn, dyn>{5, 37});
  auto const rows = sum(pad(x, {{1, 1}, {3, 2}}, 1.f), axes<1>);
  static_assert(kernel_count<decltype(rows)> == 1);
  auto const y = eval(rows);
  auto const columns = eval(sum(pad(x, {{1, 1}, {3, 2}}, 1.f), axes<0>));
  for (int i = 0; i < 7; ++i)
    REQUIRE(y(i, 0) == (i == 0 || i == 6 ? 42.f : float(37 * 37 * (i - 1) + 37 * 18 + 5)));
  for (int j = 0; j < 42; ++j)
    REQUIRE(columns(0, j) == (j < 3 || j >= 40 ? 7.f : float(37 * 10 + 5 * (j - 3) + 2)));
  auto const line = counted(dims<dyn>{50});
  auto const smooth = eval(slice(pad(line, {{1, 1}}, 0), range{0, 50}) + line +
                           slice(pad(line, {{1, 1}}, 0), range{2, 52}));
  for (int i = 0; i < 50; ++i)
    REQUIRE(smooth(i) == float((i > 0 ? i - 1 : 0) + i + (i < 49 ? i + 1 : 0)));
}

TEST_CASE("pad: the value is converted to the dtype; bool and narrow types too") {
  tensor<bool, dims<2>> const flags{{true, false}};
  auto const b = eval(pad(flags, {{1, 0}}, 1));
  CHECK((b(0) && b(1) && !b(2)));
  tensor<bfloat16, dims<1>> const narrow{dims<1>{}, {bfloat16{2.f}}};
  auto const h = eval(pad(narrow, {{0, 1}}, 1.00001));
  CHECK(static_cast<float>(h(1)) == 1.f);
  tensor<float, dims<1>> const one{dims<1>{}, {1.f}};
  CHECK(eval(pad(one, {{1, 0}}, std::numeric_limits<double>::infinity()))(0) ==
        std::numeric_limits<float>::infinity());
}

TEST_CASE("pad of nothing is all border") {
  tensor<float, dims<dyn, 2>> const nothing{dims<dyn, 2>{0}};
  auto const y = eval(pad(nothing, {{1, 1}, {0, 1}}, 4.f));
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j) REQUIRE(y(i, j) == 4.f);
}

TEST_CASE("pad: a width below 0 or beyond 64 bits is an error with the values") {
  auto const x = counted(dims<dyn, dyn>{2, 3});
  CHECK(thrown([&] {
          (void)pad(x, {{0, 0}, {-1, 2}}, 0);
        }).find("[DS-PAD-WIDTH] pad: {-1, 2} around axis 1 of [2, 3]") == 0);
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(thrown([&] { (void)pad(x, {{most, 1}, {0, 0}}, 0); }).find("[DS-PAD-WIDTH]") == 0);
}
