// SPDX-License-Identifier: Apache-2.0
/// @file swizzle: tiles in shared memory whose 16-byte chunks change places, so that a column of chunks is
/// in all banks. Tensor copies write, and wgmma reads, tiles like that.
#pragma once
#include <cstdint>

#include <deepseek/base/config.hpp>

namespace deepseek::arch::gpu {

/// swizzle: how long a row of a tile is at most, in bytes; chunks change places within it.
enum class swizzle : unsigned char { none, bytes_32, bytes_64, bytes_128 };

/// swizzle_bytes(pattern): of a row; without swizzle a row is one chunk.
DEEPSEEK_HOST_DEVICE constexpr int swizzle_bytes(swizzle pattern) {
  return 16 << static_cast<int>(pattern);
}
/// swizzle_period(pattern): bytes after which the pattern begins again; tiles start at a multiple of it.
DEEPSEEK_HOST_DEVICE constexpr int swizzle_period(swizzle pattern) {
  return pattern == swizzle::none ? 16 : 8 * swizzle_bytes(pattern);
}

/// swizzled(pattern, address, line): where the byte is that would be at `address` without swizzle: the
/// number of its chunk is xor-ed with that of its line of 128 bytes. Lines are counted from address 0, or
/// from `line`, where the pattern begins.
DEEPSEEK_HOST_DEVICE constexpr std::uint32_t swizzled(swizzle pattern, std::uint32_t address,
                                                      std::uint32_t line = 0) {
  constexpr int chunk_log2 = 4;
  constexpr int line_log2 = 7;
  std::uint32_t const chunks = (1u << static_cast<int>(pattern)) - 1;
  return address ^ ((((address >> line_log2) - line) & chunks) << chunk_log2);
}

}  // namespace deepseek::arch::gpu
