// SPDX-License-Identifier: Apache-2.0
/// @file narrow: two floats as two elements of two bytes, by one instruction from sm_80 on.
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/base/bfloat16.hpp>
#include <deepseek/base/float16.hpp>

namespace deepseek::arch::gpu {

/// narrow<T>(low, high): rounded to nearest, ties to even; `low` in the low half, first in memory. A NaN is
/// a NaN of any sign.
template <class T>
requires std::same_as<T, bf16> || std::same_as<T, f16>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::uint32_t narrow(float low, float high) {
#if DEEPSEEK_DEVICE_PASS && __CUDA_ARCH__ >= 800
  std::uint32_t both;
  if constexpr (std::same_as<T, bf16>)
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
  else asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
  return both;
#else
  return T{low}.bits | std::uint32_t{T{high}.bits} << 16;
#endif
}

}  // namespace deepseek::arch::gpu
