// SPDX-License-Identifier: Apache-2.0
/// @file A matrix product on sm_90a: which kernel with which tile, its tensor maps and its grid.
#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/kernel/block_scales.hpp>
#include <deepseek/kernel/matmul_wgmma.hpp>
#include <deepseek/kernel/product_epilogue.hpp>
#include <deepseek/kernel/product_operands.hpp>
#include <deepseek/plan/gpu/detail/sm90_operands.hpp>
#include <deepseek/plan/gpu/known_neighbours.hpp>
#include <deepseek/plan/gpu/matmul_tiles_sm90.hpp>
#include <deepseek/tile/tile_walk.hpp>

namespace deepseek::plan::gpu {

/// sm90_factors<A, B>: wgmma multiplies them as they are.
template <class A, class B>
concept sm90_factors = arch::gpu::factor_element<A> && arch::gpu::factor_element<B> &&
                       arch::gpu::mma_factors<A, B> && sizeof(A) <= 2;

namespace detail {

/// Where nothing is known there are kernels for all axes, so of fewer tiles.
inline constexpr kernel::matmul_wgmma_config sm90_few_tiles[] = {sm90_tiles[0], sm90_tiles[3],
                                                                 sm90_tiles[5]};

inline constexpr kernel::matmul_wgmma_config sm90_one_tile[] = {sm90_tiles[3]};
inline constexpr kernel::matmul_wgmma_config sm90_few_promoted_tiles[] = {sm90_promoted_tiles[0],
                                                                          sm90_promoted_tiles[3]};

/// copied_result<Epilogue>: what a product_store of two bytes is by tensor copies; void of others.
template <class Epilogue> struct copied_result { using type = void; };
template <class T, int Width> struct copied_result<kernel::product_store<T, Width>> {
  using type = std::conditional_t<sizeof(T) == 2 && Width == 8, kernel::wgmma_store<T>, void>;
};

/// sm90_launch: one product, and how it is started: make_map(description) makes a tensor map for the machine,
/// f(kernel, blocks) runs a kernel.
template <class A, class B, class Epilogue, class Scales, sm90_kernels Kernels, class MakeMap,
          class F>
struct sm90_launch {
  kernel::product_operands<A, B> const& operands;
  Epilogue const& epilogue;
  Scales const& scales;
  MakeMap const& make_map;
  F const& f;
  sm90_machine machine;
  sm90_batch batch;
  sm90_access a;
  sm90_access b;
  sm90_shares shares;

  using copied = typename copied_result<Epilogue>::type;
  static constexpr bool by_copies = !std::is_void_v<copied>;
  /// The tensor core sums up products of fp8 with fewer bits than a float has.
  static constexpr bool promoted = sizeof(A) == 1 && !arch::gpu::detail::is_byte_integer<A>;
  static_assert(promoted || std::is_same_v<Scales, kernel::no_scales>,
                "[DS-SM90-SCALES] scales of blocks are for fp8.");
  using major_axis = arch::gpu::major_axis;

