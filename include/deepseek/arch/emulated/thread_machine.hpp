// SPDX-License-Identifier: Apache-2.0
/// @file thread_machine: the machine as one thread of a running cluster sees it: each call is checked, then
/// done by what the threads share.
#pragma once
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include <deepseek/arch/emulated/access_fault.hpp>
#include <deepseek/arch/emulated/block_lives.hpp>
#include <deepseek/arch/emulated/cluster_barrier.hpp>
#include <deepseek/arch/emulated/cluster_places.hpp>
#include <deepseek/arch/emulated/copy_groups.hpp>
#include <deepseek/arch/emulated/global_memory.hpp>
#include <deepseek/arch/emulated/happens_before.hpp>
#include <deepseek/arch/emulated/kernel_fault.hpp>
#include <deepseek/arch/emulated/meetings.hpp>
#include <deepseek/arch/emulated/phase_barriers.hpp>
#include <deepseek/arch/emulated/shared_memory.hpp>
#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/mbarrier.hpp>

namespace deepseek::arch::emulated {

/// cluster_parts: what the threads of a running cluster share.
struct cluster_parts {
  cluster_places const& places;
  global_memory const& operands;
  happens_before& order;
  emulated::meetings& meetings;
  phase_barriers& phases;
  cluster_barrier& of_cluster;
  block_lives& lives;
  std::vector<std::unique_ptr<shared_memory>> const& shared;  ///< of each block
};

/// thread_machine: of thread `id` of a cluster.
class thread_machine final : public gpu::machine {
 public:
  thread_machine(cluster_parts const& parts, int id)
      : parts_{parts},
        id_{id},
        place_{parts.places.place(id)},
        shared_{*parts.shared[static_cast<std::size_t>(place_.cluster_rank)]} {}
  thread_machine(thread_machine const&) = delete;
  thread_machine& operator=(thread_machine const&) = delete;

  [[nodiscard]] gpu::thread_place const& place() const override { return place_; }
  void barrier(int number, int threads) override {
    parts_.meetings.come(id_, number, threads, true);
  }
  void barrier_arrive(int number, int threads) override {
    parts_.meetings.come(id_, number, threads, false);
  }
  gpu::lane_values const& collect(std::uint32_t mask, char const* what, void const* value,
                                  int bytes) override {
    return parts_.meetings.collect(id_, mask, what, value, bytes);
  }
  void sync_warp(std::uint32_t mask) override {
    parts_.meetings.collect(id_, mask, "sync_warp", nullptr, 0);
  }
  void source_lane(char const* what, int lane, std::uint32_t mask) override {
    if (((mask >> lane) & 1u) == 0)
      fail(text{} << "[DS-EMULATED-LANE] " << who() << ", lane " << place_.thread % gpu::warp_size
                  << " of its warp, reads lane " << lane << " by a " << what << " of lanes "
                  << lanes(mask) << ". Fix: a mask with both lanes in it.");
  }

  void shared_read(void const* from, int bytes) override {
    shared_memory& memory = memory_of(from);
    report(memory, memory.read(parts_.order, id_, from, bytes), "reads", bytes);
  }
  void shared_write(void const* to, int bytes) override {
    shared_memory& memory = memory_of(to);
    report(memory, memory.write(parts_.order, id_, to, bytes), "writes", bytes);
  }
  void shared_atomic(void const* at, int bytes) override {
    shared_memory& memory = memory_of(at);
    report(memory, memory.write(parts_.order, id_, at, bytes, true), "changes", bytes);
  }
  void shared_index(int index, int size) override {
    if (index < 0 || index >= size)
      fail(text{} << "[DS-EMULATED-INDEX] " << who() << " uses index " << index
                  << " of an array of " << size << " in shared memory.");
  }
  void global_read(void const* from, int bytes) override { global(from, bytes, false); }
  void global_write(void const* to, int bytes) override { global(to, bytes, true); }

