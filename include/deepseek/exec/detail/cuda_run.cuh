// SPDX-License-Identifier: Apache-2.0
/// @file A GPU as a machine that runs kernels, in the order of a stream.
#pragma once
#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/exec/detail/cuda_launch.cuh>
#include <deepseek/exec/detail/kernel_machine.hpp>

namespace deepseek::detail {

/// cuda_machine<Workspace>: Workspace(bytes) gives device memory until the stream has gone past here.
template <class Workspace> struct cuda_machine : kernel_machine {
  device_stream stream;
  Workspace workspace;

  cuda_machine(device_stream in, Workspace const& from) : stream{in}, workspace{from} {}

  static constexpr memory_space space = memory_space::device;
  [[nodiscard]] storage memory(std::int64_t bytes) const { return workspace(bytes); }
  template <class View> void copy(View const& from, View const& to) const {
    using Source =
        view<typename View::value_type const, typename View::dims_type, typename View::layout_type>;
    run_assignment(expr::leaf<Source>{Source{from}}, make_arguments(to), *this);
  }
  template <class Program> void run(Program& program) const {
    std::int64_t const bytes = workspace_bytes_of(program);
    storage const sums = bytes > 0 ? workspace(bytes) : storage{};
    launch_program(
        program,
        [&](auto const& kernel, int blocks) {
          launch(kernel, {blocks, 1, 1}, stream);
        },
        sums.data());
  }
  /// A kernel of a call: see kernel_calls.hpp.
  template <class Kernel, class... Used>
  void start(Kernel const& kernel, arch::gpu::grid_extent const& blocks, Used const&...) const {
    launch(kernel, blocks, stream);
  }
  template <class Rule> static void no_call() {
    static_assert(
        std::is_void_v<Rule>,
        "[DS-CALL-CUDA] this call is an algorithm of the CUDA toolkit, in a header of its own. "
        "Fix: #include <deepseek/exec/cuda_sort.cuh>.");
  }
};

}  // namespace deepseek::detail
