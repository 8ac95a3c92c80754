// SPDX-License-Identifier: Apache-2.0
/// @file matmul_mma: c[x, i, j] = epilogue(sum_k a[x, i, k] b[x, k, j]) by mma, from sm_80 on: copies fill
/// stages in shared memory ahead of the products, and the sums go through the epilogue in rows.
///
/// The barrier before the last step of a stage: every thread's copies of the next stage are there, and
/// nobody reads the stage any more that is filled next. Sums are added in the order of k, so that results
/// are the same bits in every run.
#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/async_copy.hpp>
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/mma.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/kernel/detail/wgmma_result.hpp>  // by_rows
#include <deepseek/kernel/matmul_mma_config.hpp>
#include <deepseek/kernel/product_epilogue.hpp>
#include <deepseek/kernel/product_operands.hpp>
#include <deepseek/tile/matrix_copy.hpp>
#include <deepseek/tile/matrix_tile.hpp>
#include <deepseek/tile/matrix_values.hpp>
#include <deepseek/tile/tile_walk.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// operand_path: how an operand comes into shared memory: copies of 16 bytes, of neighbours along k or along
/// rows, or elements one by one, of any strides.
enum class operand_path : unsigned char { copies_along_k, copies_along_rows, elements };

/// in_memory: the source of an operand that is not computed when its tiles are filled; the others are
/// sources of tile::matrix_values, along k or along rows as the path says.
struct in_memory {};

/// mma_factor_t<T>: what T is multiplied as.
template <class T>
using mma_factor_t = std::conditional_t<std::same_as<T, float>, arch::gpu::tf32, T>;

/// matmul_mma<A, B, Epilogue, Config, PathA, PathB>: a grid along x of as many blocks as `walk` has tiles, or
/// a multiple of them. A and B: in memory; float is multiplied as tf32.
///
/// Of several times as many blocks, those of share s have sums of their own part of k and write them as
/// matrix s * (number of matrices) + x: for an epilogue that keeps them apart (product_join).
template <class A, class B, class Epilogue, matmul_mma_config Config,
          operand_path PathA = operand_path::copies_along_k,
          operand_path PathB = operand_path::copies_along_rows, class SourceA = in_memory,
          class SourceB = in_memory, class Walk = tile::tile_walk>
struct matmul_mma {
  static_assert(
      matmul_mma_possible<Config>,
      "[DS-MATMUL-MMA-CONFIG] there is no such kernel: matmul_mma_fault(Config) says why.");
  static_assert(sizeof(A) == sizeof(B), "[DS-MATMUL-MMA-TYPES] operands of one size.");
  static constexpr int threads = Config.threads();
  static constexpr char const* name = "matmul_mma";

  using factor_a = mma_factor_t<A>;
  using factor_b = mma_factor_t<B>;
  static constexpr bool integers = arch::gpu::detail::is_byte_integer<factor_a>;
  using sum_type = std::conditional_t<integers, std::int32_t, float>;
  static_assert(product_epilogue<Epilogue, sum_type>);

  template <class T, int Rows, operand_path Path>
  using tile_of =
      tile::matrix_tile<T, Rows, Config.depth_bytes / int(sizeof(T)),
                        Path == operand_path::copies_along_rows ? tile::neighbours::along_rows
                                                                : tile::neighbours::along_k>;
  using left = tile_of<A, Config.rows, PathA>;
  using right = tile_of<B, Config.columns, PathB>;
  using piece = wgmma_piece<sum_type, Config.piece_columns()>;
  static constexpr int stage_bytes = Config.stage_bytes();

  struct shared_plan {
    alignas(1024) arch::gpu::shared_array<unsigned char, Config.shared_bytes()> memory;
  };

