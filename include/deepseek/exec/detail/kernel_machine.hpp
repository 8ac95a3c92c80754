// SPDX-License-Identifier: Apache-2.0
/// @file What machines that run kernels have in common, be it a GPU or the emulator.
#pragma once
#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/plan/gpu/program.hpp>

namespace deepseek::detail {

/// kernel_machine: of a Machine (assign_run.hpp), the part that does not depend on what runs the kernels.
struct kernel_machine {
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
