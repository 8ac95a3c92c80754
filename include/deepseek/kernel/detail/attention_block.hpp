// SPDX-License-Identifier: Apache-2.0
/// @file attention_block: the part of a block in a call of attention, whichever kernel computes it: which
/// rows it has, which keys, how its tiles come into shared memory, and where its results go.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/convert.hpp>
#include <deepseek/kernel/detail/attention_lines.hpp>
#include <deepseek/kernel/attention_operands.hpp>
#include <deepseek/kernel/attention_score.hpp>
#include <deepseek/kernel/detail/attention_softmax.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// attention_block<Operands, Config>: what its threads know of it.
template <class Operands, attention_config Config> struct attention_block {
  Operands const& of;
  attention_blocks const& blocks;
  attention_parts const& parts;
  attention_blocks::place at;
  int first_row;
  int first_head;
  int kv_head;
  int rows;    ///< of the heads that it has a part of
  int length;  ///< keys of the batch
  int first_tile;
  int end_tile;

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE attention_block(Operands const& operands,
                                                       attention_blocks const& grid,
                                                       attention_parts const& shared_out)
      : of{operands}, blocks{grid}, parts{shared_out} {
    auto const& size = of.size;
    at = blocks.of(static_cast<unsigned>(arch::gpu::block_index().x), size.heads / blocks.packed);
    first_row = at.row_tile * Config.rows;
    first_head = at.group * blocks.packed;
    kv_head = static_cast<int>(static_cast<unsigned>(first_head) /
                               static_cast<unsigned>(size.heads / size.kv_heads));
    rows = blocks.packed * size.queries;
    length = of.from.length(at.batch);
    int const tiles = (length + Config.keys - 1) / Config.keys;
    first_tile = at.part * blocks.tiles_of_part;
    end_tile =
        tiles - first_tile < blocks.tiles_of_part ? tiles : first_tile + blocks.tiles_of_part;
  }

  /// row(number): of the block; of those that are none, the last that is one.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE attention_row row(int number) const {
    int const last = rows - 1;
    int const own = first_row + number;
    attention_row const r = row_at(of.size, first_head, blocks.packed, own < last ? own : last);
    return {r.head, r.query, own <= last};
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE score_row
  score_at(attention_row const& r) const {
    return {at.batch, r.head, r.query, length};
  }
  /// The scores of a tile of keys.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE score_box box(int tile) const {
    attention_row const low = row(0);
    attention_row const high = row(Config.rows - 1);
    bool const one_head = low.head == high.head;
    int const end = (tile + 1) * Config.keys;
    return {at.batch,
            {low.head, high.head},
            {one_head ? low.query : 0, one_head ? high.query : of.size.queries - 1},
            {tile * Config.keys, (end < length ? end : length) - 1}};
  }
  /// The score of one more key, to base 2; of blocks that share keys the first has it.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float sink(int head) const {
    if (of.sink == nullptr || at.part != 0) return softmax_row<1>::lowest;
    return arch::gpu::load(of.sink + head * of.sink_stride) * log2_of_e;
  }

  /// Queries, keys or values of a tile -> shared memory, from byte `first` on; nothing is waited for.
  template <class Tile, int Threads, int Bytes>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fill_queries(
      arch::gpu::shared_array<unsigned char, Bytes>& memory, int first) const {
    using Q = std::remove_cvref_t<decltype(*of.q.data)>;
    fill_lines<Tile, Threads>(
        memory, first, of.size.width, of.q.wide, of.q.step, [&](int line) DEEPSEEK_INLINE_LAMBDA {
          attention_row const r = row(line);
          return line_in_memory<Q>{r.there ? of.q.row(at.batch, r.head, r.query) : nullptr,
                                   of.q.data, 1.F};
        });
  }
  template <class Tile, int Threads, int Bytes>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fill_keys(
      arch::gpu::shared_array<unsigned char, Bytes>& memory, int first, int tile) const {
    using K = typename std::remove_cvref_t<decltype(of.from)>::key_type;
    fill_lines<Tile, Threads>(memory, first, of.size.width, of.from.k.wide, of.from.k.step,
                              [&](int line) DEEPSEEK_INLINE_LAMBDA {
                                int const key = tile * Config.keys + line;
                                line_in_memory<K> l{nullptr, of.from.k.data, 1.F};
                                if (key < length) {
                                  l.from = of.from.key(at.batch, kv_head, key);
                                  if constexpr (of.from.scaled)
                                    l.scale = of.from.key_scale(at.batch, kv_head, key);
                                }
                                return l;
                              });
  }
  template <class Tile, int Threads, int Bytes>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fill_values(
      arch::gpu::shared_array<unsigned char, Bytes>& memory, int first, int tile) const {
    using V = typename std::remove_cvref_t<decltype(of.from)>::value_type;
    fill_lines<Tile, Threads>(memory, first, of.size.value_width, of.from.v.wide, of.from.v.step,
                              [&](int line) DEEPSEEK_INLINE_LAMBDA {
                                int const key = tile * Config.keys + line;
                                line_in_memory<V> l{nullptr, of.from.v.data, 1.F};
                                if (key < length) {
                                  l.from = of.from.value(at.batch, kv_head, key);
                                  if constexpr (of.from.scaled)
                                    l.scale = of.from.value_scale(at.batch, kv_head, key);
                                }
                                return l;
                              });
  }

  /// Scores q . k of one row, of keys key_of(constant) -> what the softmax takes.
  template <int Count, class Score, class KeyOf, class Values>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void finish_scores(Score const& score,
                                                          attention_row const& r, int tile,
                                                          bool masked, KeyOf const& key_of,
                                                          Values& x) const {
    float const scale = Score::scored ? of.scale : of.scale * log2_of_e;
    tile::unrolled<Count>([&](auto i) DEEPSEEK_INLINE_LAMBDA { x[i] *= scale; });
    bool const whole = (tile + 1) * Config.keys <= length;
    if constexpr (Score::scored) {
      if (masked || !whole) score.template apply<true, Count>(score_at(r), key_of, x);
      else score.template apply<false, Count>(score_at(r), key_of, x);
      tile::unrolled<Count>([&](auto i) DEEPSEEK_INLINE_LAMBDA { x[i] *= log2_of_e; });
    }
    if (!whole)
      tile::unrolled<Count>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        if (key_of(i) >= length) x[i] = softmax_row<1>::lowest;
      });
  }

  /// Width neighbours of a row of the result.
  template <class Held>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write(int number, int column,
                                                  Held const& values) const {
    attention_row const r = row(number);
    if (!r.there || column >= of.size.value_width) return;
    if (parts.values != nullptr) {
      float* const to = parts.values + part_row(r) * parts.row_stride;
      write_row(to, 1, true, parts.row_stride, column, values);
    } else {
      write_row(of.out.row(at.batch, r.head, r.query), of.out.step, of.out.wide,
                of.size.value_width, column, values);
    }
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write_sum(int number, float logarithm) const {
    attention_row const r = row(number);
    if (!r.there) return;
    float* const to =
        parts.sums != nullptr ? parts.sums + part_row(r) : of.sums.row(at.batch, r.head, r.query);
    arch::gpu::store(to, logarithm);
  }

 private:
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::int64_t part_row(
      attention_row const& r) const {
    auto const& s = of.size;
    return ((std::int64_t{at.part} * s.batches + at.batch) * s.heads + r.head) * s.queries +
           r.query;
  }
  template <class T, class Held>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write_row(T* row, std::int64_t step, bool wide,
                                                             int end, int column,
                                                             Held const& values) {
    constexpr int count = Held::size;
    constexpr int part = count * int{sizeof(T)} <= 16 ? count : 16 / int{sizeof(T)};
    if (wide && column + count <= end) {
      using piece = arch::gpu::vec<T, part>;
      tile::unrolled<count / part>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
        piece all;
        tile::unrolled<part>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
          all[i] = convert<T>(static_cast<float>(values[p * part + i]));
        });
        arch::gpu::store(reinterpret_cast<piece*>(row + column + p * part), all);
      });
      return;
    }
    tile::unrolled<count>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      if (column + i < end)
        arch::gpu::store(row + (column + i) * step, convert<T>(static_cast<float>(values[i])));
    });
  }
};

}  // namespace deepseek::kernel
