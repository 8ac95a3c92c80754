// SPDX-License-Identifier: Apache-2.0
/// @file grouped_matmul: rows that belong to groups, each with a matrix of its own, as experts have.
#pragma once
#include <cstdint>
#include <utility>

#include <deepseek/base/error.hpp>
#include <deepseek/expr/contract.hpp>
#include <deepseek/expr/map.hpp>  // why::extents_fact
#include <deepseek/ops/take.hpp>  // take_indices

namespace deepseek {

namespace detail {
template <class X, class W, class O> constexpr bool groups_statically() {
  if (X::rank != 2 || W::rank != 3 || O::rank != 1) return false;
  std::int64_t const g = W::static_extent(0);
  std::int64_t const offsets = O::static_extent(0);
  return may_be_equal(X::static_extent(1), W::static_extent(1)) &&
         (g == dyn || offsets == dyn || offsets == g + 1) && offsets != 0;
}
template <class X, class W, class O>
[[noreturn]] DEEPSEEK_NOINLINE void fail_grouped(X const& x, W const& w, O const& offsets) {
  throw shape_error(text{} << "[DS-GROUPED-EXTENTS] grouped_matmul(x[t, k], w[g, k, n], "
                              "offsets[g + 1]): x is "
                           << x << ", w is " << w << " and offsets are " << offsets
                           << ". Fix: one k, and an offset more than w has matrices.");
}
}  // namespace detail

/// grouped_conformable<X, W, Offsets>: the law of grouped_matmul, as far as types know.
template <class X, class W, class Offsets>
concept grouped_conformable = detail::groups_statically<X, W, Offsets>();

namespace why {
template <bool Holds, class... Facts> struct grouped_operands {
  static_assert(
      Holds,
      "[DS-GROUPED-STATIC] grouped_matmul(x[t, k], w[g, k, n], offsets[g + 1]): ranks or "
      "extents do not fit; see extents_of<first, x...>, extents_of<second, w...> and "
      "extents_of<third, offsets...>. Fix: one k, and an offset more than w has matrices.");
};
}  // namespace why

/// grouped_matmul(x, w, offsets): y[i, j] = sum over k of x[i, k] * w[g, k, j] for the rows i of group g,
/// offsets[g] <= i < offsets[g + 1].
///
///   y = silu(grouped_matmul(tokens, up, offsets)) * gate + take(bias, axes<0>, expert_of_row)
///
/// @shape   x: [t, k], w: [g, k, n], offsets: [g + 1], from 0 to t and never less than the one before; groups
///          may be empty -> [t, n]
/// @dtype   as matmul(x, w); offsets: any integer
/// @layout  any strides
/// @edge    k = 0 gives zeros
/// @cost    2 t n k flops; one kernel for all groups, with what stands above it as of matmul. On a GPU
///          offsets stay there: blocks find their group; by mma or without tensor cores, also on sm_90a
/// @fails   [DS-TAKE-DTYPE], [DS-GROUPED-STATIC] static · shape_error [DS-GROUPED-EXTENTS] now,
///          [DS-GROUPED-OFFSETS] when run, before anything is written; on a GPU, which does not check them,
///          they are held to 0 … t, and rows of no group are not written
template <operand X, operand W, operand O>
constexpr auto grouped_matmul(X&& x, W&& w, O&& offsets) {
  if constexpr (!valid<X> || !valid<W> || !valid<O>) {
    return why::invalid{};
  } else {
    auto const a = as_expression(static_cast<X&&>(x));
    auto const b = as_expression(static_cast<W&&>(w));
    auto const o = as_expression(static_cast<O&&>(offsets));
    using A = std::remove_cvref_t<decltype(a)>;
    using B = std::remove_cvref_t<decltype(b)>;
    using Offsets = std::remove_cvref_t<decltype(o)>;
    using AD = typename A::dims_type;
    using BD = typename B::dims_type;
    constexpr bool holds = grouped_conformable<AD, BD, typename Offsets::dims_type>;
    if constexpr (!take_indices<typename Offsets::value_type>) {
      return detail::wrong_indices<typename Offsets::value_type>();
    } else if constexpr (!holds) {
      (void)sizeof(why::grouped_operands<holds, why::extents_fact<why::first, A>,
                                         why::extents_fact<why::second, B>,
                                         why::extents_fact<why::third, Offsets>>);
      return why::invalid{};
    } else {
      if (a.extents()[1] != b.extents()[1] || o.extents()[0] != b.extents()[0] + 1)
        detail::fail_grouped(a.extents(), b.extents(), o.extents());
      using Dims = dims<AD::static_extent(0), BD::static_extent(2)>;
      std::int64_t const extent[] = {a.extents()[0], b.extents()[2]};
      return expr::contract_node<Dims, A, B, Offsets>{Dims::from_array(extent), a, b, o};
    }
  }
}

}  // namespace deepseek
