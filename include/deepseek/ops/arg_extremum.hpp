// SPDX-License-Identifier: Apache-2.0
/// @file argmax and argmin along axes.
#pragma once
#include <cstdint>
#include <limits>

#include <deepseek/arch/cpu/pack_cast.hpp>
#include <deepseek/arch/cpu/pack_split.hpp>
#include <deepseek/base/error.hpp>
#include <deepseek/expr/reduce.hpp>
#include <deepseek/ops/reduce_rules.hpp>

namespace deepseek {

namespace rules {

/// index_pack_t<P>: int64 for each lane of P.
template <class P> struct index_pack { using type = std::int64_t; };
template <class P>
requires requires { P::size; }
struct index_pack<P> {
  using type = arch::pack<std::int64_t, P::size>;
};
template <class P> using index_pack_t = typename index_pack<P>::type;

/// arg_extremum<Greatest>: the place of the first extreme element; NaN is more extreme than any number.
///
/// The place of no element is past all others, so that the first element, -infinity too, replaces it.
template <bool Greatest> struct arg_extremum {
  static constexpr char const* name = Greatest ? "argmax" : "argmin";
  static constexpr int flops = 4;
  static constexpr bool pick = true;  // the loop gives each element's number
  static constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();

  template <class V> using value = std::int64_t;
  template <class V>
  using accumulator = compute_t<std::conditional_t<std::is_same_v<V, bool>, std::int32_t, V>>;
  template <class P> struct state {
    P value;
    index_pack_t<P> index;
  };

  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE state<P> start() {
    using Number = lane_t<P>;
    return {P(Greatest ? lowest<Number>() : highest<Number>()), index_pack_t<P>(none)};
  }
  DEEPSEEK_ANY_SIDE
  template <class P>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE state<P> step(state<P> const& s, P const& p,
                                                            index_pack_t<P> const& number) {
    return join(s, state<P>{p, number});
  }
  DEEPSEEK_ANY_SIDE
  template <class P>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE state<P> join(state<P> const& s, state<P> const& t) {
    auto const s_nan = s.value != s.value;
    auto const t_nan = t.value != t.value;
    auto const same = s.value == t.value || (s_nan && t_nan);
    auto const earlier = as_wide_as<P>(t.index < s.index);
    auto const wins = beats(t.value, s.value) || (t_nan && !s_nan) || (same && earlier);
    return {arch::select(wins, t.value, s.value), arch::select(wins, t.index, s.index)};
  }
  /// lanes(s): the places, lane by lane; finish(s): the place in all lanes.
  DEEPSEEK_ANY_SIDE
  template <class P>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE index_pack_t<P> lanes(state<P> const& s) {
    return s.index;
  }
  DEEPSEEK_ANY_SIDE
  template <class P>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::int64_t finish(state<P> const& s) {
    if constexpr (arch::scalar<P>) {
      return s.index;
    } else if constexpr (P::size == 1) {
      return arch::get(s.index, 0);
    } else {
      using Half = arch::pack<typename P::element, P::size / 2>;
      return finish(join(state<Half>{arch::low(s.value), arch::low(s.index)},
                         state<Half>{arch::high(s.value), arch::high(s.index)}));
    }
  }

 private:
  DEEPSEEK_ANY_SIDE
  template <class P>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto beats(P const& a, P const& b) {
    if constexpr (Greatest) return a > b;
    else return a < b;
  }
  /// A comparison of places in the width of the values.
  DEEPSEEK_ANY_SIDE
  template <class P, class M>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto as_wide_as(M const& m) {
    if constexpr (arch::scalar<P>) return m;
    else return arch::mask_cast<typename P::element>(m);
  }
};
using argmax = arg_extremum<true>;
using argmin = arg_extremum<false>;
}  // namespace rules

namespace detail {
template <class D>
[[noreturn]] DEEPSEEK_NOINLINE void fail_arg_extremum(char const* verb, D const& d) {
  throw shape_error(
      text{} << "[DS-ARGMAX-EMPTY] " << verb << "(x): x is " << d
             << ", and no elements have no extreme one. Fix: check the extents first.");
}

template <class Rule, class X, class Along> constexpr auto arg_extremum_of(X&& x, Along along) {
  return expr::over_axes(static_cast<X&&>(x), along, [](auto const& node, auto axes) {
    if (expr::reduced_count(node, axes) == 0) fail_arg_extremum(Rule::name, node.extents());
    return expr::reduce<Rule>(node, axes);
  });
}
}  // namespace detail

/// argmax(x, along), argmin(x, along): where the greatest, the smallest element along axes is.
///
///   y[..., 0, ...] = the first i with x[..., i, ...] == max over j of x[..., j, ...]
///
/// Along several axes it is the position among their elements in row-major order; along all of them,
/// which is the default, the position in the flat array. The first of equals wins.
///
/// @shape   x's with extent 1 on the axes named; no axes means all
/// @dtype   int64, of x of any dtype
/// @edge    the first NaN, if there is one, wins; -0 equals 0
/// @cost    4 flops an element; the kernel reads x once
/// @fails   [DS-AXES-RANGE], [DS-AXES-VALUE] · shape_error [DS-ARGMAX-EMPTY] no elements
template <operand X, expr::axes_argument Along = axes_t<>>
constexpr auto argmax(X&& x, Along along = {}) {
  return detail::arg_extremum_of<rules::argmax>(static_cast<X&&>(x), along);
}
template <operand X, expr::axes_argument Along = axes_t<>>
constexpr auto argmin(X&& x, Along along = {}) {
  return detail::arg_extremum_of<rules::argmin>(static_cast<X&&>(x), along);
}

}  // namespace deepseek