  [[nodiscard]] sm90_product shape() const {
    constexpr std::int64_t depth = 128 / std::int64_t{sizeof(A)};
    return {operands.size.m, operands.size.n, operands.batch.count(),
            (operands.size.k + depth - 1) / depth};
  }
  template <known_neighbours KnownA, known_neighbours KnownB> void start() const {
    if (a == sm90_access::along_k) start_a<major_axis::k, KnownA, KnownB>();
    else start_a<major_axis::mn, KnownA, KnownB>();
  }
  template <major_axis MajorA, known_neighbours KnownA, known_neighbours KnownB>
  void start_a() const {
    if constexpr (possible<A, MajorA, KnownA>()) {
      if (b == sm90_access::along_k) start_b<MajorA, major_axis::k, KnownA, KnownB>();
      else start_b<MajorA, major_axis::mn, KnownA, KnownB>();
    }
  }
  template <major_axis MajorA, major_axis MajorB, known_neighbours KnownA, known_neighbours KnownB>
  void start_b() const {
    constexpr bool all_kernels =
        Kernels == sm90_kernels::all && (sizeof(A) == 1 || (KnownA != known_neighbours::nothing &&
                                                            KnownB != known_neighbours::nothing));
    if constexpr (possible<B, MajorB, KnownB>()) {
      if constexpr (promoted && Kernels == sm90_kernels::shared)
        start_from<MajorA, MajorB, sm90_promoted_shared_tile>();
      else if constexpr (Kernels == sm90_kernels::shared)
        start_from<MajorA, MajorB, sm90_shared_tile>();
      else if constexpr (promoted && Kernels != sm90_kernels::all)
        start_from<MajorA, MajorB, sm90_few_promoted_tiles>();
      else if constexpr (promoted) start_from<MajorA, MajorB, sm90_promoted_tiles>();
      else if constexpr (Kernels == sm90_kernels::one) start_from<MajorA, MajorB, sm90_one_tile>();
      else if constexpr (all_kernels) start_from<MajorA, MajorB, sm90_tiles>();
      else start_from<MajorA, MajorB, sm90_few_tiles>();
    }
  }
  template <class T, major_axis Major, known_neighbours Known> static constexpr bool possible() {
    if (Major == major_axis::mn && sizeof(T) != 2) return false;
    return Known == known_neighbours::nothing ||
           (Known == known_neighbours::along_k) == (Major == major_axis::k);
  }

