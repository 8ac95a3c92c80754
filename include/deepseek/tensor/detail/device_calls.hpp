// SPDX-License-Identifier: Apache-2.0
/// @file The few calls into the CUDA runtime that device memory needs, errors translated. The only
/// header that includes the runtime; compiled by another compiler than nvcc, every call says so.
#pragma once
#include <cstdint>

#include <deepseek/base/config.hpp>
#include <deepseek/base/error.hpp>

#if defined(__CUDACC__)
#include <cuda_runtime_api.h>
#else
struct CUstream_st;
#endif

namespace deepseek {

/// device_stream: a CUDA stream (cudaStream_t); nullptr is the default one.
using device_stream = CUstream_st*;

namespace detail {

#if defined(__CUDACC__)
inline namespace device_calls_of_cuda {  // two translation units may be compiled in different ways

using pool_handle = cudaMemPool_t;

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_device(cudaError_t code, char const* call) {
  (void)cudaGetLastError();  // reported here, not once more by the next call
  bool const missing = code == cudaErrorNoDevice || code == cudaErrorInsufficientDriver ||
                       code == cudaErrorInvalidDevice;
  throw device_error(text{} << (missing ? "[DS-DEVICE-NONE] " : "[DS-DEVICE-CALL] ") << call << ": "
                            << cudaGetErrorString(code) << " (" << cudaGetErrorName(code) << ")."
                            << (missing ? " Fix: a GPU with its driver, or host{}." : ""));
}
inline void check_device(cudaError_t code, char const* call) {
  if (code != cudaSuccess) fail_device(code, call);
}

/// current_device: makes a device the current one, until the end of the scope.
class current_device {
 public:
  explicit current_device(int device) {
    check_device(cudaGetDevice(&before_), "cudaGetDevice");
    check_device(cudaSetDevice(device), "cudaSetDevice");
  }
  ~current_device() { (void)cudaSetDevice(before_); }
  current_device(current_device const&) = delete;
  current_device& operator=(current_device const&) = delete;

 private:
  int before_ = 0;
};

inline int count_devices() noexcept {
  int count = 0;
  if (cudaGetDeviceCount(&count) == cudaSuccess) return count;
  (void)cudaGetLastError();
  return 0;
}

inline pool_handle make_pool(int device, std::int64_t kept_bytes) {
  current_device const here{device};
  int supported = 0;
  check_device(cudaDeviceGetAttribute(&supported, cudaDevAttrMemoryPoolsSupported, device),
               "cudaDeviceGetAttribute");
  if (supported == 0)
    throw device_error(text{} << "[DS-DEVICE-POOL] device " << device
                              << " has no memory pools. Fix: a newer driver.");
  cudaMemPoolProps properties = {};
  properties.allocType = cudaMemAllocationTypePinned;
  properties.location.type = cudaMemLocationTypeDevice;
  properties.location.id = device;
  pool_handle pool = nullptr;
  check_device(cudaMemPoolCreate(&pool, &properties), "cudaMemPoolCreate");
  auto kept = static_cast<std::uint64_t>(kept_bytes);
  cudaError_t const code = cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &kept);
  if (code != cudaSuccess) {
    (void)cudaMemPoolDestroy(pool);
    fail_device(code, "cudaMemPoolSetAttribute");
  }
  return pool;
}
inline void destroy_pool(pool_handle pool) noexcept { (void)cudaMemPoolDestroy(pool); }
inline void trim_pool(pool_handle pool, std::int64_t kept_bytes) {
  check_device(cudaMemPoolTrimTo(pool, static_cast<std::size_t>(kept_bytes)), "cudaMemPoolTrimTo");
}
inline std::int64_t pool_bytes(pool_handle pool, bool reserved) {
  std::uint64_t bytes = 0;
  check_device(
      cudaMemPoolGetAttribute(
          pool, reserved ? cudaMemPoolAttrReservedMemCurrent : cudaMemPoolAttrUsedMemCurrent,
          &bytes),
      "cudaMemPoolGetAttribute");
  return static_cast<std::int64_t>(bytes);
}

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_device_memory(std::int64_t bytes, int device) {
  std::size_t free = 0;
  std::size_t total = 0;
  (void)cudaMemGetInfo(&free, &total);
  (void)cudaGetLastError();
  throw memory_error(text{} << "[DS-DEVICE-MEMORY] no block of " << bytes << " bytes on device "
                            << device << "; " << std::int64_t(free) << " of " << std::int64_t(total)
                            << " bytes are free. Fix: smaller extents, or free tensors first.");
}
inline void* device_allocate(pool_handle pool, int device, std::int64_t bytes,
                             device_stream stream) {
  current_device const here{device};
  void* data = nullptr;
  cudaError_t const code =
      bytes < 0 ? cudaErrorMemoryAllocation
                : cudaMallocFromPoolAsync(&data, static_cast<std::size_t>(bytes), pool, stream);
  if (code == cudaErrorMemoryAllocation) fail_device_memory(bytes, device);
  check_device(code, "cudaMallocFromPoolAsync");
  return data;
}
inline void device_free(void* data, int device, device_stream stream) noexcept {
  int before = 0;
  if (cudaGetDevice(&before) != cudaSuccess || cudaSetDevice(device) != cudaSuccess) return;
  (void)cudaFreeAsync(data, stream);
  (void)cudaSetDevice(before);
}
inline void device_copy(void* to, void const* from, std::int64_t bytes, int device,
                        device_stream stream) {
  current_device const here{device};
  check_device(
      cudaMemcpyAsync(to, from, static_cast<std::size_t>(bytes), cudaMemcpyDefault, stream),
      "cudaMemcpyAsync");
}
inline void wait_for(int device, device_stream stream) {
  current_device const here{device};
  check_device(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
}

}  // namespace device_calls_of_cuda
#else
inline namespace device_calls_without_cuda {

using pool_handle = void*;

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_device_build() {
  throw device_error(
      "[DS-DEVICE-BUILD] device memory in a program that was compiled without CUDA. Fix: compile "
      "it "
      "with nvcc, or use host tensors.");
}
inline int count_devices() noexcept { return 0; }
inline pool_handle make_pool(int, std::int64_t) { fail_device_build(); }
inline void destroy_pool(pool_handle) noexcept {}
inline void trim_pool(pool_handle, std::int64_t) { fail_device_build(); }
inline std::int64_t pool_bytes(pool_handle, bool) { fail_device_build(); }
inline void* device_allocate(pool_handle, int, std::int64_t, device_stream) { fail_device_build(); }
inline void device_free(void*, int, device_stream) noexcept {}
inline void device_copy(void*, void const*, std::int64_t, int, device_stream) {
  fail_device_build();
}
inline void wait_for(int, device_stream) { fail_device_build(); }

}  // namespace device_calls_without_cuda
#endif

}  // namespace detail
}  // namespace deepseek
