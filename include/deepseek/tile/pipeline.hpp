// SPDX-License-Identifier: Apache-2.0
/// @file pipeline: stages in shared memory that copies fill while others use what came before. From sm_90 on.
///
///   producer: wait_empty, announce the bytes, start the copies, next stage
///   consumer: wait_full, use the stage, release it, next stage
///
///   barrier | who arrives                                   | who waits  | what is seen then
///   full    | the producer, with the bytes of its copies    | consumers  | what the copies brought
///   empty   | every warp of consumers, in a cluster those   | producer   | that nobody reads it any more
///           | of all blocks that its copies are for         |            |
#pragma once
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/bulk_copy.hpp>  // fence_async
#include <deepseek/arch/gpu/cluster.hpp>
#include <deepseek/arch/gpu/mbarrier.hpp>
#include <deepseek/arch/gpu/thread.hpp>

namespace deepseek::tile {

/// pipeline<Stages>: its part of a shared plan.
template <int Stages> struct pipeline {
  static_assert(Stages >= 1, "[DS-PIPELINE-STAGES] pipeline<Stages>: 1 or more.");
  static constexpr int stages = Stages;
  arch::gpu::mbarrier full[Stages];
  arch::gpu::mbarrier empty[Stages];
};

/// pipeline_place<Stages>: which stage is next, and the parity of the phase in which it is filled.
template <int Stages> struct pipeline_place {
  int stage = 0;
  int parity = 0;

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void next() {
    if (++stage < Stages) return;
    stage = 0;
    parity ^= 1;
  }
  /// skip(count): as next() so often: stages that are somebody else's.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void skip(int count) {
    unsigned const to = static_cast<unsigned>(stage) + static_cast<unsigned>(count);
    parity ^= static_cast<int>(to / unsigned{Stages} & 1u);
    stage = static_cast<int>(to % unsigned{Stages});
  }
};

/// make_pipeline(p, consumer_warps): by one thread, before a sync_block() or, where other blocks use it too,
/// a sync_cluster(). consumer_warps: those that release a stage.
template <class Here = void, int Stages>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void make_pipeline(pipeline<Stages>& p, int consumer_warps) {
  for (int s = 0; s < Stages; ++s) {
    arch::gpu::init<Here>(p.full[s], 1);
    arch::gpu::init<Here>(p.empty[s], consumer_warps);
  }
  arch::gpu::fence_async<Here>();
}

/// wait_empty(p, at): until the stage may be filled; at once the first time round.
template <class Here = void, int Stages>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void wait_empty(pipeline<Stages>& p,
                                                     pipeline_place<Stages> const& at) {
  arch::gpu::wait<Here>(p.empty[at.stage], at.parity ^ 1);
}
/// announce(p, at, bytes): that copies will bring the stage so many, from this block and others together.
template <class Here = void, int Stages>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void announce(pipeline<Stages>& p,
                                                   pipeline_place<Stages> const& at, int bytes) {
  arch::gpu::arrive<Here>(p.full[at.stage], bytes);
}

/// wait_full(p, at): until the stage has been filled.
template <class Here = void, int Stages>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void wait_full(pipeline<Stages>& p,
                                                    pipeline_place<Stages> const& at) {
  arch::gpu::wait<Here>(p.full[at.stage], at.parity);
}
/// release<Blocks>(p, at): the warp, all of whose lanes call it, has read all that it wants of the stage.
/// Blocks: of the cluster, which fill each other's stages.
template <int Blocks = 1, class Here = void, int Stages>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void release(pipeline<Stages>& p,
                                                  pipeline_place<Stages> const& at) {
  static_assert(Blocks >= 1 && Blocks <= arch::gpu::warp_size,
                "[DS-PIPELINE-BLOCKS] release<Blocks>: a lane for each block.");
  arch::gpu::sync_warp();
  int const lane = arch::gpu::lane_rank();
  if (lane >= Blocks) return;
  if constexpr (Blocks == 1) arch::gpu::arrive<Here>(p.empty[at.stage]);
  else arch::gpu::arrive_having_read<Here>(arch::gpu::in_block<Here>(p.empty[at.stage], lane));
}

}  // namespace deepseek::tile
