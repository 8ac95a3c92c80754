// SPDX-License-Identifier: Apache-2.0
/// @file What must hold of a DLPack tensor before its memory is touched.
#pragma once

#include <cstddef>
#include <cstdint>

#include <deepseek/base/dtype.hpp>
#include <deepseek/base/error.hpp>
#include <deepseek/tensor/detail/foreign_shape.hpp>
#include <deepseek/tensor/detail/gather.hpp>  // byte_count
#include <deepseek/tensor/detail/dlpack_structs.hpp>
#include <deepseek/tensor/storage.hpp>  // memory_space

namespace deepseek::detail {

[[nodiscard]] constexpr dlpack::data_type dlpack_type(dtype type) noexcept {
  auto const bits = static_cast<std::uint8_t>(8 * size_of(type));
  switch (type) {
    case dtype::f64:
    case dtype::f32:
    case dtype::f16: return {dlpack::code_float, bits, 1};
    case dtype::bf16: return {dlpack::code_bfloat, bits, 1};
    case dtype::fp8_e4m3: return {dlpack::code_float8_e4m3fn, bits, 1};
    case dtype::fp8_e5m2: return {dlpack::code_float8_e5m2, bits, 1};
    case dtype::uint8: return {dlpack::code_uint, bits, 1};
    case dtype::boolean: return {dlpack::code_bool, bits, 1};
    default: return {dlpack::code_int, bits, 1};
  }
}

template <class Fields> void check_dlpack_dtype(Fields const& fields, dtype wanted) {
  dlpack::data_type const type = dlpack_type(wanted);
  if (fields.dtype.code == type.code && fields.dtype.bits == type.bits && fields.dtype.lanes == 1)
    return;
  throw dtype_error(text{} << "[DS-DLPACK-DTYPE] the tensor has type code " << fields.dtype.code
                           << ", " << fields.dtype.bits << " bits, " << fields.dtype.lanes
                           << " lanes; asked for is " << dtype_name(wanted) << ": code "
                           << type.code << ", " << type.bits << " bits, 1 lane.");
}

[[nodiscard]] inline memory_space dlpack_space(int device_type) {
  if (device_type == dlpack::device_cpu) return memory_space::host;
  if (device_type == dlpack::device_cuda) return memory_space::device;
  throw device_error(text{} << "[DS-DLPACK-DEVICE] the tensor is on device type " << device_type
                            << "; known are 1 (CPU) and 2 (CUDA).");
}

template <extents_type Dims>
void check_dlpack_shape(int rank, std::int64_t const* extent, std::int64_t element_bytes) {
  if (rank < 0 || (rank > 0 && extent == nullptr))
    throw shape_error(text{} << "[DS-DLPACK-SHAPE] the tensor has rank " << rank
                             << (rank < 0 ? "." : " and no shape."));
  foreign_shape const shape{extent, static_cast<std::size_t>(rank)};
  if (shape_fits<Dims>(shape) && byte_count(rank, extent, element_bytes) >= 0) return;
  throw shape_error(text{} << "[DS-DLPACK-SHAPE] the tensor has shape " << shape
                           << ", asked for is " << pattern_text<Dims>()
                           << " with extents from 0 whose bytes 64 bits can count.");
}

[[nodiscard]] inline void* dlpack_pointer(void* data, std::uint64_t byte_offset,
                                          std::size_t alignment, bool empty) {
  if (data == nullptr && !empty)
    throw argument_error("[DS-DLPACK-POINTER] the tensor has elements but a null pointer.");
  if (data == nullptr) return nullptr;
  char* const first = static_cast<char*>(data) + byte_offset;
  if (reinterpret_cast<std::uintptr_t>(first) % alignment != 0)
    throw argument_error(text{} << "[DS-DLPACK-POINTER] the elements begin at an address that "
                                << alignment << " does not divide (byte offset " << byte_offset
                                << ").");
  return first;
}

template <class Fields> [[noreturn]] void fail_dlpack_layout(int rank, Fields const& fields) {
  auto const count = static_cast<std::size_t>(rank);
  throw shape_error(text{} << "[DS-DLPACK-LAYOUT] the tensor has shape "
                           << foreign_shape{fields.shape, count} << " and strides "
                           << foreign_shape{fields.strides, count}
                           << ", which is not row-major. Fix: view_dlpack(), or make it contiguous "
                              "first.");
}

}  // namespace deepseek::detail
