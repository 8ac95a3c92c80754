// SPDX-License-Identifier: Apache-2.0
/// @file cluster_parts: what the threads of a running cluster share, and the checks of a thread's accesses.
#pragma once
#include <pthread.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <deepseek/arch/emulated/access_fault.hpp>
#include <deepseek/arch/emulated/block_lives.hpp>
#include <deepseek/arch/emulated/cluster_barrier.hpp>
#include <deepseek/arch/emulated/cluster_places.hpp>
#include <deepseek/arch/emulated/global_memory.hpp>
#include <deepseek/arch/emulated/grid_traffic.hpp>
#include <deepseek/arch/emulated/happens_before.hpp>
#include <deepseek/arch/emulated/kernel_fault.hpp>
#include <deepseek/arch/emulated/meetings.hpp>
#include <deepseek/arch/emulated/phase_barriers.hpp>
#include <deepseek/arch/emulated/shared_memory.hpp>

namespace deepseek::arch::emulated {

/// cluster_parts: threads are named by their number, blocks by their rank.
struct cluster_parts {
  cluster_places const& places;
  global_memory const& operands;
  happens_before& order;
  emulated::meetings& meetings;
  phase_barriers& phases;
  cluster_barrier& of_cluster;
  block_lives& lives;
  std::vector<std::unique_ptr<shared_memory>> const& shared;  ///< of each block

  [[noreturn]] static void fail(text message) { throw kernel_fault{std::move(message)}; }

  [[nodiscard]] shared_memory& memory(int rank) const {
    return *shared[static_cast<std::size_t>(rank)];
  }
  /// The block whose shared memory a place is in; `own` if in none.
  [[nodiscard]] int home(void const* at, int own) const {
    if (places.blocks() > 1 && !memory(own).has(at))
      for (int rank = 0; rank < places.blocks(); ++rank)
        if (memory(rank).has(at)) return rank;
    return own;
  }
  /// What is in block `rank` where `at` is in block `own`.
  [[nodiscard]] char* place_in(int rank, void const* at, int own) const {
    auto const offset = static_cast<char const*>(at) - static_cast<char*>(memory(own).data());
    return static_cast<char*>(memory(rank).data()) + offset;
  }
  /// Throws what was found wrong in the memory of block `rank`.
  void check(int id, int rank, shared_memory::finding const& found, char const* verb,
             int bytes) const {
    if (found.what == shared_memory::mistake::none) return;
    int const own = places.rank_of(id);
    text place{"shared memory"};
    gpu::grid_extent const b = places.block(rank);
    if (rank != own) place << " of block (" << b.x << ", " << b.y << ", " << b.z << ")";
    text const other = order.is_source(found.other) ? text{} : places.other(found.other, own);
    fail(access_fault(found, places.who(id), verb, bytes, place, other, memory(rank).size()));
  }
  /// Throws what is wrong with an access to global memory, as its end of the sentence tells.
  void check_global(int id, bool write, std::int64_t bytes, text const& wrong) const {
    if (wrong.empty()) return;
    fail(text{} << "[DS-EMULATED-GLOBAL] " << places.who(id) << (write ? " writes " : " reads ")
                << bytes << " bytes " << wrong << ".");
  }
  /// An access to global memory that is right. Clusters, whose blocks have an order, count as one block.
  void note_global(global_access how, void const* at, std::int64_t bytes) const {
    if (grid_traffic* const traffic = operands.traffic(); traffic != nullptr)
      traffic->note(places.grid_number(), how, at, bytes);
  }
  /// What a copy brings is joined to global memory while no other thread of this machine does that.
  static void join_global(gpu::bulk_join join, void* to, void const* from, int bytes) {
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&one_at_a_time);
    join(to, from, bytes);
    pthread_mutex_unlock(&one_at_a_time);
  }
};

}  // namespace deepseek::arch::emulated
