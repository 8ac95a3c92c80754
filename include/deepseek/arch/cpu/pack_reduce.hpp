// SPDX-License-Identifier: Apache-2.0
/// @file From lanes to one value: sums, extremes, truth, and the running sum.
#pragma once

#include <bit>
#include <cstdint>

#include <deepseek/arch/cpu/intrinsics.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_math.hpp>
#include <deepseek/arch/cpu/pack_split.hpp>

namespace deepseek::arch {

/// Folds the upper half onto the lower until one lane is left: lane i meets lane i + N/2, then
/// i + N/4 … The order depends on N alone, so equal packs give equal results, bit for bit.
template <class T, int N, class Combine> DEEPSEEK_INLINE T reduce(pack<T, N> p, Combine combine) {
  if constexpr (N == 1) return get(p, 0);
  else return reduce(combine(low(p), high(p)), combine);
}

/// The sum of the lanes, in the order of `reduce`. Integers wrap around.
template <class T, int N> DEEPSEEK_INLINE T reduce_add(pack<T, N> p) {
  if constexpr (N == 1) return get(p, 0);
  else return reduce_add(low(p) + high(p));
}
/// The product of the lanes, in the order of `reduce`.
template <class T, int N> DEEPSEEK_INLINE T reduce_mul(pack<T, N> p) {
  if constexpr (N == 1) return get(p, 0);
  else return reduce_mul(low(p) * high(p));
}
/// The greatest lane; NaN if any lane is NaN.
template <class T, int N> DEEPSEEK_INLINE T reduce_max(pack<T, N> p) {
  if constexpr (N == 1) return get(p, 0);
  else return reduce_max(max(low(p), high(p)));
}
/// The smallest lane; NaN if any lane is NaN.
template <class T, int N> DEEPSEEK_INLINE T reduce_min(pack<T, N> p) {
  if constexpr (N == 1) return get(p, 0);
  else return reduce_min(min(low(p), high(p)));
}

/// Bit i is lane i.
template <class T, int N> DEEPSEEK_INLINE std::uint64_t to_bits(mask<T, N> m) {
  constexpr int bytes = N * int(sizeof(T));
  if constexpr (bytes > vector_bytes && N > 1)
    return to_bits(low(m)) | (to_bits(high(m)) << (N / 2));
#if defined(__x86_64__) && !DEEPSEEK_DEVICE_PASS
  else if constexpr (bytes < 16) return to_bits(join(m, m)) & ((std::uint64_t(1) << N) - 1);
  else if constexpr (bytes == 16 && sizeof(T) == 4)
    return std::uint32_t(_mm_movemask_ps((__m128)m.v));
  else if constexpr (bytes == 16 && sizeof(T) == 8)
    return std::uint32_t(_mm_movemask_pd((__m128d)m.v));
  else if constexpr (bytes == 16 && sizeof(T) == 1)
    return std::uint32_t(_mm_movemask_epi8((__m128i)m.v));
#if defined(__AVX512F__)
  else if constexpr (bytes == 64 && sizeof(T) == 4)
    return _mm512_test_epi32_mask((__m512i)m.v, (__m512i)m.v);
  else if constexpr (bytes == 64 && sizeof(T) == 8)
    return _mm512_test_epi64_mask((__m512i)m.v, (__m512i)m.v);
#endif
#if defined(__AVX__)
  else if constexpr (bytes == 32 && sizeof(T) == 4)
    return std::uint32_t(_mm256_movemask_ps((__m256)m.v));
  else if constexpr (bytes == 32 && sizeof(T) == 8)
    return std::uint32_t(_mm256_movemask_pd((__m256d)m.v));
#endif
#if defined(__AVX2__)
  else if constexpr (bytes == 32 && sizeof(T) == 1)
    return std::uint32_t(_mm256_movemask_epi8((__m256i)m.v));
#endif
  else if constexpr (sizeof(T) == 2) return to_bits(mask_cast<std::int8_t>(m));
  else return to_bits(low(m)) | (to_bits(high(m)) << (N / 2));
#else
  else {
    std::uint64_t r = 0;
    for (int i = 0; i < N; ++i) r |= std::uint64_t(m.v[i] & 1) << i;
    return r;
  }
#endif
}

/// Is any lane true?
template <class T, int N> DEEPSEEK_INLINE bool any(mask<T, N> m) { return to_bits(m) != 0; }
/// Are all lanes true?
template <class T, int N> DEEPSEEK_INLINE bool all(mask<T, N> m) { return to_bits(!m) == 0; }
/// How many lanes are true.
template <class T, int N> DEEPSEEK_INLINE int count(mask<T, N> m) {
  return std::popcount(to_bits(m));
}

}  // namespace deepseek::arch
