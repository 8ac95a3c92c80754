// SPDX-License-Identifier: Apache-2.0
/// @file quantize and dequantize: int8 or fp8 with a scale for each row, block or tensor.
#pragma once
#include <type_traits>

#include <deepseek/base/numeric_traits.hpp>
#include <deepseek/expr/bind.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/cast.hpp>
#include <deepseek/ops/comparison.hpp>
#include <deepseek/ops/extremum.hpp>
#include <deepseek/ops/rounding.hpp>
#include <deepseek/ops/where.hpp>

namespace deepseek {

/// quantized_element<Q>: what quantize gives: int8, fp8_e4m3 or fp8_e5m2.
template <class Q>
concept quantized_element =
    std::same_as<Q, std::int8_t> || std::same_as<Q, fp8_e4m3> || std::same_as<Q, fp8_e5m2>;

namespace why {
template <bool Holds, class... Facts> struct quantized_dtype {
  static_assert(
      Holds,
      "[DS-QUANTIZE-DTYPE] quantize<Q>(x): Q is int8, fp8_e4m3 or fp8_e5m2, and x floating; "
      "dtype_is<...> is Q, then that of x. Fix: quantize<int8_t>(cast<float>(x)).");
};
}  // namespace why

namespace detail {

/// The largest number of Q: 127, 448 or 57344.
template <quantized_element Q> constexpr float largest_quantized() {
  return static_cast<float>(numeric_traits<Q>::max());
}
/// The type in which a scale is computed and kept.
template <class V> using scale_type = std::conditional_t<std::same_as<V, double>, double, float>;

// Functions with names, as nvcc does not take the type of a lambda into a kernel.

/// scale -> the results.
template <class Q, class X> struct quantized_by_scale {
  X x;
  template <class S> constexpr auto operator()(S const& scale) const {
    if constexpr (std::same_as<Q, std::int8_t>) return outputs(cast<Q>(round(x / scale)), scale);
    else return outputs(cast<Q>(x / scale), scale);
  }
};
/// amax / largest -> the same with 1 in place of 0.
template <class Q, class X> struct quantized_by_amax {
  X x;
  template <class P> constexpr auto operator()(P const& proper) const {
    using S = typename P::value_type;
    return let(where(proper == S{0}, S{1}, proper), quantized_by_scale<Q, X>{x});
  }
};
/// x -> the results of its rows.
template <class Q, class Along> struct quantized_rows {
  Along along;
  template <class X> constexpr auto operator()(X const& x) const {
    auto const amax = max(abs(x), along);
    if constexpr (!valid<decltype(amax)>) return why::invalid{};
    else
      return let(amax / static_cast<typename X::value_type>(largest_quantized<Q>()),
                 quantized_by_amax<Q, X>{x});
  }
};

}  // namespace detail

/// quantize<Q>(x, along): x in Q and what to multiply it by; the results of one kernel.
///
///   scale[..., 0] = max_i |x[..., i]| / largest Q;   q[..., i] = x[..., i] / scale[..., 0], to the nearest Q
///
///   (tie(q, scale) = quantize<fp8_e4m3>(rms_norm(x + residual, gain))).run(host{});
///
/// A scale a row unless other axes are named; a scale for all is axes<>, and one for each block of the last
/// axis quantize<Q>(blocks<128>(x)).
///
/// @shape   x: [..., n] -> q: [..., n], scale: [..., 1]
/// @dtype   x: floating; q: Q, int8 in ±127, fp8_e4m3 in ±448, fp8_e5m2 in ±57344; scale: f32, f64 for f64
/// @edge    all zeros, or so small that the scale would be 0: scale 1 and zeros. NaN or an infinity makes the
///          scale NaN or infinite, and every q of its row meaningless
/// @error   |q * scale - x| <= scale / 2 for int8, 2^-4 |x| (e4m3), 2^-3 |x| (e5m2), + half the smallest q
/// @cost    as softmax: one read of x and both results written; fuses with what computes x
/// @fails   [DS-QUANTIZE-DTYPE], [DS-AXES-RANGE] static
template <class Q, operand X, expr::axes_argument Along = axes_t<-1>>
constexpr auto quantize(X&& x, Along along = {}) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    using V = typename std::remove_cvref_t<X>::value_type;
    constexpr bool holds = quantized_element<Q> && floating_element<V>;
    if constexpr (!holds) {
      (void)sizeof(why::quantized_dtype<holds, why::dtype_is<Q>, why::dtype_is<V>>);
      return why::invalid{};
    } else {
      return let(cast<detail::scale_type<V>>(static_cast<X&&>(x)),
                 detail::quantized_rows<Q, Along>{along});
    }
  }
}

/// dequantize(q, scale): what quantize has made of x: q * scale.
///
/// @shape   q: [..., n], scale: [..., 1], or any that broadcast -> [..., n]
/// @dtype   that of the scale; dequantize<bf16>(q, scale) gives bf16
/// @cost    2 flops an element; always fuses: matmul(x, dequantize(q, scale)) reads q
template <class V = void, operand Q, operand S> constexpr auto dequantize(Q&& q, S&& scale) {
  if constexpr (!valid<Q> || !valid<S>) {
    return why::invalid{};
  } else {
    using T = typename std::remove_cvref_t<S>::value_type;
    auto const product = cast<T>(static_cast<Q&&>(q)) * static_cast<S&&>(scale);
    if constexpr (std::is_void_v<V> || !valid<decltype(product)>) return product;
    else return cast<V>(product);
  }
}

}  // namespace deepseek
