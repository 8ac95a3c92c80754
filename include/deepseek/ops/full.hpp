// SPDX-License-Identifier: Apache-2.0
/// @file full, zeros, ones: one value everywhere, as an expression that takes no memory.
#pragma once
#include <deepseek/base/convert.hpp>
#include <deepseek/expr/leaf.hpp>
#include <deepseek/expr/view_node.hpp>

namespace deepseek {

/// full<V>(extents, value): value everywhere; zeros<V>(extents), ones<V>(extents): 0 and 1.
///
/// @shape   extents                      @dtype V; without V the number's own, for zeros and ones f32
/// @cost    no memory is read; always fuses
template <element V, extents_type Dims, expr::number N>
constexpr auto full(Dims const& extents, N value) {
  using Own = expr::number_element_t<N>;
  expr::progression const none[1] = {};
  return expr::make_view<expr::axis_map<>, false>(
      expr::scalar<V>{convert<V>(static_cast<Own>(value))}, extents, none);
}
template <extents_type Dims, expr::number N> constexpr auto full(Dims const& extents, N value) {
  return full<expr::number_element_t<N>>(extents, value);
}
template <element V = float, extents_type Dims> constexpr auto zeros(Dims const& extents) {
  return full<V>(extents, 0);
}
template <element V = float, extents_type Dims> constexpr auto ones(Dims const& extents) {
  return full<V>(extents, 1);
}

}  // namespace deepseek
