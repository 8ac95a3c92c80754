// SPDX-License-Identifier: Apache-2.0
/// @file cluster_places: the threads of a cluster of blocks by number, where each of them is, and what
/// messages call it.
#pragma once
#include <cstddef>

#include <deepseek/arch/emulated/kernel_fault.hpp>
#include <deepseek/arch/gpu/machine.hpp>

namespace deepseek::arch::emulated {

/// block_shape: what a launch gives each block.
struct block_shape {
  int threads = 1;
  std::size_t shared_bytes = 0;
  gpu::grid_extent grid;
};

/// cluster_places: thread t of the block of rank r is number r * threads + t.
class cluster_places {
 public:
  /// first: the block of rank 0; ranks go along x, then y, then z.
  cluster_places(block_shape shape, gpu::grid_extent cluster, gpu::grid_extent first,
                 char const* kernel)
      : shape_{shape}, cluster_{cluster}, first_{first}, kernel_{kernel} {}

  [[nodiscard]] int blocks() const { return cluster_.x * cluster_.y * cluster_.z; }
  [[nodiscard]] int threads() const { return blocks() * shape_.threads; }
  [[nodiscard]] int block_threads() const { return shape_.threads; }
  [[nodiscard]] std::size_t shared_bytes() const { return shape_.shared_bytes; }
  [[nodiscard]] char const* kernel() const { return kernel_; }

  [[nodiscard]] int rank_of(int id) const { return id / shape_.threads; }
  [[nodiscard]] int first_of(int rank) const { return rank * shape_.threads; }
  [[nodiscard]] gpu::grid_extent block(int rank) const {
    return {first_.x + rank % cluster_.x, first_.y + rank / cluster_.x % cluster_.y,
            first_.z + rank / (cluster_.x * cluster_.y)};
  }
  /// Number of the block of rank 0 in the grid, along x, then y, then z.
  [[nodiscard]] int grid_number() const {
    return first_.x + shape_.grid.x * (first_.y + shape_.grid.y * first_.z);
  }
  [[nodiscard]] gpu::thread_place place(int id) const {
    int const rank = rank_of(id);
    return {id % shape_.threads, shape_.threads, block(rank), shape_.grid, rank, blocks()};
  }
  /// who(id): "kernel: thread 5 of block (0, 1, 0)".
  [[nodiscard]] text who(int id) const { return text{} << kernel_ << ": " << where(place(id)); }
  /// other(id, rank): how a sentence about a thread of block `rank` names another thread.
  [[nodiscard]] text other(int id, int rank) const {
    if (rank_of(id) != rank) return where(place(id));
    return text{} << "thread " << id % shape_.threads;
  }

 private:
  block_shape shape_;
  gpu::grid_extent cluster_;
  gpu::grid_extent first_;
  char const* kernel_;
};

}  // namespace deepseek::arch::emulated
