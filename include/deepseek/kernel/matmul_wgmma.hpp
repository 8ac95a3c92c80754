// SPDX-License-Identifier: Apache-2.0
/// @file matmul_wgmma: c[x, i, j] = epilogue(sum_k a[x, i, k] b[x, k, j]) on sm_90a: tensor copies bring
/// tiles of operands to shared memory, wgmma multiplies them there, and the sums go through the epilogue in
/// rows. With promoted sums, of 128-byte blocks of k: sum_blocks scale_a scale_b (sum_k of the block).
///
/// Roles: the last warpgroup copies (one thread of it), the others multiply. Blocks stay and walk tiles.
///
///   barrier     | who arrives                        | who waits     | what is seen then
///   full[s]     | the copying thread, with bytes     | consumers     | stage s holds 128 bytes of k of both
///   empty[s]    | warps of consumers that read it    | copying thread| nobody reads stage s any more
///   turn[g]     | the other consumer, if they take   | consumer g    | it has waited for all stages of its
///               | turns, with its last product       |               | tile, so that those of ours come next
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/cluster.hpp>
#include <deepseek/arch/gpu/dependent_launch.hpp>
#include <deepseek/arch/gpu/mbarrier.hpp>
#include <deepseek/arch/gpu/registers.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/tensor_copy.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/arch/gpu/warp.hpp>
#include <deepseek/arch/gpu/wgmma.hpp>
#include <deepseek/kernel/block_scales.hpp>
#include <deepseek/kernel/detail/wgmma_operand.hpp>
#include <deepseek/kernel/detail/wgmma_result.hpp>
#include <deepseek/kernel/detail/wgmma_store.hpp>
#include <deepseek/kernel/matmul_wgmma_config.hpp>
#include <deepseek/tile/pipeline.hpp>
#include <deepseek/tile/tile_walk.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// wgmma_batch: matrix x of the result is (x / inner, x % inner); which operands have these axes.
struct wgmma_batch {
  int inner = 1;
  bool a_inner = false;
  bool a_outer = false;
  bool b_inner = false;
  bool b_outer = false;
};

/// matmul_wgmma<A, B, Epilogue, Config, MajorA, MajorB, Scales>: a grid along x of as many blocks as run at
/// once, a multiple of the cluster. Epilogue: a wgmma_store, or write(matrix, row, column, held<Sum, Width>)
/// for what begins in the result; Epilogue::width neighbours at once.
template <class A, class B, class Epilogue, matmul_wgmma_config Config,
          arch::gpu::major_axis MajorA = arch::gpu::major_axis::k,
          arch::gpu::major_axis MajorB = arch::gpu::major_axis::k, class Scales = no_scales>
struct matmul_wgmma {
  static_assert(
      matmul_wgmma_possible<Config>,
      "[DS-MATMUL-WGMMA-CONFIG] there is no such kernel: matmul_wgmma_fault(Config) says why.");
  static_assert(Config.cluster_columns == 1 || Config.cluster_rows == 1);
  static constexpr int threads = Config.threads();
  static constexpr int cluster = Config.blocks();
  static constexpr bool begins_early = true;
  static constexpr char const* name = "matmul_wgmma";

  static constexpr bool integers = arch::gpu::detail::is_byte_integer<A>;
  using sum_type = std::conditional_t<integers, std::int32_t, float>;
  using left = wgmma_operand<A, Config.rows, MajorA, Config.cluster_columns>;
  using right = wgmma_operand<B, Config.columns, MajorB, Config.cluster_rows>;
  static constexpr bool promoted = Config.sums == wgmma_sums::promoted;
  static_assert(promoted || std::is_same_v<Scales, no_scales>,
                "[DS-MATMUL-WGMMA-SCALES] scales of blocks are for promoted sums.");
  static_assert(!promoted || !integers,
                "[DS-MATMUL-WGMMA-SCALES] sums of integers are exact: direct ones.");
  using piece = std::conditional_t<stores_by_copies<Epilogue>,
                                   arch::gpu::shared_array<unsigned char, Config.piece_bytes()>,
                                   wgmma_piece<sum_type, Config.piece_columns()>>;
  /// Rows and columns of the result that a cluster has at once.
  static constexpr int cluster_tile_rows = Config.rows * Config.cluster_rows;
  static constexpr int cluster_tile_columns = Config.columns * Config.cluster_columns;
  static constexpr int products = Config.consumer_rows() / Config.product_rows;
  static constexpr int stage_bytes = Config.stage_bytes();
  using sums = arch::gpu::wgmma_sum<sum_type, Config.columns>;

