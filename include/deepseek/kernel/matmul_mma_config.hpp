// SPDX-License-Identifier: Apache-2.0
/// @file matmul_mma_config: the tile of a matrix product by mma, and whether there can be such a kernel.
#pragma once
#include <deepseek/base/config.hpp>

namespace deepseek::kernel {

/// matmul_mma_config: a block has `rows` x `columns` of the result, a warp warp_rows x warp_columns of them;
/// a stage has depth_bytes of k.
struct matmul_mma_config {
  int rows = 128;
  int columns = 128;
  int warp_rows = 64;
  int warp_columns = 64;
  int depth_bytes = 64;
  int stages = 4;
  int blocks_at_once = 1;  ///< of a multiprocessor: so many must fit into its registers

  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int warps() const {
    return rows / warp_rows * (columns / warp_columns);
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int threads() const { return warps() * 32; }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int stage_bytes() const {
    return (rows + columns) * depth_bytes;
  }
  /// Of the stages, which the rows on their way to the epilogue use too.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int shared_bytes() const {
    int const pieces = warps() * piece_bytes();
    return stages * stage_bytes() > pieces ? stages * stage_bytes() : pieces;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int piece_columns() const {
    return warp_columns % 64 == 0 ? 64 : 32;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int piece_bytes() const {
    return 16 * piece_columns() * 4;
  }
  /// Registers of a thread: sums, two sets of fragments, and about so many for addresses.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int registers() const {
    constexpr int others = 48;
    int const sums = warp_rows * warp_columns / 32;
    int const fragments = 2 * (warp_rows / 16 * 4 + warp_columns / 8 * 2);
    return sums + fragments + others;
  }
  friend bool operator==(matmul_mma_config const&, matmul_mma_config const&) = default;
};

/// matmul_mma_fault(config): why there is no such kernel; nullptr if there is.
[[nodiscard]] constexpr char const* matmul_mma_fault(matmul_mma_config const& c) {
  constexpr int most_shared_bytes = 163 << 10;  // of a block on sm_80
  constexpr int register_file = 65536;
  auto const power = [](int n) { return n > 0 && (n & (n - 1)) == 0; };
  if (!power(c.rows) || !power(c.columns) || c.rows % 32 != 0 || c.columns % 32 != 0)
    return "rows and columns: powers of two, 32 or more";
  if (!power(c.warp_rows) || c.warp_rows < 16 || c.rows % c.warp_rows != 0)
    return "warp_rows: a power of two, 16 or more, that divides rows";
  if (!power(c.warp_columns) || c.warp_columns < 32 || c.columns % c.warp_columns != 0)
    return "warp_columns: a power of two, 32 or more, that divides columns";
  if (c.depth_bytes != 64 && c.depth_bytes != 128) return "depth_bytes: 64 or 128";
  if (c.stages < 2 || c.stages > 8) return "stages: 2 to 8";
  if (c.warps() < 2 || c.threads() > 1024) return "warps: 2 to 32";
  if (c.rows * c.depth_bytes / 16 % c.threads() != 0 ||
      c.columns * c.depth_bytes / 16 % c.threads() != 0)
    return "threads: equal shares of a stage";
  if (c.shared_bytes() * c.blocks_at_once > most_shared_bytes) return "shared memory: 163 KiB";
  if (c.registers() > 255) return "registers: 255 of a thread";
  if (c.registers() * c.threads() * c.blocks_at_once > register_file)
    return "registers: 65536 of a multiprocessor";
  return nullptr;
}
template <matmul_mma_config Config>
inline constexpr bool matmul_mma_possible = matmul_mma_fault(Config) == nullptr;

}  // namespace deepseek::kernel
