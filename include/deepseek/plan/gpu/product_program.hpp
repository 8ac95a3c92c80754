// SPDX-License-Identifier: Apache-2.0
/// @file product_program: a matrix product with its epilogue as one kernel on a GPU: which one, with which
/// tile, in how many shares of k.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/kernel/matmul_mma.hpp>
#include <deepseek/kernel/matmul_simt.hpp>
#include <deepseek/kernel/product_join.hpp>
#include <deepseek/plan/detail/bound_program.hpp>
#include <deepseek/plan/gpu/detail/program_epilogue.hpp>
#include <deepseek/plan/gpu/detail/wide_accesses.hpp>
#include <deepseek/plan/gpu/detail/program_operand.hpp>
#include <deepseek/plan/gpu/known_neighbours.hpp>
#include <deepseek/plan/gpu/matmul_tiles.hpp>
#include <deepseek/plan/gpu/product_prologue.hpp>  // by_mma
#include <deepseek/tile/tile_walk.hpp>

namespace deepseek::plan::gpu {

/// product_options: what is known when compiling: neighbours of operands; few: fewer kernels are compiled.
struct product_options {
  known_neighbours a = known_neighbours::nothing;
  known_neighbours b = known_neighbours::nothing;
  bool few = false;
  bool tf32 = false;  ///< factors of f32 may be rounded
};

template <class E>
using product_schedule_of = product_schedule<analyse<E, axis_map<>, empty_scope, 0>().axes>;

/// is_computed<Side>: a side of a product is a lowered_operand, not in memory.
template <class Side> inline constexpr bool is_computed = !std::is_same_v<Side, kernel::in_memory>;

/// product_program<E, A, B, Sum, Options, Left, Right>: E is a root in which a leaf of sums_of_product stands
/// for the product. launch(f, memory) calls f(kernel, blocks) for each kernel, one after the other. Left and
/// Right: in_memory, or the lowered_operand that is computed on the way.
template <class E, class A, class B, class Sum, product_options Options,
          class Left = kernel::in_memory, class Right = kernel::in_memory>
class product_program : public bound_program<E, product_schedule_of<E>, no_frames> {
  using bound = bound_program<E, product_schedule_of<E>, no_frames>;
  using bound::axes;
  using bound::root_;

 public:
  using typename bound::root;
  using typename bound::S;
  static_assert(root::level == 0 && !S::lanes_reduced && S::lane_axis == S::axes - 1,
                "[DS-PRODUCT-PROGRAM] an epilogue without reductions.");

  product_program(E const& e, kernel::product_operands<A, B> const& operands, address_range a,
                  address_range b, Left const& left = {}, Right const& right = {})
      : bound{e}, operands_{operands}, range_{a, b}, left_{left}, right_{right} {}

  /// A result lies in the memory of an operand that others still need.
  [[nodiscard]] bool conflicts() {
    bool found = bound::conflicts();
    root_.visit([&](auto& c) {
      if constexpr (requires { c.target; }) {
        address_range const t = this->reach(c.target.base, c.target.place);
        visit_operands(
            [&](address_range const& r) { found = found || (t.begin < r.end && r.begin < t.end); });
      }
    });
    return found;
  }
  /// visit(f): f on every cursor of the epilogue, and on what is under the operands as ranges of memory.
  template <class F> void visit(F&& f) {
    struct operand_memory {
      address_range source_range;
    };
    visit_operands([&](address_range const& r) {
      operand_memory operand{r};
      if (r.begin < r.end) f(operand);
    });
    root_.visit(static_cast<F&&>(f));
  }

  /// workspace_bytes(): of the sums of shares.
  [[nodiscard]] std::int64_t workspace_bytes() const {
    auto const choice = choose(true);
    return choice.shares == 1 ? 0 : share_bytes(choice.shares);
  }
  template <class F> void launch(F const& f, void* workspace = nullptr) {
    auto const& size = operands_.size;
    if (size.m == 0 || size.n == 0 || operands_.batch.count() == 0) return;
    if constexpr (uses_mma) {
      auto const choice = choose(workspace != nullptr);
      if (choice.shares > 1) launch_shares(f, choice, static_cast<Sum*>(workspace));
      else start_mma(f, choice, epilogue<8>());
    } else {
      start_simt(f, epilogue<4>());
    }
  }

 protected:
  using path = kernel::operand_path;

  static constexpr bool uses_mma =
      by_mma<A, B> || (Options.tf32 && std::is_same_v<A, float> && std::is_same_v<B, float>);
  static constexpr bool computed = is_computed<Left> || is_computed<Right>;
  static_assert(!computed || uses_mma,
                "[DS-PRODUCT-COMPUTED] only products by mma compute operands on the way.");
  static constexpr auto const& tiles = []() -> auto const& {
    if constexpr (computed) return mma_computed_tiles;
    else return mma_tiles;
  }
  ();
  static constexpr int general_tile = computed ? mma_general_computed_tile : mma_general_tile;

