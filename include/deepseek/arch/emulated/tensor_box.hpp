// SPDX-License-Identifier: Apache-2.0
/// @file tensor_box: where the elements of one box of a tensor are, in global and in shared memory.
#pragma once
#include <cstdint>
#include <cstring>

#include <deepseek/arch/gpu/tensor_map.hpp>

namespace deepseek::arch::emulated {

/// box_chunk: 16 bytes of a box in shared memory. Those from `before` on, `inside` of them, are in the
/// tensor at `place`; the others are outside of it.
struct box_chunk {
  int shared;  ///< offset in the box
  int before;
  int inside;
  char* place;
};

/// tensor_box: the box at a point of a tensor, which has as many axes as the point.
class tensor_box {
 public:
  static constexpr int chunk_bytes = 16;

  tensor_box(gpu::tensor_description const& tensor, int const* point) : tensor_{tensor} {
    for (int axis = 0; axis < tensor.rank; ++axis) point_[axis] = point[axis];
  }

  /// chunks(f): f(box_chunk) for each. A box lies row by row, without gaps, before chunks change places.
  template <class F> void chunks(F const& f) const {
    int const row_bytes = tensor_.row_bytes();
    for (int row = 0; row < tensor_.box_bytes() / row_bytes; ++row) {
      char* const begin = row_place(row);
      for (int at = 0; at < row_bytes; at += chunk_bytes) {
        auto const offset = static_cast<std::uint32_t>(row * row_bytes + at);
        box_chunk chunk{static_cast<int>(gpu::swizzled(tensor_.pattern, offset)), 0, 0, nullptr};
        if (begin != nullptr) {
          within_row(at, chunk);
          chunk.place = begin + at + chunk.before;
        }
        f(chunk);
      }
    }
  }

 private:
  /// Where the element with the box's first coordinate of axis 0 is, or would be, in a row; null if the row
  /// is outside.
  [[nodiscard]] char* row_place(int row) const {
    std::int64_t bytes = std::int64_t{point_[0]} * gpu::element_bytes(tensor_.element);
    for (int axis = 1; axis < tensor_.rank; ++axis) {
      std::int64_t const along =
          std::int64_t{point_[axis]} + row % tensor_.box_extent(axis) * tensor_.step[axis];
      row /= tensor_.box_extent(axis);
      if (along < 0 || along >= static_cast<std::int64_t>(tensor_.extent[axis])) return nullptr;
      bytes += along * static_cast<std::int64_t>(tensor_.stride_bytes[axis - 1]);
    }
    return reinterpret_cast<char*>(reinterpret_cast<std::uintptr_t>(tensor_.base) +
                                   static_cast<std::uintptr_t>(bytes));
  }
  /// Which bytes of a chunk, `at` bytes into its row, are inside.
  void within_row(int at, box_chunk& chunk) const {
    int const size = gpu::element_bytes(tensor_.element);
    std::int64_t const first = std::int64_t{point_[0]} * size + at;
    std::int64_t const end = static_cast<std::int64_t>(tensor_.extent[0]) * size;
    std::int64_t const from = first < 0 ? 0 : first;
    std::int64_t const to = first + chunk_bytes < end ? first + chunk_bytes : end;
    if (from >= to) return;
    chunk.before = static_cast<int>(from - first);
    chunk.inside = static_cast<int>(to - from);
  }

  gpu::tensor_description tensor_;
  int point_[gpu::most_axes] = {};
};

/// fill_outside(to, bytes, tensor): what a load brings of elements outside of the tensor.
inline void fill_outside(void* to, int bytes, gpu::tensor_description const& tensor) {
  std::memset(to, 0, static_cast<std::size_t>(bytes));
  if (tensor.fill == gpu::tensor_fill::zero) return;
  int const size = gpu::element_bytes(tensor.element);
  auto* const element = static_cast<unsigned char*>(to);
  for (int i = 0; i < bytes; ++i) element[i] = i % size == size - 1 ? 0x7f : 0xff;
}

}  // namespace deepseek::arch::emulated
