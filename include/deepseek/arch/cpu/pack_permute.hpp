// SPDX-License-Identifier: Apache-2.0
/// @file Lanes in another order, which is known only when running.
#pragma once

#include <concepts>

#include <deepseek/arch/cpu/intrinsics.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_cast.hpp>
#include <deepseek/arch/cpu/pack_gather.hpp>
#include <deepseek/arch/cpu/pack_memory.hpp>

namespace deepseek::arch {

/// permute(x, index)[i] = x[index[i]]; every index is in 0 … N - 1.
/// @cost one shuffle for registers of 4-byte lanes from AVX2 on and of 8-byte lanes with AVX-512, else
///       as gather
template <class T, std::signed_integral Index, int N>
DEEPSEEK_INLINE pack<T, N> permute(pack<T, N> x, pack<Index, N> index) {
  using same_size = detail::signed_of<T>;
  constexpr int bytes = N * int(sizeof(T));
  if constexpr (sizeof(Index) != sizeof(T)) return permute(x, detail::cast_lanes<same_size>(index));
#if defined(__AVX512F__) && !DEEPSEEK_DEVICE_PASS
  // The forms with a full mask, because the plain ones of GCC 12 draw -Wuninitialized.
  else if constexpr (bytes == 64 && sizeof(T) == 4)
    return pack<T, N>::from_native((detail::native<T, N>)_mm512_maskz_permutexvar_epi32(
        0xffff, (__m512i)index.v, (__m512i)x.v));
  else if constexpr (bytes == 64 && sizeof(T) == 8)
    return pack<T, N>::from_native(
        (detail::native<T, N>)_mm512_maskz_permutexvar_epi64(0xff, (__m512i)index.v, (__m512i)x.v));
#endif
#if defined(__AVX2__) && !DEEPSEEK_DEVICE_PASS
  else if constexpr (bytes == 32 && sizeof(T) == 4)
    return pack<T, N>::from_native(
        (detail::native<T, N>)_mm256_permutevar8x32_epi32((__m256i)x.v, (__m256i)index.v));
#endif
  else {
    static_assert(bytes > 0);
    T lane[N];
    store(lane, x);
    return gather(&lane[0], index);
  }
}

}  // namespace deepseek::arch