  template <major_axis MajorA, major_axis MajorB, auto const& Tiles> void start_from() const {
    constexpr int count = sizeof(Tiles) / sizeof(Tiles[0]);
    constexpr bool panels = MajorB == major_axis::mn || by_copies;
    int const choice = sm90_choice(Tiles, shape(), 2, panels, machine);
    [&]<int... I>(std::integer_sequence<int, I...>) {
      ((choice == I ? start_tile<MajorA, MajorB, Tiles[I], panels>() : void()), ...);
    }
    (std::make_integer_sequence<int, count>{});
  }
  template <major_axis MajorA, major_axis MajorB, kernel::matmul_wgmma_config Config, bool Panels>
  void start_tile() const {
    if constexpr (!Panels || Config.columns % 64 == 0) {
      if constexpr (by_copies) {
        auto const& to = epilogue;
        kernel::wgmma_result_matrices<std::remove_pointer_t<decltype(to.data)>> const c{
            to.data,     operands.size.m, operands.size.n, to.row_step,
            batch.inner, to.matrix_step,  batch.outer,     to.matrix_step * batch.inner};
        start_kernel<MajorA, MajorB, Config>(copied{make_map(copied::description(c))});
      } else {
        start_kernel<MajorA, MajorB, Config>(epilogue);
      }
    }
  }
  template <major_axis MajorA, major_axis MajorB, kernel::matmul_wgmma_config Config, class Last>
  void start_kernel(Last const& last) const {
    using K = kernel::matmul_wgmma<A, B, Last, Config, MajorA, MajorB, Scales>;
    auto const& size = operands.size;
    auto const parts = [](int extent, int part) { return (extent + part - 1) / part; };
    auto const of_a = K::left::description(
        sm90_matrices_of(operands.a, a, size.m, size.k, batch, batch.a_inner, batch.a_outer));
    auto const of_b = K::right::description(
        sm90_matrices_of(operands.b, b, size.n, size.k, batch, batch.b_inner, batch.b_outer));
    auto work = shape();
    work.matrices *= shares.count;
    auto const blocks = sm90_blocks(Config, work, machine);
    K const kernel{make_map(of_a),
                   make_map(of_b),
                   {parts(size.m, K::cluster_tile_rows), parts(size.n, K::cluster_tile_columns),
                    static_cast<int>(operands.batch.count()),
                    tile::band_for(K::cluster_tile_rows, K::cluster_tile_columns,
                                   static_cast<int>(blocks / K::cluster))},
                   {static_cast<int>(batch.inner), batch.a_inner != 0, batch.a_outer != 0,
                    batch.b_inner != 0, batch.b_outer != 0},
                   size.m,
                   size.n,
                   size.k,
                   last,
                   scales,
                   shares.count,
                   static_cast<int>(shares.blocks)};
    f(kernel, static_cast<int>(blocks));
  }
};

}  // namespace detail

/// sm90_possible<KnownA, KnownB>(operands): tensor copies can read both, and what is known of them is so. Not
/// where an operand begins, or has rows or matrices, at other than multiples of 16 bytes, where there is no
/// k, and of batch axes that are not two.
template <known_neighbours KnownA = known_neighbours::nothing,
          known_neighbours KnownB = known_neighbours::nothing, class A, class B>
bool sm90_possible(kernel::product_operands<A, B> const& operands) {
  auto const& size = operands.size;
  if (size.m < 1 || size.n < 1 || size.k < 1 || operands.batch.count() < 1) return false;
  auto const batch = sm90_batch_of(operands.batch);
  auto const a = sm90_access_of(operands.a, size.m, size.k, batch.a_inner, batch.a_outer);
  auto const b = sm90_access_of(operands.b, size.n, size.k, batch.b_inner, batch.b_outer);
  auto const as_known = [](known_neighbours what, sm90_access found) {
    if (found == sm90_access::none) return false;
    return what == known_neighbours::nothing ||
           (what == known_neighbours::along_k) == (found == sm90_access::along_k);
  };
  constexpr std::int64_t most_tiles = std::int64_t{1} << 30;
  std::int64_t const tiles = operands.batch.count() * ((size.m + 63) / 64) * ((size.n + 31) / 32);
  return batch.possible && as_known(KnownA, a) && as_known(KnownB, b) && tiles <= most_tiles;
}

/// sm90_shares_of(operands, result_bytes, machine): into how many shares k of a product is cut.
template <class A, class B>
sm90_shares sm90_shares_of(kernel::product_operands<A, B> const& operands, int result_bytes,
                           sm90_machine const& machine = {}) {
  constexpr std::int64_t depth = 128 / std::int64_t{sizeof(A)};
  auto const& size = operands.size;
  sm90_product const p{size.m, size.n, operands.batch.count(), (size.k + depth - 1) / depth};
  return sm90_shares_of(detail::sm90_few_tiles, p, result_bytes, operands.b.step == 1, machine);
}

/// launch_sm90<KnownA, KnownB, Kernels>(operands, epilogue, make_map, f, scales, machine, shares):
/// f(kernel, blocks) with the kernel of the product; false, and nothing is run, where it is not possible:
/// then another kernel has to do it. Kernels shared: the sums of each of `shares` are those of a matrix
/// of its own.
template <known_neighbours KnownA = known_neighbours::nothing,
          known_neighbours KnownB = known_neighbours::nothing,
          sm90_kernels Kernels = sm90_kernels::all, class A, class B, class Epilogue, class MakeMap,
          class F, class Scales = kernel::no_scales>
requires sm90_factors<A, B>
bool launch_sm90(kernel::product_operands<A, B> const& operands, Epilogue const& epilogue,
                 MakeMap const& make_map, F const& f, Scales const& scales = {},
                 sm90_machine const& machine = {}, sm90_shares const& shares = {}) {
  if (!sm90_possible<KnownA, KnownB>(operands)) return false;
  using sm90_launch = detail::sm90_launch<A, B, Epilogue, Scales, Kernels, MakeMap, F>;
  if constexpr (sm90_launch::by_copies)
    if (epilogue.row_step < 0 || epilogue.matrix_step < 0) return false;
  auto const& size = operands.size;
  auto const batch = sm90_batch_of(operands.batch);
  sm90_launch const launch{operands,
                           epilogue,
                           scales,
                           make_map,
                           f,
                           machine,
                           batch,
                           sm90_access_of(operands.a, size.m, size.k, batch.a_inner, batch.a_outer),
                           sm90_access_of(operands.b, size.n, size.k, batch.b_inner, batch.b_outer),
                           shares};
  launch.template start<KnownA, KnownB>();
  return true;
}

}  // namespace deepseek::plan::gpu
