// SPDX-License-Identifier: Apache-2.0
/// @file Contractions: y[..., i, j] = sum over k of a[..., i, k] * b[..., k, j].
#pragma once
#include <deepseek/expr/leaf.hpp>
#include <deepseek/shape/broadcast.hpp>

namespace deepseek::expr {

/// contract_node<Dims, A, B>: a matrix product with broadcast batch axes.
///
/// contract_node<Dims, A, B, Offsets>: a product whose rows belong to groups, each with a matrix of its own:
/// y[i, j] = sum over k of a[i, k] * b[g, k, j] for offsets[g] <= i < offsets[g + 1].
///
/// contract_node<Dims, A, B, tf32_allowed>: the first one, whose factors of f32 may be rounded to tf32.
template <class Dims, class A, class B, class... Option>
struct contract_node
    : node<promote_t<typename A::value_type, typename B::value_type>, Dims, A, B, Option...> {
  static_assert(sizeof...(Option) <= 1);
  constexpr contract_node(Dims const& extents, A const& a, B const& b, Option const&... option)
      : contract_node::node{extents, a, b, option...} {}
};
/// tf32_allowed: a mark, which nobody evaluates.
using tf32_allowed = scalar<bool>;

namespace detail {
template <class E> inline constexpr bool is_contract = false;
template <class D, class A, class B, class... Option>
inline constexpr bool is_contract<contract_node<D, A, B, Option...>> = true;
/// is_grouped<E>: the second one.
template <class E> inline constexpr bool is_grouped = false;
template <class D, class A, class B, class Offsets>
inline constexpr bool is_grouped<contract_node<D, A, B, Offsets>> =
    !std::is_same_v<Offsets, tf32_allowed>;
/// takes_tf32<E>: the third one.
template <class E> inline constexpr bool takes_tf32 = false;
template <class D, class A, class B>
inline constexpr bool takes_tf32<contract_node<D, A, B, tf32_allowed>> = true;
}  // namespace detail

}  // namespace deepseek::expr
