// SPDX-License-Identifier: Apache-2.0
/// @file The inner loops of attention on the host: two products of a tile, and the softmax between them.
#pragma once
#include <concepts>
#include <cstdint>
#include <limits>

#include <deepseek/arch/cpu/math_exp.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_fold.hpp>
#include <deepseek/arch/cpu/pack_math.hpp>
#include <deepseek/arch/cpu/pack_memory.hpp>
#include <deepseek/arch/cpu/pack_transpose.hpp>
#include <deepseek/loop/unroll.hpp>

namespace deepseek::loop::detail {

/// attention_tile: the numbers of a tile of scores.
struct attention_tile {
  static constexpr int lanes = arch::vector_bytes / int{sizeof(float)};
  /// Sums, vectors of the right side and one of the left fill the registers: 6 x 4 of 32, 6 x 2 of 16.
  static constexpr int vectors = arch::vector_bytes == 64 ? 4 : 2;
  static constexpr int rows = arch::vector_bytes == 16 ? 4 : 6;
  static constexpr int columns = lanes * vectors;
  static constexpr int queries = 96;  ///< a multiple of rows
  static constexpr int keys = 128;    ///< a multiple of columns
  using pack = arch::pack<float, lanes>;
};

/// c [Rows, columns] = a [Rows, k] b [k, columns], or, where Grows, c * factor of its row + that.
template <int Rows, int Vectors, bool Grows>
DEEPSEEK_OUTLINE void multiply_block(float const* a, std::int64_t a_stride, float const* b,
                                     std::int64_t b_stride, std::int64_t k, float* c,
                                     std::int64_t c_stride, float const* factor) {
  using tile = attention_tile;
  using pack = tile::pack;
  pack sum[Rows][Vectors];
  float const* row[Rows];
  unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
    row[I] = a + I * a_stride;
    unroll<Vectors>([&]<int V>() DEEPSEEK_INLINE_LAMBDA {
      if constexpr (Grows)
        sum[I][V] = arch::load<tile::lanes>(c + I * c_stride + V * tile::lanes) * pack(factor[I]);
      else sum[I][V] = pack(0.0F);
    });
  });
  for (std::int64_t p = 0; p < k; ++p, b += b_stride) {
    pack column[Vectors];
    unroll<Vectors>([&]<int V>() DEEPSEEK_INLINE_LAMBDA {
      column[V] = arch::load<tile::lanes>(b + V * tile::lanes);
    });
    unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      pack const x(row[I][p]);
      unroll<Vectors>(
          [&]<int V>() DEEPSEEK_INLINE_LAMBDA { sum[I][V] = arch::fma(x, column[V], sum[I][V]); });
    });
  }
  unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
    unroll<Vectors>([&]<int V>() DEEPSEEK_INLINE_LAMBDA {
      arch::store(c + I * c_stride + V * tile::lanes, sum[I][V]);
    });
  });
}

/// The same for any number of rows and of whole vectors of columns.
template <bool Grows>
void multiply(float const* a, std::int64_t a_stride, float const* b, std::int64_t b_stride,
              std::int64_t k, float* c, std::int64_t c_stride, float const* factor, int rows,
              int vectors) {
  using tile = attention_tile;
  int v = 0;
  auto const down = [&]<int Vectors>() {
    int i = 0;
    auto const blocks = [&]<int Rows>() {
      for (; i + Rows <= rows; i += Rows)
        multiply_block<Rows, Vectors, Grows>(a + i * a_stride, a_stride, b + v * tile::lanes,
                                             b_stride, k, c + i * c_stride + v * tile::lanes,
                                             c_stride, factor + i);
    };
    blocks.template operator()<tile::rows>();
    blocks.template operator()<2>();
    blocks.template operator()<1>();
    v += Vectors;
  };
  while (v + tile::vectors <= vectors) down.template operator()<tile::vectors>();
  while (v < vectors) down.template operator()<1>();
}

/// running: of each row, the largest score so far, the sum of exp(score - largest), and by what the sums so
/// far are to be multiplied.
struct running {
  static constexpr int rows = attention_tile::queries;
  alignas(64) float largest[rows];
  alignas(64) float sum[rows];
  alignas(64) float factor[rows];
};

