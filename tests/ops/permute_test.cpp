// SPDX-License-Identifier: Apache-2.0
/// @file permute and transpose against PyTorch's values.
#include <deepseek/ops/permute.hpp>

#include "view_cases.hpp"

using namespace deepseek;
using namespace deepseek::test;

namespace {
template <int... A, class X> void check_permuted(X const& x, golden_case const& c) {
  if constexpr (X::rank == sizeof...(A)) {
    if (c.list("axes") != std::vector<std::int64_t>{A...}) return;
    check_same(permute<A...>(x), c.expected);
    check_same(permute(as_node(x), axes<A...>), c.expected);
    static_assert(kernel_count<decltype(permute<A...>(as_node(x)))> == 1);
    check_same(permute<(A - int(sizeof...(A)))...>(x), c.expected);
  }
}
}  // namespace

TEST_CASE("permute has PyTorch's values, of a tensor and of an expression") {
  for (auto const& c : golden_cases("permute")) {
    CAPTURE(c.name);
    with_tensor(c.inputs[0], [&](auto const& x) {
      check_permuted<1, 0>(x, c);
      check_permuted<2, 0, 1>(x, c);
      check_permuted<1, 0, 2>(x, c);
      check_permuted<3, 1, 0, 2>(x, c);
      check_permuted<0, 2, 1, 3>(x, c);
    });
  }
}

TEST_CASE("permute: permuting by A, then by its inverse, is x") {
  auto const x = counted(dims<3, dyn, 5>{4});
  auto const y = eval(permute<1, 2, 0>(permute<2, 0, 1>(x + 0.f)));
  static_assert(std::is_same_v<decltype(y), tensor<float, dims<3, dyn, 5>> const>);
  for (std::int64_t i = 0; i < x.size(); ++i) REQUIRE(y.data()[i] == x.data()[i]);
}

TEST_CASE("transpose: the last two axes change places, static extents with them") {
  auto const x = counted(dims<2, dyn, 5>{3});
  auto const y = eval(transpose(x) * 1.f);
  static_assert(std::is_same_v<decltype(y), tensor<float, dims<2, 5, dyn>> const>);
  for (int b = 0; b < 2; ++b)
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 5; ++j) REQUIRE(y(b, j, i) == x(b, i, j));
}

TEST_CASE("permute of a tensor can be assigned to, even from itself") {
  auto const x = counted(dims<dyn, dyn>{19, 33});
  tensor<float, dims<33, 19>> y;
  (permute<1, 0>(y) = x + 1.f).run(host{});
  for (int i = 0; i < 19; ++i)
    for (int j = 0; j < 33; ++j) REQUIRE(y(j, i) == x(i, j) + 1.f);
  auto square = counted(dims<20, 20>{});
  (square = transpose(square)).run(host{});
  for (int i = 0; i < 20; ++i)
    for (int j = 0; j < 20; ++j) REQUIRE(square(i, j) == float(20 * j + i));
}

TEST_CASE("permute: an expression of an operand and its transpose is one kernel") {
  auto const x = counted(dims<dyn, dyn>{21, 21});
  auto const e = x + transpose(x * 2.f);
  static_assert(kernel_count<decltype(e)> == 1);
  auto const y = eval(e);
  for (int i = 0; i < 21; ++i)
    for (int j = 0; j < 21; ++j) REQUIRE(y(i, j) == x(i, j) + 2 * x(j, i));
}
