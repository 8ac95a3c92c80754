// SPDX-License-Identifier: Apache-2.0
/// @file bulk_copies: what one thread has a copy engine do with shared memory, and who may know when that
/// is done.
///
/// Bytes move at once: nobody may look at them before the engine's event is seen, so that nobody can tell.
#pragma once
#include <cstdint>

#include <deepseek/arch/emulated/cluster_parts.hpp>
#include <deepseek/arch/emulated/happens_before.hpp>
#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/mbarrier.hpp>

namespace deepseek::arch::emulated {

/// bulk_copies: of thread `id`.
class bulk_copies {
 public:
  bulk_copies(cluster_parts const& parts, int id)
      : parts_{parts}, id_{id}, own_{parts.places.rank_of(id)} {}

  /// load(to, bytes, barrier, blocks, fill): fill(place) writes what comes to `to` of each of the blocks, as
  /// a mask of ranks, and their mbarriers get the bytes.
  template <class Fill>
  void load(void* to, int bytes, void* barrier, std::uint32_t blocks, Fill const& fill) {
    if (blocks == gpu::own_block) return land(own_, to, bytes, barrier, fill);
    if (blocks == 0 || blocks >> parts_.places.blocks() != 0)
      parts_.fail(text{} << "[DS-EMULATED-BULK] " << parts_.places.who(id_)
                         << " copies to the blocks of mask " << blocks << ", in a cluster of "
                         << parts_.places.blocks() << ".");
    for (int rank = 0; rank < parts_.places.blocks(); ++rank)
      if ((blocks >> rank & 1u) != 0)
        land(rank, parts_.place_in(rank, to, own_), bytes, parts_.place_in(rank, barrier, own_),
             fill);
  }

  /// The engine reads bytes of the block's shared memory, for the group that is open.
  void read(void const* from, int bytes) {
    if (source_ == none) source_ = parts_.order.add_source();
    parts_.check(id_, own_,
                 parts_.memory(own_).bulk_read(parts_.order, id_, source_, group_, from, bytes),
                 "stores", bytes);
    parts_.lives.use(id_, own_, source_, group_);
  }
  void commit() { ++group_; }
  /// Until all groups but the last `left` have read what they read.
  void wait(int left) {
    int const closed = static_cast<int>(group_ - happens_before::begin);
    if (source_ != none && closed > left)
      parts_.order.learn(id_, source_, group_ - 1 - static_cast<happens_before::time>(left));
  }

  /// check_size(bytes): of a copy that is not a tensor's.
  void check_size(int bytes) const {
    if (bytes <= 0 || bytes % shared_memory::bulk_alignment != 0)
      parts_.fail(text{} << "[DS-EMULATED-BULK] " << parts_.places.who(id_) << " copies " << bytes
                         << " bytes at once. Fix: a multiple of 16.");
  }
  void check_global(void const* at, int bytes, global_access how) const {
    bool const write = how != global_access::read;
    if (reinterpret_cast<std::uintptr_t>(at) % shared_memory::bulk_alignment != 0)
      parts_.fail(text{} << "[DS-EMULATED-BULK] " << parts_.places.who(id_) << " copies " << bytes
                         << (write ? " bytes to" : " bytes from")
                         << " an address that is not a multiple of 16.");
    parts_.check_global(id_, write, bytes, parts_.operands.outside(at, bytes, write));
    parts_.note_global(how, at, bytes);
  }

 private:
  static constexpr int none = -1;

  template <class Fill> void land(int rank, void* to, int bytes, void* barrier, Fill const& fill) {
    auto& memory = parts_.memory(rank);
    parts_.check(id_, rank, memory.bulk_use(parts_.order, id_, barrier, sizeof(gpu::mbarrier)),
                 "signals", sizeof(gpu::mbarrier));
    auto const& phase = parts_.phases.running(id_, barrier);
    parts_.lives.use(id_, rank, phase.source(), phase.phase());
    parts_.check(id_, rank,
                 memory.bulk_write(parts_.order, id_, phase.source(), phase.phase(), to, bytes),
                 "loads", bytes);
    fill(to);
    parts_.phases.bring(id_, barrier, bytes);
  }

  cluster_parts const& parts_;
  int id_;
  int own_;
  int source_ = none;                                   ///< of what stores read
  happens_before::time group_ = happens_before::begin;  ///< that is open
};

}  // namespace deepseek::arch::emulated