  [[nodiscard]] mma_choice choose(bool shared) const {
    if constexpr (!uses_mma) {
      return {};
    } else {
      auto const& size = operands_.size;
      mma_product const p{size.m, size.n, operands_.batch.count(),
                          size.k * std::int64_t{sizeof(A)}};
      mma_choice choice = choose_mma(tiles, general_tile, p, shared);
      if (choice.shares == 1 && (few || !fast())) choice.tile = general_tile;
      return choice;
    }
  }
  /// Where nothing is known of an operand there are kernels for all of its ways, so of fewer tiles.
  static constexpr bool few = Options.few || Options.a == known_neighbours::nothing ||
                              Options.b == known_neighbours::nothing;

  /// Operands are read by 16 bytes, or computed from elements that can be read together.
  [[nodiscard]] bool fast() const {
    bool possible = true;
    if constexpr (is_computed<Left>) possible = possible && left_.wide();
    else possible = possible && path_a() != path::elements;
    if constexpr (is_computed<Right>) possible = possible && right_.wide();
    else possible = possible && path_b() != path::elements;
    return possible;
  }
  template <class F> void visit_operands(F const& f) const {
    if constexpr (is_computed<Left>) left_.visit_memory(f);
    else f(range_[0]);
    if constexpr (is_computed<Right>) right_.visit_memory(f);
    else f(range_[1]);
  }

  template <class T>
  [[nodiscard]] static path path_of(
      kernel::product_matrix<T> const& m,
      std::int64_t const (&batch_step)[kernel::product_batch::most_axes], int batch_axes,
      known_neighbours known) {
    constexpr auto whole = 16 / std::int64_t{sizeof(T)};
    bool aligned = reinterpret_cast<std::uintptr_t>(m.data) % 16 == 0;
    for (int axis = 0; axis < batch_axes; ++axis)
      aligned = aligned && batch_step[axis] % whole == 0;
    if (!aligned) return path::elements;
    if (m.k_step == 1 && m.step % whole == 0 && known != known_neighbours::along_rows)
      return path::copies_along_k;
    if (m.step == 1 && m.k_step % whole == 0 && known != known_neighbours::along_k &&
        sizeof(T) != 1)
      return path::copies_along_rows;
    return path::elements;
  }
  [[nodiscard]] path path_a() const {
    return path_of(operands_.a, operands_.batch.a_step, operands_.batch.axes, Options.a);
  }
  [[nodiscard]] path path_b() const {
    return path_of(operands_.b, operands_.batch.b_step, operands_.batch.axes, Options.b);
  }

  /// f on each way that an operand may have, as a constant; elements only where both are.
  template <known_neighbours Known, class T, class F>
  static void with_path(path which, F const& f) {
    using along_k = std::integral_constant<path, path::copies_along_k>;
    using along_rows = std::integral_constant<path, path::copies_along_rows>;
    if constexpr (Known != known_neighbours::along_rows)
      if (which == path::copies_along_k) f(along_k{});
    if constexpr (Known != known_neighbours::along_k && sizeof(T) != 1)
      if (which == path::copies_along_rows) f(along_rows{});
  }
  template <class Side> static constexpr path own_path() {
    return Side::along_k ? path::copies_along_k : path::copies_along_rows;
  }
  template <class Side, known_neighbours Known, class T, class F>
  static void with_path_of(path which, F const& f) {
    if constexpr (is_computed<Side>) f(std::integral_constant<path, own_path<Side>()>{});
    else with_path<Known, T>(which, f);
  }
  /// The source of a side, in accesses of one chunk or of single elements.
  template <bool Fast, class Side> static auto source_of(Side const& side) {
    if constexpr (is_computed<Side>) return side.template of_width<(Fast ? Side::chunk : 1)>();
    else return side;
  }
  /// f(paths of a and b as constants, whether fast): if either is read by single elements, both are.
  template <class F> void with_paths(F const& f) const {
    if (!fast()) {
      auto const slow = []<class Side>(std::type_identity<Side>) {
        if constexpr (is_computed<Side>) return own_path<Side>();
        else return path::elements;
      };
      constexpr path a = slow(std::type_identity<Left>{});
      constexpr path b = slow(std::type_identity<Right>{});
      f(std::integral_constant<path, a>{}, std::integral_constant<path, b>{}, std::false_type{});
      return;
    }
    with_path_of<Left, Options.a, A>(path_a(), [&](auto of_a) {
      with_path_of<Right, Options.b, B>(path_b(),
                                        [&](auto of_b) { f(of_a, of_b, std::true_type{}); });
    });
  }

