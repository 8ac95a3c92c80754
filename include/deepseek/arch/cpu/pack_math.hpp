// SPDX-License-Identifier: Apache-2.0
/// @file Least and greatest, fused multiply-add, and the roots: what a pack does in an instruction or two.
#pragma once

#include <cmath>
#include <concepts>

#include <deepseek/arch/cpu/intrinsics.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_round.hpp>  // detail::fills
#include <deepseek/arch/cpu/pack_split.hpp>

namespace deepseek::arch {

/// a < b ? a : b in each lane, one instruction: where a or b is NaN the result is b.
template <class T, int N> DEEPSEEK_INLINE pack<T, N> min_fast(pack<T, N> a, pack<T, N> b) {
  using result = pack<T, N>;
  // The conditional below is this instruction, but compilers rewrite it when b is a constant.
#if defined(__AVX512F__) && !DEEPSEEK_DEVICE_PASS
  if constexpr (detail::fills<T, N, float, 64>)
    return result::from_native(_mm512_mask_min_ps(a.v, 0xffff, a.v, b.v));
  else if constexpr (detail::fills<T, N, double, 64>)
    return result::from_native(_mm512_mask_min_pd(a.v, 0xff, a.v, b.v));
  else
#endif
#if defined(__AVX__) && !DEEPSEEK_DEVICE_PASS
      if constexpr (detail::fills<T, N, float, 32>)
    return result::from_native(_mm256_min_ps(a.v, b.v));
  else if constexpr (detail::fills<T, N, double, 32>)
    return result::from_native(_mm256_min_pd(a.v, b.v));
  else
#endif
    return result::from_native(a.v < b.v ? a.v : b.v);
}
/// a > b ? a : b in each lane, one instruction: where a or b is NaN the result is b.
template <class T, int N> DEEPSEEK_INLINE pack<T, N> max_fast(pack<T, N> a, pack<T, N> b) {
  using result = pack<T, N>;
  // The conditional below is this instruction, but compilers rewrite it when b is a constant.
#if defined(__AVX512F__) && !DEEPSEEK_DEVICE_PASS
  if constexpr (detail::fills<T, N, float, 64>)
    return result::from_native(_mm512_mask_max_ps(a.v, 0xffff, a.v, b.v));
  else if constexpr (detail::fills<T, N, double, 64>)
    return result::from_native(_mm512_mask_max_pd(a.v, 0xff, a.v, b.v));
  else
#endif
#if defined(__AVX__) && !DEEPSEEK_DEVICE_PASS
      if constexpr (detail::fills<T, N, float, 32>)
    return result::from_native(_mm256_max_ps(a.v, b.v));
  else if constexpr (detail::fills<T, N, double, 32>)
    return result::from_native(_mm256_max_pd(a.v, b.v));
  else
#endif
    return result::from_native(a.v > b.v ? a.v : b.v);
}

/// The smaller; NaN where a or b is NaN, as numpy.minimum. Of -0 and 0 either may come.
/// @cost two instructions with AVX-512; in a running minimum let b be the accumulator, since the
///       test for NaN looks at a alone
template <class T, int N> DEEPSEEK_INLINE pack<T, N> min(pack<T, N> a, pack<T, N> b) {
  using result [[maybe_unused]] = pack<T, N>;
  if constexpr (std::is_integral_v<T>) return min_fast(a, b);
#if defined(__AVX512F__) && !DEEPSEEK_DEVICE_PASS
  else if constexpr (detail::fills<T, N, float, 64>)
    return result::from_native(
        _mm512_mask_min_ps(a.v, _mm512_cmp_ps_mask(a.v, a.v, _CMP_ORD_Q), a.v, b.v));
  else if constexpr (detail::fills<T, N, double, 64>)
    return result::from_native(
        _mm512_mask_min_pd(a.v, _mm512_cmp_pd_mask(a.v, a.v, _CMP_ORD_Q), a.v, b.v));
#endif
  else return select(a == a, min_fast(a, b), a);
}
/// The greater; NaN where a or b is NaN, as numpy.maximum. Otherwise as min.
template <class T, int N> DEEPSEEK_INLINE pack<T, N> max(pack<T, N> a, pack<T, N> b) {
  using result [[maybe_unused]] = pack<T, N>;
  if constexpr (std::is_integral_v<T>) return max_fast(a, b);
#if defined(__AVX512F__) && !DEEPSEEK_DEVICE_PASS
  else if constexpr (detail::fills<T, N, float, 64>)
    return result::from_native(
        _mm512_mask_max_ps(a.v, _mm512_cmp_ps_mask(a.v, a.v, _CMP_ORD_Q), a.v, b.v));
  else if constexpr (detail::fills<T, N, double, 64>)
    return result::from_native(
        _mm512_mask_max_pd(a.v, _mm512_cmp_pd_mask(a.v, a.v, _CMP_ORD_Q), a.v, b.v));
#endif
  else return select(a == a, max_fast(a, b), a);
}

template <class T, int N> DEEPSEEK_INLINE pack<T, N> min(pack<T, N> a, std::type_identity_t<T> b) {
  return min(a, pack<T, N>(b));
}
template <class T, int N> DEEPSEEK_INLINE pack<T, N> min(std::type_identity_t<T> a, pack<T, N> b) {
  return min(pack<T, N>(a), b);
}
template <class T, int N> DEEPSEEK_INLINE pack<T, N> max(pack<T, N> a, std::type_identity_t<T> b) {
  return max(a, pack<T, N>(b));
}
template <class T, int N> DEEPSEEK_INLINE pack<T, N> max(std::type_identity_t<T> a, pack<T, N> b) {
  return max(pack<T, N>(a), b);
}
template <class T, int N>
DEEPSEEK_INLINE pack<T, N> min_fast(pack<T, N> a, std::type_identity_t<T> b) {
  return min_fast(a, pack<T, N>(b));
}
template <class T, int N>
DEEPSEEK_INLINE pack<T, N> max_fast(pack<T, N> a, std::type_identity_t<T> b) {
  return max_fast(a, pack<T, N>(b));
}

/// a * b + c: rounded once where the processor has the instruction (FMA, NEON), else twice.
template <class T, int N>
DEEPSEEK_INLINE pack<T, N> fma(pack<T, N> a, std::type_identity_t<pack<T, N>> b,
                               std::type_identity_t<pack<T, N>> c) {
  using result [[maybe_unused]] = pack<T, N>;
  if constexpr (std::is_integral_v<T>) return a * b + c;
  else if constexpr (N * sizeof(T) > vector_bytes)
    return join(fma(low(a), low(b), low(c)), fma(high(a), high(b), high(c)));
#if defined(__FMA__) && !DEEPSEEK_DEVICE_PASS
  else if constexpr (N * sizeof(T) < 16) return low(fma(join(a, a), join(b, b), join(c, c)));
  else if constexpr (detail::fills<T, N, float, 16>)
    return result::from_native(_mm_fmadd_ps(a.v, b.v, c.v));
  else if constexpr (detail::fills<T, N, double, 16>)
    return result::from_native(_mm_fmadd_pd(a.v, b.v, c.v));
  else if constexpr (detail::fills<T, N, float, 32>)
    return result::from_native(_mm256_fmadd_ps(a.v, b.v, c.v));
  else if constexpr (detail::fills<T, N, double, 32>)
    return result::from_native(_mm256_fmadd_pd(a.v, b.v, c.v));
#if defined(__AVX512F__)
  else if constexpr (detail::fills<T, N, float, 64>)
    return result::from_native(_mm512_fmadd_ps(a.v, b.v, c.v));
  else if constexpr (detail::fills<T, N, double, 64>)
    return result::from_native(_mm512_fmadd_pd(a.v, b.v, c.v));
#endif
#endif
  else return result::from_native(a.v * b.v + c.v);
}

/// The square root, correctly rounded; negative -> NaN, -0 -> -0.
template <std::floating_point T, int N> DEEPSEEK_INLINE pack<T, N> sqrt(pack<T, N> a) {
  using result [[maybe_unused]] = pack<T, N>;
  if constexpr (N * sizeof(T) > vector_bytes) return join(sqrt(low(a)), sqrt(high(a)));
#if defined(__x86_64__) && !DEEPSEEK_DEVICE_PASS
  else if constexpr (N * sizeof(T) < 16) return low(sqrt(join(a, a)));
  else if constexpr (detail::fills<T, N, float, 16>) return result::from_native(_mm_sqrt_ps(a.v));
  else if constexpr (detail::fills<T, N, double, 16>) return result::from_native(_mm_sqrt_pd(a.v));
#if defined(__AVX__)
  else if constexpr (detail::fills<T, N, float, 32>)
    return result::from_native(_mm256_sqrt_ps(a.v));
  else if constexpr (detail::fills<T, N, double, 32>)
    return result::from_native(_mm256_sqrt_pd(a.v));
#endif
#if defined(__AVX512F__)
  else if constexpr (detail::fills<T, N, float, 64>)
    return result::from_native(_mm512_mask_sqrt_ps(a.v, 0xffff, a.v));
  else if constexpr (detail::fills<T, N, double, 64>)
    return result::from_native(_mm512_mask_sqrt_pd(a.v, 0xff, a.v));
#endif
#endif
  else {
    for (int i = 0; i < N; ++i) a.v[i] = std::sqrt(T(a.v[i]));
    return a;
  }
}

/// 1 / a, correctly rounded (the division, not the 12-bit instruction).
template <std::floating_point T, int N> DEEPSEEK_INLINE pack<T, N> reciprocal(pack<T, N> a) {
  return T(1) / a;
}

/// 1 / sqrt(a), each step correctly rounded: within 1 ulp. 0 -> infinity, negative -> NaN.
template <std::floating_point T, int N> DEEPSEEK_INLINE pack<T, N> rsqrt(pack<T, N> a) {
  return T(1) / sqrt(a);
}

}  // namespace deepseek::arch
