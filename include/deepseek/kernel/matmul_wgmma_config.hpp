// SPDX-License-Identifier: Apache-2.0
/// @file matmul_wgmma_config: the tile of a matrix product by wgmma, who computes it, and what that takes.
#pragma once
#include <cstddef>
#include <cstdint>

#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/base/config.hpp>

namespace deepseek::kernel {

/// wgmma_sums: how a thread sums along k.
enum class wgmma_sums : unsigned char {
  direct,  ///< on the tensor core alone
  promoted  ///< 128 bytes of k there, then added in f32, with scales of the blocks where there are some
};

/// matmul_wgmma_config: what is fixed when compiling.
struct matmul_wgmma_config {
  int rows = 128;  ///< of a tile, which has all columns in one product
  int columns = 256;
  int stages = 4;     ///< tiles of operands, 128 bytes along k, on their way at once
  int consumers = 2;  ///< warpgroups that multiply; one more copies
  bool alternate =
      false;  ///< each consumer has whole tiles, in turn; else each has its rows of all tiles
  int cluster_rows = 1;     ///< blocks that share the right operand: tiles below each other
  int cluster_columns = 1;  ///< blocks that share the left operand: tiles beside each other
  wgmma_sums sums = wgmma_sums::direct;
  bool shares_k = false;  ///< a tile is the work of several blocks, each with its part of k

  static constexpr int k_bytes = 128;      ///< of a stage: one row of the swizzle
  static constexpr int product_rows = 64;  ///< of one wgmma
  static constexpr int producer_registers = 40;
  static constexpr int consumer_registers = 232;  ///< where there are two
  static constexpr int barrier_bytes = 8;

  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int threads() const {
    return arch::gpu::warpgroup_threads * (consumers + 1);
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int blocks() const {
    return cluster_rows * cluster_columns;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int consumer_rows() const {
    return alternate ? rows : rows / consumers;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int stage_bytes() const {
    return (rows + columns) * k_bytes;
  }
  /// Columns of sums that a warp puts into shared memory at once on their way out.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int piece_columns() const {
    return columns % 64 == 0 ? 64 : 32;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int piece_bytes() const {
    constexpr int rows_of_warp = 16;
    return rows_of_warp * piece_columns() * 4;
  }
  [[nodiscard]] constexpr std::int64_t shared_bytes() const {
    constexpr std::int64_t whole = 1024;  // what the swizzle's pattern begins at
    std::int64_t const bytes = std::int64_t{stages} * stage_bytes() +
                               std::int64_t{consumers} * 4 * piece_bytes() +
                               (2 * stages + consumers) * barrier_bytes;
    return (bytes + whole - 1) / whole * whole;
  }
  /// Registers of sums of a thread.
  [[nodiscard]] constexpr int sum_registers() const {
    int const of_tile = consumer_rows() * columns / arch::gpu::warpgroup_threads;
    return sums == wgmma_sums::direct ? of_tile : 2 * of_tile;
  }
};

/// matmul_wgmma_laws: the first law that a configuration breaks; null if it breaks none.
constexpr char const* matmul_wgmma_fault(matmul_wgmma_config const& c) {
  constexpr std::int64_t most_shared = 232448;
  constexpr int most_sums = 128;  // of the 232 registers, so that the rest does not spill
  if (c.consumers < 1 || c.consumers > 2) return "1 or 2 consumers";
  if (c.alternate && c.consumers != 2) return "two consumers take turns";
  if (c.alternate && c.shares_k) return "turns are of whole tiles, not of shares of k";
  if (c.rows % (c.alternate ? 64 : 64 * c.consumers) != 0 || c.rows < 64 || c.rows > 256)
    return "rows: 64 of each consumer, or a multiple, up to 256";
  if (c.columns % 32 != 0 || c.columns < 32 || c.columns > 256)
    return "columns: a multiple of 32, up to 256";
  if (c.stages < 2) return "2 stages or more";
  if (c.cluster_rows < 1 || c.cluster_columns < 1 || c.blocks() > 8 ||
      (c.cluster_rows > 1 && c.cluster_columns > 1))
    return "a cluster of up to 8 blocks, in one direction";
  if (c.sums == wgmma_sums::promoted && (c.consumer_rows() != 64 || 128 % c.columns != 0))
    return "promoted sums: 64 rows of each consumer, 32, 64 or 128 columns";
  if (c.sum_registers() > most_sums) return "at most 128 registers of sums in each thread";
  if (c.shared_bytes() > most_shared) return "at most 232448 bytes of shared memory";
  return nullptr;
}

/// matmul_wgmma_possible<Config>: there is such a kernel.
template <matmul_wgmma_config Config>
concept matmul_wgmma_possible = matmul_wgmma_fault(Config)
== nullptr;

}  // namespace deepseek::kernel
