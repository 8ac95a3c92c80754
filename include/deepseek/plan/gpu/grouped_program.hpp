// SPDX-License-Identifier: Apache-2.0
/// @file grouped_program: a product of groups of rows with its epilogue, as one kernel on a GPU.
#pragma once
#include <cstdint>

#include <deepseek/plan/gpu/product_program.hpp>
#include <deepseek/tile/group_walk.hpp>

namespace deepseek::plan::gpu {

/// grouped_program<E, A, B, Sum, Options, Offset>: as product_program, of one matrix a of all rows, and
/// of a batch of b, which a has no step along: group g of the rows is offsets[g] to offsets[g + 1].
template <class E, class A, class B, class Sum, product_options Options, class Offset>
class grouped_program : public product_program<E, A, B, Sum, Options> {
  using general = product_program<E, A, B, Sum, Options>;
  using walk = tile::group_walk<Offset>;
  using typename general::path;

 public:
  grouped_program(E const& e, kernel::product_operands<A, B> const& operands, address_range a,
                  address_range b, Offset const* offsets)
      : general{e, operands, a, b}, offsets_{offsets} {}

  /// Shares of k would need offsets before the launch.
  [[nodiscard]] static std::int64_t workspace_bytes() { return 0; }
  template <class F> void visit(F&& f) {
    struct offset_memory {
      address_range source_range;
    };
    auto const begin = reinterpret_cast<std::uintptr_t>(offsets_);
    auto const bytes = (static_cast<std::size_t>(groups()) + 1) * sizeof(Offset);
    offset_memory offsets{{begin, begin + bytes}};
    f(offsets);
    general::visit(static_cast<F&&>(f));
  }
  template <class F> void launch(F const& f, void* = nullptr) {
    auto const& size = this->operands_.size;
    if (size.m == 0 || size.n == 0 || groups() == 0) return;
    if constexpr (by_mma<A, B>) start_mma(f);
    else start_simt(f);
  }

 private:
  [[nodiscard]] int groups() const { return static_cast<int>(this->operands_.batch.count()); }
  [[nodiscard]] walk walk_of_groups(int height, int width) const {
    auto const& size = this->operands_.size;
    return {offsets_, groups(), size.m, height, static_cast<int>(parts_of(size.n, width))};
  }
  template <class K> void start(auto const& f, K const& kernel) const {
    f(kernel, static_cast<int>(kernel.walk.blocks()));
  }

  template <class F> void start_mma(F const& f) const {
    // As if groups were of one size.
    auto const& size = this->operands_.size;
    mma_product const p{parts_of(size.m, groups()), size.n, groups(),
                        size.k * std::int64_t{sizeof(A)}};
    int const tile = choose_mma(p, false).tile;
    auto const epilogue = this->template epilogue<8>();
    this->with_paths([&](auto a, auto b, auto is_fast) {
      constexpr path of_a = decltype(a)::value;
      constexpr path of_b = decltype(b)::value;
      constexpr bool one = general::few || !decltype(is_fast)::value;
      auto const start_tile = [&]<int I>(std::integral_constant<int, I>) {
        constexpr auto config = mma_tiles[I];
        using K = kernel::matmul_mma<A, B, std::remove_cvref_t<decltype(epilogue)>, config, of_a,
                                     of_b, kernel::in_memory, kernel::in_memory, walk>;
        auto const stages = parts_of(size.k * std::int64_t{sizeof(A)}, config.depth_bytes);
        start(f, K{this->operands_, walk_of_groups(config.rows, config.columns),
                   static_cast<int>(stages), epilogue});
      };
      if constexpr (one) {
        start_tile(std::integral_constant<int, mma_general_tile>{});
      } else {
        [&]<int... I>(std::integer_sequence<int, I...>) {
          ((tile == I ? start_tile(std::integral_constant<int, I>{}) : void()), ...);
        }
        (std::make_integer_sequence<int, int{sizeof(mma_tiles) / sizeof(mma_tiles[0])}>{});
      }
    });
  }
  template <class F> void start_simt(F const& f) const {
    auto const epilogue = this->template epilogue<4>();
    using K = kernel::matmul_simt<A, B, Sum, std::remove_cvref_t<decltype(epilogue)>, 4, walk>;
    start(f, K{this->operands_, walk_of_groups(K::tile, K::tile),
               static_cast<int>(parts_of(this->operands_.size.k, K::depth)), epilogue});
  }

  Offset const* offsets_;
};

}  // namespace deepseek::plan::gpu
