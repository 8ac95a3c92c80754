// SPDX-License-Identifier: Apache-2.0
/// @file cuda: runs work on a GPU, in the order of a stream: its memory for the time of a run, waiting for
/// it, and graphs, which are recorded once and started by one call.
#pragma once
#include <cuda_runtime_api.h>
#include <pthread.h>

#include <cstdint>
#include <utility>

#include <deepseek/base/error.hpp>
#include <deepseek/exec/detail/assign_checks.hpp>
#include <deepseek/exec/detail/cuda_launch.cuh>
#include <deepseek/exec/detail/cuda_run.cuh>
#include <deepseek/exec/detail/kernel_calls.hpp>
#include <deepseek/exec/detail/kernel_contract.hpp>
#include <deepseek/plan/names.hpp>
#include <deepseek/tensor/device_memory.hpp>

namespace deepseek {

/// cuda: the executor of a GPU. Work goes into the stream and returns at once.
///
///   (y = softmax(x)).run(cuda{stream});
///
/// @life   the stream lives as long as what was put into it
struct cuda {
  device_stream stream = nullptr;  ///< null: the default one of the current device
};

namespace detail {

inline void check_cuda(cudaError_t code, char const* call) {
  if (code == cudaSuccess) return;
  if (obstacle_of(code) != launch_obstacle::earlier_work) fail_device(code, call);
  (void)cudaGetLastError();
  throw device_error(text{} << "[DS-CUDA-EARLIER] " << call << ": " << cudaGetErrorString(code)
                            << " (" << cudaGetErrorName(code)
                            << ") in work started before. Fix: run that on emulated{} or under "
                               "compute-sanitizer; this process cannot use the GPU any more.");
}

/// The pool that workspaces of a device come from; made at first use, kept until the process ends.
inline device_pool& workspace_pool(int device) {
  constexpr int most_devices = 64;
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  static device_pool* pools[most_devices] = {};
  if (device < 0 || device >= most_devices)
    throw device_error(text{} << "[DS-CUDA-DEVICE] device " << device << ". Fix: 0 to "
                              << most_devices - 1 << ".");
  struct hold {
    hold() { pthread_mutex_lock(&mutex); }
    ~hold() { pthread_mutex_unlock(&mutex); }
  } const held;
  if (pools[device] == nullptr) pools[device] = new device_pool{device};
  return *pools[device];
}

}  // namespace detail

/// device_of(executor): the GPU that it runs on. Its stream must be of the current one, where kernels start.
///
/// @fails  device_error [DS-DEVICE-NONE] no GPU or no driver, [DS-CUDA-DEVICE] a stream of another device
inline int device_of(cuda const& executor) {
  int current = 0;
  cudaError_t const code = cudaGetDevice(&current);
  if (code != cudaSuccess) detail::fail_device(code, "cudaGetDevice");
  if (device_count() == 0) detail::fail_device(cudaErrorNoDevice, "cudaGetDeviceCount");
  int const own = detail::device_of_stream(executor.stream);
  if (own >= 0 && own != current)
    throw device_error(text{} << "[DS-CUDA-DEVICE] the stream is of device " << own << ", device "
                              << current << " is the current one. Fix: cudaSetDevice(" << own
                              << ").");
  return current;
}

/// workspace(executor, bytes): memory for what is put into the stream from now on; its content is undefined.
/// It goes back in the order of the stream.
///
/// @fails  as device_of and device_pool
[[nodiscard]] inline storage workspace(cuda const& executor, std::int64_t bytes) {
  return detail::workspace_pool(device_of(executor)).allocate(bytes, executor.stream);
}

/// wait(executor): until all work in its stream has ended.
///
/// @fails  device_error [DS-CUDA-EARLIER] a kernel has failed, [DS-DEVICE-CALL] anything else
inline void wait(cuda const& executor) {
  detail::check_cuda(cudaStreamSynchronize(executor.stream), "cudaStreamSynchronize");
}

/// execute(cuda, y = e): what `.run(cuda{stream})` calls: kernels in the order of the stream; returns at
/// once.
///
/// Operands and results are in the memory of the executor's device. Indices of a take are not checked: that
/// would wait for the GPU; emulated{} finds those that are outside.
///
/// @fails  shape_error, dtype_error as host{} · device_error [DS-CUDA-SPACE] a tensor in host memory, and as
///         launch; nothing is started then
template <class Destination, class E>
void execute(cuda const& executor, assignment<Destination, E> const& a) {
  if constexpr (valid<E>) {
    detail::check_space(a.expression, memory_space::device);
    auto const named = plan::resolve_names(a.expression);
    auto const memory = [&executor](std::int64_t bytes) { return workspace(executor, bytes); };
    detail::cuda_machine<decltype(memory)> const machine{executor.stream, memory};
    detail::run_assignment(named, detail::targets_of(a.destination), machine);
  }
}

/// cuda_graph: what capture has recorded. The memory that the work uses must live as long; its addresses and
/// extents are those of the recording.
class cuda_graph {
 public:
  cuda_graph(cuda_graph&& other) noexcept : ready_{std::exchange(other.ready_, nullptr)} {}
  cuda_graph& operator=(cuda_graph&& other) noexcept {
    std::swap(ready_, other.ready_);
    return *this;
  }
  ~cuda_graph() {
    if (ready_ != nullptr) (void)cudaGraphExecDestroy(ready_);
  }

  /// launch(executor): puts the work into its stream, as often as called.
  void launch(cuda const& executor) const {
    detail::check_cuda(cudaGraphLaunch(ready_, executor.stream), "cudaGraphLaunch");
  }

 private:
  template <class F> friend cuda_graph capture(cuda const&, F const&);
  explicit cuda_graph(cudaGraph_t recorded) {
    cudaError_t const code = cudaGraphInstantiate(&ready_, recorded, 0);
    (void)cudaGraphDestroy(recorded);
    detail::check_cuda(code, "cudaGraphInstantiate");
  }
  cudaGraphExec_t ready_ = nullptr;
};

/// capture(executor, f): records what f() puts into the executor's stream; nothing of it runs.
///
///   cuda_graph const step = capture(executor, [&] { (y = softmax(x)).run(executor); });
///   for (int i = 0; i < steps; ++i) step.launch(executor);
///
/// @shape  none            @dtype none            @cost f's calls, once
/// @fails  what f throws · device_error [DS-CUDA-CAPTURE] the default stream; as device_of; what CUDA reports
template <class F> [[nodiscard]] cuda_graph capture(cuda const& executor, F const& f) {
  if (executor.stream == nullptr)
    throw device_error(
        "[DS-CUDA-CAPTURE] capture: the default stream cannot be recorded. Fix: a stream of "
        "cudaStreamCreate.");
  (void)device_of(executor);
  detail::check_cuda(cudaStreamBeginCapture(executor.stream, cudaStreamCaptureModeThreadLocal),
                     "cudaStreamBeginCapture");
  cudaGraph_t recorded = nullptr;
  try {
    f();
  } catch (...) {
    if (cudaStreamEndCapture(executor.stream, &recorded) == cudaSuccess && recorded != nullptr)
      (void)cudaGraphDestroy(recorded);
    (void)cudaGetLastError();
    throw;
  }
  detail::check_cuda(cudaStreamEndCapture(executor.stream, &recorded), "cudaStreamEndCapture");
  return cuda_graph{recorded};
}

}  // namespace deepseek
