// SPDX-License-Identifier: Apache-2.0
/// @file meetings: barriers and warp collectives: threads that wait until as many as are wanted have come.
#pragma once
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include <deepseek/arch/emulated/cluster_places.hpp>
#include <deepseek/arch/emulated/happens_before.hpp>
#include <deepseek/arch/emulated/kernel_fault.hpp>
#include <deepseek/arch/emulated/stack_turns.hpp>
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/machine.hpp>

namespace deepseek::arch::emulated {

/// meetings: of the threads of a cluster, each within a block. Threads are named by their number.
class meetings {
 public:
  meetings(cluster_places const& places, stack_turns& turns, happens_before& order)
      : places_{places},
        turns_{turns},
        order_{order},
        received_(static_cast<std::size_t>(places.threads())) {}

  /// Comes to a barrier of its block, and waits there or goes on.
  void come(int id, int number, int wanted, bool waits) {
    turns_.check_going_on();
    int const rank = places_.rank_of(id);
    meeting* m = find([&](meeting const& one) {
      return one.mask == 0 && one.number == number && one.home == rank;
    });
    if (m == nullptr) {
      check_count(id, number, wanted);
      open_.push_back({"barrier", rank, number, wanted, 0, {}, {}, nullptr});
      m = &open_.back();
    }
    if (m->wanted != wanted)
      throw kernel_fault{text{} << "[DS-EMULATED-BARRIER] " << places_.who(id)
                                << " comes to barrier " << number << " for " << wanted
                                << " threads, others came to it for " << m->wanted << "."};
    (waits ? m->waiting : m->arrived).push_back(id);
    if (m->come() == m->wanted) {
      std::vector<int> givers = m->waiting;
      givers.insert(givers.end(), m->arrived.begin(), m->arrived.end());
      order_.exchange(givers, m->waiting);
      close(*m);
    } else if (waits) {
      turns_.wait(id);
    }
  }

  /// A collective of the lanes of `mask`: what each put in. Without bytes it orders memory.
  gpu::lane_values const& collect(int id, std::uint32_t mask, char const* what, void const* value,
                                  int bytes) {
    turns_.check_going_on();
    int const lane = places_.place(id).thread % gpu::warp_size;
    int const first = id - lane;
    if (((mask >> lane) & 1u) == 0)
      throw kernel_fault{text{} << "[DS-EMULATED-MASK] " << places_.who(id)
                                << " is not in the mask of its " << what << "."};
    meeting* m = find([&](meeting const& one) { return one.mask == mask && one.home == first; });
    if (m == nullptr) {
      open_.push_back(
          {what, first, 0, __builtin_popcount(mask), mask, {}, {}, std::make_shared<collected>()});
      m = &open_.back();
      m->values->bytes.resize(static_cast<std::size_t>(bytes) * gpu::warp_size);
    }
    check_same(*m, id, what, "warp");
    if (bytes > 0) {
      unsigned char* const mine = m->values->bytes.data() +
                                  static_cast<std::size_t>(bytes) * static_cast<std::size_t>(lane);
      std::memcpy(mine, value, static_cast<std::size_t>(bytes));
      m->values->values.of[lane] = mine;
    }
    // Without bytes it orders memory.
    if (bytes == 0 && m->come() + 1 == m->wanted) {
      std::vector<int> all = m->waiting;
      all.push_back(id);
      order_.meet(all);
    }
    return received(*m, id).values;
  }

  /// A collective of the four warps of a thread: what each thread put in, one after the other.
  void const* collect_warpgroup(int id, char const* what, void const* value, int bytes) {
    turns_.check_going_on();
    int const member = places_.place(id).thread % gpu::warpgroup_threads;
    int const first = id - member;
    meeting* m = find([&](meeting const& one) {
      return one.mask == 0 && one.number == no_barrier && one.home == first;
    });
    if (m == nullptr) {
      open_.push_back({what,
                       first,
                       no_barrier,
                       gpu::warpgroup_threads,
                       0,
                       {},
                       {},
                       std::make_shared<collected>()});
      m = &open_.back();
      m->values->bytes.resize(static_cast<std::size_t>(bytes) * gpu::warpgroup_threads);
    }
    check_same(*m, id, what, "four warps");
    std::memcpy(m->values->bytes.data() + static_cast<std::size_t>(bytes * member), value,
                static_cast<std::size_t>(bytes));
    return received(*m, id).bytes.data();
  }

  /// Of each that not all have come to, who is there.
  void describe(text& message) const {
    for (meeting const& m : open_) {
      message << " at " << m.what;
      if (m.values == nullptr) message << " " << m.number;
      message << " " << m.come() << " of " << m.wanted << " threads, "
              << places_.other(m.waiting.empty() ? m.arrived.front() : m.waiting.front(), 0)
              << " among them;";
    }
  }

 private:
  static constexpr int no_barrier = -1;

  /// What the lanes of one collective put in; each of them keeps it until its next one.
  struct collected {
    gpu::lane_values values;
    std::vector<unsigned char> bytes;
  };
  struct meeting {
    char const* what = "";
    int home = 0;    ///< rank of the block of a barrier, first thread of those of a collective
    int number = 0;  ///< of a barrier
    int wanted = 0;  ///< threads
    std::uint32_t mask = 0;  ///< lanes, of a collective
    std::vector<int> waiting;
    std::vector<int> arrived;  ///< that do not wait
    std::shared_ptr<collected> values;
    [[nodiscard]] int come() const { return static_cast<int>(waiting.size() + arrived.size()); }
  };

  template <class F> meeting* find(F const& wanted) {
    for (meeting& m : open_)
      if (wanted(m)) return &m;
    return nullptr;
  }
  /// All have come: those who wait go on.
  void close(meeting const& m) {
    for (int const id : m.waiting) turns_.wake(id);
    open_.erase(open_.begin() + (&m - open_.data()));
  }
  /// All of a collective are in the same one.
  void check_same(meeting const& m, int id, char const* what, char const* whose) const {
    if (std::strcmp(m.what, what) != 0)
      throw kernel_fault{text{} << "[DS-EMULATED-DIVERGED] " << places_.who(id) << " comes to a "
                                << what << " while thread "
                                << places_.place(m.waiting.front()).thread << " of its " << whose
                                << " waits for it in a " << m.what << "."};
  }
  /// Waits until all of a collective have come; what they put in.
  collected const& received(meeting& m, int id) {
    auto& values = received_[static_cast<std::size_t>(id)];
    values = m.values;
    m.waiting.push_back(id);
    if (m.come() == m.wanted) close(m);
    else turns_.wait(id);
    return *values;
  }
  void check_count(int id, int number, int wanted) const {
    int const threads = places_.block_threads();
    if (wanted < 1 || wanted > threads ||
        (number != gpu::block_barrier && wanted % gpu::warp_size != 0))
      throw kernel_fault{text{} << "[DS-EMULATED-BARRIER] " << places_.who(id)
                                << " comes to barrier " << number << " for " << wanted
                                << " threads of " << threads << ". Fix: whole warps of the block."};
  }

  cluster_places const& places_;
  stack_turns& turns_;
  happens_before& order_;
  std::vector<meeting> open_;
  std::vector<std::shared_ptr<collected>> received_;  ///< by each thread, last
};

}  // namespace deepseek::arch::emulated
