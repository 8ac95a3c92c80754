// SPDX-License-Identifier: Apache-2.0
/// @file attention_wgmma: attention on sm_90a: tensor copies bring tiles of keys and values to shared memory,
/// wgmma multiplies them, and scores become weights in the registers that they are multiplied from.
///
/// Roles: the last warpgroup copies (one thread of it), the others have 64 rows of queries each. While
/// tensor cores multiply keys of a tile and values of the one before, the softmax is that of another
/// warpgroup.
///
///   barrier           | who arrives                    | who waits      | what is seen then
///   queries           | copying thread, with bytes     | consumers      | the block's rows
///   keys, values full | copying thread, with bytes     | consumers      | a tile
///   keys, values empty| warps of consumers             | copying thread | nobody reads it any more
///   turn[g]           | consumer g - 1, with its       | consumer g     | the tensor cores have the products
///                     | products of a tile             |                | of g - 1 before those of g
#pragma once
#include <utility>

#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/bulk_copy.hpp>  // fence_async
#include <deepseek/arch/gpu/mbarrier.hpp>
#include <deepseek/arch/gpu/narrow.hpp>
#include <deepseek/arch/gpu/registers.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/tensor_copy.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/arch/gpu/warp.hpp>
#include <deepseek/arch/gpu/wgmma.hpp>
#include <deepseek/kernel/detail/attention_block.hpp>
#include <deepseek/kernel/detail/attention_wgmma_maps.hpp>  // what its tensor maps are made of
#include <deepseek/kernel/detail/attention_wgmma_tiles.hpp>
#include <deepseek/kernel/detail/wgmma_result.hpp>  // wgmma_piece
#include <deepseek/tile/pipeline.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// attention_wgmma_config: what is fixed when compiling. Widths are at most these.
struct attention_wgmma_config {
  int consumers = 2;  ///< warpgroups, 64 rows of queries each; one more copies
  int keys = 128;     ///< of a tile
  int width = 128;
  int value_width = 128;
  int stages = 2;  ///< tiles of keys that are in shared memory at once, and of values
  /// Values of a tile are multiplied while the softmax is that of the next one, so that weights of the one
  /// and scores of the other are in registers. Else only other warpgroups multiply meanwhile.
  bool overlaps = true;

  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int rows() const { return consumers * 64; }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int threads() const {
    return arch::gpu::warpgroup_threads * (consumers + 1);
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr attention_config tile() const {
    return {rows(), keys, width, value_width};
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int producer_registers() const {
    return consumers == 3 ? 32 : 24;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int consumer_registers() const {
    return consumers == 3 ? 160 : 240;
  }
};

/// attention_wgmma<T, Operands, Score, Config>: T: f16 or bf16. A grid as of attention_mma; where there is a
/// score, at most tile_bits::most tiles of a part.
template <class T, class Operands, attention_score Score, attention_wgmma_config Config>
struct attention_wgmma {
  static_assert(Config.consumers == 2 || Config.consumers == 3,
                "[DS-ATTENTION-CONFIG] 2 or 3 consumers.");
  static constexpr int threads = Config.threads();
  static constexpr char const* name = "attention_wgmma";

  using query_tile = attention_rows_tile<T, Config.rows(), Config.width>;
  using key_tile = attention_rows_tile<T, Config.keys, Config.width>;
  using value_tile = attention_values_tile<T, Config.keys, Config.value_width>;
  using piece_type = wgmma_piece<float, 64>;
  static constexpr int pieces = Config.value_width / piece_type::columns;  ///< of a warp

  static constexpr int keys_at = query_tile::bytes;
  static constexpr int values_at = keys_at + Config.stages * key_tile::bytes;
  static constexpr int stages_end = values_at + Config.stages * value_tile::bytes;
  static_assert(stages_end - keys_at >= Config.consumers * 4 * pieces * int{sizeof(piece_type)},
                "[DS-ATTENTION-CONFIG] results are as much as stages, or less.");
  struct shared_plan {
    alignas(1024) arch::gpu::shared_array<unsigned char,
                                          values_at + Config.stages * value_tile::bytes> memory;
    tile::pipeline<Config.stages> keys;
    tile::pipeline<Config.stages> values;
    arch::gpu::mbarrier queries;
    arch::gpu::mbarrier turn[Config.consumers];
    tile_bits tiles;
  };
  static_assert(sizeof(shared_plan) <= 232448,
                "[DS-ATTENTION-CONFIG] at most 232448 bytes of shared memory.");

  arch::gpu::tensor_map
      q;  ///< of query_tile::panel: rows of heads that are packed, groups, batches
  arch::gpu::tensor_map k;  ///< of key_tile::panel
  arch::gpu::tensor_map v;  ///< of value_tile::block
  Operands operands;
  attention_blocks blocks;
  attention_parts parts;
  Score score;

  /// Inlined however large the score is: wgmma do not go on across a call.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void run(shared_plan& shared) const {
    // Compiled for other architectures beside sm_90a, where nobody may launch it.
    if constexpr (arch::gpu::detail::has_wgmma<Score>) run_roles(shared);
#if DEEPSEEK_DEVICE_PASS
    else __trap();
#endif
  }

 private:
  using block = attention_block<Operands, Config.tile()>;
  using tiles_of_block = visited_tiles<Score::scored>;
  using stage_place = tile::pipeline_place<Config.stages>;
  static constexpr int weight_steps = Config.keys / 16;
  static constexpr int row_scores = Config.keys / 4;  ///< of a lane, of one row
  using scores = arch::gpu::wgmma_sum<float, Config.keys>;
  using values_of_rows = arch::gpu::wgmma_sum<float, Config.value_width>;
  using weights = arch::gpu::wgmma_a<T>;

  /// state: what a lane has of its rows: two, 8 apart.
  struct state {
    values_of_rows values;
    weights weight[weight_steps];
    softmax_row<4> row[2];
    attention_row at[2];
  };

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void run_roles(shared_plan& shared) const {
    block const own{operands, blocks, parts};
    bool const copies = arch::gpu::thread_rank() == Config.consumers * arch::gpu::warpgroup_threads;
    if (copies) begin_copies(shared, own);
    if constexpr (Score::scored)
      find_tiles(shared.tiles, own.first_tile, own.end_tile,
                 [&](int tile) DEEPSEEK_INLINE_LAMBDA { return score.use(own.box(tile)); });
    arch::gpu::sync_block();  // barriers and tiles are there
    tiles_of_block const tiles{shared.tiles, own.first_tile, own.end_tile};
    int const group =
        arch::gpu::shuffle(arch::gpu::warp_rank() / 4, 0);  // the compiler sees: of all lanes
    if (group == Config.consumers) {
      arch::gpu::lower_registers<Config.producer_registers()>();
      if (copies) copy(shared, own, tiles);
    } else {
      arch::gpu::raise_registers<Config.consumer_registers()>();
      multiply(shared, own, tiles, group);
    }
  }

  /// Barriers, and the queries on their way. One thread.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void begin_copies(shared_plan& shared,
                                                         block const& own) const {
    arch::gpu::prefetch(k);
    arch::gpu::prefetch(v);
    tile::make_pipeline(shared.keys, Config.consumers * 4);
    tile::make_pipeline(shared.values, Config.consumers * 4);
    for (auto& turn : shared.turn) arch::gpu::init(turn, 4);
    arch::gpu::init(shared.queries, 1);
    arch::gpu::fence_async();
    arch::gpu::arrive(shared.queries, query_tile::bytes);
    query_tile::load(shared.memory, 0, q, shared.queries, own.first_row,
                     {own.at.group, own.at.batch});
  }

  /// Keys of a tile, those of the next one, its values … -> stages. One thread.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void copy(shared_plan& shared, block const& own,
                                                 tiles_of_block const& tiles) const {
    attention_place const from{own.kv_head, own.at.batch};
    stage_place key_at;
    stage_place value_at;
    int tile = -1;
    for (int next = tiles.from(tiles.first);; next = tiles.from(tile + 1)) {
      if (next < tiles.end) {
        tile::wait_empty(shared.keys, key_at);
        tile::announce(shared.keys, key_at, key_tile::bytes);
        key_tile::load(shared.memory, keys_at + key_at.stage * key_tile::bytes, k,
                       shared.keys.full[key_at.stage], next * Config.keys, from);
        key_at.next();
      }
      if (tile >= 0) {
        tile::wait_empty(shared.values, value_at);
        tile::announce(shared.values, value_at, value_tile::bytes);
        value_tile::load(shared.memory, values_at + value_at.stage * value_tile::bytes, v,
                         shared.values.full[value_at.stage], tile * Config.keys, from);
        value_at.next();
      }
      if (next >= tiles.end) return;
      tile = next;
    }
  }

