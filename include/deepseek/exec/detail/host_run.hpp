// SPDX-License-Identifier: Apache-2.0
/// @file The host as a machine that runs kernels: loops over vectors, on its cores.
#pragma once
#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/exec/detail/host_contract.hpp>
#include <deepseek/plan/host/program.hpp>

namespace deepseek::detail {

/// host_machine: on at most `threads` cores.
struct host_machine {
  int threads;

  static constexpr memory_space space = memory_space::host;
  static storage memory(std::int64_t bytes) { return storage{bytes}; }
  template <class View> static void copy(View const& from, View const& to) {
    copy_elements(from, to);
  }
  template <class Root> static plan::host::program<Root> program(Root const& root) {
    return plan::host::program<Root>{root};
  }
  template <class Program> void run(Program& program) const { program.run(threads); }
  template <class E, class Target, class Evaluate>
  static void contract(E const& e, Target const& target, Evaluate const& evaluate) {
    run_contract(e, target, evaluate);
  }
};

}  // namespace deepseek::detail
