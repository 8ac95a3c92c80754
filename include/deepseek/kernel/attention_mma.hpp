// SPDX-License-Identifier: Apache-2.0
/// @file attention_mma: attention by mma, from sm_80 on: a block has rows of queries, walks over tiles of
/// keys and values, and keeps no score beyond its tile.
///
///   values of this tile on their way | q k^T | keys of the next on their way | softmax, p v
///
/// A warp has 16 or 32 rows. Its scores become the weights that it multiplies by, in its registers.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/async_copy.hpp>
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/mma.hpp>
#include <deepseek/arch/gpu/narrow.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/kernel/detail/attention_block.hpp>
#include <deepseek/kernel/detail/attention_tiles.hpp>
#include <deepseek/kernel/detail/wgmma_result.hpp>  // by_rows
#include <deepseek/tile/matrix_tile.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// attention_mma<T, Operands, Score, Config>: T: f16 or bf16, as what all is multiplied. A grid along x of
/// batches * heads / packed * row_tiles * parts blocks.
template <class T, class Operands, attention_score Score, attention_config Config>
struct attention_mma {
  static_assert(Config.warp_rows % 16 == 0 && Config.rows % Config.warp_rows == 0 &&
                    Config.keys % 16 == 0 && Config.width % 32 == 0 && Config.value_width % 32 == 0,
                "[DS-ATTENTION-CONFIG] rows of warps and keys by 16, widths by 32.");
  static constexpr int threads = Config.rows / Config.warp_rows * arch::gpu::warp_size;
  static constexpr char const* name = "attention_mma";

  using query_tile = tile::matrix_tile<T, Config.rows, Config.width, tile::neighbours::along_k>;
  using key_tile = tile::matrix_tile<T, Config.keys, Config.width, tile::neighbours::along_k>;
  using value_tile =
      tile::matrix_tile<T, Config.value_width, Config.keys, tile::neighbours::along_rows>;
  using piece = wgmma_piece<float, (Config.value_width % 64 == 0 ? 64 : 32)>;

  static constexpr int keys_at = query_tile::bytes;
  static constexpr int values_at = keys_at + key_tile::bytes;
  static constexpr int stages_end = values_at + value_tile::bytes;
  static constexpr int pieces_end = threads / arch::gpu::warp_size * int{sizeof(piece)};
  struct shared_plan {
    alignas(1024) arch::gpu::shared_array<
        unsigned char, (stages_end > pieces_end ? stages_end : pieces_end)> memory;
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
    write(shared, own, all);
  }

 private:
  using block = attention_block<Operands, Config>;
  static constexpr int depth = 16;  ///< of one mma
  static constexpr int score_parts = Config.keys / 8;
  static constexpr int value_parts = Config.value_width / 8;
  static constexpr int width_steps = Config.width / depth;
  static constexpr int pieces = Config.warp_rows / 16;  ///< of 16 rows, of a warp
  static constexpr bool keeps_queries = Config.width * pieces <= 128;
  using query_fragment = arch::gpu::fragment_a<T, depth>;

  /// state: what a lane has of each 16 rows: two of them, 8 apart.
  struct state {
    struct values_of_rows {
      arch::gpu::fragment_c<float> part[value_parts];
      DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float operator[](int i) const {
        return part[i / 4][i % 4];
      }
    };
    values_of_rows values[pieces];
    softmax_row<4> row[pieces][2];
    query_fragment query[pieces][keeps_queries ? width_steps : 1];
    bool queries_there;
  };

