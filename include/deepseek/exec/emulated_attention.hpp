// SPDX-License-Identifier: Apache-2.0
/// @file Attention on the emulator: its kernels beside those of emulated.hpp.
///
///   (y = attention(q, k, v, score::causal)).run(emulated{});
#pragma once
#include <deepseek/exec/emulated.hpp>

#if !DEEPSEEK_DEVICE_PASS
#include <deepseek/exec/detail/kernel_attention.hpp>
#endif
