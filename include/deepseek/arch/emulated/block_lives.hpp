// SPDX-License-Identifier: Apache-2.0
/// @file block_lives: that a block has begun before others touch its shared memory, and ends after it.
///
/// Both are asked of what threads know of each other, not of whose turn it was.
#pragma once
#include <cstddef>
#include <map>
#include <vector>

#include <deepseek/arch/emulated/cluster_places.hpp>
#include <deepseek/arch/emulated/happens_before.hpp>
#include <deepseek/arch/emulated/kernel_fault.hpp>

namespace deepseek::arch::emulated {

/// block_lives: of the blocks of a cluster.
class block_lives {
 public:
  block_lives(cluster_places const& places, happens_before& order)
      : places_{places}, order_{order}, block_(static_cast<std::size_t>(places.blocks())) {
    for (life& b : block_) b.threads = places.block_threads();
  }

  /// Thread `id` of another block touches the shared memory of block `rank`.
  void touch(int id, int rank) {
    check(id, rank);
    of(rank).touched[id] = order_.now(id);
  }
  /// A copy that thread `id` starts uses the shared memory of block `rank` up to `when` of `source`.
  void use(int id, int rank, int source, happens_before::time when) {
    if (places_.rank_of(id) != rank) check(id, rank);
    of(rank).used[source] = {when, id};
  }
  /// A thread ends. With the last one of a block its shared memory is gone.
  void leave(int id) {
    int const rank = places_.rank_of(id);
    life& b = of(rank);
    if (--b.threads > 0) return;
    for (auto const& [other, when] : b.touched)
      if (!any_thread(rank, [&, o = other, w = when](int t) { return order_.saw(t, o, w); }))
        throw kernel_fault{about(other, rank)
                           << ", which may have ended. Fix: sync_cluster() after the last access."};
    for (auto const& [source, u] : b.used)
      if (!any_thread(rank, [&, o = source, w = u.when](int t) { return order_.saw(t, o, w); }))
        throw kernel_fault{about(u.by, rank)
                           << " by a bulk copy or a product, which nobody waits for before the "
                              "block ends. Fix: wait(), wait_bulk_read() or wgmma_wait()."};
  }

 private:
  struct life {
    int threads = 0;  ///< that have not ended
    std::map<int, happens_before::time> touched;
    struct use {
      happens_before::time when;
      int by;
    };
    std::map<int, use> used;  ///< by sources
  };
  void check(int id, int rank) {
    life& b = of(rank);
    if (b.touched.count(id) == 0 && !any_thread(rank, [&](int of_block) {
          return order_.saw(id, of_block, happens_before::begin);
        }))
      throw kernel_fault{about(id, rank)
                         << ", which may not have begun. Fix: sync_cluster() before the first "
                            "access."};
    if (b.threads == 0)
      throw kernel_fault{about(id, rank)
                         << ", which has ended. Fix: sync_cluster() after the last access."};
  }
  life& of(int rank) { return block_[static_cast<std::size_t>(rank)]; }

  template <class F> bool any_thread(int rank, F const& holds) const {
    int const first = places_.first_of(rank);
    for (int t = first; t < first + places_.block_threads(); ++t)
      if (holds(t)) return true;
    return false;
  }
  [[nodiscard]] text about(int id, int rank) const {
    gpu::grid_extent const block = places_.block(rank);
    return text{} << "[DS-EMULATED-CLUSTER] " << places_.who(id) << " uses shared memory of block ("
                  << block.x << ", " << block.y << ", " << block.z << ")";
  }

  cluster_places const& places_;
  happens_before& order_;
  std::vector<life> block_;
};

}  // namespace deepseek::arch::emulated
