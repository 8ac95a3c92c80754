// SPDX-License-Identifier: Apache-2.0
/// @file Activations: relu, gelu, gelu_tanh, silu, softplus.
#pragma once
#include <deepseek/arch/cpu/math_erf.hpp>
#include <deepseek/arch/cpu/math_exp.hpp>
#include <deepseek/arch/cpu/math_log.hpp>  // log1p
#include <deepseek/arch/cpu/pack_math.hpp>
#include <deepseek/arch/cpu/pack_round.hpp>  // abs
#include <deepseek/arch/scalar.hpp>
#include <deepseek/expr/map.hpp>
#include <deepseek/ops/sigmoid.hpp>

namespace deepseek {

namespace rules {
struct relu : expr::arithmetic_rule {
  static constexpr char const* name = "relu";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::max(V(0), a);  // of equals the second: relu(-0) is -0, as in PyTorch
  }
};
struct gelu : expr::floating_rule {
  static constexpr char const* name = "gelu";
  static constexpr int flops = 32;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    V const sqrt_half = V(0.70710678118654752440);
    V const half = a * V(0.5);
    return half + half * arch::erf(a * sqrt_half);
  }
};
/// (1 + tanh(u)) / 2 is sigmoid(2 u), which keeps its digits where tanh(u) comes close to -1.
struct gelu_tanh : expr::floating_rule {
  static constexpr char const* name = "gelu_tanh";
  static constexpr int flops = 30;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    V const twice_sqrt_2_over_pi = V(1.59576912160573071176);
    V const cubic = V(1.59576912160573071176 * 0.044715);
    return a * sigmoid{}(a * (twice_sqrt_2_over_pi + cubic * (a * a)));
  }
};
struct silu : expr::floating_rule {
  static constexpr char const* name = "silu";
  static constexpr int flops = 25;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return a * sigmoid{}(a);
  }
};
struct softplus : expr::floating_rule {
  static constexpr char const* name = "softplus";
  static constexpr int flops = 42;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::max(a, V(0)) + arch::log1p(arch::exp(-arch::abs(a)));
  }
};
}  // namespace rules

/// relu(a): a where a > 0, else 0.
///
/// @shape   a's                          @dtype a's; bool counts as int32
/// @edge    NaN -> NaN                   @error exact          @cost 1 flop
template <operand A> constexpr auto relu(A&& a) {
  return expr::map_of(rules::relu{}, static_cast<A&&>(a));
}

/// gelu(a): a times the probability that a normal variable is below it.
///
///   y = a / 2 * (1 + erf(a / sqrt(2)))
///
/// @shape   a's                          @dtype a's, f32 for integers
/// @edge    infinity -> infinity; -infinity -> NaN, as the formula and PyTorch; NaN -> NaN
/// @error   at most 2^-23 |a| (f32)
/// @cost    counted as 32 flops; f64: a library call per lane
/// @paper   Hendrycks & Gimpel 2016, arXiv:1606.08415
template <operand A> constexpr auto gelu(A&& a) {
  return expr::map_of(rules::gelu{}, static_cast<A&&>(a));
}

/// gelu_tanh(a): the approximation of gelu that BERT and GPT-2 were trained with.
///
///   y = a / 2 * (1 + tanh(sqrt(2 / pi) * (a + 0.044715 a^3)))
///
/// @shape   a's                          @dtype a's, f32 for integers
/// @edge    as gelu
/// @error   at most 2^-22 |a| (f32) from this formula, 5e-4 from gelu
/// @cost    counted as 30 flops
/// @paper   Hendrycks & Gimpel 2016, arXiv:1606.08415
template <operand A> constexpr auto gelu_tanh(A&& a) {
  return expr::map_of(rules::gelu_tanh{}, static_cast<A&&>(a));
}

/// silu(a): a * sigmoid(a), also called swish.
///
/// @shape   a's                          @dtype a's, f32 for integers
/// @edge    infinity -> infinity; -infinity -> NaN, as the formula and PyTorch; NaN -> NaN
/// @error   at most 4 ulp (f32), also where the result is tiny
/// @cost    counted as 25 flops
template <operand A> constexpr auto silu(A&& a) {
  return expr::map_of(rules::silu{}, static_cast<A&&>(a));
}

/// softplus(a): log(1 + exp(a)).
///
/// @shape   a's                          @dtype a's, f32 for integers
/// @edge    -infinity -> 0, infinity -> infinity, NaN -> NaN; nothing overflows in between
/// @error   at most 3 ulp (f32), also where the result is tiny
/// @cost    counted as 42 flops
template <operand A> constexpr auto softplus(A&& a) {
  return expr::map_of(rules::softplus{}, static_cast<A&&>(a));
}

}  // namespace deepseek
