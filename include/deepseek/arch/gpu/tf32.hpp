// SPDX-License-Identifier: Apache-2.0
/// @file tf32: what tensor cores read of a float: its sign, its exponent and 10 bits of its mantissa.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/machine.hpp>

namespace deepseek::arch::gpu {

/// tf32: the upper 19 bits of a float; the range of float, a step of 2^-10 at one. The other 13 bits of
/// the word are not looked at.
///
/// From a float it is rounded to nearest, ties away from zero (cvt.rna); a NaN stays a NaN. Floats that
/// are taken as they are, by from_bits, are cut. From sm_80 on.
struct tf32 {
  /// The bits of the word that count.
  static constexpr std::uint32_t mask = 0xffffe000u;

  tf32() = default;
  template <class Here = void> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE explicit tf32(float value) {
#if DEEPSEEK_DEVICE_PASS
    static_assert(detail::architecture<Here> >= 80, "[DS-ARCH-TF32] tf32 needs sm_80 or later.");
#if __CUDA_ARCH__ >= 800
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(value));
#endif
#else
    constexpr std::uint32_t half_step = 0x1000;
    constexpr std::uint32_t infinity = 0x7f800000;
    constexpr std::uint32_t quiet = 0x00400000;
    bits = __builtin_bit_cast(std::uint32_t, value);
    bool const finite = (bits & infinity) != infinity;
    bits = value != value ? bits | quiet : finite ? bits + half_step : bits;
    bits &= mask;
#endif
  }

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE operator float() const {  // NOLINT: as the small formats
    return __builtin_bit_cast(float, bits& mask);
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE static constexpr tf32 from_bits(std::uint32_t bits) noexcept {
    tf32 result{};
    result.bits = bits;
    return result;
  }

  std::uint32_t bits;
};

}  // namespace deepseek::arch::gpu
