// SPDX-License-Identifier: Apache-2.0
/// @file DLPack: tensors handed to and taken from other frameworks without a copy.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include <deepseek/base/dtype.hpp>
#include <deepseek/base/error.hpp>
#include <deepseek/tensor/detail/dlpack_check.hpp>
#include <deepseek/tensor/detail/dlpack_structs.hpp>
#include <deepseek/tensor/storage.hpp>
#include <deepseek/tensor/tensor.hpp>
#include <deepseek/tensor/view.hpp>

namespace deepseek {

/// dlpack_managed: DLManagedTensor of <dlpack/dlpack.h>, whoever declares it, or dlpack::managed_tensor.
template <class T>
concept dlpack_managed = sizeof(T) == sizeof(dlpack::managed_tensor) && requires(T& managed) {
  managed.dl_tensor.data;
  managed.dl_tensor.device.device_type;
  managed.dl_tensor.dtype.lanes;
  managed.dl_tensor.shape;
  managed.dl_tensor.strides;
  managed.dl_tensor.byte_offset;
  managed.manager_ctx;
  managed.deleter(&managed);
};

/// to_dlpack(x): a new DLManagedTensor that shares the memory of a tensor; the memory lives until
/// both the tensor is gone and the receiver has called the deleter.
///
///   DLManagedTensor* out = to_dlpack<DLManagedTensor>(x);   // with <dlpack/dlpack.h>
///   auto* out = to_dlpack(x);                               // without: the same bytes
///
/// @units  strides in elements, always given   @cost one small allocation
/// @life   a receiver writes into x; the deleter is to be called once, by any thread
/// @fails  std::bad_alloc; x is unchanged
/// @source dmlc/dlpack, ABI version 0.6 (unversioned DLManagedTensor, still what `__dlpack__` gives)
template <dlpack_managed Managed = dlpack::managed_tensor, element T, extents_type Dims>
[[nodiscard]] Managed* to_dlpack(tensor<T, Dims>& x, int device_id = 0) {
  struct exported {
    Managed managed{};
    storage memory;
    std::int64_t shape[max_rank] = {};
    std::int64_t strides[max_rank] = {};
  };
  auto* const holder = new exported;
  holder->memory = x.memory();
  for (int axis = 0; axis < Dims::rank; ++axis) {
    holder->shape[axis] = x.extent(axis);
    holder->strides[axis] = x.stride(axis);
  }
  bool const on_host = x.space() == memory_space::host;
  constexpr dlpack::data_type type = detail::dlpack_type(dtype_of<T>);
  auto& fields = holder->managed.dl_tensor;
  using device_type = std::remove_reference_t<decltype(fields.device.device_type)>;
  fields.data = x.data();
  fields.device.device_type =
      static_cast<device_type>(on_host ? dlpack::device_cpu : dlpack::device_cuda);
  fields.device.device_id = on_host ? 0 : device_id;
  fields.ndim = Dims::rank;
  fields.dtype.code = type.code;
  fields.dtype.bits = type.bits;
  fields.dtype.lanes = type.lanes;
  fields.shape = holder->shape;
  fields.strides = holder->strides;
  fields.byte_offset = 0;
  holder->managed.manager_ctx = holder;
  holder->managed.deleter = [](Managed* managed) {
    delete static_cast<exported*>(managed->manager_ctx);
  };
  return &holder->managed;
}
template <dlpack_managed Managed = dlpack::managed_tensor, element T, extents_type Dims>
[[nodiscard]] Managed* to_dlpack(tensor<T, Dims>&& x, int device_id = 0) {
  return to_dlpack<Managed>(x, device_id);
}

/// view_dlpack<T, Dims>(managed): looks at another framework's tensor; any strides. The deleter stays
/// the caller's to call, after the last use of the view.
///
/// @dtype  T must be its type; nothing is converted
/// @fails  dtype_error [DS-DLPACK-DTYPE] · shape_error [DS-DLPACK-SHAPE] rank, a static extent, an
///         extent below 0 or more than 64 bits can count · device_error [DS-DLPACK-DEVICE] neither
///         CPU nor CUDA memory · argument_error [DS-DLPACK-POINTER] null or misaligned
template <element T, extents_type Dims, dlpack_managed Managed>
[[nodiscard]] view<T, Dims, strided<Dims::rank>> view_dlpack(Managed const& managed) {
  auto const& fields = managed.dl_tensor;
  detail::check_dlpack_dtype(fields, dtype_of<T>);
  memory_space const space = detail::dlpack_space(static_cast<int>(fields.device.device_type));
  detail::check_dlpack_shape<Dims>(fields.ndim, fields.shape, sizeof(T));
  Dims const extents = Dims::from_array(fields.shape);
  strided<Dims::rank> layout;
  for (int axis = 0; axis < Dims::rank; ++axis)
    layout.value[axis] =
        fields.strides == nullptr ? row_major::stride(extents, axis) : fields.strides[axis];
  T* const first = static_cast<T*>(
      detail::dlpack_pointer(fields.data, fields.byte_offset, alignof(T), extents.size() == 0));
  return {first, extents, layout, space};
}

/// from_dlpack<T, Dims>(managed): takes a tensor of another framework as one of ours, without a copy;
/// its deleter is called when the last tensor that shares the memory is gone. When this throws, the
/// caller still has to call it.
///
/// @fails  as view_dlpack, and shape_error [DS-DLPACK-LAYOUT] its elements are not in row-major order
template <element T, extents_type Dims, dlpack_managed Managed>
[[nodiscard]] tensor<T, Dims> from_dlpack(Managed* managed) {
  if (managed == nullptr)
    throw argument_error("[DS-DLPACK-POINTER] from_dlpack: the DLManagedTensor is a null pointer.");
  auto const seen = view_dlpack<T, Dims>(*managed);
  if (!seen.contiguous()) detail::fail_dlpack_layout(Dims::rank, managed->dl_tensor);
  std::int64_t const bytes = seen.size() * static_cast<std::int64_t>(sizeof(T));
  return {storage::adopted(
              seen.data(), bytes, seen.space(),
              [](void*, void* context) noexcept {
                auto* const owned = static_cast<Managed*>(context);
                if (owned->deleter != nullptr) owned->deleter(owned);
              },
              managed),
          seen.extents()};
}

}  // namespace deepseek
