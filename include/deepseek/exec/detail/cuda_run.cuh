// SPDX-License-Identifier: Apache-2.0
/// @file A GPU as a machine that runs kernels, in the order of a stream.
#pragma once
#include <deepseek/arch/gpu/tensor_map_encode.hpp>
#include <deepseek/arch/gpu/wgmma.hpp>  // has_wgmma
#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/exec/detail/cuda_launch.cuh>
#include <deepseek/exec/detail/kernel_machine.hpp>
#include <deepseek/plan/gpu/matmul_tiles_sm90.hpp>  // sm90_kernels

namespace deepseek::detail {

/// sm90a_probe: has shared memory where it is compiled for sm_90a; no name of an architecture says so, since
/// sm_90 has the same number and no wgmma.
template <class Here> __global__ void sm90a_probe([[maybe_unused]] int* never_called) {
  if constexpr (arch::gpu::detail::has_wgmma<Here>) {
    __shared__ int one;
    one = static_cast<int>(threadIdx.x);
    __syncthreads();
    *never_called = one;
  }
}
/// has_sm90a(): the current GPU runs the code that was compiled for sm_90a.
inline bool has_sm90a() {
  cudaFuncAttributes of_probe{};
  if (cudaFuncGetAttributes(&of_probe, reinterpret_cast<void const*>(&sm90a_probe<void>)) ==
      cudaSuccess)
    return of_probe.sharedSizeBytes > 0;
  (void)cudaGetLastError();  // whatever is wrong, the launch of a kernel says it
  return false;
}

/// compiled_for(): 90 where the current GPU runs what was compiled for sm_90, maybe a later one itself; 0
/// where there is no code for it: the launch of a kernel says so.
inline int compiled_for() {
  cudaFuncAttributes of_probe{};
  if (cudaFuncGetAttributes(&of_probe, reinterpret_cast<void const*>(&sm90a_probe<void>)) ==
      cudaSuccess)
    return of_probe.ptxVersion;
  (void)cudaGetLastError();
  return 0;
}
/// limits_of_device(): what a launch on the current GPU may ask for.
inline plan::gpu::launch_limits limits_of_device() {
  plan::gpu::launch_limits limits;
  int device = 0;
  int bytes = 0;
  if (cudaGetDevice(&device) == cudaSuccess &&
      cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device) ==
          cudaSuccess)
    limits.shared_bytes = bytes < kernel::most_shared_bytes ? bytes : kernel::most_shared_bytes;
  else (void)cudaGetLastError();
  if (compiled_for() >= 90) limits.cluster_blocks = portable_cluster;
  return limits;
}

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
    tell_limits(program, limits_of_device);
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
  static constexpr auto sm90_kernels = plan::gpu::sm90_kernels::all;
  [[nodiscard]] static bool has_sm90a() { return detail::has_sm90a(); }
  [[nodiscard]] static arch::gpu::tensor_map make_map(arch::gpu::tensor_description const& d) {
    return arch::gpu::encoded(d);
  }
  template <class Rule> static void no_call() {
    static_assert(std::is_void_v<Rule>,
                  "[DS-CALL-CUDA] there is no kernel for this call here: those of attention are "
                  "in a header of their own. Fix: #include <deepseek/exec/cuda_attention.cuh>.");
  }
};

}  // namespace deepseek::detail
