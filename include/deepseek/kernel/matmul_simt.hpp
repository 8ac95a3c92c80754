// SPDX-License-Identifier: Apache-2.0
/// @file matmul_simt: c[x, i, j] = epilogue(sum_k a[x, i, k] b[x, k, j]) in the arithmetic of Sum itself, on
/// no tensor cores: f32 that stays f32, f64, integers, operands of different types. Of any strides.
///
/// A thread has Rows x Columns sums. Elements of the next step of k are on their way in registers while
/// those before are multiplied; two buffers in shared memory, so that a step has one barrier.
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/convert.hpp>
#include <deepseek/kernel/product_epilogue.hpp>
#include <deepseek/kernel/product_operands.hpp>
#include <deepseek/tile/tile_walk.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// times_add(x, y, sum): sum + x y; integers wrap.
template <class T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T times_add(T x, T y, T sum) {
  if constexpr (std::same_as<T, float>) return __builtin_fmaf(x, y, sum);
  else if constexpr (std::same_as<T, double>) return __builtin_fma(x, y, sum);
  else if constexpr (sizeof(T) == 8)
    return static_cast<T>(static_cast<std::uint64_t>(sum) +
                          static_cast<std::uint64_t>(x) * static_cast<std::uint64_t>(y));
  else
    return static_cast<T>(static_cast<std::uint32_t>(sum) +
                          static_cast<std::uint32_t>(x) * static_cast<std::uint32_t>(y));
}

/// matmul_simt<A, B, Sum, Epilogue, Fragment>: a thread has Fragment x Fragment sums; a grid as that of
/// matmul_mma. Epilogue::width: 1 or 4.
template <class A, class B, class Sum, class Epilogue, int Fragment = 8,
          class Walk = tile::tile_walk>
struct matmul_simt {
  static_assert(Fragment == 4 || Fragment == 8, "[DS-MATMUL-SIMT-SUMS] 4 x 4 or 8 x 8 sums.");
  static_assert(product_epilogue<Epilogue, Sum> && (Epilogue::width == 1 || Epilogue::width == 4),
                "[DS-MATMUL-SIMT-WIDTH] an epilogue of 1 or 4 neighbours.");
  static constexpr int threads = 256;
  static constexpr char const* name = "matmul_simt";
  static constexpr int side = 16;  ///< threads of a row, and of a column
  static constexpr int tile = side * Fragment;
  static constexpr int depth = 8;  ///< of k, of one step

  /// Four neighbours, then those of the other threads, then the next four.
  static constexpr int quads = Fragment / 4;
  /// Lines of four words more, so that those of a few k are in different banks.
  static constexpr int line = tile + 4;
  struct shared_plan {
    alignas(16) arch::gpu::shared_array<Sum, 2 * depth * line> a;  // [2, depth, line]
    alignas(16) arch::gpu::shared_array<Sum, 2 * depth * line> b;
  };