  void copy_async(void* to, void const* from, int bytes, int valid) override {
    if (valid < 0 || valid > bytes)
      fail(text{} << "[DS-EMULATED-COPY] " << who() << " copies " << valid << " of " << bytes
                  << " bytes.");
    if (valid == bytes) global(from, bytes, false);
    for (int i = 0; i < valid && valid < bytes; ++i)
      global(static_cast<char const*>(from) + i, 1, false);
    report(shared_, shared_.start_copy(parts_.order, id_, to, bytes), "copies", bytes);
    copies_.start({static_cast<char*>(to), from, bytes, valid});
  }
  void commit_copies() override { copies_.commit(); }
  void wait_copies(int left) override {
    copies_.wait(left, [this](started_copy const& c) {
      shared_.end_copy(parts_.order, id_, c.to, c.bytes);
    });
  }

  void mbarrier_init(void* barrier, int arrivals) override {
    shared_write(barrier, sizeof(gpu::mbarrier));
    std::memset(barrier, 0, sizeof(gpu::mbarrier));
    parts_.phases.make(id_, barrier, arrivals);
  }
  void mbarrier_arrive(void* barrier, int bytes) override {
    shared_read(barrier, sizeof(gpu::mbarrier));
    parts_.phases.arrive(id_, barrier, bytes);
  }
  void mbarrier_wait(void* barrier, int parity) override {
    shared_read(barrier, sizeof(gpu::mbarrier));
    parts_.phases.wait(id_, barrier, parity);
  }

  void cluster_arrive() override { parts_.of_cluster.arrive(id_); }
  void cluster_wait() override { parts_.of_cluster.wait(id_); }
  void* in_block(void* own, int rank) override {
    if (rank < 0 || rank >= place_.cluster_blocks)
      fail(text{} << "[DS-EMULATED-CLUSTER] " << who() << " names block " << rank
                  << " of a cluster of " << place_.cluster_blocks << ".");
    auto const offset = static_cast<char*>(own) - static_cast<char*>(shared_.data());
    return static_cast<char*>(memory(rank).data()) + offset;
  }

 private:
  [[nodiscard]] text who() const { return parts_.places.who(id_); }
  [[noreturn]] static void fail(text message) { throw kernel_fault{std::move(message)}; }
  /// lanes(mask): "0 to 7, 9".
  static text lanes(std::uint32_t mask) {
    text list;
    for (int lane = 0; lane < gpu::warp_size; ++lane) {
      if (((mask >> lane) & 1u) == 0) continue;
      int last = lane;
      while (last + 1 < gpu::warp_size && ((mask >> (last + 1)) & 1u) != 0) ++last;
      list << (list.empty() ? "" : ", ") << lane;
      if (last > lane) list << " to " << last;
      lane = last;
    }
    return list;
  }
  [[nodiscard]] shared_memory& memory(int rank) const {
    return *parts_.shared[static_cast<std::size_t>(rank)];
  }
  /// The shared memory that a place is in; the own one if in none. Other blocks must live.
  [[nodiscard]] shared_memory& memory_of(void const* at) const {
    if (place_.cluster_blocks > 1 && !shared_.has(at))
      for (int rank = 0; rank < place_.cluster_blocks; ++rank)
        if (memory(rank).has(at)) {
          parts_.lives.touch(id_, rank);
          return memory(rank);
        }
    return shared_;
  }
  void report(shared_memory const& memory, shared_memory::finding const& found, char const* verb,
              int bytes) const {
    if (found.what == shared_memory::mistake::none) return;
    text place{"shared memory"};
    if (&memory != &shared_)
      for (int rank = 0; rank < place_.cluster_blocks; ++rank) {
        if (&memory != parts_.shared[static_cast<std::size_t>(rank)].get()) continue;
        gpu::grid_extent const b = parts_.places.block(rank);
        place << " of block (" << b.x << ", " << b.y << ", " << b.z << ")";
      }
    fail(access_fault(found, who(), verb, bytes, place,
                      parts_.places.other(found.other, place_.cluster_rank), memory.size()));
  }
  void global(void const* at, int bytes, bool write) const {
    text const wrong = parts_.operands.fault(at, bytes, write);
    if (!wrong.empty())
      fail(text{} << "[DS-EMULATED-GLOBAL] " << who() << (write ? " writes " : " reads ") << bytes
                  << " bytes " << wrong << ".");
  }

  cluster_parts const& parts_;
  int id_;
  gpu::thread_place place_;
  shared_memory& shared_;
  copy_groups copies_;
};

}  // namespace deepseek::arch::emulated
