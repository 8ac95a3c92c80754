// SPDX-License-Identifier: Apache-2.0
/// @file attention_simt: attention on no tensor cores, all in f32: for f32, which mma would round to tf32,
/// and for operands of any mixture of types. The schedule is that of attention_mma.
///
/// Eight lanes share a row: each has every eighth key of it, and of its values every eighth chunk of four.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/async_copy.hpp>
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/kernel/detail/attention_block.hpp>
#include <deepseek/kernel/detail/attention_tiles.hpp>
#include <deepseek/tile/matrix_tile.hpp>
#include <deepseek/tile/unrolled.hpp>
#include <deepseek/tile/vector_access.hpp>  // held

namespace deepseek::kernel {

/// attention_simt<Operands, Score, Config>: a grid as for attention_mma; elements may be of any types that
/// become a float.
template <class Operands, attention_score Score, attention_config Config> struct attention_simt {
  static constexpr int lanes = 8;        ///< that share a row
  static constexpr int thread_rows = 4;  ///< of a thread
  static_assert(Config.rows % 16 == 0 && Config.keys % (4 * lanes) == 0 && Config.width % 32 == 0 &&
                    Config.value_width % 32 == 0,
                "[DS-ATTENTION-CONFIG] rows by 16, keys and widths by 32.");
  static constexpr int threads = Config.rows / thread_rows * lanes;
  static constexpr char const* name = "attention_simt";

  template <int Lines, int Width>
  using lines = tile::matrix_tile<float, Lines, Width, tile::neighbours::along_k>;
  using query_tile = lines<Config.rows, Config.width>;
  using key_tile = lines<Config.keys, Config.width>;
  using value_tile = lines<Config.keys, Config.value_width>;
  using weight_tile = lines<Config.rows, Config.keys>;
  static constexpr int keys_at = query_tile::bytes;
  static constexpr int values_at = keys_at + key_tile::bytes;
  static constexpr int weights_at = values_at + value_tile::bytes;
  struct shared_plan {
    alignas(1024) arch::gpu::shared_array<unsigned char, weights_at + weight_tile::bytes> memory;
    tile_bits tiles;
  };

  Operands operands;
  attention_blocks blocks;
  attention_parts parts;
  Score score;

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    block const own{operands, blocks, parts};
    own.template fill_queries<query_tile, threads>(shared.memory, 0);
    arch::gpu::commit_copies();
    state all;
    begin(all, own);
    visit_tiles<Score::scored>(
        shared.tiles, own.first_tile, own.end_tile,
        [&](int tile) DEEPSEEK_INLINE_LAMBDA { return use(own, tile); },
        [&](int tile) DEEPSEEK_INLINE_LAMBDA {
          own.template fill_keys<key_tile, threads>(shared.memory, keys_at, tile);
          arch::gpu::commit_copies();
        },
        [&](int tile, bool masked, int next)
            DEEPSEEK_INLINE_LAMBDA { visit(shared, own, all, tile, masked, next); });
    write(own, all);
    arch::gpu::wait_copies<0>();  // where no tile was visited
  }

 private:
  using block = attention_block<Operands, Config>;
  using four = arch::gpu::vec<float, 4>;
  static constexpr int thread_keys = Config.keys / lanes;
  static constexpr int thread_chunks = Config.value_width / 4 / lanes;

  struct state {
    softmax_row<lanes> row[thread_rows];
    float value[thread_rows][thread_chunks * 4];
  };

  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int lane() { return arch::gpu::lane_rank() % lanes; }
  /// The rows of a warp are neighbours, and those that it reads at once are in different banks.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int row_of(int i) {
    return arch::gpu::warp_rank() * 16 + i * 4 + arch::gpu::lane_rank() / lanes;
  }
  template <class Tile>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE arch::gpu::shared_element<four> chunk_at(
      shared_plan& shared, int first, int line, int chunk) {
    return arch::gpu::shared_element<four>{
        reinterpret_cast<four*>(shared.memory[first + Tile::place(line, chunk)].address())};
  }
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void begin(state& all, block const& own) {
    tile::unrolled<thread_rows>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      all.row[i].begin(own.sink(own.row(row_of(i)).head));
      tile::unrolled<thread_chunks * 4>([&](auto d)
                                            DEEPSEEK_INLINE_LAMBDA { all.value[i][d] = 0.F; });
    });
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE tile_use use(block const& own, int tile) const {
    if constexpr (Score::scored) return score.use(own.box(tile));
    else return tile_use::open;
  }

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void visit(shared_plan& shared, block const& own, state& all,
                                                  int tile, bool masked, int next) const {
    arch::gpu::wait_copies<0>();
    arch::gpu::sync_block();  // keys are there, values before have been used
    own.template fill_values<value_tile, threads>(shared.memory, values_at, tile);
    arch::gpu::commit_copies();
    float x[thread_rows][thread_keys];
    multiply_keys(shared, x);
    weigh(shared, own, all, tile, masked, x);
    arch::gpu::wait_copies<0>();
    arch::gpu::sync_block();  // values and weights are there, keys have been used
    if (next >= 0) {
      own.template fill_keys<key_tile, threads>(shared.memory, keys_at, next);
      arch::gpu::commit_copies();
    }
    multiply_values(shared, all);
  }

  /// Queries, keys in shared memory -> scores in registers.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void multiply_keys(
      shared_plan& shared, float (&x)[thread_rows][thread_keys]) {
    tile::unrolled<thread_rows>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      tile::unrolled<thread_keys>([&](auto j) DEEPSEEK_INLINE_LAMBDA { x[i][j] = 0.F; });
    });