  /// The first row of a piece, and a lane's rows in it.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int piece_row(int number) {
    return arch::gpu::warp_rank() * Config.warp_rows + number * 16;
  }
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int row_of(int number, int half) {
    return piece_row(number) + arch::gpu::lane_rank() / 4 + half * 8;
  }
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void begin(state& all, block const& own) {
    tile::unrolled<pieces>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
      tile::unrolled<2>([&](auto h) DEEPSEEK_INLINE_LAMBDA {
        all.row[p][h].begin(own.sink(own.row(row_of(p, h)).head));
      });
      tile::unrolled<value_parts>([&](auto t) DEEPSEEK_INLINE_LAMBDA {
        tile::unrolled<4>([&](auto e)
                              DEEPSEEK_INLINE_LAMBDA { all.values[p].part[t].set(e, 0.F); });
      });
    });
    all.queries_there = false;
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE tile_use use(block const& own, int tile) const {
    if constexpr (Score::scored) return score.use(own.box(tile));
    else return tile_use::open;
  }

  /// One tile: its keys are on their way; those of `next` are when it is over.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void visit(shared_plan& shared, block const& own, state& all,
                                                  int tile, bool masked, int next) const {
    arch::gpu::wait_copies<0>();
    arch::gpu::sync_block();  // keys are there, values before have been used
    own.template fill_values<value_tile, threads>(shared.memory, values_at, tile);
    arch::gpu::commit_copies();
    // A warp whose rows are none takes part in copies and barriers alone.
    bool const busy = own.first_row + piece_row(0) < own.rows;
    scores of;
    if (busy) multiply_keys(shared, all, of);
    arch::gpu::wait_copies<0>();
    arch::gpu::sync_block();  // values are there, keys have been used
    if (next >= 0) {
      own.template fill_keys<key_tile, threads>(shared.memory, keys_at, next);
      arch::gpu::commit_copies();
    }
    if (!busy) return;
    weigh(own, all, tile, masked, of);
    multiply_values(shared, all, of);
  }

  /// scores: of a lane, of a tile: of two rows of each piece, two neighbours of every 8 keys; then weights.
  struct scores {
    float of[pieces][2][score_parts * 2];
  };

  /// Queries [warp_rows, width], keys [keys, width] in shared memory -> scores [warp_rows, keys], registers.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void multiply_keys(shared_plan& shared, state& all,
                                                          scores& to) const {
    auto const load = [&](int p, int k) DEEPSEEK_INLINE_LAMBDA {
      return tile::load_a<T, query_tile>(shared.memory, 0, piece_row(p), k * depth);
    };
    if constexpr (keeps_queries) {
      if (!all.queries_there)
        tile::unrolled<pieces>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
          tile::unrolled<width_steps>([&](auto k)
                                          DEEPSEEK_INLINE_LAMBDA { all.query[p][k] = load(p, k); });
        });
      all.queries_there = true;
    }
    arch::gpu::fragment_c<float> sum[pieces][score_parts];
    tile::unrolled<pieces>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
      tile::unrolled<score_parts>([&](auto t) DEEPSEEK_INLINE_LAMBDA {
        tile::unrolled<4>([&](auto e) DEEPSEEK_INLINE_LAMBDA { sum[p][t].set(e, 0.F); });
      });
    });
    tile::unrolled<width_steps>([&](auto k) DEEPSEEK_INLINE_LAMBDA {
      query_fragment q[pieces];
      tile::unrolled<pieces>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
        if constexpr (keeps_queries) q[p] = all.query[p][k];
        else q[p] = load(p, k);
      });
      tile::unrolled<score_parts / 2>([&](auto t) DEEPSEEK_INLINE_LAMBDA {
        auto const b = tile::load_b<T, key_tile>(shared.memory, keys_at, t * 16, k * depth);
        tile::unrolled<pieces>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
          sum[p][2 * t] = arch::gpu::mma(q[p], b.of[0], sum[p][2 * t]);
          sum[p][2 * t + 1] = arch::gpu::mma(q[p], b.of[1], sum[p][2 * t + 1]);
        });
      });
    });
    tile::unrolled<pieces>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
      tile::unrolled<score_parts * 4>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        to.of[p][i / 2 % 2][i / 4 * 2 + i % 2] = sum[p][i / 4][i % 4];
      });
    });
  }

  /// Scores -> weights of all rows; what was summed up before is made smaller.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void weigh(block const& own, state& all, int tile,
                                                  bool masked, scores& of) const {
    int const first = tile * Config.keys + arch::gpu::lane_rank() % 4 * 2;
    tile::unrolled<pieces * 2>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      constexpr int p = i / 2;
      constexpr int h = i % 2;
      auto& x = of.of[p][h];
      own.template finish_scores<score_parts * 2>(
          score, own.row(row_of(p, h)), tile, masked,
          [&](auto j) DEEPSEEK_INLINE_LAMBDA { return first + j / 2 * 8 + j % 2; }, x);
      float const factor = all.row[p][h].template add<score_parts * 2>(x);
      multiply_row(all, p, h, factor);
    });
  }
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void multiply_row(state& all, int p, int h,
                                                                float factor) {
    tile::unrolled<value_parts>([&](auto t) DEEPSEEK_INLINE_LAMBDA {
      tile::unrolled<2>(
          [&](auto e) DEEPSEEK_INLINE_LAMBDA { all.values[p].part[t].word[h * 2 + e] *= factor; });
    });
  }

  /// Weights [warp_rows, keys] in registers, values [keys, value_width] in shared memory -> sums, registers.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void multiply_values(shared_plan& shared, state& all,
                                                                   scores const& weight) {
    tile::unrolled<Config.keys / depth>([&](auto k) DEEPSEEK_INLINE_LAMBDA {
      arch::gpu::fragment_a<T, depth> factor[pieces];
      tile::unrolled<pieces * 4>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        constexpr int p = i / 4;
        constexpr int w = i % 4;  // registers: two rows, then the next 8 keys
        constexpr int from = k * 4 + w / 2 * 2;
        auto const& x = weight.of[p][w % 2];
        factor[p].word[w] = arch::gpu::narrow<T>(x[from], x[from + 1]);
      });
      tile::unrolled<value_parts / 2>([&](auto t) DEEPSEEK_INLINE_LAMBDA {
        auto const b = tile::load_b<T, value_tile>(shared.memory, values_at, t * 16, k * depth);
        tile::unrolled<pieces>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
          auto& part = all.values[p].part;
          part[2 * t] = arch::gpu::mma(factor[p], b.of[0], part[2 * t]);
          part[2 * t + 1] = arch::gpu::mma(factor[p], b.of[1], part[2 * t + 1]);
        });
      });
    });
  }

  /// Sums -> rows in shared memory of the warp, in place of the tiles -> results.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write(shared_plan& shared, block const& own,
                                                         state& all) {
    tile::unrolled<pieces * 2>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      constexpr int p = i / 2;
      constexpr int h = i % 2;
      multiply_row(all, p, h, all.row[p][h].end());
      if (arch::gpu::lane_rank() % 4 == 0) own.write_sum(row_of(p, h), all.row[p][h].logarithm());
    });
    arch::gpu::wait_copies<0>();
    arch::gpu::sync_block();
    auto* const memory = shared.memory.element + arch::gpu::warp_rank() * int{sizeof(piece)};
    tile::unrolled<pieces>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
      by_rows<8, Config.value_width, 2>(
          *reinterpret_cast<piece*>(memory), all.values[p],
          [&](int row, int column, auto const& values)
              DEEPSEEK_INLINE_LAMBDA { own.write(piece_row(p) + row, column, values); });
    });
  }
};

}  // namespace deepseek::kernel
