// SPDX-License-Identifier: Apache-2.0
/// @file What machines that run kernels have in common, be it a GPU or the emulator.
#pragma once
#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/plan/gpu/product_prologue.hpp>  // on_gpu
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

/// tell_limits(program, limits): limits() of the GPU, if the program has a use for them.
template <class Program, class Limits>
void tell_limits(Program& program, [[maybe_unused]] Limits const& limits) {
  if constexpr (requires { requires Program::needs_limits; }) program.set_limits(limits());
}

/// kernel_machine: of a Machine (assign_run.hpp), the part that does not depend on what runs the kernels.
struct kernel_machine {
  /// Blocks of a few hundred threads that run at once on the largest GPUs.
  static constexpr int blocks() { return 2 * 132; }

  template <class Root> static plan::gpu::program<Root> program(Root const& root) {
    return plan::gpu::program<Root>{root};
  }
  /// target = a product: see kernel_contract.hpp.
  template <class E, class Target, class Evaluate>
  static void contract(E const& e, Target const& target, Evaluate const& evaluate) {
    run_kernel_contract(e, target, evaluate);
  }
  /// A product with what stands above it: see product_run.hpp.
  using fusion = on_gpu;
  template <class Root, class Evaluate>
  static void contract_with_epilogue(Root const& root, Evaluate const& evaluate) {
    run_product_with_epilogue(root, evaluate);
  }
};

}  // namespace deepseek::detail
