// SPDX-License-Identifier: Apache-2.0
/// @file The first n lanes of a pack: as a mask, loaded and stored, without touching what lies beyond.
#pragma once

#include <cstdint>

#include <deepseek/arch/cpu/intrinsics.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_split.hpp>

namespace deepseek::arch::detail {

/// A word whose n lowest bits are set; 0 <= n <= 64.
DEEPSEEK_INLINE std::uint64_t low_bits(int n) {
  return n >= 64 ? ~std::uint64_t(0) : (std::uint64_t(1) << n) - 1;
}

/// 0, 1 … N-1 as the integers that a mask of T is made of.
template <class T, int N> DEEPSEEK_INLINE pack<signed_of<T>, N> lane_numbers() {
  using numbers = pack<signed_of<T>, N>;
  if constexpr (N == 1) return numbers(0);
  else {
    auto const half = lane_numbers<T, N / 2>();
    return join(half, half + signed_of<T>(N / 2));
  }
}

/// The mask of the lanes below n; any n.
template <class T, int N> DEEPSEEK_INLINE mask<T, N> first_lanes(int n) {
  using number = signed_of<T>;
  return mask_cast<T>(lane_numbers<T, N>() < number(n < 0 ? 0 : n > N ? N : n));
}

/// Lanes 0 … n-1 from memory, the others from `fill`; 0 <= n <= N.
template <class T, int N>
DEEPSEEK_INLINE pack<T, N> load_part(void const* p, int n, pack<T, N> fill) {
  using result = pack<T, N>;
  using native [[maybe_unused]] = typename result::native;
  constexpr int bytes = N * int(sizeof(T)), width = sizeof(T);
  if constexpr (bytes > vector_bytes && N > 1) {
    constexpr int half = N / 2;
    int const below = n < half ? n : half;
    auto const* upper = static_cast<T const*>(p) + (n < half ? 0 : half);
    return join(load_part<T, half>(p, below, low(fill)),
                load_part<T, half>(upper, n - below, high(fill)));
  }
#if defined(__AVX512F__) && !DEEPSEEK_DEVICE_PASS
  else if constexpr (bytes == 64 && width == 4)
    return result::from_native(
        (native)_mm512_mask_loadu_epi32((__m512i)fill.v, __mmask16(low_bits(n)), p));
  else if constexpr (bytes == 64 && width == 8)
    return result::from_native(
        (native)_mm512_mask_loadu_epi64((__m512i)fill.v, __mmask8(low_bits(n)), p));
#if defined(__AVX512VL__) && defined(__AVX512BW__)
  else if constexpr (bytes == 32 && width == 4)
    return result::from_native(
        (native)_mm256_mask_loadu_epi32((__m256i)fill.v, __mmask8(low_bits(n)), p));
  else if constexpr (bytes == 32 && width == 2)
    return result::from_native(
        (native)_mm256_mask_loadu_epi16((__m256i)fill.v, __mmask16(low_bits(n)), p));
  else if constexpr (bytes == 16 && width == 2)
    return result::from_native(
        (native)_mm_mask_loadu_epi16((__m128i)fill.v, __mmask8(low_bits(n)), p));
  else if constexpr (bytes == 16 && width == 1)
    return result::from_native(
        (native)_mm_mask_loadu_epi8((__m128i)fill.v, __mmask16(low_bits(n)), p));
  else if constexpr (bytes < 16) return low(load_part<T, 2 * N>(p, n, join(fill, fill)));
#endif
#endif
#if defined(__AVX2__) && !DEEPSEEK_DEVICE_PASS
  else if constexpr (bytes == 32 && width == 4) {
    auto const lanes = first_lanes<T, N>(n);
    auto const raw = _mm256_maskload_epi32(static_cast<int const*>(p), (__m256i)lanes.v);
    return select(lanes, result::from_native((native)raw), fill);
  } else if constexpr (bytes == 32 && width == 8) {
    auto const lanes = first_lanes<T, N>(n);
    auto const raw = _mm256_maskload_epi64(static_cast<long long const*>(p), (__m256i)lanes.v);
    return select(lanes, result::from_native((native)raw), fill);
  }
#endif
  else {
    T lanes[N];
    __builtin_memcpy(lanes, &fill.v, sizeof lanes);
    for (int i = 0; i < N && i < n; ++i)  // N: what GCC cannot know of n
      __builtin_memcpy(lanes + i, static_cast<char const*>(p) + i * width, width);
    __builtin_memcpy(&fill.v, lanes, sizeof lanes);
    return fill;
  }
}

/// Lanes 0 … n-1 to memory; 0 <= n <= N.
template <class T, int N> DEEPSEEK_INLINE void store_part(void* p, int n, pack<T, N> x) {
  constexpr int bytes = N * int(sizeof(T)), width = sizeof(T);
  if constexpr (bytes > vector_bytes && N > 1) {
    constexpr int half = N / 2;
    int const below = n < half ? n : half;
    store_part(p, below, low(x));
    store_part(static_cast<T*>(p) + (n < half ? 0 : half), n - below, high(x));
  }
#if defined(__AVX512F__) && !DEEPSEEK_DEVICE_PASS
  else if constexpr (bytes == 64 && width == 4)
    _mm512_mask_storeu_epi32(p, __mmask16(low_bits(n)), (__m512i)x.v);
  else if constexpr (bytes == 64 && width == 8)
    _mm512_mask_storeu_epi64(p, __mmask8(low_bits(n)), (__m512i)x.v);
#if defined(__AVX512VL__) && defined(__AVX512BW__)
  else if constexpr (bytes == 32 && width == 4)
    _mm256_mask_storeu_epi32(p, __mmask8(low_bits(n)), (__m256i)x.v);
  else if constexpr (bytes == 32 && width == 2)
    _mm256_mask_storeu_epi16(p, __mmask16(low_bits(n)), (__m256i)x.v);
  else if constexpr (bytes == 16 && width == 2)
    _mm_mask_storeu_epi16(p, __mmask8(low_bits(n)), (__m128i)x.v);
  else if constexpr (bytes == 16 && width == 1)
    _mm_mask_storeu_epi8(p, __mmask16(low_bits(n)), (__m128i)x.v);
  else if constexpr (bytes < 16) store_part(p, n, join(x, x));
#endif
#endif
#if defined(__AVX2__) && !DEEPSEEK_DEVICE_PASS
  else if constexpr (bytes == 32 && width == 4)
    _mm256_maskstore_epi32(static_cast<int*>(p), (__m256i)first_lanes<T, N>(n).v, (__m256i)x.v);
  else if constexpr (bytes == 32 && width == 8)
    _mm256_maskstore_epi64(static_cast<long long*>(p), (__m256i)first_lanes<T, N>(n).v,
                           (__m256i)x.v);
#endif
  else {
    T lanes[N];
    __builtin_memcpy(lanes, &x.v, sizeof lanes);
    for (int i = 0; i < n; ++i)
      __builtin_memcpy(static_cast<char*>(p) + i * width, lanes + i, width);
  }
}

}  // namespace deepseek::arch::detail
