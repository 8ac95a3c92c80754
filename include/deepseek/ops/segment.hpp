// SPDX-License-Identifier: Apache-2.0
/// @file segment_sum, segment_mean, segment_max, segment_min: consecutive slices of a tensor become one.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/base/convert.hpp>
#include <deepseek/base/error.hpp>
#include <deepseek/expr/map.hpp>  // why::extents_fact
#include <deepseek/ops/call_rules.hpp>
#include <deepseek/ops/reduce_rules.hpp>
#include <deepseek/ops/reshape.hpp>  // why::shape_holder
#include <deepseek/ops/take.hpp>     // take_indices

namespace deepseek {
namespace rules {

/// A reduction of segments is one of reduce_rules.hpp, whose state starts as start_of<V, P>() for elements
/// of V and becomes result_of<Y>(state, count), knowing how many elements are in it.
struct segment_sum : sum {
  static constexpr char const* name = "segment_sum";
  DEEPSEEK_ANY_SIDE
  template <class V, class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P start_of() {
    return sum::start<P>();
  }
  template <class Y, class C>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE Y result_of(C state, std::int64_t) {
    return convert<Y>(state);
  }
};
struct segment_mean : segment_sum {
  static constexpr char const* name = "segment_mean";
  template <class V> using value = std::conditional_t<floating_element<V>, V, float>;
  template <class Y, class C>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE Y result_of(C state, std::int64_t count) {
    using R = compute_t<Y>;
    return convert<Y>(convert<R>(state) / static_cast<R>(count));
  }
};
struct segment_max : max {
  static constexpr char const* name = "segment_max";
  DEEPSEEK_ANY_SIDE
  template <class V, class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P start_of() {
    using C = lane_t<P>;  // as wide as V or wider
    if constexpr (floating_element<V>) return P(lowest<C>());
    else return P(static_cast<C>(lowest<value<V>>()));
  }
  template <class Y, class C>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE Y result_of(C state, std::int64_t) {
    return convert<Y>(state);
  }
};
struct segment_min : min {
  static constexpr char const* name = "segment_min";
  DEEPSEEK_ANY_SIDE
  template <class V, class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P start_of() {
    using C = lane_t<P>;
    if constexpr (floating_element<V>) return P(highest<C>());
    else return P(static_cast<C>(highest<value<V>>()));
  }
  template <class Y, class C>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE Y result_of(C state, std::int64_t) {
    return convert<Y>(state);
  }
};

}  // namespace rules

/// segments_conformable<X, Offsets>: the law of segment_sum and its like, as far as types know.
template <class X, class Offsets>
concept segments_conformable = X::rank >= 1 && Offsets::rank == 1 && Offsets::static_extent(0) != 0;

namespace why {
template <bool Holds, class... Facts> struct segment_operands {
  static_assert(Holds,
                "[DS-SEGMENT-STATIC] segment_sum(x[n, ...], offsets[s + 1]) and its like: x has no "
                "axis, or offsets have not one axis or no element; see extents_of<first, x...> and "
                "extents_of<second, offsets...>. Fix: reshape; offsets of no segment are one 0.");
};
}  // namespace why

namespace detail {
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_segment_count(char const* verb) {
  throw shape_error(
      text{} << "[DS-SEGMENT-COUNT] " << verb
             << "(x, offsets): offsets are [0]. Fix: one more than there are segments.");
}

template <class Reduce, class X, class O> constexpr auto make_segments(X&& x, O&& offsets) {
  if constexpr (!valid<X> || !valid<O>) {
    return why::invalid{};
  } else {
    using D = detail::shape_of<X>;
    using Offsets = detail::shape_of<O>;
    using Index = typename std::remove_cvref_t<O>::value_type;
    constexpr bool holds = segments_conformable<D, Offsets>;
    if constexpr (!take_indices<Index>) {
      return detail::wrong_indices<Index>();
    } else if constexpr (!holds) {
      (void)sizeof(
          why::segment_operands<holds, why::extents_fact<why::first, why::shape_holder<D>>,
                                why::extents_fact<why::second, why::shape_holder<Offsets>>>);
      return why::invalid{};
    } else {
      if (offsets.extents()[0] == 0) fail_segment_count(Reduce::name);
      return get<0>(
          expr::call(rules::segment<Reduce>{}, static_cast<X&&>(x), static_cast<O&&>(offsets)));
    }
  }
}
}  // namespace detail

/// segment_sum(x, offsets), segment_mean, segment_max, segment_min: of each segment of slices along the first
/// axis; PyTorch's segment_reduce.
///
///   y[s, ...] = x[offsets[s], ...] + … + x[offsets[s + 1] - 1, ...]
///
///   (y = segment_mean(tokens, offsets)).run(host{});   // of packed sentences
///   y = scatter_add(zeros, axes<0>, ids, x);   // where each slice has the number of its segment instead
///
/// @shape   x: [n, k...], offsets: [s + 1] -> [s, k...]; slices before the first offset and from the last one
///          on are in no segment
/// @dtype   offsets: any integer, 0 <= offsets[0] <= offsets[1] <= … <= n. Sums: x's, int64 for integers and
///          bool; means: x's, f32 for these; extremes: x's, int32 for bool. Sums are made in f32 (f64 for
///          f64, integers in int64), rounded once
/// @edge    a segment of no slice: 0, NaN, -inf, inf (integers: their limits), as in PyTorch; NaN if any is
/// @error   as sum; the same bits on every run and for any number of threads
/// @cost    one read of x; a kernel of its own, on a GPU a second one where few long segments are cut into
///          parts. x that is no tensor is evaluated first
/// @fails   [DS-TAKE-DTYPE], [DS-SEGMENT-STATIC] static · shape_error [DS-SEGMENT-COUNT] now,
///          [DS-SEGMENT-OFFSETS] when run, before anything is written. On a GPU, which does not check them,
///          offsets are held to 0 … n and to the one before
template <operand X, operand O> constexpr auto segment_sum(X&& x, O&& offsets) {
  return detail::make_segments<rules::segment_sum>(static_cast<X&&>(x), static_cast<O&&>(offsets));
}
template <operand X, operand O> constexpr auto segment_mean(X&& x, O&& offsets) {
  return detail::make_segments<rules::segment_mean>(static_cast<X&&>(x), static_cast<O&&>(offsets));
}
template <operand X, operand O> constexpr auto segment_max(X&& x, O&& offsets) {
  return detail::make_segments<rules::segment_max>(static_cast<X&&>(x), static_cast<O&&>(offsets));
}
template <operand X, operand O> constexpr auto segment_min(X&& x, O&& offsets) {
  return detail::make_segments<rules::segment_min>(static_cast<X&&>(x), static_cast<O&&>(offsets));
}

}  // namespace deepseek
