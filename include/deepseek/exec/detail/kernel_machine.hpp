// SPDX-License-Identifier: Apache-2.0
/// @file What machines that run kernels have in common, be it a GPU or the emulator.
#pragma once
#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/plan/gpu/program.hpp>

namespace deepseek::detail {

/// used_memory: what a kernel of a call reads, or writes.
struct used_memory {
  void const* data;
  std::int64_t bytes;
  bool writable;
  char const* name;
  int element_bytes;
};

/// workspace_bytes_of(program): memory that it wants between its kernels.
template <class Program> std::int64_t workspace_bytes_of(Program const& program) {
  if constexpr (requires { program.workspace_bytes(); }) return program.workspace_bytes();
  else return 0;
}
/// launch_program(program, f, memory): f(kernel, blocks) of each of its kernels.
template <class Program, class F>
void launch_program(Program& program, F const& f, [[maybe_unused]] void* memory) {
  if constexpr (requires { program.workspace_bytes(); }) program.launch(f, memory);
  else program.launch(f);
}

/// kernel_machine: of a Machine (assign_run.hpp), the part that does not depend on what runs the kernels.
struct kernel_machine {
  /// Blocks of a few hundred threads that run at once on the largest GPUs.
  static constexpr int blocks() { return 2 * 132; }

  template <class Root> static plan::gpu::program<Root> program(Root const& root) {
    return plan::gpu::program<Root>{root};
  }
  template <class E, class Target, class Evaluate>
  static void contract(E const&, Target const&, Evaluate const&) {
    static_assert(
        !expr::detail::is_contract<E>,
        "[DS-GPU-MATMUL] there is no kernel for a matrix product yet. Fix: .run(host{}).");
  }
};

}  // namespace deepseek::detail
