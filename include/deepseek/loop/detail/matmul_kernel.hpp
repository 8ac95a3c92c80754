// SPDX-License-Identifier: Apache-2.0
/// @file The innermost loop of a product: a few rows of a times a panel of b, sums in registers.
#pragma once
#include <cstdint>

#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_convert.hpp>
#include <deepseek/arch/cpu/pack_math.hpp>
#include <deepseek/arch/cpu/pack_memory.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/loop/unroll.hpp>

namespace deepseek::loop::detail {

/// multiply_add<Compute>: products of numbers as wide as the sums, one k a step.
///
/// A kernel says how operands are packed: `group` elements of k lie next to each other, in a word that
/// one instruction multiplies and adds up. Here that is one element.
template <class Compute> struct multiply_add {
  using sum = Compute;
  using word = Compute;  ///< a group of elements
  static constexpr int group = 1;
  static constexpr bool starts_with_sums =
      false;  ///< behind each panel of b is what sums begin with
  static constexpr int lanes = arch::vector_bytes / int(sizeof(Compute));
  static constexpr int vectors = 2;
  static constexpr int columns = lanes * vectors;
  /// Sums, two vectors of b and one of a fill the registers: 28 of 32, 12 of 16, 8 of 16.
  static constexpr int rows = arch::vector_bytes == 64 ? 14 : arch::vector_bytes == 32 ? 6 : 4;
  using pack = arch::pack<Compute, lanes>;
  using words = pack;

  static DEEPSEEK_INLINE pack step(words a, words b, pack sum) { return arch::fma(a, b, sum); }

  /// Groups of k that lie next to each other, as words; `count` elements, and zeros behind them.
  template <class T> static DEEPSEEK_INLINE words load(T const* from) {
    return arch::convert<Compute>(arch::load<lanes>(from));
  }
  template <class T> static DEEPSEEK_INLINE words load_n(T const* from, int count) {
    return arch::convert<Compute>(arch::load_n<lanes>(from, count));
  }
  /// The word of `count` elements, from `stride` to `stride`.
  template <class T> static DEEPSEEK_INLINE word gather(T const* from, std::int64_t, int) {
    return static_cast<Compute>(static_cast<compute_t<T>>(*from));
  }
  /// Words of neighbouring columns, of which there are `columns`: element g of each is in row g of `rows`.
  template <class T>
  static DEEPSEEK_INLINE words load_columns(T const* from, std::int64_t, int, int columns) {
    if (columns >= lanes) return load(from);
    return columns <= 0 ? words(Compute(0)) : load_n(from, columns);
  }
  /// A word of a as it is packed.
  static DEEPSEEK_INLINE words of_a(words x) { return x; }
};

/// lines_ahead: memory that is needed next, fetched into the second cache while a tile is multiplied: so
/// many runs of lines, from one to the next `jump` bytes.
struct lines_ahead {
  char const* at = nullptr;
  std::int64_t jump = 0;
  int lines = 0;
  int left = 0;
  std::int64_t runs = 0;

  DEEPSEEK_INLINE void fetch() {
    if (runs == 0) return;
    __builtin_prefetch(at, 0, 2);
    at += 64;
    if (--left == 0) {
      at += jump;
      left = lines;
      --runs;
    }
  }
};

/// c [Rows, columns] = or += a [k, Rows] b [k, tile columns], both packed, k in groups.
template <class Kernel, int Rows, bool Add>
DEEPSEEK_NOINLINE void multiply_tile(typename Kernel::word const* a, typename Kernel::word const* b,
                                     std::int64_t groups, typename Kernel::sum* c,
                                     std::int64_t stride, int columns, lines_ahead& next) {
  constexpr bool fetches = Rows >= 4;
  lines_ahead ahead = next;
  using pack = typename Kernel::pack;
  using words = typename Kernel::words;
  constexpr int lanes = Kernel::lanes;
  if constexpr (Add)
    for (int i = 0; i < Rows; ++i)  // from the second cache, by the time that they are needed
      for (int v = 0; v < Kernel::vectors; ++v) __builtin_prefetch(c + i * stride + v * lanes, 1);
  pack sum[Rows][Kernel::vectors];
  unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
    unroll<Kernel::vectors>([&]<int V>() DEEPSEEK_INLINE_LAMBDA {
      if constexpr (Kernel::starts_with_sums)
        __builtin_memcpy(&sum[I][V].v, b + groups * Kernel::columns + V * lanes,
                         sizeof sum[I][V].v);
      else sum[I][V] = pack(typename Kernel::sum(0));
    });
  });
  for (std::int64_t p = 0; p < groups; ++p) {
    words column[Kernel::vectors];
    unroll<Kernel::vectors>([&]<int V>() DEEPSEEK_INLINE_LAMBDA {
      __builtin_memcpy(&column[V].v, b + V * lanes, sizeof column[V].v);
    });
    unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      words const x(a[I]);
      unroll<Kernel::vectors>([&]<int V>() DEEPSEEK_INLINE_LAMBDA {
        sum[I][V] = Kernel::step(x, column[V], sum[I][V]);
      });
    });
    a += Rows;
    b += Kernel::columns;
    if constexpr (fetches) ahead.fetch();
  }
  if constexpr (fetches) next = ahead;
  // Only constant indices into `sum` and no reference to it: else it would lie in memory all along.
  if (columns == Kernel::columns) {
    unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      unroll<Kernel::vectors>([&]<int V>() DEEPSEEK_INLINE_LAMBDA {
        auto* const to = c + I * stride + V * lanes;
        if constexpr (Add) arch::store(to, arch::load<lanes>(to) + sum[I][V]);
        else arch::store(to, sum[I][V]);
      });
    });
  } else {
    unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      unroll<Kernel::vectors>([&]<int V>() DEEPSEEK_INLINE_LAMBDA {
        int const left = columns - V * lanes;
        if (left <= 0) return;
        int const count = left < lanes ? left : lanes;
        auto* const to = c + I * stride + V * lanes;
        if constexpr (Add) arch::store_n(to, arch::load_n<lanes>(to, count) + sum[I][V], count);
        else arch::store_n(to, sum[I][V], count);
      });
    });
  }
}

/// A count of rows as tiles: as many of Kernel::rows as there are, the rest by halves of what is left.
template <class Kernel, class F> DEEPSEEK_INLINE void for_each_tile(std::int64_t rows, F const& f) {
  std::int64_t i = 0;
  for (; i + Kernel::rows <= rows; i += Kernel::rows) f.template operator()<Kernel::rows>(i);
  if constexpr (Kernel::rows > 8)
    for (; i + 8 <= rows; i += 8) f.template operator()<8>(i);
  if constexpr (Kernel::rows > 4)
    for (; i + 4 <= rows; i += 4) f.template operator()<4>(i);
  for (; i + 2 <= rows; i += 2) f.template operator()<2>(i);
  for (; i < rows; ++i) f.template operator()<1>(i);
}

}  // namespace deepseek::loop::detail