  product_operands<A, B> operands;
  Walk walk;
  int steps_of_share;  ///< that a block has
  Epilogue epilogue;

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    auto const [share, at] = walk.share(static_cast<unsigned>(arch::gpu::block_index().x));
    deepseek::tile::tile_rows const rows = walk.rows_of(at, share, tile, operands.size.m);
    if constexpr (!Walk::all_have_tiles)
      if (rows.first >= rows.end) return;
    Sum total[Fragment][Fragment];
    tile::unrolled<Fragment>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      tile::unrolled<Fragment>([&](auto j) DEEPSEEK_INLINE_LAMBDA { total[i][j] = Sum{}; });
    });
    multiply(shared, total, share, at.matrix, rows, at.column * tile);
    write(total, rows, at.column * tile);
  }

 private:
  static constexpr int shares = tile * depth / threads;  ///< elements of an operand of a thread

  /// part: elements of a step of an operand on their way; neighbouring threads read neighbours in memory.
  template <class T> struct part {
    T const* from;
    std::int64_t step, k_step;
    int rows_left, left;  ///< rows and k from here on
    bool along_k;
    T element[shares];

    DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE part(product_matrix<T> const& m, std::int64_t matrix,
                                              int row, int rows, int first, int k)
        : from{m.data + matrix + row * m.step + first * m.k_step},
          step{m.step},
          k_step{m.k_step},
          rows_left{rows - row},
          left{k - first},
          along_k{m.k_step == 1} {}
    DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int row_of(int number) const {
      return along_k ? number / depth : number % tile;
    }
    DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int k_of(int number) const {
      return along_k ? number % depth : number / tile;
    }
    /// Global -> registers, then one step on.
    DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch() {
      tile::unrolled<shares>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        int const number = arch::gpu::thread_rank() + i * threads;
        int const row = row_of(number);
        int const k = k_of(number);
        bool const there = row < rows_left && k < left;
        element[i] = there ? arch::gpu::load(from + row * step + k * k_step) : T{};
      });
      from += depth * k_step;
      left -= depth;
    }
    /// Registers -> shared [depth, line].
    DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void put(
        arch::gpu::shared_array<Sum, 2 * depth * line>& to, int buffer) const {
      tile::unrolled<shares>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        int const number = arch::gpu::thread_rank() + i * threads;
        to[(buffer * depth + k_of(number)) * line + row_of(number)] = as_sum(element[i]);
      });
    }
    static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE Sum as_sum(T x) {
      if constexpr (std::same_as<T, Sum>) return x;
      else return convert<Sum>(x);
    }
  };

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void multiply(shared_plan& shared,
                                                     Sum (&total)[Fragment][Fragment], int number,
                                                     int matrix,
                                                     deepseek::tile::tile_rows const& rows,
                                                     int column) const {
    auto const& size = operands.size;
    int const share = steps_of_share * depth;
    int const first = number * share;
    int const end = size.k - first < share ? size.k : first + share;
    auto const place = operands.batch.place(matrix);
    part<A> a{operands.a, place.a, rows.first, rows.end, first, end};
    part<B> b{operands.b, place.b, column, size.n, first, end};
    if (first >= end) return;
    a.fetch();
    b.fetch();
    int buffer = 0;
    for (int k = first; k < end; k += depth, buffer ^= 1) {
      a.put(shared.a, buffer);
      b.put(shared.b, buffer);
      arch::gpu::sync_block();
      if (k + depth < end) {
        a.fetch();
        b.fetch();
      }
      tile::unrolled<depth>(
          [&](auto d) DEEPSEEK_INLINE_LAMBDA { add(shared, total, (buffer * depth + d) * line); });
    }
  }
  /// One k: the products of Fragment elements of a and of b.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void add(shared_plan& shared,
                                                       Sum (&total)[Fragment][Fragment], int at) {
    Sum x[Fragment];
    Sum y[Fragment];
    take(shared.a, at + thread_row() * 4, x);
    take(shared.b, at + thread_column() * 4, y);
    tile::unrolled<Fragment>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      tile::unrolled<Fragment>(
          [&](auto j) DEEPSEEK_INLINE_LAMBDA { total[i][j] = times_add(x[i], y[j], total[i][j]); });
    });
  }
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void take(
      arch::gpu::shared_array<Sum, 2 * depth * line>& from, int at, Sum (&to)[Fragment]) {
    constexpr int width = sizeof(Sum) == 4 ? 4 : 2;
    using some = arch::gpu::vec<Sum, width>;
    tile::unrolled<Fragment / width>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
      constexpr int element = p * width;
      Sum* const place = from[at + element / 4 * (side * 4) + element % 4].address();
      some const values = arch::gpu::shared_element<some>{reinterpret_cast<some*>(place)};
      tile::unrolled<width>([&](auto e) DEEPSEEK_INLINE_LAMBDA { to[element + e] = values[e]; });
    });
  }

  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int thread_row() {
    return arch::gpu::thread_rank() / side;
  }
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int thread_column() {
    return arch::gpu::thread_rank() % side;
  }

  /// Sums -> epilogue: 16 threads have 64 neighbours of a row.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write(Sum const (&total)[Fragment][Fragment],
                                                  deepseek::tile::tile_rows const& rows,
                                                  int column) const {
    constexpr int width = Epilogue::width;
    tile::unrolled<Fragment>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      int const r = rows.first + i / 4 * (side * 4) + thread_row() * 4 + i % 4;
      tile::unrolled<Fragment / width>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
        constexpr int element = p * width;
        int const c = column + element / 4 * (side * 4) + thread_column() * 4 + element % 4;
        if (r >= rows.end || c >= operands.size.n) return;
        tile::held<Sum, width> values;
        tile::unrolled<width>([&](auto e)
                                  DEEPSEEK_INLINE_LAMBDA { values[e] = total[i][element + e]; });
        epilogue.write(rows.result, r, c, values);
      });
    });
  }
};

}  // namespace deepseek::kernel
