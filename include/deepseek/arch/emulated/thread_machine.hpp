// SPDX-License-Identifier: Apache-2.0
/// @file thread_machine: the machine as one thread of a running cluster sees it: each call is checked, then
/// done by what the threads share.
#pragma once
#include <cstdint>
#include <cstring>
#include <utility>

#include <deepseek/arch/emulated/bulk_copies.hpp>
#include <deepseek/arch/emulated/cluster_parts.hpp>
#include <deepseek/arch/emulated/copy_groups.hpp>
#include <deepseek/arch/emulated/kernel_fault.hpp>
#include <deepseek/arch/emulated/product_groups.hpp>
#include <deepseek/arch/emulated/shared_memory.hpp>
#include <deepseek/arch/emulated/tensor_copies.hpp>
#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/mbarrier.hpp>

namespace deepseek::arch::emulated {

/// thread_machine: of thread `id` of a cluster.
class thread_machine final : public gpu::machine {
 public:
  thread_machine(cluster_parts const& parts, int id)
      : parts_{parts},
        id_{id},
        place_{parts.places.place(id)},
        bulk_{parts, id},
        tensors_{parts, bulk_, id},
        products_{parts, id} {}
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
  void const* collect_warpgroup(char const* what, void const* value, int bytes) override {
    return parts_.meetings.collect_warpgroup(id_, what, value, bytes);
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
    int const rank = home(from);
    check(rank, parts_.memory(rank).read(parts_.order, id_, from, bytes), "reads", bytes);
  }
  void shared_write(void const* to, int bytes) override {
    int const rank = home(to);
    check(rank, parts_.memory(rank).write(parts_.order, id_, to, bytes), "writes", bytes);
  }
  void shared_atomic(void const* at, int bytes) override {
    int const rank = home(at);
    check(rank, parts_.memory(rank).write(parts_.order, id_, at, bytes, true), "changes", bytes);
  }
  void shared_index(int index, int size) override {
    if (index < 0 || index >= size)
      fail(text{} << "[DS-EMULATED-INDEX] " << who() << " uses index " << index
                  << " of an array of " << size << " in shared memory.");
  }
  void global_read(void const* from, int bytes) override {
    global(from, bytes, global_access::read);
  }
  void global_write(void const* to, int bytes) override { global(to, bytes, global_access::write); }
  void global_atomic(void const* at, int bytes) override {
    global(at, bytes, global_access::atomic);
  }

  void copy_async(void* to, void const* from, int bytes, int valid) override {
    if (valid < 0 || valid > bytes)
      fail(text{} << "[DS-EMULATED-COPY] " << who() << " copies " << valid << " of " << bytes
                  << " bytes.");
    if (valid == bytes) global(from, bytes, global_access::read);
    for (int i = 0; i < valid && valid < bytes; ++i)
      global(static_cast<char const*>(from) + i, 1, global_access::read);
    check(place_.cluster_rank, shared().start_copy(parts_.order, id_, to, bytes), "copies", bytes);
    copies_.start({static_cast<char*>(to), from, bytes, valid});
  }
  void commit_copies() override { copies_.commit(); }
  void wait_copies(int left) override {
    copies_.wait(left, [this](started_copy const& c) {
      shared().end_copy(parts_.order, id_, c.to, c.bytes);
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
    return parts_.place_in(rank, own, place_.cluster_rank);
  }

  void bulk_load(void* to, void const* from, int bytes, void* barrier,
                 std::uint32_t blocks) override {
    bulk_.check_size(bytes);
    bulk_.check_global(from, bytes, global_access::read);
    bulk_.load(to, bytes, barrier, blocks, [from, bytes](void* place) {
      std::memcpy(place, from, static_cast<std::size_t>(bytes));
    });
  }
  void bulk_store(void* to, void const* from, int bytes, gpu::bulk_join join) override {
    bulk_.check_size(bytes);
    bulk_.check_global(to, bytes, join == nullptr ? global_access::write : global_access::atomic);
    bulk_.read(from, bytes);
    if (join == nullptr) std::memcpy(to, from, static_cast<std::size_t>(bytes));
    else parts_.join_global(join, to, from, bytes);
  }
  void tensor_load(void* to, gpu::tensor_map const& map, gpu::tensor_place const& point,
                   void* barrier, std::uint32_t blocks) override {
    tensors_.load(to, map, point, barrier, blocks);
  }
  void tensor_store(gpu::tensor_map const& map, gpu::tensor_place const& point, void const* from,
                    gpu::tensor_write write, gpu::bulk_join join) override {
    tensors_.store(map, point, from, write, join);
  }
  void bulk_commit() override { bulk_.commit(); }
  void bulk_wait(int left) override { bulk_.wait(left); }
  void fence_async() override { parts_.order.fence(id_); }

  std::uint32_t shared_address(void const* at) override {
    return static_cast<std::uint32_t>(static_cast<char const*>(at) -
                                      static_cast<char*>(shared().data()));
  }
  void* shared_place(std::uint32_t address) override {
    return static_cast<char*>(shared().data()) + address;
  }
  void product_read(void const* from, int bytes) override { products_.read(from, bytes); }
  void commit_products() override { products_.commit(); }
  void wait_products(int left) override { products_.wait(left); }
  [[nodiscard]] gpu::product_state products() const override { return products_.state(); }
  [[noreturn]] void fault(char const* code, char const* does) override {
    fail(text{} << code << " " << who() << " " << does);
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
  [[nodiscard]] shared_memory& shared() const { return parts_.memory(place_.cluster_rank); }
  /// The block whose shared memory is touched; another one must live.
  [[nodiscard]] int home(void const* at) const {
    int const rank = parts_.home(at, place_.cluster_rank);
    if (rank != place_.cluster_rank) parts_.lives.touch(id_, rank);
    return rank;
  }
  void check(int rank, shared_memory::finding const& found, char const* verb, int bytes) const {
    parts_.check(id_, rank, found, verb, bytes);
  }
  void global(void const* at, int bytes, global_access how) const {
    bool const write = how != global_access::read;
    parts_.check_global(id_, write, bytes, parts_.operands.fault(at, bytes, write));
    parts_.note_global(how, at, bytes);
  }

  cluster_parts const& parts_;
  int id_;
  gpu::thread_place place_;
  copy_groups copies_;
  bulk_copies bulk_;
  tensor_copies tensors_;
  product_groups products_;
};

}  // namespace deepseek::arch::emulated