  product_operands<A, B> operands;
  Walk walk;
  int blocks_of_share;  ///< stages of k that a block has
  Epilogue epilogue;
  DEEPSEEK_EMPTY SourceA source_a = {};
  DEEPSEEK_EMPTY SourceB source_b = {};

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    auto const [share, at] = walk.share(static_cast<unsigned>(arch::gpu::block_index().x));
    tile::tile_rows const rows = walk.rows_of(at, share, Config.rows, operands.size.m);
    int const column = at.column * Config.columns;
    if constexpr (!Walk::all_have_tiles)
      if (rows.first >= rows.end) return;
    sums total;
    total.clear();
    multiply(shared, total, share, at.matrix, rows, column);
    write(shared, total, rows, column);
  }

 private:
  static constexpr int depth = left::depth;
  static constexpr int steps = Config.depth_bytes / 32;
  static constexpr int step_depth = depth / steps;
  static constexpr int row_fragments = Config.warp_rows / 16;
  static constexpr int column_pairs = Config.warp_columns / 16;

  /// sums: of a warp; of each 16 rows, as a fragment of all columns.
  struct sums {
    struct of_rows {
      arch::gpu::fragment_c<sum_type> part[column_pairs * 2];
      DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE sum_type operator[](int i) const {
        return part[i / 4][i % 4];
      }
    };
    of_rows row[row_fragments];
    DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void clear() {
      tile::unrolled<row_fragments>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        tile::unrolled<column_pairs * 2>([&](auto j) DEEPSEEK_INLINE_LAMBDA {
          tile::unrolled<4>([&](auto e) DEEPSEEK_INLINE_LAMBDA { row[i].part[j].set(e, 0); });
        });
      });
    }
  };
  /// factors: of a warp, 32 bytes of k.
  struct factors {
    arch::gpu::fragment_a<factor_a, step_depth> a[row_fragments];
    tile::fragment_pair<factor_b, step_depth> b[column_pairs];
  };

  /// `number` of the batch, whose matrix begins `matrix` elements behind the first one.
  template <class Tile, operand_path Path, class T, class Source>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto loader(product_matrix<T> const& m,
                                                          Source const& source, int number,
                                                          std::int64_t matrix, int row, int rows,
                                                          int first, int k) {
    if constexpr (!std::same_as<Source, in_memory>)
      return tile::matrix_values<Tile, threads, Source>{source, number, row, rows, first, k};
    else if constexpr (Path == operand_path::elements)
      return tile::matrix_elements<Tile, threads>{m.data + matrix, m.step, m.k_step, row, rows,
                                                  first,           k};
    else
      return tile::matrix_copies<Tile, threads>{
          m.data + matrix,
          Path == operand_path::copies_along_k ? m.step : m.k_step,
          row,
          rows,
          first,
          k};
  }

  /// Global [rows, k], [k, columns] -> stages -> sums in registers.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void multiply(shared_plan& shared, sums& total, int share,
                                                     int matrix, tile::tile_rows const& rows,
                                                     int column) const {
    auto const& size = operands.size;
    int const first = share * blocks_of_share * depth;
    int const end =
        size.k - first < blocks_of_share * depth ? size.k : first + blocks_of_share * depth;
    int const blocks = (end - first + depth - 1) / depth;
    auto const place = operands.batch.place(matrix);
    auto a = loader<left, PathA>(operands.a, source_a, matrix, place.a, rows.first, rows.end, first,
                                 end);
    auto b =
        loader<right, PathB>(operands.b, source_b, matrix, place.b, column, size.n, first, end);
    auto const fill = [&](int stage) DEEPSEEK_INLINE_LAMBDA {
      a.next(shared.memory, stage * stage_bytes);
      b.next(shared.memory, stage * stage_bytes + left::bytes);
    };
    int filled = 0;  // stages that are filled or being filled
    for (; filled < Config.stages - 1; ++filled) {
      if (filled < blocks) fill(filled);
      arch::gpu::commit_copies();
    }
    if (blocks <= 0) return;
    arch::gpu::wait_copies<Config.stages - 2>();
    arch::gpu::sync_block();

    factors of[2];
    int stage = 0;
    int free = Config.stages - 1;
    load(shared, of[0], 0, 0);
    for (int block = 0; block < blocks; ++block) {
      tile::unrolled<steps>([&](auto step) DEEPSEEK_INLINE_LAMBDA {
        constexpr bool last = step == steps - 1;
        if constexpr (last) {
          arch::gpu::wait_copies<Config.stages - 2>();
          arch::gpu::sync_block();
          stage = stage + 1 == Config.stages ? 0 : stage + 1;
        }
        if (!last || block + 1 < blocks)
          load(shared, of[(step + 1) % 2], stage, last ? 0 : (step + 1) * step_depth);
        if constexpr (step == 0) {
          if (filled < blocks) fill(free);
          arch::gpu::commit_copies();
          ++filled;
          free = free + 1 == Config.stages ? 0 : free + 1;
        }
        add(total, of[step % 2]);
      });
    }
  }

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void load(shared_plan& shared, factors& to, int stage,
                                                 int k) const {
    int const first = stage * stage_bytes;
    tile::unrolled<row_fragments>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      to.a[i] = tile::load_a<factor_a, left>(shared.memory, first, warp_row() + i * 16, k);
    });
    tile::unrolled<column_pairs>([&](auto j) DEEPSEEK_INLINE_LAMBDA {
      to.b[j] = tile::load_b<factor_b, right>(shared.memory, first + left::bytes,
                                              warp_column() + j * 16, k);
    });
  }
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void add(sums& total, factors const& of) {
    tile::unrolled<row_fragments>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      tile::unrolled<column_pairs * 2>([&](auto j) DEEPSEEK_INLINE_LAMBDA {
        auto& part = total.row[i].part[j];
        part = arch::gpu::mma(of.a[i], of.b[j / 2].of[j % 2], part);
      });
    });
  }

  /// The warp's place in the tile.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int warp_row() {
    return arch::gpu::warp_rank() / (Config.columns / Config.warp_columns) * Config.warp_rows;
  }
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int warp_column() {
    return arch::gpu::warp_rank() % (Config.columns / Config.warp_columns) * Config.warp_columns;
  }

  /// Sums -> rows in shared memory of the warp, in place of the stages -> epilogue.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write(shared_plan& shared, sums const& total,
                                                  tile::tile_rows const& rows, int column) const {
    int const matrix = rows.result;
    arch::gpu::wait_copies<0>();
    arch::gpu::sync_block();
    auto* const memory = shared.memory.element + arch::gpu::warp_rank() * Config.piece_bytes();
    auto& own = *reinterpret_cast<piece*>(memory);
    if constexpr (requires { epilogue.wide; }) {
      if (epilogue.wide)
        write_rows<Epilogue::width>(own, total, rows, column,
                                    [&](int r, int c, auto const& values) DEEPSEEK_INLINE_LAMBDA {
                                      epilogue.write_wide(matrix, r, c, values);
                                    });
      else
        write_rows<1>(own, total, rows, column,
                      [&](int r, int c, auto const& values)
                          DEEPSEEK_INLINE_LAMBDA { epilogue.write(matrix, r, c, values); });
    } else {
      write_rows<Epilogue::width>(own, total, rows, column,
                                  [&](int r, int c, auto const& values) DEEPSEEK_INLINE_LAMBDA {
                                    epilogue.write(matrix, r, c, values);
                                  });
    }
  }
  template <int Width, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write_rows(piece& own, sums const& total,
                                                       tile::tile_rows const& rows, int column,
                                                       F const& f) const {
    tile::unrolled<row_fragments>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      int const first_row = rows.first + warp_row() + i * 16;
      int const first_column = column + warp_column();
      by_rows<Width, Config.warp_columns, (Width == 1 ? 1 : 2)>(
          own, total.row[i], [&](int r, int c, auto const& values) DEEPSEEK_INLINE_LAMBDA {
            if (first_row + r < rows.end && first_column + c < operands.size.n)
              f(first_row + r, first_column + c, values);
          });
    });
  }
};

}  // namespace deepseek::kernel
