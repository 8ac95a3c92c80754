// SPDX-License-Identifier: Apache-2.0
/// @file Operands of einsum with their axes in another order, on a diagonal, or as one.
#pragma once
#include <cstdint>

#include <deepseek/expr/reduce.hpp>
#include <deepseek/ops/detail/einsum_letters.hpp>
#include <deepseek/ops/reshape.hpp>

namespace deepseek::detail {

/// arranged_pattern<D, From, To>: for view_verb's pattern_map and pattern_dims.
template <class D, letters From, letters To> struct arranged_pattern {
  static constexpr int follows(int axis) { return To.find(From.at[axis]); }
  static constexpr std::int64_t extent(int k) {
    std::int64_t known = From.has(To.at[k]) ? dyn : 1;
    for (int axis = 0; axis < D::rank; ++axis)
      if (follows(axis) == k && D::static_extent(axis) != dyn) known = D::static_extent(axis);
    return known;
  }
};

/// keeps_order<From, To>: axes only come or go, so that row-major memory stays so.
template <letters From, letters To> constexpr bool keeps_order() {
  int last = -1;
  for (int axis = 0; axis < From.count; ++axis) {
    int const place = To.find(From.at[axis]);
    if (place < 0) continue;
    if (place <= last) return false;
    last = place;
  }
  return true;
}

/// arranged<From, To>(x): the axes of x, named From, as those named To: a letter that is only in To
/// gets extent 1, one that is only in From has it, and one that From has twice is a diagonal.
template <letters From, letters To, class X> constexpr auto arranged(X const& x) {
  if constexpr (From == To) {
    return x;
  } else {
    using D = typename X::dims_type;
    using Pattern = arranged_pattern<D, From, To>;
    using Dims = pattern_dims<Pattern, To.count>;
    std::int64_t extent[max_rank] = {};
    expr::progression axis[max_rank];
    for (int k = 0; k < To.count; ++k) extent[k] = 1;
    for (int a = 0; a < D::rank; ++a) {
      if (Pattern::follows(a) >= 0) extent[Pattern::follows(a)] = x.extents()[a];
      else axis[a] = {0, 0};
    }
    auto const extents = Dims::from_array(extent);
    if constexpr (expr::detail::is_leaf<X> && keeps_order<From, To>()) {
      if constexpr (std::is_same_v<typename X::view_type::layout_type, row_major>)
        return reshaped(x, extents);
      else return expr::make_view<pattern_map<Pattern, D::rank>, false>(x, extents, axis);
    } else {
      return expr::make_view<pattern_map<Pattern, D::rank>, false>(x, extents, axis);
    }
  }
}

/// merged_pattern<D, First, Count>: so many axes from First on are one.
template <class D, int First, int Count> struct merged_pattern {
  static constexpr std::int64_t extent(int k) {
    if (k != First) return D::static_extent(k < First ? k : k + Count - 1);
    std::int64_t size = 1;
    for (int axis = First; axis < First + Count; ++axis)
      size = size == dyn || D::static_extent(axis) == dyn ? dyn : size * D::static_extent(axis);
    return size;
  }
};

/// merged<From, K>(x): the axes of K as one, named as the first of them. Neighbours in memory are only looked
/// at in another way; else a copy is made when it runs.
template <letters From, letters K, class X> constexpr auto merged(X const& x) {
  if constexpr (K.count == 1) {
    return x;
  } else if constexpr (constexpr int first = From.adjacent(K); first >= 0) {
    using D = typename X::dims_type;
    constexpr int rank = D::rank - K.count + 1;
    std::int64_t extent[max_rank] = {};
    for (int k = 0; k < rank; ++k) extent[k] = x.extents()[k <= first ? k : k + K.count - 1];
    for (int i = 1; i < K.count; ++i) extent[first] *= x.extents()[first + i];
    using Dims = pattern_dims<merged_pattern<D, first, K.count>, rank>;
    return reshaped(x, Dims::from_array(extent));
  } else {
    constexpr letters beside = From.without(K).add(K);
    return merged<beside, K>(arranged<From, beside>(x));
  }
}
/// merged_letters<From, K>: how the axes of merged<From, K>(x) are named.
template <letters From, letters K> constexpr letters merged_letters() {
  letters const rest = K.without(letters{}.add(K.at[0]));
  return From.adjacent(K) >= 0 ? From.without(rest) : From.without(K).add(K.at[0]);
}

/// summed<From, Some>(x): sums along the axes of Some, which keep extent 1.
template <letters From, letters Some, class Rule, class X> constexpr auto summed(X const& x) {
  constexpr auto mask = [] {
    unsigned bits = 0;
    for (int i = 0; i < Some.count; ++i) bits |= 1u << From.find(Some.at[i]);
    return bits;
  }();
  if constexpr (mask == 0) return x;
  else return expr::reduce_node<Rule, mask, X>{x};
}

}  // namespace deepseek::detail
