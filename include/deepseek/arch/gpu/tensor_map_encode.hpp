// SPDX-License-Identifier: Apache-2.0
/// @file Makes a tensor_map for a GPU, by its driver. For what launches kernels; compiled by another
/// compiler than nvcc, or without a driver that knows of such maps, the call says so.
#pragma once
#include <deepseek/arch/gpu/tensor_map.hpp>
#include <deepseek/base/error.hpp>

#if defined(__CUDACC__)
#include <cuda.h>
#include <cuda_runtime_api.h>
#endif

namespace deepseek::arch::gpu {

#if defined(__CUDACC__)
inline namespace encode_of_cuda {  // two translation units may be compiled in different ways

namespace of_driver {  // another `detail` would make that one ambiguous
inline CUtensorMapDataType driver_type(tensor_element element) {
  constexpr CUtensorMapDataType types[] = {
      CU_TENSOR_MAP_DATA_TYPE_UINT8,   CU_TENSOR_MAP_DATA_TYPE_UINT16,
      CU_TENSOR_MAP_DATA_TYPE_UINT32,  CU_TENSOR_MAP_DATA_TYPE_INT32,
      CU_TENSOR_MAP_DATA_TYPE_UINT64,  CU_TENSOR_MAP_DATA_TYPE_INT64,
      CU_TENSOR_MAP_DATA_TYPE_FLOAT16, CU_TENSOR_MAP_DATA_TYPE_FLOAT32,
      CU_TENSOR_MAP_DATA_TYPE_FLOAT64, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16};
  return types[static_cast<int>(element)];
}
inline CUtensorMapSwizzle driver_swizzle(swizzle pattern) {
  constexpr CUtensorMapSwizzle patterns[] = {CU_TENSOR_MAP_SWIZZLE_NONE, CU_TENSOR_MAP_SWIZZLE_32B,
                                             CU_TENSOR_MAP_SWIZZLE_64B, CU_TENSOR_MAP_SWIZZLE_128B};
  return patterns[static_cast<int>(pattern)];
}
inline auto find_encoder() {
  using encoder = decltype(&cuTensorMapEncodeTiled);
  constexpr unsigned since = 12000;
  void* found = nullptr;
  cudaDriverEntryPointQueryResult state{};
  cudaError_t const code = cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &found, since,
                                                            cudaEnableDefault, &state);
  if (code != cudaSuccess || state != cudaDriverEntryPointSuccess || found == nullptr) {
    (void)cudaGetLastError();
    throw device_error{
        text{"[DS-TENSOR-MAP-DRIVER] this driver makes no tensor maps. Fix: one for "
             "CUDA 12 or later, and a GPU."}};
  }
  return reinterpret_cast<encoder>(found);
}
}  // namespace of_driver

/// encoded(description): a map for the current GPU.
///
/// @fails  shape_error with the law that does not hold · device_error [DS-TENSOR-MAP-DRIVER] no driver that
///         makes maps, [DS-TENSOR-MAP-CALL] one that does not take this one
inline tensor_map encoded(tensor_description const& t) {
  if (text wrong = tensor_fault(t); !wrong.empty()) throw shape_error{static_cast<text&&>(wrong)};
  static_assert(sizeof(CUtensorMap) == sizeof(tensor_map));
  static auto* const encode = of_driver::find_encoder();
  cuuint64_t extents[most_axes], strides[most_axes];
  cuuint32_t box[most_axes], steps[most_axes];
  for (int axis = 0; axis < t.rank; ++axis) {
    extents[axis] = t.extent[axis];
    if (axis > 0) strides[axis - 1] = t.stride_bytes[axis - 1];
    box[axis] = t.box[axis];
    steps[axis] = t.step[axis];
  }
  CUtensorMap made;
  CUresult const code =
      encode(&made, of_driver::driver_type(t.element), t.rank, t.base, extents, strides, box, steps,
             CU_TENSOR_MAP_INTERLEAVE_NONE, of_driver::driver_swizzle(t.pattern),
             CU_TENSOR_MAP_L2_PROMOTION_L2_128B,
             t.fill == tensor_fill::nan ? CU_TENSOR_MAP_FLOAT_OOB_FILL_NAN_REQUEST_ZERO_FMA
                                        : CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (code != CUDA_SUCCESS)
    throw device_error{text{} << "[DS-TENSOR-MAP-CALL] cuTensorMapEncodeTiled: CUDA error "
                              << static_cast<int>(code) << "."};
  tensor_map map;
  __builtin_memcpy(map.bytes, &made, sizeof made);
  return map;
}

}  // namespace encode_of_cuda
#else
inline namespace encode_without_cuda {

inline tensor_map encoded(tensor_description const& t) {
  if (text wrong = tensor_fault(t); !wrong.empty()) throw shape_error{static_cast<text&&>(wrong)};
  throw device_error{
      text{"[DS-TENSOR-MAP-BUILD] a map for a GPU, in a program compiled without CUDA. "
           "Fix: compile with nvcc."}};
}

}  // namespace encode_without_cuda
#endif

}  // namespace deepseek::arch::gpu
