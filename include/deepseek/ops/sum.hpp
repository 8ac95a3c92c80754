// SPDX-License-Identifier: Apache-2.0
/// @file sum, prod and mean along axes.
#pragma once
#include <deepseek/expr/reduce.hpp>
#include <deepseek/ops/reduce_rules.hpp>
namespace deepseek {
template <operand X, int... A> constexpr auto sum(X&& x, axes_t<A...> along = {}) {
  return expr::reduce<rules::sum>(static_cast<X&&>(x), along);
}
template <operand X, int... A> constexpr auto max(X&& x, axes_t<A...> along = {}) {
  return expr::reduce<rules::max>(static_cast<X&&>(x), along);
}
}  // namespace deepseek
