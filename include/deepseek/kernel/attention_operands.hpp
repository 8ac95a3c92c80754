// SPDX-License-Identifier: Apache-2.0
/// @file What kernels of attention read and write, and which block has which queries and keys.
///
///   y[b, h, i, :] = sum_j softmax_j(score(scale * q[b, h, i] . k[b, h / r, j])) v[b, h / r, j, :]
#pragma once
#include <cstdint>

#include <deepseek/base/config.hpp>

namespace deepseek::kernel {

/// attention_config: a tile: so many rows of queries, which are a block's, by so many keys; widths of queries
/// and of values are at most these.
struct attention_config {
  int rows = 64;
  int keys = 64;
  int width = 64;
  int value_width = 64;
  int warp_rows = 16;  ///< rows of a warp, where warps have rows
};

/// attention_size: q [batches, heads, queries, width], k [batches, kv_heads, keys, width]; keys: of the
/// longest.
struct attention_size {
  int batches;
  int heads;
  int kv_heads;
  int queries;
  int keys;
  int width;
  int value_width;
};

/// row_place<T>: rows of elements in memory, by batch, head and number; strides in elements.
template <class T> struct row_place {
  T* data;
  std::int64_t batch_stride;
  std::int64_t head_stride;
  std::int64_t row_stride;
  std::int64_t step;  ///< from element to element
  bool wide;          ///< elements are neighbours, and rows begin at multiples of 16 bytes

  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T* row(int batch, int head, int number) const {
    return data + batch * batch_stride + head * head_stride + number * row_stride;
  }
};

/// keys_in_memory<K, V>: every batch has all keys.
template <class K, class V> struct keys_in_memory {
  using key_type = K;
  using value_type = V;
  static constexpr bool scaled = false;
  row_place<K const> k;
  row_place<V const> v;
  int count;

  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int length(int) const { return count; }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE K const* key(int batch, int head,
                                                                  int number) const {
    return k.row(batch, head, number);
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V const* value(int batch, int head,
                                                                    int number) const {
    return v.row(batch, head, number);
  }
};

/// attention_operands<Q, Keys, Out>: of one call.
template <class Q, class Keys, class Out> struct attention_operands {
  attention_size size;
  float scale;
  row_place<Q const> q;
  Keys from;
  row_place<Out> out;
  row_place<float> sums;  ///< of each row; rows of one element
  float const* sink;      ///< null: none
  std::int64_t sink_stride;
};

/// attention_blocks: of a grid: `parts` blocks share the keys of `rows` rows. Rows are queries of `packed`
/// heads that have the same keys, one head after the other.
struct attention_blocks {
  int row_tiles;
  int packed;
  int parts;
  int tiles_of_part;  ///< tiles of keys

  /// place: of a block; row: the first; group: of the heads of a batch, `packed` at a time.
  struct place {
    int part;
    int row_tile;
    int group;
    int batch;
  };
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE place of(unsigned block, int groups) const {
    unsigned const part = block % static_cast<unsigned>(parts);
    block /= static_cast<unsigned>(parts);
    unsigned const tile = block % static_cast<unsigned>(row_tiles);
    block /= static_cast<unsigned>(row_tiles);
    // The last rows first: of causal masks they have the most keys.
    return {static_cast<int>(part), row_tiles - 1 - static_cast<int>(tile),
            static_cast<int>(block % static_cast<unsigned>(groups)),
            static_cast<int>(block / static_cast<unsigned>(groups))};
  }
};

/// attention_parts: what blocks that share keys leave: rows of values [part, batch, head, query, row_stride],
/// each divided by its sum, and the logarithms of the sums. Null: nobody shares.
struct attention_parts {
  float* values;
  float* sums;
  int row_stride;
};

/// attention_row: a row of a block.
struct attention_row {
  int head;
  int query;
  bool there;
};
/// row_at(size, first_head, packed, row): row number `row` of those heads.
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE attention_row row_at(attention_size const& size,
                                                                        int first_head, int packed,
                                                                        int row) {
  if (packed == 1) return {first_head, row, row < size.queries};
  int const head =
      static_cast<int>(static_cast<unsigned>(row) / static_cast<unsigned>(size.queries));
  return {first_head + head, row - head * size.queries, head < packed};
}

}  // namespace deepseek::kernel
