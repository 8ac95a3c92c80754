// SPDX-License-Identifier: Apache-2.0
/// @file The emulator as a machine that runs kernels: each launch may use the memory of its operands alone.
#pragma once
#include <cstddef>
#include <cstdint>

#include <deepseek/arch/gpu/tensor_map.hpp>
#include <deepseek/base/error.hpp>
#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/exec/detail/emulated_grid.hpp>
#include <deepseek/exec/detail/kernel_machine.hpp>
#include <deepseek/plan/gpu/matmul_tiles_sm90.hpp>  // sm90_kernels

namespace deepseek::detail {

/// operands_of(program): the memory of each leaf, to be read, and of each result, to be written.
template <class Program> arch::emulated::global_memory operands_of(Program& program) {
  using S = typename Program::S;
  arch::emulated::global_memory memory;
  auto const add = [&](plan::address_range const& bytes, bool writable, char const* name,
                       int element_bytes) {
    memory.add({reinterpret_cast<void const*>(bytes.begin),
                static_cast<std::size_t>(bytes.end - bytes.begin), writable, name, element_bytes});
  };
  program.visit([&](auto& c) {
    if constexpr (requires { c.source_range; }) {
      add(c.source_range, false, "the source of a gather", 1);
    } else if constexpr (requires { c.target; }) {
      auto const own = [&](int axis) {
        return S::in_row(axis) ? c.extents.of[axis] : program.extent_of(axis);
      };
      add(program.reach(c.target.base, c.target.place, own), true, "a result",
          int{sizeof(*c.target.base)});
    } else if constexpr (requires { *c.base; }) {
      add(program.reach_of(c), false, "an operand", int{sizeof(*c.base)});
    }
  });
  return memory;
}

/// emulated_machine: blocks spread over `threads` of this machine.
struct emulated_machine : in_host_memory, kernel_machine {
  int threads;
  int architecture = 80;
  static constexpr auto sm90_kernels = plan::gpu::sm90_kernels::one;

  explicit emulated_machine(int most_threads, int of_gpu = 80)
      : threads{most_threads}, architecture{of_gpu} {}
  [[nodiscard]] bool has_sm90a() const { return architecture == 90; }
  [[nodiscard]] plan::gpu::launch_limits limits() const {
    return has_sm90a() ? plan::gpu::limits_of_sm90 : plan::gpu::launch_limits{};
  }
  [[nodiscard]] static arch::gpu::tensor_map make_map(arch::gpu::tensor_description const& d) {
    if (text wrong = arch::gpu::tensor_fault(d); !wrong.empty())
      throw shape_error{static_cast<text&&>(wrong)};
    return arch::gpu::described(d);
  }
  template <class Program> void run(Program& program) const {
    auto operands = operands_of(program);
    tell_limits(program, [this] { return limits(); });
    std::int64_t const bytes = workspace_bytes_of(program);
    storage const workspace{bytes};
    if (bytes > 0)
      operands.add({workspace.data(), static_cast<std::size_t>(bytes), true, "sums of parts", 4});
    launch_program(
        program,
        [&](auto const& kernel, int blocks) {
          run_emulated(kernel, {blocks, 1, 1}, operands, threads);
        },
        workspace.data());
  }
  /// A kernel of a call: see kernel_calls.hpp.
  template <class Kernel, class... Used>
  void start(Kernel const& kernel, arch::gpu::grid_extent const& blocks,
             Used const&... used) const {
    arch::emulated::global_memory operands;
    auto const add = [&operands](used_memory const& m) {
      operands.add(
          {m.data, static_cast<std::size_t>(m.bytes), m.writable, m.name, m.element_bytes});
    };
    (add(used), ...);
    run_emulated(kernel, blocks, operands, threads);
  }
  template <class Rule> static void no_call() {
    static_assert(
        std::is_void_v<Rule>,
        "[DS-CALL-EMULATED] there is no kernel for this call here: those of attention are "
        "in a header of their own. Fix: #include <deepseek/exec/emulated_attention.hpp>.");
  }
};

}  // namespace deepseek::detail
