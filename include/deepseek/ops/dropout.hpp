// SPDX-License-Identifier: Apache-2.0
/// @file dropout: sets random elements to zero and scales the rest.
#pragma once
#include <type_traits>

#include <deepseek/arch/cpu/pack.hpp>  // select
#include <deepseek/arch/scalar.hpp>
#include <deepseek/base/error.hpp>
#include <deepseek/expr/map.hpp>
#include <deepseek/ops/random.hpp>

namespace deepseek {

namespace rules {
/// Of an element and a number of uniform.
struct dropout {
  static constexpr char const* name = "dropout";
  static constexpr int flops = 2;
  float rate;
  double scale;
  template <class V, class U> using value = expr::floating_rule::value<V>;
  template <int I, class V, class U>
  using operand = std::conditional_t<I == 0, compute_t<value<V, U>>, float>;
  DEEPSEEK_ANY_SIDE
  template <class V, class U> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a, U u) const {
    return arch::select(u >= U(rate), a * scaled<V>(), V(0));
  }

 private:
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V scaled() const {
    if constexpr (std::is_arithmetic_v<V>) return static_cast<V>(scale);
    else return V(static_cast<typename V::element>(scale));
  }
};
}  // namespace rules

namespace detail {
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_dropout(double rate) {
  throw argument_error(text{} << "[DS-DROPOUT-RATE] dropout(x, rate, key): rate is " << rate
                              << ", not from 0 to 1. Fix: pass the share of elements to drop.");
}
}  // namespace detail

/// dropout(x, rate, key): each element is 0 with probability rate, else x / (1 - rate).
///
///   y[i] = uniform(extents of x, key)[i] >= rate ? x[i] / (1 - rate) : 0
///
/// The same key drops the same elements again, on every executor (random.hpp): a backward pass needs
/// no stored mask. Use another stream of the key for each layer and step.
///
/// @shape   x's                          @dtype x's, f32 for integers
/// @edge    rate 0 keeps all, rate 1 drops all; what is dropped is 0 also where x is NaN
/// @error   the probability is exact to 2^-24
/// @cost    about 12 operations per element beside x; no memory for the mask; always fuses
/// @fails   argument_error [DS-DROPOUT-RATE] rate is not from 0 to 1
/// @paper   Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting"
template <operand X> constexpr auto dropout(X&& x, double rate, random_key key) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    if (!(rate >= 0 && rate <= 1)) detail::fail_dropout(rate);
    auto const node = as_expression(static_cast<X&&>(x));
    return expr::make_map(rules::dropout{static_cast<float>(rate), rate < 1 ? 1 / (1 - rate) : 0.0},
                          node, uniform(node.extents(), key));
  }
}

}  // namespace deepseek
