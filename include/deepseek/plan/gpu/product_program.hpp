// SPDX-License-Identifier: Apache-2.0
/// @file product_program: a matrix product with its epilogue as one kernel on a GPU: which one, with which
/// tile, in how many shares of k.
#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/kernel/matmul_mma.hpp>
#include <deepseek/kernel/matmul_simt.hpp>
#include <deepseek/kernel/product_join.hpp>
#include <deepseek/plan/detail/bound_program.hpp>
#include <deepseek/plan/gpu/detail/program_epilogue.hpp>
#include <deepseek/plan/gpu/known_neighbours.hpp>
#include <deepseek/plan/gpu/matmul_tiles.hpp>
#include <deepseek/tile/tile_walk.hpp>

namespace deepseek::plan::gpu {

/// by_mma<A, B>: their products are those of mma on sm_80. Of float they are not: it would be tf32.
template <class A, class B>
concept by_mma = (std::same_as<A, B> && (std::same_as<A, f16> || std::same_as<A, bf16>)) ||
                 (arch::gpu::detail::is_byte_integer<A> && arch::gpu::detail::is_byte_integer<B> &&
                  !std::same_as<A, bool> && !std::same_as<B, bool>);

/// product_options: what is known when compiling: neighbours of operands; few: fewer kernels are compiled.
struct product_options {
  known_neighbours a = known_neighbours::nothing;
  known_neighbours b = known_neighbours::nothing;
  bool few = false;
};

template <class E>
using product_schedule_of = product_schedule<analyse<E, axis_map<>, empty_scope, 0>().axes>;

/// product_program<E, A, B, Sum, Options>: E is a root in which a leaf of sums_of_product stands for the
/// product. launch(f, memory) calls f(kernel, blocks) for each kernel, one after the other.
template <class E, class A, class B, class Sum, product_options Options>
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
                  address_range b)
      : bound{e}, operands_{operands}, range_{a, b} {}

  /// A result lies in the memory of an operand that others still need.
  [[nodiscard]] bool conflicts() {
    bool found = bound::conflicts();
    root_.visit([&](auto& c) {
      if constexpr (requires { c.target; }) {
        address_range const t = this->reach(c.target.base, c.target.place);
        for (auto const& r : range_) found = found || (t.begin < r.end && r.begin < t.end);
      }
    });
    return found;
  }
  /// visit(f): f on every cursor of the epilogue, and on both operands as ranges of memory.
  template <class F> void visit(F&& f) {
    struct operand_memory {
      address_range source_range;
    };
    for (auto const& r : range_) {
      operand_memory operand{r};
      if (r.begin < r.end) f(operand);
    }
    root_.visit(static_cast<F&&>(f));
  }

  /// workspace_bytes(): of the sums of shares.
  [[nodiscard]] std::int64_t workspace_bytes() const {
    auto const choice = choose(true);
    return choice.shares == 1 ? 0
                              : choice.shares * operands_.batch.count() * operands_.size.m *
                                    share_row() * std::int64_t{sizeof(Sum)};
  }
  template <class F> void launch(F const& f, void* workspace = nullptr) {
    auto const& size = operands_.size;
    if (size.m == 0 || size.n == 0 || operands_.batch.count() == 0) return;
    if constexpr (by_mma<A, B>) {
      auto const choice = choose(workspace != nullptr);
      if (choice.shares > 1) launch_shares(f, choice, static_cast<Sum*>(workspace));
      else start_mma(f, choice, epilogue<8>());
    } else {
      start_simt(f, epilogue<4>());
    }
  }

 protected:
  using path = kernel::operand_path;

  [[nodiscard]] mma_choice choose(bool shared) const {
    if constexpr (!by_mma<A, B>) {
      return {};
    } else {
      auto const& size = operands_.size;
      mma_product const p{size.m, size.n, operands_.batch.count(),
                          size.k * std::int64_t{sizeof(A)}};
      mma_choice choice = choose_mma(p, shared);
      bool const general = few || path_a() == path::elements || path_b() == path::elements;
      if (choice.shares == 1 && general) choice.tile = mma_general_tile;
      return choice;
    }
  }
  /// Where nothing is known of an operand there are kernels for all of its ways, so of fewer tiles.
  static constexpr bool few = Options.few || Options.a == known_neighbours::nothing ||
                              Options.b == known_neighbours::nothing;

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
  /// f(paths of a and b as constants): elements are read of both, or of none but bytes along rows.
  template <class F> void with_paths(F const& f) const {
    using elements = std::integral_constant<path, path::elements>;
    path const a = path_a();
    path const b = path_b();
    if (a == path::elements || b == path::elements) {
      f(elements{}, elements{});
      return;
    }
    with_path<Options.a, A>(
        a, [&](auto of_a) { with_path<Options.b, B>(b, [&](auto of_b) { f(of_a, of_b); }); });
  }

  template <class F, class Epilogue>
  void start_mma(F const& f, mma_choice const& choice, Epilogue const& epilogue) const {
    with_paths([&](auto a, auto b) {
      constexpr path of_a = decltype(a)::value;
      constexpr path of_b = decltype(b)::value;
      constexpr bool general = few || of_a == path::elements || of_b == path::elements;
      if constexpr (general) {
        start_tile<mma_tiles[mma_general_tile], of_a, of_b>(f, choice, epilogue);
      } else if (choice.shares > 1) {
        start_tile<mma_tiles[mma_general_tile], of_a, of_b>(f, choice, epilogue);
      } else {
        [&]<int... I>(std::integer_sequence<int, I...>) {
          ((choice.tile == I ? start_tile<mma_tiles[I], of_a, of_b>(f, choice, epilogue) : void()),
           ...);
        }
        (std::make_integer_sequence<int, mma_tile_count>{});
      }
    });
  }
  template <kernel::matmul_mma_config Config, path PathA, path PathB, class F, class Epilogue>
  void start_tile(F const& f, mma_choice const& choice, Epilogue const& epilogue) const {
    using K = kernel::matmul_mma<A, B, Epilogue, Config, PathA, PathB>;
    auto const walk = walk_of(Config.rows, Config.columns);
    K const kernel{operands_, walk, static_cast<int>(share_of(Config, choice)), epilogue};
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
  template <class F> void launch_shares(F const& f, mma_choice const& choice, Sum* sums) const {
    auto const& size = operands_.size;
    std::int64_t const row = share_row();
    start_mma(f, choice, kernel::product_store<Sum, 8>{sums, size.m * row, row, 1, size.n});
    using K = kernel::product_join<Sum, decltype(epilogue<8>())>;
    K const kernel{sums,   row,    choice.shares, static_cast<int>(operands_.batch.count()),
                   size.m, size.n, epilogue<8>()};
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
    return program_epilogue<root, S, Sum, Width>{root_, walk, operands_.size.m, operands_.size.n,
                                                 wide_accesses(Width)};
  }
  /// Every operand and result of the epilogue can be accessed by so many elements at once.
  [[nodiscard]] bool wide_accesses(int width) const {
    bool possible = true;
    const_cast<root&>(root_).visit([&](auto& c) {
      if constexpr (
          requires { c.checked; } || requires { c.axis_stride; })
        possible = false;
      else if constexpr (requires { c.target; })
        possible = possible && aligned(c.target.base, c.target.place, width);
      else if constexpr (requires { *c.base; })
        possible = possible && aligned(c.base, c.place, width);
    });
    return possible;
  }
  template <class T>
  [[nodiscard]] bool aligned(T const* base, address<S> const& place, int width) const {
    std::int64_t const lanes = operands_.size.n;
    std::int64_t const along = place.lane_stride();
    if (lanes == 1 || along == 0) return true;
    if (along != 1) return false;
    int const whole = width * int{sizeof(T)} > 16 ? 16 / int{sizeof(T)} : width;
    for (int axis = 0; axis + 1 < axes; ++axis)
      if (this->extent_of(axis) != 1 &&
          tile::access_elements(base, whole, place.stride[axis]) < whole)
        return false;
    return tile::access_elements(base, whole) >= whole;
  }

  kernel::product_operands<A, B> operands_;
  address_range range_[2];
};

}  // namespace deepseek::plan::gpu
