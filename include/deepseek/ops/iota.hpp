// SPDX-License-Identifier: Apache-2.0
/// @file iota: 0, 1, 2 … as an expression that takes no memory.
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/arch/cpu/pack_convert.hpp>  // iota
#include <deepseek/arch/scalar.hpp>
#include <deepseek/expr/indexed.hpp>

namespace deepseek {

namespace rules {
template <element V> struct iota {
  using value_type = V;
  static constexpr char const* name = "iota";
  static constexpr int flops = 1;
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fill(std::int64_t first, std::int64_t stride, int count,
                                                 compute_t<V>* out) const {
    for (int i = 0; i < count; ++i) out[i] = arch::round_to<V>(first + i * stride);
  }
  /// vector<N>(first, stride): the same numbers first, first + stride, … as a pack.
  template <int N>
  requires(integer_element<V> && sizeof(V) >= 4) DEEPSEEK_INLINE
      static arch::pack<compute_t<V>, N> vector(std::int64_t first, std::int64_t stride) {
    using pack = arch::pack<compute_t<V>, N>;
    return pack(static_cast<V>(first)) +
           arch::iota<compute_t<V>, N>() * pack(static_cast<V>(stride));
  }
};
}  // namespace rules

/// iota<V>(extents): each element is its number in row-major order.
/// iota<V>(n): 0, 1, 2 … n - 1.
///
///   y[i, j] = i * extent of j + j
///
/// @shape   extents, or [n]; along another axis than the last: unsqueeze(iota(n), axis)
/// @dtype   V, by default int64 as in NumPy; int32 and f32 are faster beside f32. Whole numbers that V
///          does not hold are rounded, of integers modulo 2^n
/// @cost    no memory is read; always fuses
/// @fails   shape_error [DS-DIMS-NEGATIVE] n < 0
template <element V = std::int64_t, extents_type Dims> constexpr auto iota(Dims const& extents) {
  return expr::generate_node<rules::iota<V>, Dims>{extents, rules::iota<V>{}};
}
template <element V = std::int64_t, std::integral N> constexpr auto iota(N n) {
  return iota<V>(dims<dyn>{static_cast<std::int64_t>(n)});
}

}  // namespace deepseek
