// SPDX-License-Identifier: Apache-2.0
/// @file cluster_machine: runs the blocks of one cluster together, each of their threads on a stack of its
/// own.
///
/// Threads take turns, so that what no barrier orders is found by what threads know of each other
/// (happens_before), not by chance.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include <deepseek/arch/emulated/block_lives.hpp>
#include <deepseek/arch/emulated/cluster_barrier.hpp>
#include <deepseek/arch/emulated/cluster_places.hpp>
#include <deepseek/arch/emulated/global_memory.hpp>
#include <deepseek/arch/emulated/happens_before.hpp>
#include <deepseek/arch/emulated/kernel_fault.hpp>
#include <deepseek/arch/emulated/meetings.hpp>
#include <deepseek/arch/emulated/phase_barriers.hpp>
#include <deepseek/arch/emulated/shared_memory.hpp>
#include <deepseek/arch/emulated/stack_turns.hpp>
#include <deepseek/arch/emulated/thread_machine.hpp>
#include <deepseek/arch/gpu/machine.hpp>

namespace deepseek::arch::emulated {

/// cluster_machine: run(first, body) calls body(shared memory of its block) once for each thread of the
/// blocks of a cluster; `first` is the one of rank 0.
class cluster_machine {
 public:
  using body_type = std::function<void(void*)>;
  static constexpr int most_blocks = 16;  ///< of a cluster; more than 8 on request only

  cluster_machine(block_shape const& shape, gpu::grid_extent const& cluster,
                  global_memory const& operands, char const* kernel)
      : shape_{shape}, cluster_{cluster}, operands_{operands}, kernel_{kernel} {}

  /// @fails  kernel_fault, or what the body threw; the stacks of all other threads are unwound then
  void run(gpu::grid_extent const& first, body_type const& body) {
    int const blocks = cluster_.x * cluster_.y * cluster_.z;
    if (blocks < 1 || blocks > most_blocks)
      throw kernel_fault{text{} << "[DS-EMULATED-CLUSTER] " << kernel_ << ": a cluster of "
                                << blocks << " blocks. Fix: 1 to " << most_blocks << "."};
    cluster_run run{cluster_places{shape_, cluster_, first, kernel_}, operands_, body};
    run.all();
  }

 private:
  struct cluster_run {
    cluster_places places;
    body_type const& body;
    happens_before order;
    std::vector<std::unique_ptr<shared_memory>> shared;
    stack_turns turns;
    emulated::meetings meetings;
    phase_barriers phases;
    cluster_barrier of_cluster;
    block_lives lives;
    cluster_parts parts;
    std::vector<std::unique_ptr<thread_machine>> threads;

    cluster_run(cluster_places const& where, global_memory const& operands, body_type const& f)
        : places{where},
          body{f},
          order{places.threads()},
          turns{places.threads(), [this](int id) { live(id); },
                [this](int id) { gpu::detail::running = threads[index(id)].get(); }},
          meetings{places, turns, order},
          phases{places, turns, order},
          of_cluster{places, turns, order},
          lives{places, order},
          parts{places, operands, order, meetings, phases, of_cluster, lives, shared} {
      for (int rank = 0; rank < places.blocks(); ++rank)
        shared.push_back(std::make_unique<shared_memory>(places.shared_bytes()));
      for (int id = 0; id < places.threads(); ++id)
        threads.push_back(std::make_unique<thread_machine>(parts, id));
    }
    static std::size_t index(int i) { return static_cast<std::size_t>(i); }

    void all() {
      struct put_back {
        gpu::machine* before = gpu::detail::running;
        ~put_back() { gpu::detail::running = before; }
      } const running_before;
      turns.run([this] { throw kernel_fault{deadlock()}; });
    }
    void live(int id) {
      body(shared[index(places.rank_of(id))]->data());
      of_cluster.leave(id);
      lives.leave(id);
    }

    /// Who waits for what, and who has ended and will not come.
    [[nodiscard]] text deadlock() const {
      gpu::grid_extent const block = places.block(0);
      text message;
      message << "[DS-EMULATED-DEADLOCK] " << places.kernel() << ": block (" << block.x << ", "
              << block.y << ", " << block.z << ")";
      if (places.blocks() > 1) message << " and the others of its cluster";
      message << (places.blocks() > 1 ? " wait for ever:" : " waits for ever:");
      meetings.describe(message);
      phases.describe(message);
      of_cluster.describe(message);
      message << " " << turns.ended() << " of " << places.threads()
              << " have ended. Fix: every thread comes to the same barriers.";
      return message;
    }
  };

  block_shape shape_;
  gpu::grid_extent cluster_;
  global_memory const& operands_;
  char const* kernel_;
};

}  // namespace deepseek::arch::emulated