#if DEEPSEEK_DEVICE_PASS
#pragma unroll 2
#endif
    for (int c = 0; c < Config.width / 4; ++c) {
      four k[thread_keys];
      tile::unrolled<thread_keys>([&](auto j) DEEPSEEK_INLINE_LAMBDA {
        k[j] = chunk_at<key_tile>(shared, keys_at, lane() + j * lanes, c);
      });
      tile::unrolled<thread_rows>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        four const q = chunk_at<query_tile>(shared, 0, row_of(i), c);
        tile::unrolled<thread_keys>([&](auto j) DEEPSEEK_INLINE_LAMBDA {
          tile::unrolled<4>(
              [&](auto e) DEEPSEEK_INLINE_LAMBDA { x[i][j] = arch::fma(q[e], k[j][e], x[i][j]); });
        });
      });
    }
  }

  /// Scores -> weights, in shared memory; what was summed up before is made smaller.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void weigh(shared_plan& shared, block const& own, state& all,
                                                  int tile, bool masked,
                                                  float (&x)[thread_rows][thread_keys]) const {
    int const first = tile * Config.keys + lane();
    tile::unrolled<thread_rows>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      own.template finish_scores<thread_keys>(
          score, own.row(row_of(i)), tile, masked,
          [&](auto j) DEEPSEEK_INLINE_LAMBDA { return first + j * lanes; }, x[i]);
      float const factor = all.row[i].template add<thread_keys>(x[i]);
      tile::unrolled<thread_chunks * 4>([&](auto d)
                                            DEEPSEEK_INLINE_LAMBDA { all.value[i][d] *= factor; });
      tile::unrolled<thread_keys>([&](auto j) DEEPSEEK_INLINE_LAMBDA {
        int const key = lane() + j * lanes;
        int const at = weights_at + weight_tile::place(row_of(i), key / 4) + key % 4 * 4;
        arch::gpu::shared_element<float>{reinterpret_cast<float*>(shared.memory[at].address())} =
            x[i][j];
      });
    });
  }

  /// Weights, values in shared memory -> sums in registers.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void multiply_values(shared_plan& shared,
                                                                   state& all) {
    for (int k = 0; k < Config.keys / 4; ++k) {
      four weight[thread_rows];
      tile::unrolled<thread_rows>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        weight[i] = chunk_at<weight_tile>(shared, weights_at, row_of(i), k);
      });
      tile::unrolled<4>([&](auto e) DEEPSEEK_INLINE_LAMBDA {
        tile::unrolled<thread_chunks>([&](auto c) DEEPSEEK_INLINE_LAMBDA {
          four const v = chunk_at<value_tile>(shared, values_at, k * 4 + e, lane() + c * lanes);
          tile::unrolled<thread_rows>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
            tile::unrolled<4>([&](auto d) DEEPSEEK_INLINE_LAMBDA {
              float& sum = all.value[i][c * 4 + d];
              sum = arch::fma(weight[i][e], v[d], sum);
            });
          });
        });
      });
    }
  }

  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write(block const& own, state& all) {
    tile::unrolled<thread_rows>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      float const factor = all.row[i].end();
      if (lane() == 0) own.write_sum(row_of(i), all.row[i].logarithm());
      tile::unrolled<thread_chunks>([&](auto c) DEEPSEEK_INLINE_LAMBDA {
        held_four y;
        tile::unrolled<4>([&](auto d)
                              DEEPSEEK_INLINE_LAMBDA { y[d] = all.value[i][c * 4 + d] * factor; });
        own.write(row_of(i), (lane() + c * lanes) * 4, y);
      });
    });
  }
  using held_four = tile::held<float, 4>;
};

}  // namespace deepseek::kernel
