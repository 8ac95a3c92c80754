// SPDX-License-Identifier: Apache-2.0
/// @file on_host: property tests run on the processor.
#pragma once
#include <deepseek/exec/host.hpp>

#include <cstdint>

namespace deepseek::test {

/// on_host: all draws of a table, of any size.
struct on_host {
  static constexpr int draws = 60;  ///< of 60
  static constexpr std::int64_t largest = 150000;
  static host executor(int threads) { return host{threads}; }
};

}  // namespace deepseek::test
