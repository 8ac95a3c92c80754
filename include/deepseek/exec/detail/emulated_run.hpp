// SPDX-License-Identifier: Apache-2.0
/// @file The emulator as a machine that runs kernels: each launch may use the memory of its operands alone.
#pragma once
#include <cstddef>
#include <cstdint>

#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/exec/detail/emulated_grid.hpp>
#include <deepseek/plan/gpu/program.hpp>

namespace deepseek::detail {

/// operands_of(program): the memory of each leaf, to be read, and of each result, to be written.
template <class Program> arch::emulated::global_memory operands_of(Program& program) {
  using S = typename Program::S;
  arch::emulated::global_memory memory;
  auto const add = [&]<class T>(T const* base, plan::address<S> const& place, auto const& extent,
                                bool writable) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    for (int axis = 0; axis < S::axes; ++axis) {
      std::int64_t const n = extent(axis);
      std::int64_t const far = place.stride[axis] * (n < 1 ? 0 : n - 1);
      (far < 0 ? low : high) += far;
    }
    memory.add({base + low, static_cast<std::size_t>(high - low + 1) * sizeof(T), writable,
                writable ? "a result" : "an operand", int{sizeof(T)}});
  };
  program.visit([&](auto& c) {
    if constexpr (requires { c.source_range; }) {
      memory.add({reinterpret_cast<void const*>(c.source_range.begin),
                  static_cast<std::size_t>(c.source_range.end - c.source_range.begin), false,
                  "the source of a gather", 1});
    } else if constexpr (requires { c.target; }) {
      auto const own = [&](int axis) {
        return S::in_row(axis) ? c.extents.of[axis] : program.extent(axis);
      };
      add(c.target.base, c.target.place, own, true);
    } else if constexpr (requires { *c.base; }) {
      add(
          c.base, c.place, [&](int axis) { return program.extent(axis); }, false);
    }
  });
  return memory;
}

/// emulated_machine: blocks spread over `threads` of this machine.
struct emulated_machine {
  int threads;

  static constexpr memory_space space = memory_space::host;
  static storage memory(std::int64_t bytes) { return storage{bytes}; }
  template <class View> static void copy(View const& from, View const& to) {
    copy_elements(from, to);
  }
  template <class Root> static plan::gpu::program<Root> program(Root const& root) {
    return plan::gpu::program<Root>{root};
  }
  template <class Program> void run(Program& program) const {
    auto const operands = operands_of(program);
    program.launch([&](auto const& kernel, int blocks) {
      run_emulated(kernel, {blocks, 1, 1}, operands, threads);
    });
  }
  template <class E, class Target, class Evaluate>
  static void contract(E const& e, Target const&, Evaluate const&) {
    static_assert(!expr::detail::is_contract<E>,
                  "[DS-GPU-MATMUL] there is no kernel for a matrix product yet. Fix: "
                  ".run(host{}).");
    (void)e;
  }
};

}  // namespace deepseek::detail
