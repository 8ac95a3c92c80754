// SPDX-License-Identifier: Apache-2.0
/// @file wgmma_operand: one operand's tile in a stage: how tensor copies bring it, and where wgmma finds it.
///
/// A tile has Rows rows (of a; columns of b) and 128 bytes of k. Along k: Rows lines of 128 bytes. Along
/// rows: panels of 64 rows, each with a line for each k. Lines are swizzled, so that both are read without
/// conflicts of banks.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/matrix_descriptor.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/tensor_copy.hpp>
#include <deepseek/arch/gpu/tensor_map.hpp>

namespace deepseek::kernel {

/// wgmma_matrices: an operand in global memory: matrices of rows x k on two axes. Elements are neighbours
/// along k or along rows; `stride` is of the other one. Strides in elements.
template <class T> struct wgmma_matrices {
  T const* data = nullptr;
  std::int64_t rows = 1;
  std::int64_t k = 1;
  std::int64_t stride = 1;
  std::int64_t inner = 1;  ///< matrices along the inner axis, 1 where all of it see the same one
  std::int64_t inner_stride = 0;
  std::int64_t outer = 1;
  std::int64_t outer_stride = 0;
};

/// wgmma_operand<T, Rows, Major, Shares>: Shares blocks of a cluster bring each other equal parts of it.
template <class T, int Rows, arch::gpu::major_axis Major, int Shares> struct wgmma_operand {
  static constexpr int line_bytes = 128;
  static constexpr int depth = line_bytes / static_cast<int>(sizeof(T));  ///< along k
  static constexpr int bytes = Rows * line_bytes;
  static constexpr bool along_k = Major == arch::gpu::major_axis::k;
  static constexpr int panel_rows = along_k ? Rows : 64;
  static constexpr int panels = Rows / panel_rows;
  static constexpr int panel_bytes = bytes / panels;
  static constexpr int lines = along_k ? Rows : depth;  ///< of a panel
  static constexpr int lines_of_block = lines / Shares;
  static_assert(along_k || sizeof(T) == 2,
                "[DS-WGMMA-OPERAND] along rows only elements of two bytes are neighbours.");
  static_assert(Rows % panel_rows == 0 && lines % (8 * Shares) == 0,
                "[DS-WGMMA-OPERAND] whole panels, and whole patterns of 8 lines for each block.");

  /// description(m): what copies of it have to know.
  static arch::gpu::tensor_description description(wgmma_matrices<T> const& m) {
    arch::gpu::tensor_description t;
    auto const in_bytes = [](std::int64_t elements) {
      return static_cast<std::uint64_t>(elements) * sizeof(T);
    };
    t.base = const_cast<T*>(m.data);
    t.rank = 4;
    t.extent[0] = static_cast<std::uint64_t>(along_k ? m.k : m.rows);
    t.extent[1] = static_cast<std::uint64_t>(along_k ? m.rows : m.k);
    t.extent[2] = static_cast<std::uint64_t>(m.inner);
    t.extent[3] = static_cast<std::uint64_t>(m.outer);
    t.stride_bytes[0] = t.extent[1] > 1 ? in_bytes(m.stride) : line_bytes;
    t.stride_bytes[1] = m.inner > 1 ? in_bytes(m.inner_stride) : t.stride_bytes[0];
    t.stride_bytes[2] = m.outer > 1 ? in_bytes(m.outer_stride) : t.stride_bytes[1];
    t.box[0] = static_cast<std::uint16_t>(along_k ? depth : panel_rows);
    t.box[1] = lines_of_block;
    t.box[2] = t.box[3] = 1;
    t.element = arch::gpu::tensor_element_of<T>;
    t.pattern = arch::gpu::swizzle::bytes_128;
    return t;
  }

  /// load(memory, first, map, barrier, rank, row, k, inner, outer): starts the copies of the block of that
  /// rank among those that share the tile at (row, k); the tile is at byte `first` of memory.
  template <class Here = void, int Bytes>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void load(
      arch::gpu::shared_array<unsigned char, Bytes>& memory, int first,
      arch::gpu::tensor_map const& map, arch::gpu::mbarrier& barrier, int rank, int row, int k,
      int inner, int outer) {
    int const line = Shares == 1 ? 0 : rank * lines_of_block;
    for (int p = 0; p < panels; ++p) {
      auto const to = memory[first + p * panel_bytes + line * line_bytes];
      arch::gpu::tensor_point<4> const from =
          along_k ? arch::gpu::tensor_point<4>{{k, row + line, inner, outer}}
                  : arch::gpu::tensor_point<4>{{row + p * panel_rows, k + line, inner, outer}};
      if constexpr (Shares == 1) arch::gpu::load_tensor<Here>(to, map, from, barrier);
      else
        arch::gpu::load_tensor<Here>(to, map, from, barrier,
                                     static_cast<std::uint16_t>((1 << Shares) - 1));
    }
  }

  /// descriptor(at, row): of 64 rows or more from `row`, a multiple of 8 (along rows of 64); `at`: the
  /// tile's first byte.
  template <class Element>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE arch::gpu::matrix_descriptor descriptor(
      arch::gpu::shared_element<Element> at, int row) {
    constexpr int pattern = 8 * line_bytes;
    constexpr arch::gpu::matrix_strides strides{along_k ? 16 : panel_bytes, pattern,
                                                arch::gpu::swizzle::bytes_128};
    return arch::gpu::describe(at, strides)
        .advanced(along_k ? row * line_bytes : row / panel_rows * panel_bytes);
  }
  /// Bytes from the 32 of k that one product reads to the next.
  static constexpr int step_bytes = along_k ? 32 : 32 / static_cast<int>(sizeof(T)) * line_bytes;
  static constexpr int steps = line_bytes / 32;
};

}  // namespace deepseek::kernel
