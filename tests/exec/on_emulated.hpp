// SPDX-License-Identifier: Apache-2.0
/// @file on_emulated: property tests run with the kernels of the GPU, on the emulator.
#pragma once
#include <deepseek/exec/emulated.hpp>

#include <cstdint>

namespace deepseek::test {

/// on_emulated: some draws of a table; the largest still has rows beyond what one block holds.
struct on_emulated {
  static constexpr int draws = 10;  ///< of 60
  static constexpr std::int64_t largest = 40000;
  static emulated executor(int threads) { return emulated{threads}; }
};

}  // namespace deepseek::test
