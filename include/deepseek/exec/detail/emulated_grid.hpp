// SPDX-License-Identifier: Apache-2.0
/// @file emulated_grid: a launch on this machine: blocks over threads of the system, each checked by the
/// emulator, and the blocks against each other.
#pragma once
#include <pthread.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>

#include <deepseek/arch/emulated/cluster_machine.hpp>
#include <deepseek/arch/emulated/global_memory.hpp>
#include <deepseek/arch/emulated/grid_traffic.hpp>
#include <deepseek/arch/emulated/kernel_fault.hpp>
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/loop/thread_pool.hpp>

namespace deepseek::detail {

/// lowest_failure: of pieces of work, by number: the exception of the lowest one that threw.
class lowest_failure {
 public:
  ~lowest_failure() { pthread_mutex_destroy(&mutex_); }
  /// A lower piece has thrown, so that this one need not run.
  [[nodiscard]] bool before(std::int64_t piece) const {
    return __atomic_load_n(&lowest_, __ATOMIC_RELAXED) < piece;
  }
  /// Of the exception that is being handled.
  void note(std::int64_t piece) {
    pthread_mutex_lock(&mutex_);
    if (piece < lowest_) {
      failure_ = std::current_exception();
      __atomic_store_n(&lowest_, piece, __ATOMIC_RELAXED);
    }
    pthread_mutex_unlock(&mutex_);
  }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  std::int64_t lowest_ = std::numeric_limits<std::int64_t>::max();
  std::exception_ptr failure_;
};

/// emulated_grid: one launch; run(threads, body) calls body(shared memory) once for each thread of each
/// block.
class emulated_grid {
 public:
  using body_type = arch::emulated::cluster_machine::body_type;

  emulated_grid(kernel::launch_shape const& shape, arch::emulated::global_memory const& operands)
      : shape_{shape}, operands_{operands} {
    if (clusters() <= 1) return;
    for (auto const& operand : operands.operands()) traffic_.add(operand);
    operands_.tell(&traffic_);
  }
  emulated_grid(emulated_grid const&) = delete;
  emulated_grid& operator=(emulated_grid const&) = delete;

  /// On at most so many threads of this machine.
  ///
  /// @fails  what the lowest block threw that did; then kernel_fault [DS-EMULATED-GRID] where two blocks use
  ///         the same element. Other blocks have written what they write by then
  void run(int threads, body_type const& body) {
    using arch::gpu::grid_extent;
    if (shape_.empty()) return;
    arch::emulated::block_shape const block{
        shape_.threads, static_cast<std::size_t>(shape_.shared_bytes), shape_.blocks};
    grid_extent const cluster{shape_.cluster, 1, 1};
    lowest_failure failure;
    loop::share_work(threads, clusters(), 1, [&](loop::work_queue& queue) {
      arch::emulated::cluster_machine machine{block, cluster, operands_, shape_.kernel};
      for (loop::work_range next; queue.take(next) && !failure.before(next.begin);) try {
          machine.run(place(next.begin * shape_.cluster), body);
        } catch (...) {
          failure.note(next.begin);
        }
    });
    failure.rethrow();
    check_traffic();
  }

 private:
  [[nodiscard]] std::int64_t clusters() const {
    return std::int64_t{shape_.blocks.x} * shape_.blocks.y * shape_.blocks.z / shape_.cluster;
  }
  /// The block of a number: along x, then y, then z.
  [[nodiscard]] arch::gpu::grid_extent place(std::int64_t number) const {
    auto const& grid = shape_.blocks;
    return {static_cast<int>(number % grid.x), static_cast<int>(number / grid.x % grid.y),
            static_cast<int>(number / grid.x / grid.y)};
  }

  void check_traffic() const {
    auto const found = traffic_.find();
    if (found.operand == nullptr) return;
    constexpr char const* does[] = {"reads", "writes", "changes"};
    auto const who = [&](int i) {
      auto const b = place(found.block[i]);
      text block;
      block << (shape_.cluster > 1 ? "the cluster of block (" : "block (") << b.x << ", " << b.y
            << ", " << b.z << ")";
      return block;
    };
    throw kernel_fault{
        text{} << "[DS-EMULATED-GRID] " << shape_.kernel << ": " << who(0) << " "
               << does[static_cast<int>(found.access[0])] << " " << found.bytes << " bytes at byte "
               << found.offset << " of " << found.operand << ", and " << who(1) << " "
               << does[static_cast<int>(found.access[1])]
               << " them. Fix: a launch for each, or atomics in both: nothing orders blocks."};
  }

  kernel::launch_shape shape_;
  arch::emulated::global_memory operands_;
  arch::emulated::grid_traffic traffic_;
};

/// run_emulated(kernel, blocks, operands, threads): runs a kernel, which may use those operands alone.
///
/// @fails  argument_error as kernel::shape_of, and what emulated_grid throws
template <kernel::launchable Kernel>
void run_emulated(Kernel const& kernel, arch::gpu::grid_extent const& blocks,
                  arch::emulated::global_memory const& operands,
                  int threads = loop::available_cores()) {
  using plan = typename Kernel::shared_plan;
  emulated_grid grid{kernel::shape_of(kernel, blocks), operands};
  grid.run(threads, [&kernel](void* shared) { kernel.run(*static_cast<plan*>(shared)); });
}

}  // namespace deepseek::detail
