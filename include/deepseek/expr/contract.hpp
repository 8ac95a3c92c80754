// SPDX-License-Identifier: Apache-2.0
/// @file Contractions: y[..., i, j] = sum over k of a[..., i, k] * b[..., k, j].
#pragma once
#include <deepseek/expr/leaf.hpp>
#include <deepseek/shape/broadcast.hpp>

namespace deepseek::expr {

/// contract_node<Dims, A, B>: a matrix product with broadcast batch axes.
template <class Dims, class A, class B>
struct contract_node : node<promote_t<typename A::value_type, typename B::value_type>, Dims, A, B> {
  constexpr contract_node(Dims const& extents, A const& a, B const& b)
      : contract_node::node{extents, a, b} {}
};

namespace detail {
template <class E> inline constexpr bool is_contract = false;
template <class D, class A, class B>
inline constexpr bool is_contract<contract_node<D, A, B>> = true;
}  // namespace detail

}  // namespace deepseek::expr
