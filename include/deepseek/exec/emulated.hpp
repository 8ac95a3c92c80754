// SPDX-License-Identifier: Apache-2.0
/// @file emulated: runs the kernels of the GPU on this machine, thread by thread, and checks each step.
///
/// It needs Boost.Context (libboost-context-dev; link boost_context). It is for finding mistakes, not for
/// speed: docs/emulator.md.
#pragma once
#include <deepseek/exec/detail/assign_checks.hpp>
#include <deepseek/exec/detail/index_checks.hpp>
#include <deepseek/plan/names.hpp>
#include <deepseek/tensor/tensor.hpp>

#if !DEEPSEEK_DEVICE_PASS
#include <deepseek/exec/detail/emulated_run.hpp>
#include <deepseek/exec/detail/kernel_calls.hpp>
#include <deepseek/exec/detail/kernel_contract.hpp>
#include <deepseek/loop/thread_pool.hpp>
#endif

namespace deepseek {

/// emulated: `(y = e).run(emulated{})` computes y as a GPU would, with the kernels that cuda{} launches.
///
/// @cost   some thousand times that of host{}
/// @fails  as host{}; kernel_fault where a kernel reads or writes what it may not, does not wait for what
///         it must, or where blocks meet in memory: with the kernel, the block and the thread
struct emulated {
  int threads = 0;  ///< of this machine, over which blocks are spread; 0: as many as it has cores
  int architecture = 80;  ///< of the GPU: 90 runs what is for sm_90a alone
};

/// execute(emulated, y = e): what `.run(emulated{})` calls.
template <class Destination, class E>
void execute(emulated const& executor, assignment<Destination, E> const& a) {
  if constexpr (valid<E>) {
    detail::check_space(a.expression);
    detail::check_indices(a.expression);
#if !DEEPSEEK_DEVICE_PASS
    auto const named = plan::resolve_names(a.expression);
    detail::emulated_machine const machine{
        executor.threads > 0 ? executor.threads : loop::available_cores(), executor.architecture};
    detail::run_assignment(named, detail::targets_of(a.destination), machine);
#else
    (void)executor;
#endif
  }
}

}  // namespace deepseek
