// SPDX-License-Identifier: Apache-2.0
/// @file A node has a shape, a dtype, operands in order; nothing of it runs.
#include <deepseek/expr/node.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace {
namespace ds = deepseek;
using one = ds::expr::node<float, ds::dims<3>>;
struct leaf_like : one {
  int id;
  constexpr explicit leaf_like(int number) : one{ds::dims<3>{}}, id{number} {}
};
struct pair_like : ds::expr::node<double, ds::dims<ds::dyn>, leaf_like, leaf_like> {
  constexpr pair_like(leaf_like a, leaf_like b) : node{ds::dims<ds::dyn>{3}, a, b} {}
};

TEST_CASE("expression: what derives from a node, and nothing else") {
  static_assert(ds::expression<leaf_like>);
  static_assert(ds::expression<pair_like const&>);
  static_assert(!ds::expression<float>);
  static_assert(!ds::expression<ds::why::invalid>);
}

TEST_CASE("a node knows rank, value type, extents and number of operands") {
  static_assert(pair_like::rank == 1);
  static_assert(pair_like::operand_count == 2);
  static_assert(leaf_like::operand_count == 0);
  static_assert(std::is_same_v<pair_like::value_type, double>);
  constexpr pair_like e{leaf_like{1}, leaf_like{2}};
  static_assert(e.extents()[0] == 3);
  static_assert(std::is_same_v<ds::expr::operand_t<pair_like, 1>, leaf_like>);
}

TEST_CASE("static extents and missing operands take no memory") {
  static_assert(sizeof(leaf_like) == sizeof(int));
}

TEST_CASE("for_each_operand: left to right") {
  pair_like const e{leaf_like{4}, leaf_like{7}};
  int digits = 0;
  ds::expr::for_each_operand(e, [&](auto const& operand) { digits = 10 * digits + operand.id; });
  CHECK(digits == 47);
  ds::expr::for_each_operand(leaf_like{1}, [&](auto const&) { digits = -1; });
  CHECK(digits == 47);
}

TEST_CASE("fold_operands: the types under a node") {
  constexpr int ranks = ds::expr::fold_operands<pair_like>(
      []<class... Operand>() { return (0 + ... + Operand::rank); });
  static_assert(ranks == 2);
  constexpr int none = ds::expr::fold_operands<leaf_like>(
      []<class... Operand>() { return int(sizeof...(Operand)); });
  static_assert(none == 0);
}
}  // namespace
