// SPDX-License-Identifier: Apache-2.0
/// @file launch: a kernel on the current GPU, in the order of a stream; what CUDA refuses as an error that
/// names the kernel.
#pragma once
#include <cuda_runtime_api.h>

#include <cstddef>
#include <type_traits>

#include <deepseek/base/error.hpp>
#include <deepseek/exec/detail/cuda_range.cuh>
#include <deepseek/exec/detail/launch_error.hpp>
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/tensor/device_memory.hpp>  // device_stream

namespace deepseek::detail {

/// most_static_shared: bytes that a kernel may have without asking for them.
inline constexpr std::size_t most_static_shared = std::size_t{48} << 10;
/// most_argument_bytes: of a kernel's members.
inline constexpr std::size_t most_argument_bytes = CUDART_VERSION >= 12010 ? 32764 : 4096;
/// portable_cluster: blocks that every GPU with clusters takes; more are asked for.
inline constexpr int portable_cluster = 8;

template <class Kernel>
inline constexpr bool dynamic_shared = kernel::with_room<Kernel> ||
                                       sizeof(typename Kernel::shared_plan) > most_static_shared;

/// begins_early<K>: K asks to start while the kernel before it in the stream ends: K::begins_early. It
/// waits for that one by itself before it touches what that one writes. GPUs before sm_90 do not do it.
template <class K>
inline constexpr bool begins_early = [] {
  if constexpr (requires { K::begins_early; }) return bool{K::begins_early};
  else return false;
}();

/// run_kernel: what a GPU starts: the kernel's run() with its shared memory.
template <class Kernel>
__global__ void __launch_bounds__(Kernel::threads)
    run_kernel(__grid_constant__ Kernel const kernel) {
  using plan = typename Kernel::shared_plan;
  if constexpr (std::is_empty_v<plan>) {
    plan none;
    kernel.run(none);
  } else if constexpr (dynamic_shared<Kernel>) {
    extern __shared__ __align__(1024) unsigned char memory[];
    kernel.run(*reinterpret_cast<plan*>(memory));
  } else {
    __shared__ plan shared;
    kernel.run(shared);
  }
}

/// obstacle_of(code): what stands in the way, as far as the code alone says.
inline launch_obstacle obstacle_of(cudaError_t code) {
  switch (code) {
    case cudaErrorNoDevice:
    case cudaErrorInsufficientDriver:
    case cudaErrorInitializationError:
    case cudaErrorStubLibrary: return launch_obstacle::no_device;
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorInvalidDeviceFunction:
    case cudaErrorUnsupportedPtxVersion:
    case cudaErrorJitCompilerNotFound:
    case cudaErrorJitCompilationDisabled: return launch_obstacle::no_image;
    case cudaErrorIllegalAddress:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorIllegalInstruction:
    case cudaErrorInvalidPc:
    case cudaErrorHardwareStackError:
    case cudaErrorLaunchTimeout:
    case cudaErrorAssert:
    case cudaErrorLaunchFailure:
    case cudaErrorECCUncorrectable: return launch_obstacle::earlier_work;
    case cudaErrorLaunchOutOfResources: return launch_obstacle::room;
    default: return launch_obstacle::something_else;
  }
}

/// The device of a stream; -1 where the runtime does not tell.
inline int device_of_stream([[maybe_unused]] device_stream stream) {
#if CUDART_VERSION >= 12080
  int device = 0;
  if (stream != nullptr && cudaStreamGetDevice(stream, &device) == cudaSuccess) return device;
#endif
  return -1;
}

/// 9 for sm_90, of the current device; 0 where there is none.
inline int compute_major() {
  int device = 0;
  int major = 0;
  (void)cudaGetDevice(&device);
  (void)cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
  return major;
}

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_launch(kernel::launch_shape const& shape,
                                                       cudaError_t code, device_stream stream) {
  (void)cudaGetLastError();  // reported here, not once more by the next call
#if defined(__CUDA_ARCH_LIST__)
  static constexpr int architectures[] = {__CUDA_ARCH_LIST__};
#else
  static constexpr int architectures[] = {0};
#endif
  launch_refusal r{obstacle_of(code), cudaGetErrorString(code), cudaGetErrorName(code),
                   architectures, int{std::extent_v<decltype(architectures)>}};
  if (r.obstacle != launch_obstacle::no_device) {
    int const major = compute_major();
    int minor = 0;
    (void)cudaGetDevice(&r.current_device);
    (void)cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, r.current_device);
    r.device_architecture = 10 * major + minor;
    r.stream_device = device_of_stream(stream);
    bool const clusters_only =
        r.obstacle == launch_obstacle::something_else || r.obstacle == launch_obstacle::no_image;
    if (clusters_only && shape.cluster > 1 && major != 0 && major < 9)
      r.obstacle = launch_obstacle::no_clusters;
    else if (r.obstacle == launch_obstacle::something_else && r.stream_device >= 0 &&
             r.stream_device != r.current_device)
      r.obstacle = launch_obstacle::other_device;
    (void)cudaGetLastError();
  }
  throw device_error(refusal_text(shape, r));
}

