// SPDX-License-Identifier: Apache-2.0
/// @file bounds: between which values an expression lies on a box of indices, found without computing it.
///
/// Interval arithmetic in the types of the expression itself: of a rule that is monotone in each operand,
/// the extremes are among its values at the corners, and rounding keeps that order. The arithmetic is for any
/// side: kernels have it of cursors (plan/gpu/detail/cursor_bounds.hpp).
#pragma once
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include <deepseek/expr/bind.hpp>
#include <deepseek/expr/indexed.hpp>
#include <deepseek/expr/map.hpp>
#include <deepseek/expr/view_node.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/cast.hpp>
#include <deepseek/ops/comparison.hpp>
#include <deepseek/ops/iota.hpp>
#include <deepseek/ops/logic.hpp>
#include <deepseek/ops/remainder.hpp>
#include <deepseek/ops/rounding.hpp>
#include <deepseek/ops/where.hpp>

namespace deepseek::score {

/// index_range: the indices first, first + 1 … last of an axis; never empty.
struct index_range {
  std::int64_t first = 0;
  std::int64_t last = 0;
  [[nodiscard]] constexpr std::int64_t size() const { return last - first + 1; }
};

/// index_box<Rank>: one range for each axis.
template <int Rank> struct index_box { index_range axis[Rank == 0 ? 1 : Rank]; };

/// bounds<C>: all values from low to high, in the type they are computed in.
template <class C> struct bounds {
  C low;
  C high;
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr bool always(C value) const {
    return low == value && high == value;
  }
};

/// score_id: of the variable that stands for q k^T * scale in a score expression.
struct score_id;

namespace detail {

template <class C> constexpr C least_of() {
  using limits = std::numeric_limits<C>;
  if constexpr (limits::has_infinity) return -limits::infinity();
  else return limits::lowest();
}
template <class C> constexpr C most_of() {
  using limits = std::numeric_limits<C>;
  if constexpr (limits::has_infinity) return limits::infinity();
  else return limits::max();
}
/// least<C>, most<C>: the ends of C. (Constants, since functions of std are not for device code.)
template <class C> inline constexpr C least = least_of<C>();
template <class C> inline constexpr C most = most_of<C>();

template <class C> DEEPSEEK_HOST_DEVICE constexpr bounds<C> anything() {
  return {least<C>, most<C>};
}

/// what lies in either.
template <class C>
DEEPSEEK_HOST_DEVICE constexpr bounds<C> hull(bounds<C> const& a, bounds<C> const& b) {
  return {a.low < b.low ? a.low : b.low, b.high < a.high ? a.high : b.high};
}

/// monotone<Rule>: with all operands but one fixed, its value never falls or never rises in that one. What
/// is only nearly so, as an exponential by a polynomial, is not.
template <class Rule> inline constexpr bool monotone = false;
template <> inline constexpr bool monotone<rules::add> = true;
template <> inline constexpr bool monotone<rules::subtract> = true;
template <> inline constexpr bool monotone<rules::multiply> = true;
template <> inline constexpr bool monotone<rules::negate> = true;
template <> inline constexpr bool monotone<rules::maximum> = true;
template <> inline constexpr bool monotone<rules::minimum> = true;
template <> inline constexpr bool monotone<rules::less> = true;
template <> inline constexpr bool monotone<rules::less_equal> = true;
template <> inline constexpr bool monotone<rules::greater> = true;
template <> inline constexpr bool monotone<rules::greater_equal> = true;
template <> inline constexpr bool monotone<rules::logical_and> = true;
template <> inline constexpr bool monotone<rules::logical_or> = true;
template <> inline constexpr bool monotone<rules::logical_not> = true;
template <> inline constexpr bool monotone<rules::floor> = true;
template <> inline constexpr bool monotone<rules::ceil> = true;
template <> inline constexpr bool monotone<rules::round> = true;
template <> inline constexpr bool monotone<rules::trunc> = true;
template <class V>
inline constexpr bool monotone<rules::cast<V>> =
    floating_element<V> || std::is_same_v<V, std::int64_t>;

/// as<To>(b): the bounds of what such values are converted to; a truth value is whether they are not 0.
template <class To, class C> DEEPSEEK_HOST_DEVICE constexpr bounds<To> as(bounds<C> const& b) {
  if constexpr (std::is_same_v<To, bool> && !std::is_same_v<C, bool>) {
    if (b.low > C(0) || b.high < C(0)) return {true, true};
    return {false, !b.always(C(0))};
  } else {
    return {static_cast<To>(b.low), static_cast<To>(b.high)};
  }
}

/// no_lets, let_scope: what the variables in sight stand for, innermost first.
struct no_lets {};
template <class Id, class Bound, class Outer> struct let_scope {
  Bound const& bound;
  Outer const& outer;
};

template <class E, class Scope>
constexpr auto bounds_of(E const& e, index_box<E::rank> const& box, Scope const& scope);

/// The box of an operand of a map: axes are counted from the last, an extent of 1 is index 0 alone.
template <class Operand, int Rank>
constexpr index_box<Operand::rank> broadcast_box(Operand const& operand,
                                                 index_box<Rank> const& box) {
  index_box<Operand::rank> own;
  for (int axis = 0; axis < Operand::rank; ++axis)
    if (operand.extents()[axis] != 1) own.axis[axis] = box.axis[axis + Rank - Operand::rank];
  return own;
}

/// map_bounds<Rule, V...>: of a rule applied to bounded operands of dtypes V.
template <class Rule, class... V> struct map_bounds {
  using result = compute_t<typename Rule::template value<V...>>;
  template <int I> using operand = typename Rule::template operand<I, V...>;

  template <class... B>
  static DEEPSEEK_HOST_DEVICE constexpr bounds<result> of(Rule const& rule, B const&... b) {
    return [&]<int... I>(std::integer_sequence<int, I...>) {
      return converted(rule, as<operand<I>>(b)...);
    }
    (std::make_integer_sequence<int, sizeof...(B)>{});
  }

 private:
  template <class A, class B>
  static DEEPSEEK_HOST_DEVICE constexpr bounds<result> converted(Rule const& rule, bounds<A> a,
                                                                 bounds<B> b) {
    if constexpr (std::is_same_v<Rule, rules::equal> || std::is_same_v<Rule, rules::not_equal>) {
      bool const apart = a.high < b.low || b.high < a.low;
      bool const same = a.low == a.high && b.always(a.low);
      bool const negated = std::is_same_v<Rule, rules::not_equal>;
      if (apart) return {negated, negated};
      return same ? bounds<result>{!negated, !negated} : bounds<result>{false, true};
    } else if constexpr (std::is_same_v<Rule, rules::add> && std::is_floating_point_v<result>) {
      // -inf stays, whatever is added: a mask by addition. Nothing is taken to be +inf.
      constexpr result masked = least<result>;
      bool const stays = a.always(masked) || b.always(masked);
      return stays ? bounds<result>{masked, masked} : corners(rule, a, b);
    } else if constexpr (std::is_same_v<Rule, rules::divide>) {
      bool const through_zero = b.low <= B(0) && b.high >= B(0);
      return through_zero ? anything<result>() : corners(rule, a, b);
    } else if constexpr (std::is_same_v<Rule, rules::remainder>) {
      if (b.low != b.high || b.low <= B(0)) return anything<result>();
      bool const itself = a.low >= A(0) && a.high < b.low;
      return itself ? bounds<result>{a.low, a.high} : bounds<result>{0, b.low - 1};
    } else {
      return corners(rule, a, b);
    }
  }
  template <class A>
  static DEEPSEEK_HOST_DEVICE constexpr bounds<result> converted(Rule const& rule, bounds<A> a) {
    if constexpr (std::is_same_v<Rule, rules::absolute>) {
      if (a.low <= A(0) && a.high >= A(0)) {
        result const low = rule(a.low);
        result const high = rule(a.high);
        return {result(0), low < high ? high : low};
      }
      return extremes(rule(a.low), rule(a.high));
    } else if constexpr (monotone<Rule>) {
      return extremes(rule(a.low), rule(a.high));
    } else {
      return anything<result>();
    }
  }
  template <class... B>
  static DEEPSEEK_HOST_DEVICE constexpr bounds<result> converted(Rule const&, B const&...) {
    return anything<result>();
  }
  template <class A, class B>
  static DEEPSEEK_HOST_DEVICE constexpr bounds<result> corners(Rule const& rule, bounds<A> a,
                                                               bounds<B> b) {
    if constexpr (monotone<Rule> || std::is_same_v<Rule, rules::divide>)
      return extremes(rule(a.low, b.low), rule(a.low, b.high), rule(a.high, b.low),
                      rule(a.high, b.high));
    else return anything<result>();
  }
  template <class... R> static DEEPSEEK_HOST_DEVICE constexpr bounds<result> extremes(R... value) {
    bounds<result> all{};
    bool first = true;
    bool undefined = false;
    auto const take = [&](result v) {
      undefined = undefined || v != v;
      all = first ? bounds<result>{v, v} : hull(all, bounds<result>{v, v});
      first = false;
    };
    (take(static_cast<result>(value)), ...);
    return undefined ? anything<result>() : all;
  }
};

/// where(condition, a, b): of the side that is chosen, if that is known.
template <class V, class Condition, class A, class B>
DEEPSEEK_HOST_DEVICE constexpr bounds<V> where_bounds(bounds<Condition> const& condition,
                                                      A const& a, B const& b) {
  bounds<bool> const holds = as<bool>(condition);
  if (holds.low) return as<V>(a);
  return holds.high ? hull(as<V>(a), as<V>(b)) : as<V>(b);
}

/// A tensor is read where that costs little beside a tile of scores: along one axis, or as truth values.
inline constexpr std::int64_t most_elements_read = std::int64_t{1} << 14;

template <class Leaf>
constexpr auto leaf_bounds(Leaf const& leaf, index_box<Leaf::rank> const& box) {
  using V = typename Leaf::value_type;
  using C = compute_t<V>;
  std::int64_t count = 1;
  int long_axes = 0;
  for (int axis = 0; axis < Leaf::rank; ++axis) {
    if (leaf.source.stride(axis) == 0) continue;
    count *= box.axis[axis].size();
    if (box.axis[axis].size() > 1) ++long_axes;
  }
  if (count > most_elements_read || (long_axes > 1 && !std::is_same_v<V, bool>))
    return anything<C>();
  std::int64_t at[max_rank] = {};
  for (int axis = 0; axis < Leaf::rank; ++axis) at[axis] = box.axis[axis].first;
  bounds<C> all{};
  for (bool first = true;; first = false) {
    std::int64_t offset = 0;
    for (int axis = 0; axis < Leaf::rank; ++axis) offset += at[axis] * leaf.source.stride(axis);
    C const v = static_cast<C>(leaf.source.data()[offset]);
    if (v != v) return anything<C>();
    all = first ? bounds<C>{v, v} : hull(all, bounds<C>{v, v});
    int axis = Leaf::rank - 1;
    for (; axis >= 0; --axis) {
      if (leaf.source.stride(axis) != 0 && ++at[axis] <= box.axis[axis].last) break;
      at[axis] = box.axis[axis].first;
    }
    if (axis < 0) return all;
  }
}

/// iota grows with each index; what else is made from an index is anything.
template <class Rule, class Dims>
constexpr auto generated_bounds(expr::generate_node<Rule, Dims> const&,
                                index_box<Dims::rank> const&) {
  return anything<compute_t<typename Rule::value_type>>();
}
template <class V, class Dims>
constexpr auto generated_bounds(expr::generate_node<rules::iota<V>, Dims> const& e,
                                index_box<Dims::rank> const& box) {
  using C = compute_t<V>;
  std::int64_t low = 0;
  std::int64_t high = 0;
  for (int axis = 0; axis < Dims::rank; ++axis) {
    std::int64_t const stride = row_major::stride(e.extents(), axis);
    low += box.axis[axis].first * stride;
    high += box.axis[axis].last * stride;
  }
  if constexpr (integer_element<V>) {
    if (!std::in_range<C>(high)) return anything<C>();
  }
  return bounds<C>{arch::round_to<V>(low), arch::round_to<V>(high)};
}

/// The box of the operand of a view.
template <class E> constexpr auto viewed_box(E const& e, index_box<E::rank> const& box) {
  using Map = typename E::map_type;
  index_box<Map::count> own;
  for (int axis = 0; axis < Map::count; ++axis) {
    auto const [start, step] = e.axis[axis];
    int const from = Map::of(axis);
    std::int64_t const a = from < 0 ? start : start + step * box.axis[from].first;
    std::int64_t const b = from < 0 ? start : start + step * box.axis[from].last;
    own.axis[axis] = {a < b ? a : b, a < b ? b : a};
  }
  return own;
}

/// The box of the indices of a gather.
template <class E> constexpr auto indices_box(E const& e, index_box<E::rank> const& box) {
  using Index = expr::operand_t<E, 1>;
  auto const& extents = get<1>(e.operands).extents();
  index_box<Index::rank> at;
  for (int axis = 0; axis < Index::rank; ++axis)
    at.axis[axis] = extents[axis] == 1 ? index_range{} : box.axis[E::index_map::of(axis)];
  return at;
}

/// A gather: its source between the smallest and the largest index, which may be any of the axis.
template <class E, class Scope>
constexpr auto gather_bounds(E const& e, index_box<E::rank> const& box, Scope const& scope) {
  auto const& source = get<0>(e.operands);
  auto const& index = get<1>(e.operands);
  using Source = expr::operand_t<E, 0>;
  auto const at = indices_box(e, box);
  auto const place = bounds_of(index, at, scope);
  std::int64_t const last = source.extents()[E::axis] - 1;
  auto const inside = [&](auto i) {
    auto const n = static_cast<std::int64_t>(i);
    return n < 0 ? std::int64_t{0} : n > last ? last : n;
  };
  index_box<Source::rank> from;
  for (int axis = 0; axis < Source::rank; ++axis)
    from.axis[axis] = axis == E::axis ? index_range{inside(place.low), inside(place.high)}
                                      : box.axis[E::source_map::of(axis)];
  return bounds_of(source, from, scope);
}

template <class E, class Scope>
constexpr auto variable_bounds(E const&, index_box<E::rank> const&, Scope const&) {
  return anything<compute_t<typename E::value_type>>();
}
template <class E, class Id, class Bound, class Outer>
constexpr auto variable_bounds(E const& e, index_box<E::rank> const& box,
                               let_scope<Id, Bound, Outer> const& scope) {
  if constexpr (std::is_same_v<typename E::id_type, Id>)
    return bounds_of(scope.bound, box, scope.outer);
  else return variable_bounds(e, box, scope.outer);
}

/// bounds_of(e, box, scope): of e on a box of its own indices. Scores and tensors are taken to hold no NaN,
/// and no +inf where -inf is added.
template <class E, class Scope>
constexpr auto bounds_of(E const& e, index_box<E::rank> const& box, Scope const& scope) {
  using namespace expr::detail;
  using C = compute_t<typename E::value_type>;
  if constexpr (is_scalar<E>) {
    C const v = static_cast<C>(e.value);
    return v != v ? anything<C>() : bounds<C>{v, v};
  } else if constexpr (is_leaf<E>) {
    return leaf_bounds(e, box);
  } else if constexpr (is_named<E>) {
    return bounds_of(get<0>(e.operands), box, scope);
  } else if constexpr (is_variable<E>) {
    return variable_bounds(e, box, scope);
  } else if constexpr (is_let<E>) {
    using Bound = expr::operand_t<E, 0>;
    let_scope<typename E::id_type, Bound, Scope> const inner{get<0>(e.operands), scope};
    return bounds_of(get<1>(e.operands), box, inner);
  } else if constexpr (is_view_node<E>) {
    return bounds_of(get<0>(e.operands), viewed_box(e, box), scope);
  } else if constexpr (is_gather<E>) {
    return gather_bounds(e, box, scope);
  } else if constexpr (is_generate<E>) {
    return generated_bounds(e, box);
  } else if constexpr (is_map<E>) {
    return apply(
        [&]<class... Operand>(Operand const&... operand) {
          if constexpr (std::is_same_v<typename E::rule_type, rules::where>)
            return where_bounds<C>(bounds_of(operand, broadcast_box(operand, box), scope)...);
          else
            return map_bounds<typename E::rule_type, typename Operand::value_type...>::of(
                e.rule, bounds_of(operand, broadcast_box(operand, box), scope)...);
        },
        e.operands);
  } else {
    return anything<C>();
  }
}

}  // namespace detail
}  // namespace deepseek::score
