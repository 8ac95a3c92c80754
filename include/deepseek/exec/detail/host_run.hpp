// SPDX-License-Identifier: Apache-2.0
/// @file The host as a machine that runs kernels: loops over vectors, on its cores.
#pragma once
#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/exec/detail/host_contract.hpp>
#include <deepseek/plan/host/program.hpp>

namespace deepseek::detail {

/// host_machine: on at most `threads` cores.
struct host_machine : in_host_memory {
  using fusion = plan::fuses_all;
  int threads;

  explicit host_machine(int most_threads) : threads{most_threads} {}
  template <class Root> static plan::host::program<Root> program(Root const& root) {
    return plan::host::program<Root>{root};
  }
  template <class Program> void run(Program& program) const { program.run(threads); }
  template <class E, class Target, class Evaluate>
  static void contract(E const& e, Target const& target, Evaluate const& evaluate) {
    run_contract(e, target, evaluate);
  }
  template <class Root, class Evaluate>
  static void contract_with_epilogue(Root const& root, Evaluate const& evaluate) {
    run_with_epilogue(root, evaluate);
  }
  template <class Rule> static void no_call() {
    static_assert(std::is_void_v<Rule>,
                  "[DS-CALL-HOST] what runs this call on the host is in a header of its own. Fix: "
                  "#include <deepseek/exec/host_attention.hpp>, or <deepseek/deepseek.hpp>.");
  }
};

}  // namespace deepseek::detail