/// Starts what run_kernel<> is for a shape, with the kernel as its one argument.
inline void launch_function(void const* function, void const* kernel,
                            kernel::launch_shape const& shape, std::size_t dynamic_bytes,
                            bool early, device_stream stream) {
  auto const check = [&](cudaError_t code) {
    if (code != cudaSuccess) fail_launch(shape, code, stream);
  };
  if (dynamic_bytes > 0)
    check(cudaFuncSetAttribute(function, cudaFuncAttributeMaxDynamicSharedMemorySize,
                               static_cast<int>(dynamic_bytes)));
  if (shape.cluster > portable_cluster)
    check(cudaFuncSetAttribute(function, cudaFuncAttributeNonPortableClusterSizeAllowed, 1));
  cudaLaunchAttribute attributes[2] = {};
  cudaLaunchConfig_t config = {};
  config.gridDim = {static_cast<unsigned>(shape.blocks.x), static_cast<unsigned>(shape.blocks.y),
                    static_cast<unsigned>(shape.blocks.z)};
  config.blockDim = {static_cast<unsigned>(shape.threads), 1, 1};
  config.dynamicSmemBytes = dynamic_bytes;
  config.stream = stream;
  config.attrs = attributes;
  if (shape.cluster > 1) {
    attributes[config.numAttrs].id = cudaLaunchAttributeClusterDimension;
    attributes[config.numAttrs].val.clusterDim = {static_cast<unsigned>(shape.cluster), 1, 1};
    ++config.numAttrs;
  }
  if (early && compute_major() >= 9) {
    attributes[config.numAttrs].id = cudaLaunchAttributeProgrammaticStreamSerialization;
    attributes[config.numAttrs].val.programmaticStreamSerializationAllowed = 1;
    ++config.numAttrs;
  }
  void* arguments[] = {const_cast<void*>(kernel)};
  check(cudaLaunchKernelExC(&config, function, arguments));
}

/// launch(kernel, blocks, stream): starts it behind what is in the stream, on the stream's device, which is
/// the current one. Returns at once; a grid without blocks starts nothing.
///
/// @fails  argument_error as kernel::shape_of · device_error [DS-DEVICE-NONE] no GPU or driver,
///         [DS-CUDA-IMAGE] no code for this one, [DS-CUDA-CLUSTER], [DS-CUDA-DEVICE], [DS-CUDA-EARLIER],
///         [DS-CUDA-ROOM], [DS-CUDA-LAUNCH] anything else that CUDA reports
template <kernel::launchable Kernel>
void launch(Kernel const& kernel, arch::gpu::grid_extent const& blocks,
            device_stream stream = nullptr) {
  static_assert(sizeof(Kernel) <= most_argument_bytes,
                "[DS-KERNEL-ARGUMENTS] a kernel's members: at most 32764 bytes, 4096 before CUDA "
                "12.1.");
  static_assert(std::is_trivially_default_constructible_v<typename Kernel::shared_plan>,
                "[DS-KERNEL-SHARED] shared_plan: shared memory is not initialised.");
  auto const shape = kernel::shape_of(kernel, blocks);
  if (shape.empty()) return;
  profiler_range const range{Kernel::name};
  launch_function(reinterpret_cast<void const*>(&run_kernel<Kernel>), &kernel, shape,
                  dynamic_shared<Kernel> ? static_cast<std::size_t>(shape.shared_bytes) : 0,
                  begins_early<Kernel>, stream);
}

}  // namespace deepseek::detail
