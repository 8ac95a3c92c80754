// SPDX-License-Identifier: Apache-2.0
/// @file NumPy's .npy files: one array, read into a tensor, written from a tensor or any view.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <deepseek/base/dtype.hpp>
#include <deepseek/base/error.hpp>
#include <deepseek/tensor/detail/atomic_file.hpp>
#include <deepseek/tensor/detail/foreign_shape.hpp>
#include <deepseek/tensor/detail/gather.hpp>
#include <deepseek/tensor/detail/mapped_file.hpp>
#include <deepseek/tensor/detail/npy_header.hpp>
#include <deepseek/tensor/tensor.hpp>
#include <deepseek/tensor/view.hpp>

namespace deepseek {

static_assert(std::endian::native == std::endian::little, "[DS-NPY-ENDIAN] little-endian only.");

/// npy_element: an element type that NumPy has: all but bf16 and fp8.
template <class T>
concept npy_element = element<T> &&(detail::npy_descr<T> != nullptr);

/// inspect_npy(path): what a .npy file holds, without reading the elements.
/// @fails io_error as read_npy
inline npy_header inspect_npy(std::string const& path) {
  detail::mapped_file const file{path};
  return detail::parse_npy_header(file.data(), file.size(), path);
}

/// read_npy<T, Dims>(path): the array in a .npy file, as a row-major tensor.
///
///   auto weights = read_npy<float, dims<dyn, 384>>("weights.npy");
///
/// Format versions 1, 2 and 3; little-endian; an array in Fortran order is brought into row-major
/// order. Bytes after the array are ignored, as NumPy does. A bool is what is not 0.
///
/// @dtype  T is the file's type; nothing is converted
/// @fails  io_error [DS-FILE-OPEN], [DS-NPY-MAGIC] no .npy file, [DS-NPY-HEADER] a broken header,
///         [DS-NPY-SIZE] fewer bytes than the shape needs · dtype_error [DS-NPY-DTYPE] another type,
///         big-endian or structured · shape_error [DS-NPY-SHAPE] another rank or a static extent differs
/// @source numpy.lib.format, "NPY format" (version 3.0)
template <npy_element T, extents_type Dims> tensor<T, Dims> read_npy(std::string const& path) {
  detail::mapped_file const file{path};
  npy_header const header = detail::parse_npy_header(file.data(), file.size(), path);
  detail::check_npy_dtype(header, detail::npy_descr<T>, path);

  constexpr int rank = Dims::rank;
  detail::foreign_shape const shape{header.shape.data(), header.shape.size()};
  if (!detail::shape_fits<Dims>(shape))
    throw shape_error(text{} << "[DS-NPY-SHAPE] " << quoted(path.data(), path.size())
                             << " holds shape " << shape << ", asked for is "
                             << detail::pattern_text<Dims>() << '.');

  std::int64_t const bytes = detail::byte_count(rank, header.shape.data(), sizeof(T));
  std::size_t const available = file.size() - header.data_offset;
  if (bytes < 0 || static_cast<std::uint64_t>(bytes) > available)
    throw io_error(text{} << "[DS-NPY-SIZE] " << quoted(path.data(), path.size()) << ": the shape "
                          << shape << " of " << sizeof(T) << "-byte elements does not fit into "
                          << available << " bytes. Is the file cut off?");

  tensor<T, Dims> result{Dims::from_array(header.shape.data())};
  std::int64_t stride[max_rank] = {};
  std::int64_t step = 1;
  for (int i = 0; i < rank; ++i) {
    int const axis = header.fortran_order ? i : rank - 1 - i;
    stride[axis] = step;
    step *= header.shape[static_cast<std::size_t>(axis)];
  }
  auto* target = reinterpret_cast<char*>(result.data());
  detail::gather_bytes(file.data() + header.data_offset, sizeof(T), rank, header.shape.data(),
                       stride, [&](char const* piece, std::size_t count) {
                         std::memcpy(target, piece, count);
                         target += count;
                       });
  if constexpr (std::is_same_v<T, bool>) {
    auto* const byte = reinterpret_cast<unsigned char*>(result.data());
    for (std::int64_t i = 0; i < bytes; ++i) byte[i] = byte[i] != 0 ? 1 : 0;
  }
  return result;
}

/// write_npy(path, x): writes a tensor or a view, of any strides, as NumPy's np.save would: the same
/// bytes (version 1, row-major). The file appears whole or not at all.
///
/// @fails io_error [DS-FILE-WRITE] · device_error [DS-NPY-DEVICE] memory that the host cannot read
template <detail::view_like X>
requires npy_element<typename X::value_type>
void write_npy(std::string const& path, X const& x) {
  if (x.space() != memory_space::host)
    throw device_error(
        "[DS-NPY-DEVICE] write_npy: the elements are in device memory. Fix: copy them "
        "to a host tensor.");
  std::int64_t extent[max_rank] = {};
  std::int64_t stride[max_rank] = {};
  for (int axis = 0; axis < X::rank; ++axis) {
    extent[axis] = x.extents()[axis];
    stride[axis] = x.stride(axis);
  }
  using value_type = typename X::value_type;
  detail::atomic_file file{path};
  std::string const header =
      detail::npy_header_bytes(detail::npy_descr<value_type>, X::rank, extent);
  file.write(header.data(), header.size());
  detail::gather_bytes(reinterpret_cast<char const*>(x.data()), sizeof(value_type), X::rank, extent,
                       stride,
                       [&](char const* piece, std::size_t count) { file.write(piece, count); });
  file.commit();
}

}  // namespace deepseek
