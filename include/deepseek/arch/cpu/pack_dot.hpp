// SPDX-License-Identifier: Apache-2.0
/// @file Dot products of neighbours: two bf16 or four bytes in each 32-bit lane, added to a wider sum.
#pragma once

#include <cstdint>

#include <deepseek/arch/cpu/intrinsics.hpp>
#include <deepseek/arch/cpu/pack.hpp>

namespace deepseek::arch {

/// has_bf16_dots, has_byte_dots: one instruction does it for a whole register.
#if defined(__AVX512BF16__) && defined(__AVX512F__)
inline constexpr bool has_bf16_dots = true;
#else
inline constexpr bool has_bf16_dots = false;
#endif
#if defined(__AVX512VNNI__) && defined(__AVX512F__)
inline constexpr bool has_byte_dots = true;
#else
inline constexpr bool has_byte_dots = false;
#endif

namespace detail {
/// Byte number `byte` of a lane, unsigned or signed.
template <int N> DEEPSEEK_INLINE pack<std::int32_t, N> low_byte(pack<std::int32_t, N> x, int byte) {
  using lanes = pack<std::int32_t, N>;
  return (x >> lanes(8 * byte)) & lanes(255);
}
template <int N>
DEEPSEEK_INLINE pack<std::int32_t, N> signed_byte(pack<std::int32_t, N> x, int byte) {
  using lanes = pack<std::int32_t, N>;
  return (x << lanes(24 - 8 * byte)) >> lanes(24);
}
}  // namespace detail

/// dot_bf16(sum, a, b)[i] = sum[i] + a0 b0 + a1 b1, where a0 and a1 are the bf16 in the low and the high
/// half of lane i.
///
/// @edge   with the instruction subnormal numbers are zeros, and the order of the two additions is its own
template <int N>
DEEPSEEK_INLINE pack<float, N> dot_bf16(pack<float, N> sum, pack<std::int32_t, N> a,
                                        pack<std::int32_t, N> b) {
  using lanes = pack<std::int32_t, N>;
#if defined(__AVX512BF16__) && defined(__AVX512F__) && !DEEPSEEK_DEVICE_PASS
  if constexpr (N == 16) {
    return pack<float, N>::from_native((typename pack<float, N>::native)_mm512_dpbf16_ps(
        (__m512)sum.v, (__m512bh)a.v, (__m512bh)b.v));
  }
#endif
  auto const low = [](lanes x) { return bit_cast_lanes<float>(x << lanes(16)); };
  auto const high = [](lanes x) {
    return bit_cast_lanes<float>(x & lanes(std::int32_t(0xffff0000u)));
  };
  return sum + high(a) * high(b) + low(a) * low(b);
}

/// dot_bytes(sum, a, b)[i] = sum[i] + the four products of the unsigned bytes of a and the signed ones of b.
template <int N>
DEEPSEEK_INLINE pack<std::int32_t, N> dot_bytes(pack<std::int32_t, N> sum, pack<std::int32_t, N> a,
                                                pack<std::int32_t, N> b) {
#if defined(__AVX512VNNI__) && defined(__AVX512F__) && !DEEPSEEK_DEVICE_PASS
  if constexpr (N == 16) {
    return pack<std::int32_t, N>::from_native(
        (typename pack<std::int32_t, N>::native)_mm512_dpbusd_epi32((__m512i)sum.v, (__m512i)a.v,
                                                                    (__m512i)b.v));
  }
#endif
  for (int byte = 0; byte < 4; ++byte)
    sum = sum + detail::low_byte(a, byte) * detail::signed_byte(b, byte);
  return sum;
}

}  // namespace deepseek::arch