  struct shared_plan {
    alignas(1024) arch::gpu::shared_array<unsigned char, Config.stages * stage_bytes> operands;
    alignas(1024) piece pieces[Config.consumers * 4];  ///< of each warp
    tile::pipeline<Config.stages> stages;
    arch::gpu::mbarrier turn[Config.consumers];
  };
  static_assert(sizeof(shared_plan) == Config.shared_bytes());

  arch::gpu::tensor_map a;  ///< of left::description
  arch::gpu::tensor_map b;  ///< of right::description
  tile::tile_walk walk;     ///< of tiles of a whole cluster
  wgmma_batch batch;
  int rows;
  int columns;
  int k;  ///< 1 or more
  Epilogue epilogue;
  DEEPSEEK_EMPTY Scales scales = {};
  int shares = 1;  ///< of each tile, if Config.shares_k; sums of share s are those of matrix
  int blocks_of_share = 0;  ///< s * (number of matrices) + x; stages of k of a share

  /// Inlined however large the epilogue is: wgmma do not go on across a call.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void run(shared_plan& shared) const {
    // Compiled for other architectures beside sm_90a, where nobody may launch it.
    if constexpr (arch::gpu::detail::has_wgmma<Epilogue>) run_roles(shared);
#if DEEPSEEK_DEVICE_PASS
    else __trap();
#endif
  }

 private:
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void run_roles(shared_plan& shared) const {
    make_barriers(shared);
    int const group = warpgroup_rank();
    if (group == Config.consumers) {
      if constexpr (Config.consumers == 2) arch::gpu::lower_registers<Config.producer_registers>();
      if (arch::gpu::thread_rank() == Config.consumers * arch::gpu::warpgroup_threads) copy(shared);
    } else {
      if constexpr (Config.consumers == 2) arch::gpu::raise_registers<Config.consumer_registers>();
      multiply(shared, group);
    }
    // Others arrive at this block's barriers until they have read their last stage.
    if constexpr (cluster > 1) arch::gpu::sync_cluster();
  }

  using stage_place = tile::pipeline_place<Config.stages>;

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void make_barriers(shared_plan& shared) const {
    constexpr int readers = (Config.alternate ? 1 : Config.consumers) * 4;
    if (arch::gpu::thread_rank() == 0) {
      arch::gpu::prefetch(a);
      arch::gpu::prefetch(b);
      tile::make_pipeline(shared.stages, readers * cluster);
      for (auto& turn : shared.turn) arch::gpu::init(turn, 4);
      arch::gpu::fence_async();
    }
    if constexpr (cluster > 1) arch::gpu::sync_cluster();
    else arch::gpu::sync_block();
    arch::gpu::wait_for_grid_before();
  }

  /// The same in all lanes, as the compiler can see.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int warpgroup_rank() {
    return arch::gpu::shuffle(arch::gpu::warp_rank() / 4, 0);
  }
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int rank_in_cluster() {
    if constexpr (cluster > 1) return arch::gpu::cluster_rank();
    else return 0;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int k_blocks() const {
    return (k + left::depth - 1) / left::depth;
  }
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int first_tile() {
    return arch::gpu::block_index().x / cluster;
  }
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int tile_step() {
    return arch::gpu::grid_blocks().x / cluster;
  }
  /// Tiles of the cluster, or shares of tiles.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int work_count() const {
    int const tiles = static_cast<int>(walk.count());
    return Config.shares_k ? tiles * shares : tiles;
  }
  /// work: a tile, or a share of it: stages of k from `first` on, and the matrix of the result.
  struct work {
    tile::tile_place tile;
    int first;
    int blocks;
    int result;
  };
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE work work_at(int number) const {
    if constexpr (!Config.shares_k) {
      auto const to = tile_at(number);
      return {to, 0, k_blocks(), to.matrix};
    } else {
      auto const tiles = static_cast<int>(walk.count());
      int const share = number / tiles;
      auto const to = tile_at(number - share * tiles);
      int const first = share * blocks_of_share;
      int const left = k_blocks() - first;
      return {to, first, left < blocks_of_share ? left : blocks_of_share,
              to.matrix + share * walk.matrices};
    }
  }
  /// The block's tile: its matrix, first row and first column; may be outside of the result.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE tile::tile_place tile_at(int number) const {
    tile::tile_place const of_cluster = walk.place(number);
    int const rank = rank_in_cluster();
    int const below = Config.cluster_rows > 1 ? rank : 0;
    int const beside = Config.cluster_columns > 1 ? rank : 0;
    return {of_cluster.matrix, (of_cluster.row * Config.cluster_rows + below) * Config.rows,
            (of_cluster.column * Config.cluster_columns + beside) * Config.columns};
  }

  /// Global [rows, k], [k, columns] -> stages. One thread.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void copy(shared_plan& shared) const {
    int const rank = rank_in_cluster();
    stage_place at;
    for (int number = first_tile(); number < work_count(); number += tile_step()) {
      auto const [to, first_block, blocks, result] = work_at(number);
      int const outer =
          static_cast<int>(static_cast<unsigned>(to.matrix) / static_cast<unsigned>(batch.inner));
      int const inner = to.matrix - outer * batch.inner;
      for (int block = 0; block < blocks; ++block, at.next()) {
        int const first = at.stage * stage_bytes;
        auto& full = shared.stages.full[at.stage];
        tile::wait_empty(shared.stages, at);
        tile::announce(shared.stages, at, stage_bytes);
        int const k_here = (first_block + block) * left::depth;
        left::load(shared.operands, first, a, full, rank, to.row, k_here, batch.a_inner ? inner : 0,
                   batch.a_outer ? outer : 0);
        right::load(shared.operands, first + left::bytes, b, full, rank, to.column, k_here,
                    batch.b_inner ? inner : 0, batch.b_outer ? outer : 0);
      }
    }
    arch::gpu::let_next_grid_begin();
  }

  /// Stages -> sums in registers -> epilogue. One warpgroup.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void multiply(shared_plan& shared, int group) const {
    constexpr int step = Config.alternate ? Config.consumers : 1;
    stage_place at;
    if (Config.alternate && group == 1) at.skip(k_blocks());
    int turn = 0;
    for (int number = first_tile() + (Config.alternate ? group * tile_step() : 0);
         number < work_count(); number += tile_step() * step, ++turn) {
      sums sum[products];
      // Consumer 0 begins; the other one waits for it, and it for the other's tile before.
      if constexpr (Config.alternate) arch::gpu::wait(shared.turn[group], (turn + 1 + group) & 1);
      auto const [to, first, blocks, result] = work_at(number);
      if constexpr (promoted) promote(shared, sum[0], at, to, group, first, blocks);
      else sum_up(shared, sum, at, group, blocks);
      if constexpr (Config.alternate) at.skip(blocks);
      write(shared, sum, {result, to.row, to.column}, group);
    }
    if constexpr (stores_by_copies<Epilogue>) Epilogue::finish();
  }
  /// The first of a consumer's rows in a tile.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int first_row(int group) {
    return Config.alternate ? 0 : group * Config.consumer_rows();
  }

  /// All of k of a tile, in stages from `at` on, which is then behind them.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void sum_up(shared_plan& shared, sums (&sum)[products],
                                                   stage_place& at, int group, int blocks) const {
    constexpr arch::gpu::wgmma_options options{MajorA, MajorB};
    auto const a_first = left::descriptor(shared.operands[0], first_row(group));
    auto const b_first = right::descriptor(shared.operands[left::bytes], 0);
    stage_place before = at;
    for (int block = 0; block < blocks; ++block) {
      tile::wait_full(shared.stages, at);
      auto const a_here = a_first.advanced(at.stage * stage_bytes);
      auto const b_here = b_first.advanced(at.stage * stage_bytes);
      fence(sum);
      tile::unrolled<left::steps>([&](auto step) DEEPSEEK_INLINE_LAMBDA {
        tile::unrolled<products>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
          constexpr int down =
              left::along_k ? Config.product_rows * left::line_bytes : left::panel_bytes;
          arch::gpu::wgmma<A, B, options>(
              sum[p], a_here.advanced(p * down + step * left::step_bytes),
              b_here.advanced(step * right::step_bytes), block > 0 || step > 0);
        });
      });
      arch::gpu::wgmma_commit();
      arch::gpu::wgmma_wait<1>();  // the products of the stage before have ended
      if (block > 0) tile::release<cluster>(shared.stages, before);
      before = at;
      at.next();
    }
    if constexpr (Config.alternate)
      if (arch::gpu::lane_rank() == 0) arch::gpu::arrive(shared.turn[1 - group]);
    wait(sum);
    tile::release<cluster>(shared.stages, before);
  }

  /// The same in two levels: a block of 128 bytes of k on the tensor core, then times its scales and added.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void promote(shared_plan& shared, sums& total,
                                                    stage_place& at, tile::tile_place const& to,
                                                    int group, int first, int blocks) const {
    auto const a_first = left::descriptor(shared.operands[0], first_row(group));
    auto const b_first = right::descriptor(shared.operands[left::bytes], 0);
    int const row = to.row + first_row(group) + sums::place(arch::gpu::thread_rank(), 0).row;
    tile::unrolled<sums::elements>([&](auto i) DEEPSEEK_INLINE_LAMBDA { total.set(i, 0.f); });
    sums part;
    for (int block = 0; block < blocks; ++block) {
      // On their way while the tensor core works.
      int const of_k = first + block;
      float const of_b = to.column < columns ? scales.of_b(to.matrix, of_k, to.column / 128) : 0.f;
      float const upper = row < rows ? scales.of_a(to.matrix, row, of_k) : 0.f;
      float const lower = row + 8 < rows ? scales.of_a(to.matrix, row + 8, of_k) : 0.f;
      tile::wait_full(shared.stages, at);
      auto const a_here = a_first.advanced(at.stage * stage_bytes);
      auto const b_here = b_first.advanced(at.stage * stage_bytes);
      arch::gpu::wgmma_fence(part);
      tile::unrolled<left::steps>([&](auto step) DEEPSEEK_INLINE_LAMBDA {
        arch::gpu::wgmma<A, B>(part, a_here.advanced(step * left::step_bytes),
                               b_here.advanced(step * right::step_bytes), step > 0);
      });
      arch::gpu::wgmma_commit();
      if constexpr (Config.alternate)
        if (block + 1 == blocks && arch::gpu::lane_rank() == 0)
          arch::gpu::arrive(shared.turn[1 - group]);
      arch::gpu::wgmma_wait<0>(part);
      tile::release<cluster>(shared.stages, at);
      at.next();
      float const scale[2] = {upper * of_b, lower * of_b};
      tile::unrolled<sums::elements>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        total.set(i, total[i] + scale[i / 2 % 2] * part[i]);
      });
    }
  }

  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fence(sums (&sum)[products]) {
    if constexpr (products == 1) arch::gpu::wgmma_fence(sum[0]);
    else if constexpr (products == 2) arch::gpu::wgmma_fence(sum[0], sum[1]);
    else arch::gpu::wgmma_fence(sum[0], sum[1], sum[2], sum[3]);
  }
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void wait(sums (&sum)[products]) {
    if constexpr (products == 1) arch::gpu::wgmma_wait<0>(sum[0]);
    else if constexpr (products == 2) arch::gpu::wgmma_wait<0>(sum[0], sum[1]);
    else arch::gpu::wgmma_wait<0>(sum[0], sum[1], sum[2], sum[3]);
  }

  /// Sums -> rows in shared memory of the warp -> epilogue.
  template <class Sums>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write(shared_plan& shared, Sums const& sum,
                                                  tile::tile_place const& to, int group) const {
    int const warp = arch::gpu::warp_rank() % 4;
    int const first = to.row + first_row(group) + warp * 16;
    auto& own = shared.pieces[group * 4 + warp];
    if constexpr (stores_by_copies<Epilogue>) {
      auto const outer =
          static_cast<int>(static_cast<unsigned>(to.matrix) / static_cast<unsigned>(batch.inner));
      tile::unrolled<products>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
        int const row = first + p * Config.product_rows;
        if (row < rows && to.column < columns)
          epilogue.template store<Config.columns>(own, sum[p].fragment(), row, to.column,
                                                  to.matrix - outer * batch.inner, outer);
      });
    } else {
      write_rows(own, sum, to, first);
    }
  }
  template <class Sums>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write_rows(piece& own, Sums const& sum,
                                                       tile::tile_place const& to,
                                                       int first) const {
    // An expression is long, so that few copies of it are compiled, and one where accesses are narrow.
    using values_type = tile::held<sum_type, int{Epilogue::width}>;
    if constexpr (requires(values_type const& v) { epilogue.write_wide(0, 0, 0, v); }) {
      if (epilogue.wide)
        each_row<2>(own, sum, to, first,
                    [&](int i, int j, auto const& values)
                        DEEPSEEK_INLINE_LAMBDA { epilogue.write_wide(to.matrix, i, j, values); });
      else
        each_row<1>(own, sum, to, first,
                    [&](int i, int j, auto const& values)
                        DEEPSEEK_INLINE_LAMBDA { epilogue.write(to.matrix, i, j, values); });
    } else {
      each_row<4>(own, sum, to, first,
                  [&](int i, int j, auto const& values)
                      DEEPSEEK_INLINE_LAMBDA { epilogue.write(to.matrix, i, j, values); });
    }
  }
  template <int Unroll, class Sums, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_row(piece& own, Sums const& sum,
                                                     tile::tile_place const& to, int first,
                                                     F const& f) const {
    tile::unrolled<products>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
      by_rows<Epilogue::width, Config.columns, Unroll>(
          own, sum[p].fragment(),
          [&](int row, int column, auto const& values) DEEPSEEK_INLINE_LAMBDA {
            int const i = first + p * Config.product_rows + row;
            int const j = to.column + column;
            if (i < rows && j < columns) f(i, j, values);
          });
    });
  }
};

}  // namespace deepseek::kernel