/// Scores [rows, keys] -> exp(score - largest so far); what a row has so far is rescaled. A row without a
/// score above -inf has zeros. Rows are taken by as many as a vector has lanes, beyond `rows` too.
inline void softmax_step(float* scores, int rows, int keys, running& r) {
  using tile = attention_tile;
  using pack = tile::pack;
  constexpr int lanes = tile::lanes;
  constexpr float nothing = -std::numeric_limits<float>::infinity();
  pack const log2_e(0x1.715476p+0F);
  int const vectors = (keys + lanes - 1) / lanes;
  for (int group = 0; group < rows; group += lanes) {
    float* const first = scores + std::int64_t{group} * tile::keys;
    float* row = first;
    // Neither maximum hands a NaN on; the exponential of it does.
    auto const most = arch::fold<lanes>(
        [&]() DEEPSEEK_INLINE_LAMBDA {
          for (int k = keys; k < vectors * lanes; ++k) row[k] = nothing;
          pack m = arch::load<lanes>(row);
          for (int v = 1; v < vectors; ++v)
            m = arch::max_fast(arch::load<lanes>(row + v * lanes), m);
          row += tile::keys;
          return m;
        },
        [](pack a, pack b) DEEPSEEK_INLINE_LAMBDA { return arch::max_fast(a, b); });
    pack const before = arch::load<lanes>(r.largest + group);
    pack const largest = arch::max_fast(most, before);
    pack const base = arch::select(largest == pack(nothing), pack(0.0F), largest);
    pack const factor = arch::exp2((before - base) * log2_e);
    alignas(64) float shift[lanes];
    arch::store(shift, base * -log2_e);
    row = first;
    int number = 0;
    auto const sum = arch::fold<lanes>(
        [&]() DEEPSEEK_INLINE_LAMBDA {
          pack const from(shift[number++]);
          pack total(0.0F);
          for (int v = 0; v < vectors; ++v) {
            pack const e = arch::exp2(arch::fma(arch::load<lanes>(row + v * lanes), log2_e, from));
            total = total + e;
            arch::store(row + v * lanes, e);
          }
          row += tile::keys;
          return total;
        },
        [](pack a, pack b) DEEPSEEK_INLINE_LAMBDA { return a + b; });
    arch::store(r.largest + group, largest);
    arch::store(r.factor + group, factor);
    arch::store(r.sum + group, arch::fma(arch::load<lanes>(r.sum + group), factor, sum));
  }
}

/// Keys [count, width], of any strides -> transposed [width, attention_tile::keys], zeros beyond count.
template <class T>
void pack_keys(T const* keys, std::int64_t row_stride, std::int64_t column_stride, int count,
               std::int64_t width, float* to) {
  using tile = attention_tile;
  constexpr int lanes = tile::lanes;
  int const padded = (count + lanes - 1) / lanes * lanes;
  std::int64_t d = 0;
  if constexpr (requires {
                  { arch::load<lanes>(keys) } -> std::same_as<tile::pack>;
                }) {
    if (column_stride == 1)
      for (; d + lanes <= width; d += lanes)
        for (int k = 0; k + lanes <= count; k += lanes) {
          tile::pack row[lanes];
          unroll<lanes>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
            row[I] = arch::load<lanes>(keys + (k + I) * row_stride + d);
          });
          arch::transpose(row);
          unroll<lanes>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
            arch::store(to + (d + I) * tile::keys + k, row[I]);
          });
        }
  }
  std::int64_t const done_width = d;
  int const done_keys = done_width == 0 ? 0 : count / lanes * lanes;
  for (std::int64_t e = 0; e < width; ++e) {
    int k = e < done_width ? done_keys : 0;
    for (; k < count; ++k)
      to[e * tile::keys + k] = static_cast<float>(keys[k * row_stride + e * column_stride]);
    for (; k < padded; ++k) to[e * tile::keys + k] = 0;
  }
}

}  // namespace deepseek::loop::detail
