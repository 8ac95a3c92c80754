// SPDX-License-Identifier: Apache-2.0
/// @file Cursor of a map: the element rule on vectors, or lane by lane if it takes only numbers.
#pragma once
#include <deepseek/arch/cpu/pack_memory.hpp>
#include <deepseek/plan/host/detail/cursor.hpp>

namespace deepseek::plan::host {

template <class V, class S> struct lane_type { using type = compute_t<V>; };

/// map_cursor<F, S, Children...>: f of the children's vectors.
///
/// Where no child changes along a row, neither does the result: it is computed once a pass, for all rows
/// of the block together.
template <class F, class S, class... Children> struct map_cursor : inner<Children...> {
  using base = inner<Children...>;
  using value_type = typename F::template value<typename Children::value_type...>;
  using result = value_pack<value_type, S>;
  static constexpr bool row_invariant = (Children::row_invariant && ...);
  static constexpr bool flattens = (Children::flattens && ...);
  static constexpr bool cached = row_invariant && base::level > 0;
  static constexpr int load_flops = cached ? 0 : base::load_flops + F::flops;

  DEEPSEEK_EMPTY F rule;
  DEEPSEEK_EMPTY std::conditional_t<cached, row_values<value_type, S>, nothing> once;

  map_cursor(F const& f, Children const&... c) : base{{{{c}...}}}, rule{f} {}

  template <int Pass, class Env> DEEPSEEK_INLINE void begin(Env const& env) {
    base::template begin<Pass>(env);
    if constexpr (cached && base::level < Pass)
      once.set(evaluate<Pass>(env, position{}, across_rows{}));
  }
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE result load(Env const& env, position at, Tail tail) {
    if constexpr (cached) return once.at(at, tail);
    else return evaluate<Pass>(env, at, tail);
  }

 private:
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE result evaluate(Env const& env, position at, Tail tail) {
    return [&]<int... I>(std::integer_sequence<int, I...>) DEEPSEEK_INLINE_LAMBDA {
      return call(tail, operand<I>(get<I>(this->child).template load<Pass>(env, at, tail))...);
    }
    (std::make_integer_sequence<int, sizeof...(Children)>{});
  }
  template <int I, class P> static DEEPSEEK_INLINE auto operand(P const& p) {
    using C = typename F::template operand<I, typename Children::value_type...>;
    return as_operand<C, S>(p);
  }
  template <class Tail, class... P> DEEPSEEK_INLINE result call(Tail tail, P const&... p) const {
    if constexpr (requires { rule(p...); }) return as_result(rule(p...));
    else return lane_by_lane(tail, p...);
  }
  template <class P> static DEEPSEEK_INLINE result as_result(P const& p) {
    if constexpr (std::is_same_v<P, result>) return p;
    else if constexpr (is_mask<P> || requires { typename P::element; })
      return as_operand<compute_t<value_type>, S>(p);
    else return result(static_cast<compute_t<value_type>>(p));
  }
  /// A rule that takes only numbers: correct, and as slow as a loop over elements. It never sees a
  /// lane that is no element: it need not be defined there.
  template <class Tail, class... P>
  DEEPSEEK_INLINE result lane_by_lane(Tail tail, P const&... p) const {
    compute_t<value_type> value[S::lanes] = {};
    int count = S::lanes;
    if constexpr (is_partial<Tail>) count = tail.count;
    for (int i = 0; i < count; ++i)
      value[i] = static_cast<compute_t<value_type>>(rule(arch::get(p, i)...));
    if constexpr (std::is_same_v<value_type, bool>)
      return arch::load_mask<S::lanes, typename S::lane_integer>(value);
    else return arch::load<S::lanes>(value);
  }
};

}  // namespace deepseek::plan::host
