// SPDX-License-Identifier: Apache-2.0
/// @file Attention on a GPU: its kernels beside those of cuda.cuh.
///
///   (y = attention(q, k, v, score::causal)).run(cuda{stream});
#pragma once
#include <deepseek/exec/cuda.cuh>
#include <deepseek/exec/detail/kernel_attention.hpp>
