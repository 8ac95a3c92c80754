// SPDX-License-Identifier: Apache-2.0
/// @file A contraction is a node with two operands; its dtype is theirs.
#include <deepseek/expr/contract.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace {
namespace ds = deepseek;
using ds::dims;

TEST_CASE("a contraction has the promoted dtype, its extents and both operands") {
  ds::tensor<ds::bf16, dims<2, 3>> const a;
  ds::tensor<float, dims<3, 4>> const b;
  auto const e = ds::matmul(a, b);
  using E = std::remove_cvref_t<decltype(e)>;
  static_assert(ds::expression<E>);
  static_assert(ds::expr::detail::is_contract<E>);
  static_assert(std::is_same_v<E::value_type, float>);
  static_assert(std::is_same_v<E::dims_type, dims<2, 4>>);
  static_assert(E::operand_count == 2);
  CHECK(ds::get<0>(e.operands).source.data() == a.data());
}

TEST_CASE("only a contraction is one") {
  ds::tensor<float, dims<3, 4>> const b;
  static_assert(!ds::expr::detail::is_contract<ds::expression_t<decltype(b) const&>>);
  static_assert(!ds::expr::detail::is_contract<decltype(b + b)>);
}
}  // namespace
