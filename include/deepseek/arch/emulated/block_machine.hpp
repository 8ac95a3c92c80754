// SPDX-License-Identifier: Apache-2.0
/// @file block_machine: runs one block of a kernel: a cluster of its own.
#pragma once
#include <deepseek/arch/emulated/cluster_machine.hpp>
#include <deepseek/arch/emulated/cluster_places.hpp>
#include <deepseek/arch/emulated/global_memory.hpp>
#include <deepseek/arch/gpu/machine.hpp>

namespace deepseek::arch::emulated {

/// block_machine: one block. run(index, body) calls body(shared memory) once for each thread.
class block_machine {
 public:
  using body_type = cluster_machine::body_type;

  block_machine(block_shape const& shape, global_memory const& operands, char const* kernel)
      : cluster_{shape, {1, 1, 1}, operands, kernel} {}

  /// @fails  kernel_fault, or what the body threw; the block's other threads are unwound then
  void run(gpu::grid_extent const& index, body_type const& body) { cluster_.run(index, body); }

 private:
  cluster_machine cluster_;
};

}  // namespace deepseek::arch::emulated