  /// Of shares there is the general tile.
  template <bool Shares = false, class F, class Epilogue>
  void start_mma(F const& f, mma_choice const& choice, Epilogue const& epilogue) const {
    with_paths([&](auto a, auto b, auto is_fast) {
      constexpr path of_a = decltype(a)::value;
      constexpr path of_b = decltype(b)::value;
      constexpr bool all_tiles = decltype(is_fast)::value && !few && !Shares;
      auto const start = [&]<int I>() {
        start_tile<tiles[I], of_a, of_b, decltype(is_fast)::value>(f, choice, epilogue);
      };
      if constexpr (!all_tiles) {
        start.template operator()<general_tile>();
      } else {
        [&]<int... I>(std::integer_sequence<int, I...>) {
          ((choice.tile == I ? start.template operator()<I>() : void()), ...);
        }
        (std::make_integer_sequence<int, int{sizeof(tiles) / sizeof(tiles[0])}>{});
      }
    });
  }
  template <kernel::matmul_mma_config Config, path PathA, path PathB, bool Fast, class F,
            class Epilogue>
  void start_tile(F const& f, mma_choice const& choice, Epilogue const& epilogue) const {
    auto const left = source_of<Fast>(left_);
    auto const right = source_of<Fast>(right_);
    using K = kernel::matmul_mma<A, B, Epilogue, Config, PathA, PathB,
                                 std::remove_cvref_t<decltype(left)>,
                                 std::remove_cvref_t<decltype(right)>>;
    auto const walk = walk_of(Config.rows, Config.columns);
    K const kernel{operands_, walk, static_cast<int>(share_of(Config, choice)),
                   epilogue,  left, right};
    f(kernel, static_cast<int>(walk.count()) * choice.shares);
  }
  [[nodiscard]] std::int64_t share_of(kernel::matmul_mma_config const& config,
                                      mma_choice const& choice) const {
    if (choice.shares > 1) return choice.share_blocks;
    return parts_of(operands_.size.k * std::int64_t{sizeof(A)}, config.depth_bytes);
  }
  [[nodiscard]] tile::tile_walk walk_of(int rows, int columns) const {
    constexpr int blocks_at_once = 2 * 132;
    auto const& size = operands_.size;
    return {static_cast<int>(parts_of(size.m, rows)), static_cast<int>(parts_of(size.n, columns)),
            static_cast<int>(operands_.batch.count()),
            tile::band_for(rows, columns, blocks_at_once)};
  }

  /// Elements from row to row of the sums of shares.
  [[nodiscard]] std::int64_t share_row() const { return parts_of(operands_.size.n, 4) * 4; }
  [[nodiscard]] std::int64_t share_bytes(int shares) const {
    return shares * operands_.batch.count() * operands_.size.m * share_row() *
           std::int64_t{sizeof(Sum)};
  }
  [[nodiscard]] auto store_of_shares(Sum* sums) const {
    auto const& size = operands_.size;
    std::int64_t const row = share_row();
    return kernel::product_store<Sum, 8>{sums, size.m * row, row, 1, size.n};
  }
  template <class F> void launch_shares(F const& f, mma_choice const& choice, Sum* sums) const {
    start_mma<true>(f, choice, store_of_shares(sums));
    join(f, choice.shares, sums);
  }
  /// The sums of shares through the epilogue.
  template <class F> void join(F const& f, int shares, Sum const* sums) const {
    auto const& size = operands_.size;
    using K = kernel::product_join<Sum, decltype(epilogue<8>())>;
    K const kernel{sums,   share_row(), shares,       static_cast<int>(operands_.batch.count()),
                   size.m, size.n,      epilogue<8>()};
    f(kernel, kernel::blocks_for(parts_of(kernel.pieces(), K::threads)));
  }

  template <class F, class Epilogue> void start_simt(F const& f, Epilogue const& epilogue) const {
    using Small = kernel::matmul_simt<A, B, Sum, Epilogue, 4>;
    constexpr std::int64_t enough = 132;  // tiles, for one on each multiprocessor
    if constexpr (!Options.few && sizeof(Sum) == 4) {
      using Large = kernel::matmul_simt<A, B, Sum, Epilogue, 8>;
      if (walk_of(Large::tile, Large::tile).count() >= enough) {
        start_simt_tile<Large>(f, epilogue);
        return;
      }
    }
    start_simt_tile<Small>(f, epilogue);
  }
  template <class K, class F, class Epilogue>
  void start_simt_tile(F const& f, Epilogue const& epilogue) const {
    auto const walk = walk_of(K::tile, K::tile);
    K const kernel{operands_, walk, static_cast<int>(parts_of(operands_.size.k, K::depth)),
                   epilogue};
    f(kernel, static_cast<int>(walk.count()));
  }

  template <int Width> [[nodiscard]] auto epilogue() const {
    kernel::axes_walk<S> walk;
    for (int axis = 0; axis + 1 < axes; ++axis) walk.set(axis, this->extent_of(axis));
    int const lanes = operands_.size.n;
    bool const wide =
        lanes % Width == 0 && wide_accesses(*this, const_cast<root&>(root_), lanes, Width);
    return program_epilogue<root, S, Sum, Width>{root_, walk, operands_.size.m, lanes, wide};
  }
  kernel::product_operands<A, B> operands_;
  address_range range_[2];
  DEEPSEEK_EMPTY Left left_;
  DEEPSEEK_EMPTY Right right_;
};

}  // namespace deepseek::plan::gpu
