// SPDX-License-Identifier: Apache-2.0
/// @file fast_exp2: a power of two by one instruction.
#pragma once
#include <cmath>

#include <deepseek/arch/gpu/machine.hpp>

namespace deepseek::arch::gpu {

/// fast_exp2(x): 2^x to about 2^-22 of itself; 0 where that is below 2^-126, and of -inf.
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float fast_exp2(float x) {
#if DEEPSEEK_DEVICE_PASS
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
#else
  constexpr float smallest = -126;
  return x < smallest ? 0.F : std::exp2(x);
#endif
}

}  // namespace deepseek::arch::gpu