  /// Stages -> scores -> weights -> sums of values -> results. One warpgroup.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void multiply(shared_plan& shared, block const& own,
                                                     tiles_of_block const& tiles, int group) const {
    state all;
    begin(all, own);
    stage_place key_at;
    stage_place value_at;
    int tile = tiles.from(tiles.first);
    if (tile < tiles.end) {
      arch::gpu::wait(shared.queries, 0);
      first_tile(shared, own, tiles, all, tile, group, key_at);
      int round = 0;
      for (int next; (next = tiles.from(tile + 1)) < tiles.end; tile = next, ++round)
        next_tiles(shared, own, tiles, all, next, group, round, key_at, value_at);
      last_values(shared, all, value_at);
    }
    write(shared, own, all);
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE static int row_of(int half) {
    return arch::gpu::warp_rank() * 16 + arch::gpu::lane_rank() / 4 + half * 8;
  }
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void begin(state& all, block const& own) {
    tile::unrolled<2>([&](auto h) DEEPSEEK_INLINE_LAMBDA {
      all.at[h] = own.row(row_of(h));
      all.row[h].begin(own.sink(all.at[h].head));
    });
    tile::unrolled<values_of_rows::elements>(
        [&](auto i) DEEPSEEK_INLINE_LAMBDA { all.values.set(i, 0.F); });
  }

  /// Keys of the first tile -> weights.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void first_tile(shared_plan& shared, block const& own,
                                                       tiles_of_block const& tiles, state& all,
                                                       int tile, int group,
                                                       stage_place& key_at) const {
    scores score_of;
    float factor[2];
    tile::wait_full(shared.keys, key_at);
    arch::gpu::wgmma_fence(score_of);
    multiply_keys(shared, score_of, group, key_at);
    arch::gpu::wgmma_commit();
    arch::gpu::wgmma_wait<0>(score_of);
    tile::release(shared.keys, key_at);
    key_at.next();
    weigh(own, all, tile, tiles.masked(tile), score_of, factor);
    narrow(all, score_of);
  }
  /// Keys of a tile and values of the one before; the softmax of its scores while the latter are multiplied.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void next_tiles(shared_plan& shared, block const& own,
                                                       tiles_of_block const& tiles, state& all,
                                                       int tile, int group, int round,
                                                       stage_place& key_at,
                                                       stage_place& value_at) const {
    scores score_of;
    float factor[2];
    bool const masked = tiles.masked(tile);
    tile::wait_full(shared.keys, key_at);
    tile::wait_full(shared.values, value_at);
    // Consumer 0 begins; each other one, and 0 the next time, waits for the one before.
    arch::gpu::wait(shared.turn[group], (round + (group == 0 ? 1 : 0)) & 1);
    fence(score_of, all);
    multiply_keys(shared, score_of, group, key_at);
    arch::gpu::wgmma_commit();
    multiply_values(shared, all, value_at);
    arch::gpu::wgmma_commit();
    if (arch::gpu::lane_rank() == 0)
      arch::gpu::arrive(shared.turn[group + 1 == Config.consumers ? 0 : group + 1]);
    arch::gpu::wgmma_wait<Config.overlaps ? 1 : 0>(score_of);
    tile::release(shared.keys, key_at);
    key_at.next();
    if constexpr (Config.overlaps) weigh(own, all, tile, masked, score_of, factor);
    wait(all);
    tile::release(shared.values, value_at);
    value_at.next();
    if constexpr (!Config.overlaps) weigh(own, all, tile, masked, score_of, factor);
    tile::unrolled<values_of_rows::elements>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      all.values.set(i, all.values[i] * factor[i / 2 % 2]);
    });
    narrow(all, score_of);
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void last_values(shared_plan& shared, state& all,
                                                        stage_place const& value_at) const {
    tile::wait_full(shared.values, value_at);
    fence(all.values, all);
    multiply_values(shared, all, value_at);
    arch::gpu::wgmma_commit();
    wait(all);
  }

  /// Queries [64, width], keys [keys, width] in shared memory -> scores [64, keys], after a wait.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void multiply_keys(shared_plan& shared, scores& to,
                                                                 int group, stage_place const& at) {
    auto const a = query_tile::panel::descriptor(shared.memory[0], group * 64);
    auto const b =
        key_tile::panel::descriptor(shared.memory[keys_at], 0).advanced(at.stage * key_tile::bytes);
    tile::unrolled<key_tile::steps>([&](auto s) DEEPSEEK_INLINE_LAMBDA {
      arch::gpu::wgmma<T>(to, a.advanced(query_tile::offset(s)), b.advanced(key_tile::offset(s)),
                          s > 0);
    });
  }
  /// Weights [64, keys] in registers, values [keys, value_width] in shared memory -> sums in registers.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void multiply_values(shared_plan& shared, state& all,
                                                                   stage_place const& at) {
    constexpr arch::gpu::wgmma_options options{arch::gpu::major_axis::k, arch::gpu::major_axis::mn};
    auto const b = value_tile::block::descriptor(shared.memory[values_at], 0)
                       .advanced(at.stage * value_tile::bytes);
    tile::unrolled<value_tile::steps>([&](auto s) DEEPSEEK_INLINE_LAMBDA {
      arch::gpu::wgmma<T, T, options>(all.values, all.weight[s], b.advanced(value_tile::offset(s)));
    });
  }
  template <class Sums>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fence(Sums& to, state& all) {
    [&]<int... I>(std::integer_sequence<int, I...>) DEEPSEEK_INLINE_LAMBDA {
      arch::gpu::wgmma_fence(to, all.values, all.weight[I]...);
    }
    (std::make_integer_sequence<int, weight_steps>{});
  }
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void wait(state& all) {
    [&]<int... I>(std::integer_sequence<int, I...>) DEEPSEEK_INLINE_LAMBDA {
      arch::gpu::wgmma_wait<0>(all.values, all.weight[I]...);
    }
    (std::make_integer_sequence<int, weight_steps>{});
  }

  /// scores_of_row<Half>: those that a lane has of one of its rows; the caller has waited for them.
  template <int Half> struct scores_of_row {
    scores& of;
    DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float& operator[](int i) const {
      return of.registers().word[i / 2 * 4 + Half * 2 + i % 2];
    }
  };
  /// Scores -> weights in their place; by what is summed up so far is to be multiplied.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void weigh(block const& own, state& all, int tile,
                                                  bool masked, scores& of,
                                                  float (&factor)[2]) const {
    (void)of.fragment();  // the emulator looks whether they may be touched
    int const first = tile * Config.keys + arch::gpu::lane_rank() % 4 * 2;
    tile::unrolled<2>([&](auto h) DEEPSEEK_INLINE_LAMBDA {
      scores_of_row<h> x{of};
      own.template finish_scores<row_scores>(
          score, all.at[h], tile, masked,
          [&](auto i) DEEPSEEK_INLINE_LAMBDA { return first + i / 2 * 8 + i % 2; }, x);
      factor[h] = all.row[h].template add<row_scores>(x);
    });
  }
  /// Weights of a tile -> what is multiplied; registers: two rows, then the next 8 keys.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void narrow(state& all, scores const& of) {
    tile::unrolled<weight_steps>([&](auto s) DEEPSEEK_INLINE_LAMBDA {
      arch::gpu::fragment_a<T, 16> a;
      tile::unrolled<4>([&](auto w) DEEPSEEK_INLINE_LAMBDA {
        constexpr int from = s * 8 + w * 2;
        a.word[w] = arch::gpu::narrow<T>(of[from], of[from + 1]);
      });
      all.weight[s] = weights{a};
    });
  }

  /// Sums -> rows in shared memory of the warp, in place of the stages -> results.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write(shared_plan& shared, block const& own,
                                                         state& all) {
    float factor[2];
    tile::unrolled<2>([&](auto h) DEEPSEEK_INLINE_LAMBDA {
      factor[h] = all.row[h].end();
      if (arch::gpu::lane_rank() % 4 == 0) own.write_sum(row_of(h), all.row[h].logarithm());
    });
    tile::unrolled<values_of_rows::elements>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      all.values.set(i, all.values[i] * factor[i / 2 % 2]);
    });
    int const warp = arch::gpu::warp_rank();
    auto* const piece =
        reinterpret_cast<piece_type*>(shared.memory.element + keys_at) + warp * pieces;
    constexpr int consumers_meet = 1;
    arch::gpu::sync_threads<consumers_meet>(Config.consumers * arch::gpu::warpgroup_threads);
    tile::unrolled<pieces>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
      put<p * piece_type::columns>(piece[p], all.values.fragment());
    });
    arch::gpu::sync_warp();
    constexpr int in_row = Config.value_width / 8;
#if DEEPSEEK_DEVICE_PASS
#pragma unroll 2
#endif
    for (int i = arch::gpu::lane_rank(); i < 16 * in_row; i += arch::gpu::warp_size) {
      int const column = i % in_row * 8;
      own.write(
          warp * 16 + i / in_row, column,
          get<8>(piece[column / piece_type::columns], i / in_row, column % piece_type::columns));
    }
  }
};

}  // namespace deepseek::kernel
