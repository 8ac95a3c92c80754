// SPDX-License-Identifier: Apache-2.0
/// @file One value of all blocks of a cluster in every one of their threads, through each other's shared
/// memory. In the order of the blocks' ranks, neighbours first: the same bits on every machine.
#pragma once
#include <deepseek/arch/gpu/cluster.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/tile/block_reduce.hpp>

namespace deepseek::tile {

/// cluster_reduce_scratch<T, MostBlocks>: shared memory of cluster_reduce, of each block.
template <carried T, int MostBlocks = 8> struct cluster_reduce_scratch {
  static_assert(MostBlocks >= 1 && MostBlocks <= 16, "[DS-CLUSTER-BLOCKS] 1 to 16 blocks.");
  arch::gpu::shared_array<T, MostBlocks> of_block;
};

/// cluster_reduce(value, join, scratch): join of the blocks' values, of which all threads of a block have
/// their own block's; every thread of the cluster calls it.
///
///   arrive_cluster();  …  value = cluster_reduce(value, join, scratch);  …  wait_cluster();
///
/// It waits for an arrive_cluster() that came before, by which the scratch is free, and leaves one to be
/// waited for: by the next cluster_reduce, or before the threads end. In between it waits once.
template <class Here = void, carried T, class Join, int MostBlocks>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T
cluster_reduce(T const& value, Join const& join, cluster_reduce_scratch<T, MostBlocks>& scratch) {
  int const blocks = arch::gpu::cluster_blocks<Here>();
  int const thread = arch::gpu::thread_rank();
  arch::gpu::wait_cluster<Here>();
  if (thread < blocks)
    arch::gpu::in_block<Here>(scratch.of_block, thread)[arch::gpu::cluster_rank<Here>()] = value;
  arch::gpu::sync_cluster<Here>();
  int const place = arch::gpu::lane_rank() % detail::places<MostBlocks>;
  T const of_block = scratch.of_block[place < blocks ? place : 0];
  T const all = detail::reduce_places<MostBlocks>(of_block, blocks, join);
  arch::gpu::arrive_cluster<Here>();
  return all;
}

}  // namespace deepseek::tile
