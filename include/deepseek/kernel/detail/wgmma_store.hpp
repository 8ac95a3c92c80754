// SPDX-License-Identifier: Apache-2.0
/// @file wgmma_store: sums that are only rounded to two bytes, by tensor copies: no thread computes an
/// address of the result, and what is outside of it is left out by the copy.
///
/// A warp puts 16 rows of 64 elements, lines of 128 bytes as swizzled as copies take them, into its own
/// shared memory by stmatrix, and a thread of it starts the copy. Two such boxes: one is copied while the
/// other one is written.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/bulk_copy.hpp>
#include <deepseek/arch/gpu/ldmatrix.hpp>
#include <deepseek/arch/gpu/narrow.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/tensor_copy.hpp>
#include <deepseek/arch/gpu/tensor_map.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// wgmma_result_matrices<T>: results in global memory: rows of neighbours, matrices along two axes. Strides
/// in elements.
template <class T> struct wgmma_result_matrices {
  T* data = nullptr;
  std::int64_t rows = 1;
  std::int64_t columns = 1;
  std::int64_t stride = 1;
  std::int64_t inner = 1;
  std::int64_t inner_stride = 0;
  std::int64_t outer = 1;
  std::int64_t outer_stride = 0;
};

/// wgmma_store<T>: as the epilogue of a matmul_wgmma: the sum as a T.
template <class T> struct wgmma_store {
  static_assert(sizeof(T) == 2, "[DS-WGMMA-STORE] wgmma_store<T>: T of two bytes.");
  static constexpr bool by_copies = true;
  static constexpr int box_rows = 16;
  static constexpr int box_columns = 64;
  static constexpr int line_bytes = 128;
  static constexpr int box_bytes = box_rows * line_bytes;
  static constexpr int boxes = 2;

  arch::gpu::tensor_map map;  ///< of description

  /// description(c): what its copies have to know.
  static arch::gpu::tensor_description description(wgmma_result_matrices<T> const& c) {
    arch::gpu::tensor_description t;
    auto const bytes = [](std::int64_t elements) {
      return static_cast<std::uint64_t>(elements) * sizeof(T);
    };
    t.base = c.data;
    t.rank = 4;
    t.extent[0] = static_cast<std::uint64_t>(c.columns);
    t.extent[1] = static_cast<std::uint64_t>(c.rows);
    t.extent[2] = static_cast<std::uint64_t>(c.inner);
    t.extent[3] = static_cast<std::uint64_t>(c.outer);
    t.stride_bytes[0] = c.rows > 1 ? bytes(c.stride) : line_bytes;
    t.stride_bytes[1] = c.inner > 1 ? bytes(c.inner_stride) : t.stride_bytes[0];
    t.stride_bytes[2] = c.outer > 1 ? bytes(c.outer_stride) : t.stride_bytes[1];
    t.box[0] = box_columns;
    t.box[1] = box_rows;
    t.box[2] = t.box[3] = 1;
    t.element = arch::gpu::tensor_element_of<T>;
    t.pattern = arch::gpu::swizzle::bytes_128;
    return t;
  }

  /// put(box, sums): 64 columns from First on of what the lane has. By all lanes.
  template <int First, class Element, class Sums>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void put(arch::gpu::shared_element<Element> box,
                                                       Sums const& sums) {
    int const lane = arch::gpu::lane_rank();
    int const row = lane % 8 + lane / 8 % 2 * 8;
    // Each stmatrix has 16 columns: upper and lower half of the rows, of 8 columns and of the next 8.
    tile::unrolled<box_columns / 16>([&](auto q) DEEPSEEK_INLINE_LAMBDA {
      arch::gpu::matrix_registers<4> two_bytes;
      tile::unrolled<4>([&](auto m) DEEPSEEK_INLINE_LAMBDA {
        constexpr int from = First / 2 + q * 8 + m * 2;
        two_bytes.word[m] = arch::gpu::narrow<T>(sums[from], sums[from + 1]);
      });
      int const chunk = (q * 2 + lane / 16) ^ (row % 8);
      arch::gpu::stmatrix(
          arch::gpu::shared_element<Element>{box.address() + row * line_bytes + chunk * 16},
          two_bytes);
    });
  }

  /// store(memory, sums, row, column, inner, outer): a warp's 16 rows of N columns from (row, column) on.
  /// `memory` is free when finish() returns. By all lanes of the warp.
  template <int N, class Here = void, int Bytes, class Sums>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void store(
      arch::gpu::shared_array<unsigned char, Bytes>& memory, Sums const& sums, int row, int column,
      int inner, int outer) const {
    static_assert(Bytes >= boxes * box_bytes && N % box_columns == 0,
                  "[DS-WGMMA-STORE] whole boxes of 64 columns.");
    // Of an odd number of boxes the first one is the last one of the tile before.
    constexpr int left = N / box_columns % boxes == 0 ? boxes - 1 : 0;
    bool const first_lane = arch::gpu::lane_rank() == 0;
    tile::unrolled<N / box_columns>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
      auto const box = memory[p % boxes * box_bytes];
      if (first_lane) arch::gpu::wait_bulk_read<left, Here>();
      arch::gpu::sync_warp();
      put<p * box_columns>(box, sums);
      arch::gpu::fence_async<Here>();
      arch::gpu::sync_warp();
      if (!first_lane) return;
      arch::gpu::store_tensor<Here>(
          map, arch::gpu::tensor_point<4>{{column + p * box_columns, row, inner, outer}}, box);
      arch::gpu::commit_bulk<Here>();
    });
  }
  /// finish(): until all copies have read their boxes.
  template <class Here = void> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void finish() {
    if (arch::gpu::lane_rank() == 0) arch::gpu::wait_bulk_read<0, Here>();
  }
};

/// stores_by_copies<Epilogue>: it is a wgmma_store.
template <class Epilogue> inline constexpr bool stores_by_copies = requires {
  Epilogue::by_copies;
};

}  // namespace deepseek::kernel
