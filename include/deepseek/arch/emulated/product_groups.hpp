// SPDX-License-Identifier: Apache-2.0
/// @file product_groups: the products of matrices that one thread has started, in groups, and what they read.
///
/// They are done at once: nobody may write to what they read, nor look at their results, before their group
/// has ended, so that nobody can tell.
#pragma once
#include <deepseek/arch/emulated/cluster_parts.hpp>
#include <deepseek/arch/emulated/happens_before.hpp>
#include <deepseek/arch/gpu/machine.hpp>

namespace deepseek::arch::emulated {

/// product_groups: of thread `id`: groups 1, 2 …
class product_groups {
 public:
  product_groups(cluster_parts const& parts, int id)
      : parts_{parts}, id_{id}, own_{parts.places.rank_of(id)} {}

  /// A product of the group that is open reads bytes of the block's shared memory.
  void read(void const* from, int bytes) {
    if (source_ == none) source_ = parts_.order.add_source();
    parts_.check(id_, own_,
                 parts_.memory(own_).bulk_read(parts_.order, id_, source_, open_, from, bytes),
                 "multiplies", bytes);
    parts_.lives.use(id_, own_, source_, open_);
  }
  void commit() { ++open_; }
  /// Until all groups but the last `left` have ended.
  void wait(int left) {
    int const last = static_cast<int>(open_) - 1 - left;
    if (last <= ended_) return;
    ended_ = last;
    if (source_ != none) parts_.order.learn(id_, source_, static_cast<happens_before::time>(last));
  }
  [[nodiscard]] gpu::product_state state() const { return {static_cast<int>(open_), ended_}; }

 private:
  static constexpr int none = -1;

  cluster_parts const& parts_;
  int id_;
  int own_;
  int source_ = none;  ///< of what products read
  happens_before::time open_ = happens_before::begin;
  int ended_ = 0;
};

}  // namespace deepseek::arch::emulated
