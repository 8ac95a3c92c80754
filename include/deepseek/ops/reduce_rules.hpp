// SPDX-License-Identifier: Apache-2.0
/// @file How a reduction combines: its identity, its step, and what it makes of the lanes of a vector.
///
/// A rule has
///   value<V>        dtype of the result for elements of dtype V
///   accumulator<V>  type the elements are converted to and combined in
///   state<P>        what one vector of partial results is (P: a pack or a number)
///   start<P>()      the state of no element
///   step(s, p, i)   s with the elements p, whose numbers along the reduced axes are i
///   join(s, t)      two states in one; t holds later elements
///   finish(s)       the lanes of a state to one value
#pragma once
#include <limits>
#include <type_traits>

#include <deepseek/arch/cpu/pack_math.hpp>
#include <deepseek/arch/cpu/pack_reduce.hpp>
#include <deepseek/arch/cpu/pack_scan.hpp>
#include <deepseek/arch/scalar.hpp>
#include <deepseek/base/dtype.hpp>

namespace deepseek::rules {

/// number_of<P>: the type of a lane of P.
template <class P> struct lane_of { using type = P; };
template <class P>
requires requires { typename P::element; }
struct lane_of<P> {
  using type = typename P::element;
};
template <class P> using lane_t = typename lane_of<P>::type;

/// sum and product accumulate integers and bools in int64, floating types in f32 or f64.
struct additive {
  template <class V> using value = std::conditional_t<floating_element<V>, V, std::int64_t>;
  template <class V> using accumulator = compute_t<value<V>>;
  template <class P> using state = P;
};

struct sum : additive {
  static constexpr char const* name = "sum";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P start() {
    return P(lane_t<P>(0));
  }
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P join(P s, P t) { return s + t; }
  /// scan(p): lane i becomes the sum of lanes 0 to i.
  template <class P> static DEEPSEEK_INLINE P scan(P p) { return arch::inclusive_scan_add(p); }
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto finish(P s) {
    if constexpr (arch::scalar<P>) return s;
    else return arch::reduce_add(s);
  }
};

struct product : additive {
  static constexpr char const* name = "prod";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P start() {
    return P(lane_t<P>(1));
  }
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P join(P s, P t) { return s * t; }
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto finish(P s) {
    if constexpr (arch::scalar<P>) return s;
    else return arch::reduce_mul(s);
  }
};

/// The largest or smallest value there is: infinity, or the limit of an integer.
template <class C> constexpr C highest() {
  if constexpr (std::numeric_limits<C>::has_infinity) return std::numeric_limits<C>::infinity();
  else return std::numeric_limits<C>::max();
}
template <class C> constexpr C lowest() {
  if constexpr (std::numeric_limits<C>::has_infinity) return -std::numeric_limits<C>::infinity();
  else return std::numeric_limits<C>::lowest();
}

struct extremum {
  template <class V> using value = std::conditional_t<std::is_same_v<V, bool>, std::int32_t, V>;
  template <class V> using accumulator = compute_t<value<V>>;
  template <class P> using state = P;
};

struct max : extremum {
  static constexpr char const* name = "max";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P start() {
    return P(lowest<lane_t<P>>());
  }
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P join(P s, P t) {
    return arch::max(t, s);  // the accumulator last: cheaper, see arch/cpu/pack_math.hpp
  }
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto finish(P s) {
    if constexpr (arch::scalar<P>) return s;
    else return arch::reduce_max(s);
  }
};

struct min : extremum {
  static constexpr char const* name = "min";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P start() {
    return P(highest<lane_t<P>>());
  }
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P join(P s, P t) {
    return arch::min(t, s);
  }
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto finish(P s) {
    if constexpr (arch::scalar<P>) return s;
    else return arch::reduce_min(s);
  }
};

struct truth {
  template <class V> using value = bool;
  template <class V> using accumulator = bool;
  template <class P> using state = P;
};

struct any : truth {
  static constexpr char const* name = "any";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P start() { return P(false); }
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P join(P s, P t) { return s || t; }
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool finish(P s) {
    if constexpr (std::is_same_v<P, bool>) return s;
    else return arch::any(s);
  }
};

struct all : truth {
  static constexpr char const* name = "all";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P start() { return P(true); }
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P join(P s, P t) { return s && t; }
  DEEPSEEK_ANY_SIDE
  template <class P> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool finish(P s) {
    if constexpr (std::is_same_v<P, bool>) return s;
    else return arch::all(s);
  }
};

}  // namespace deepseek::rules
