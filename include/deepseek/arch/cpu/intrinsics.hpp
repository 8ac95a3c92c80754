// SPDX-License-Identifier: Apache-2.0
/// @file The one place that includes x86 intrinsics, and the width of a vector register.
#pragma once

#include <deepseek/base/config.hpp>

// The GPU pass of nvcc only has to parse host code, so it takes the portable branch everywhere.
#if defined(__x86_64__) && !DEEPSEEK_DEVICE_PASS
#include <immintrin.h>
#endif

namespace deepseek::arch {

/// Bytes of one vector register: 64 with AVX-512F, 32 with AVX, else 16.
/// Both passes of nvcc see the same value, because both see the host's target macros.
#if defined(__AVX512F__)
inline constexpr int vector_bytes = 64;
#elif defined(__AVX__)
inline constexpr int vector_bytes = 32;
#else
inline constexpr int vector_bytes = 16;
#endif

}  // namespace deepseek::arch
