// SPDX-License-Identifier: Apache-2.0
/// @file scaled_program_sm90: a product of fp8 with scales of blocks of 128, with its epilogue, as one
/// kernel of sm_90a: sums of each 128 of k are scaled and added up in float.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/expr/contract.hpp>
#include <deepseek/expr/indexed.hpp>
#include <deepseek/kernel/block_scales.hpp>
#include <deepseek/ops/scaled.hpp>
#include <deepseek/plan/gpu/product_program_sm90.hpp>

namespace deepseek::plan::gpu {

/// is_block_scaled<E>: an operand with scales of blocks of 128.
template <class E> inline constexpr bool is_block_scaled = false;
template <class X, class Scales>
inline constexpr bool
    is_block_scaled<expr::map_node<rules::block_scaled<kernel::block_scales::block>, X, Scales>> =
        expr::detail::is_gather<Scales>;

/// is_scaled_product<E>: both of its operands are, of the same fp8, in one matrix.
template <class E> constexpr bool is_scaled_product() {
  using A = expr::operand_t<E, 0>;
  using B = expr::operand_t<E, 1>;
  if constexpr (E::rank != 2 || expr::detail::is_grouped<E> || !is_block_scaled<A> ||
                !is_block_scaled<B>) {
    return false;
  } else {
    using T = typename expr::operand_t<A, 0>::value_type;
    using U = typename expr::operand_t<B, 0>::value_type;
    return sm90_factors<T, U> && std::is_same_v<T, U> && sizeof(T) == 1 && floating_element<T>;
  }
}
/// scales_under(e): of an operand, below its gathers, of which the right operand has two.
template <class E> constexpr auto const& scales_under(E const& e) {
  if constexpr (expr::detail::is_gather<E>) return scales_under(get<0>(e.operands));
  else return e;
}

/// scaled_program_sm90<E, A, B, Options>: as product_program, where sm90_possible holds of the operands. The
/// ranges are those of the scales of a and of b.
template <class E, class A, class B, product_options Options>
class scaled_program_sm90 : public product_program<E, A, B, float, Options> {
  using general = product_program<E, A, B, float, Options>;

 public:
  scaled_program_sm90(E const& e, kernel::product_operands<A, B> const& operands, address_range a,
                      address_range b, kernel::block_scales const& scales, address_range scales_a,
                      address_range scales_b, map_maker make_map)
      : general{e, operands, a, b},
        scales_{scales},
        scale_range_{scales_a, scales_b},
        make_map_{make_map} {}

  [[nodiscard]] static std::int64_t workspace_bytes() { return 0; }
  /// A result lies in the memory of an operand or of scales that others still need.
  [[nodiscard]] bool conflicts() {
    bool found = general::conflicts();
    general::visit([&](auto& c) {
      if constexpr (requires { c.target; }) {
        address_range const t = this->reach(c.target.base, c.target.place);
        for (auto const& r : scale_range_) found = found || (t.begin < r.end && r.begin < t.end);
      }
    });
    return found;
  }
  template <class F> void visit(F&& f) {
    struct scale_memory {
      address_range source_range;
    };
    for (auto const& r : scale_range_) {
      scale_memory memory{r};
      if (r.begin < r.end) f(memory);
    }
    general::visit(static_cast<F&&>(f));
  }
  template <class F> void launch(F const& f, void* = nullptr) {
    constexpr auto kernels = Options.few ? sm90_kernels::one : sm90_kernels::few;
    launch_sm90<Options.a, Options.b, kernels>(this->operands_, this->template epilogue<8>(),
                                               make_map_, f, scales_);
  }

 private:
  kernel::block_scales scales_;
  address_range scale_range_[2];
  map_maker make_map_;
};

}  // namespace deepseek::plan::gpu
