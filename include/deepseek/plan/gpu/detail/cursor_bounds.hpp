// SPDX-License-Identifier: Apache-2.0
/// @file Between which values a lowered expression lies on a box of indices, found by one thread of a kernel;
/// and whether a mask in it applies there. What attention/tile_class.hpp does to expressions, for cursors.
///
/// Kernels know of a mask what this can prove; of the rest they say that it may apply.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/attention/tile_class.hpp>
#include <deepseek/plan/gpu/detail/cursors.hpp>

namespace deepseek::plan::gpu {

/// cursor_box<S>: indices first to last of each axis; never empty.
template <class S> struct cursor_box {
  std::int64_t first[S::axes];
  std::int64_t last[S::axes];
};

/// A thread reads so many elements of a tensor along one axis to know its bounds.
inline constexpr std::int64_t most_elements_bounded = 256;

namespace detail {

namespace of = deepseek::score::detail;
using deepseek::score::bounds;

template <class C> using value_bounds = bounds<compute_t<typename C::value_type>>;

/// What no other overload knows: a gather, a padded operand, a random number.
template <class C, class S, class Env>
DEEPSEEK_HOST_DEVICE value_bounds<C> bounds_of(C const&, cursor_box<S> const&, Env const&) {
  return of::anything<compute_t<typename C::value_type>>();
}
template <class V, class S, class Env>
DEEPSEEK_HOST_DEVICE auto bounds_of(scalar_cursor<V, S> const& c, cursor_box<S> const&,
                                    Env const&) {
  using B = bounds<compute_t<V>>;
  return c.value != c.value ? of::anything<compute_t<V>>() : B{c.value, c.value};
}
template <class V, class S, class Env>
DEEPSEEK_HOST_DEVICE auto bounds_of(generate_cursor<rules::iota<V>, S> const& c,
                                    cursor_box<S> const& box, Env const&) {
  std::int64_t low = c.base;
  std::int64_t high = c.base;
  for (int axis = 0; axis < S::axes; ++axis) {
    std::int64_t const stride = c.place.stride[axis];
    low += stride * (stride < 0 ? box.last[axis] : box.first[axis]);
    high += stride * (stride < 0 ? box.first[axis] : box.last[axis]);
  }
  using C = compute_t<V>;
  if constexpr (integer_element<V>) {
    if (static_cast<std::int64_t>(static_cast<C>(high)) != high ||
        static_cast<std::int64_t>(static_cast<C>(low)) != low)
      return of::anything<C>();
  }
  return bounds<C>{arch::round_to<V>(low), arch::round_to<V>(high)};
}
template <class T, class S, lanes_are Known, class Env>
DEEPSEEK_HOST_DEVICE auto bounds_of(leaf_cursor<T, S, Known> const& c, cursor_box<S> const& box,
                                    Env const&) {
  using C = compute_t<T>;
  std::int64_t count = 1;
  std::int64_t step = 0;
  int long_axes = 0;
  T const* from = c.base;
  for (int axis = 0; axis < S::axes; ++axis) {
    std::int64_t const stride = c.place.stride[axis];
    from += stride * box.first[axis];
    if (stride == 0 || box.first[axis] == box.last[axis]) continue;
    ++long_axes;
    step = stride;
    count = box.last[axis] - box.first[axis] + 1;
  }
  if (long_axes > 1 || count > most_elements_bounded) return of::anything<C>();
  bounds<C> all{};
  for (std::int64_t i = 0; i < count; ++i) {
    auto const v = static_cast<C>(arch::gpu::load(from + i * step));
    if (v != v) return of::anything<C>();
    all = i == 0 ? bounds<C>{v, v} : of::hull(all, bounds<C>{v, v});
  }
  return all;
}
template <class Id, class V, int Level, bool Invariant, class S, class Env>
DEEPSEEK_HOST_DEVICE auto bounds_of(variable_cursor<Id, V, Level, Invariant> const&,
                                    cursor_box<S> const&, Env const& env) {
  return find_frame<Id, Env>::in(env);
}
template <class Rule, class S, class... Children, class Env>
DEEPSEEK_HOST_DEVICE auto bounds_of(map_cursor<Rule, S, Children...> const& c,
                                    cursor_box<S> const& box, Env const& env);
template <class Id, class S, class Bound, class Body, bool Keep, class Env>
DEEPSEEK_HOST_DEVICE auto bounds_of(let_cursor<Id, S, Bound, Body, Keep> const& c,
                                    cursor_box<S> const& box, Env const& env) {
  auto const bound = bounds_of(c.bound, box, env);
  using Inner = frame<Id, std::remove_cvref_t<decltype(bound)>, Env>;
  return bounds_of(c.body, box, Inner{bound, env});
}
template <class Rule, class S, class... Children, class Env>
DEEPSEEK_HOST_DEVICE auto bounds_of(map_cursor<Rule, S, Children...> const& c,
                                    cursor_box<S> const& box, Env const& env) {
  using V = typename map_cursor<Rule, S, Children...>::value_type;
  return [&]<int... I>(std::integer_sequence<int, I...>) {
    if constexpr (std::is_same_v<Rule, rules::where>)
      return of::where_bounds<compute_t<V>>(bounds_of(get<I>(c.child), box, env)...);
    else
      return of::map_bounds<Rule, typename Children::value_type...>::of(
          c.rule, bounds_of(get<I>(c.child), box, env)...);
  }
  (std::make_integer_sequence<int, sizeof...(Children)>{});
}

/// reads_any<C, Id...>: C needs one of the variables.
template <class C, class... Id>
inline constexpr bool reads_any = (false || ... || C::template load_reads<Id>);

/// masked_child<C, Id...>: 1 or 2 where C is where(condition, a, b) of which that side alone is made from the
/// score, and the condition is not; else 0. Id: the score, and what is made from it by lets around.
template <class... Id> struct score_ids {
  template <class C> struct masked_child { static constexpr int side = 0; };
  template <class S, class Condition, class A, class B>
  struct masked_child<map_cursor<rules::where, S, Condition, A, B>> {
    static constexpr bool first = reads_any<A, Id...>;
    static constexpr bool second = reads_any<B, Id...>;
    static constexpr int side = reads_any<Condition, Id...> || first == second ? 0 : first ? 1 : 2;
  };

  /// unmasked(c, box, env): each mask in c chooses the side of the score all over the box.
  template <class C, class S, class Env>
  static DEEPSEEK_HOST_DEVICE bool unmasked(C const&, cursor_box<S> const&, Env const&) {
    return true;
  }
  template <class LetId, class S, class Bound, class Body, bool Keep, class Env>
  static DEEPSEEK_HOST_DEVICE bool unmasked(let_cursor<LetId, S, Bound, Body, Keep> const& c,
                                            cursor_box<S> const& box, Env const& env) {
    auto const bound = bounds_of(c.bound, box, env);
    using Inner = frame<LetId, std::remove_cvref_t<decltype(bound)>, Env>;
    using Ids =
        std::conditional_t<reads_any<Bound, Id...>, score_ids<LetId, Id...>, score_ids<Id...>>;
    return unmasked(c.bound, box, env) && Ids::unmasked(c.body, box, Inner{bound, env});
  }
  template <class Rule, class S, class... Children, class Env>
  static DEEPSEEK_HOST_DEVICE bool unmasked(map_cursor<Rule, S, Children...> const& c,
                                            cursor_box<S> const& box, Env const& env) {
    constexpr int side = masked_child<map_cursor<Rule, S, Children...>>::side;
    if constexpr (side != 0) {
      auto const holds = of::as<bool>(bounds_of(get<0>(c.child), box, env));
      bool const chosen = side == 1 ? holds.low : !holds.high;
      return chosen && unmasked(get<side>(c.child), box, env);
    } else {
      return [&]<int... I>(std::integer_sequence<int, I...>) {
        return (true && ... && unmasked(get<I>(c.child), box, env));
      }
      (std::make_integer_sequence<int, sizeof...(Children)>{});
    }
  }
};

}  // namespace detail

/// always_masked(c, box, env): c is -inf all over the box.
template <class C, class S, class Env>
DEEPSEEK_HOST_DEVICE bool always_masked(C const& c, cursor_box<S> const& box, Env const& env) {
  using V = compute_t<typename C::value_type>;
  if constexpr (std::is_floating_point_v<V>)
    return detail::bounds_of(c, box, env).always(detail::of::least<V>);
  else return false;
}
/// never_masked<Score>(c, box, env): no where(condition, score, other) in c chooses the other; Score: the
/// score as a variable.
template <class Score, class C, class S, class Env>
DEEPSEEK_HOST_DEVICE bool never_masked(C const& c, cursor_box<S> const& box, Env const& env) {
  return detail::score_ids<Score>::unmasked(c, box, env);
}

}  // namespace deepseek::plan::gpu
