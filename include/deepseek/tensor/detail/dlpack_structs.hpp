// SPDX-License-Identifier: Apache-2.0
/// @file The structures of DLPack, for programs without <dlpack/dlpack.h>. They live in a namespace, so
/// the original may be included as well, before or after.
#pragma once

#include <cstdint>

namespace deepseek::dlpack {

/// DLDeviceType, the values this library knows.
inline constexpr std::int32_t device_cpu = 1;
inline constexpr std::int32_t device_cuda = 2;

/// DLDataTypeCode. bool and fp8 came after ABI 0.6; older receivers refuse them by their code.
enum type_code : std::uint8_t {
  code_int = 0,
  code_uint = 1,
  code_float = 2,
  code_bfloat = 4,
  code_bool = 6,
  code_float8_e4m3fn = 10,
  code_float8_e5m2 = 12
};

/// DLDevice
struct device_place {
  std::int32_t device_type;
  std::int32_t device_id;
};

/// DLDataType
struct data_type {
  std::uint8_t code;
  std::uint8_t bits;
  std::uint16_t lanes;
};

/// DLTensor
struct tensor_fields {
  void* data;
  device_place device;
  std::int32_t ndim;
  data_type dtype;
  std::int64_t* shape;
  std::int64_t* strides;  // in elements; null: row-major
  std::uint64_t byte_offset;
};

/// DLManagedTensor
struct managed_tensor {
  tensor_fields dl_tensor;
  void* manager_ctx;
  void (*deleter)(managed_tensor*);
};

static_assert(sizeof(void*) != 8 || sizeof(managed_tensor) == 64, "not the layout of the C header");

}  // namespace deepseek::dlpack
