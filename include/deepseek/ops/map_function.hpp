// SPDX-License-Identifier: Apache-2.0
/// @file map(f, x, y, ...): a function of the user's as an element rule.
#pragma once
#include <concepts>
#include <type_traits>
#include <utility>

#include <deepseek/expr/map.hpp>

namespace deepseek {

namespace detail {
template <int I, class... V> struct nth_type;
template <class First, class... Rest> struct nth_type<0, First, Rest...> { using type = First; };
template <int I, class First, class... Rest>
struct nth_type<I, First, Rest...> : nth_type<I - 1, Rest...> {};

template <class R> constexpr auto element_of_result() {
  if constexpr (element<R>) return std::type_identity<R>{};
  else return std::type_identity<expr::number_element_t<R>>{};
}
}  // namespace detail

/// element_rule: a function object with `name`, `flops` and the dtype rules `value<V...>` and
/// `operand<I, V...>` of its own, mostly from expr::floating_rule and its like (expr/map.hpp).
template <class F>
concept element_rule = requires {
  F::name;
  F::flops;
};

namespace rules {
/// user<F>: f takes each operand in the type that its dtype is computed in; what f returns is the dtype.
template <class F> struct user {
  static constexpr char const* name = "map";
  static constexpr int flops = 1;
  DEEPSEEK_EMPTY F f;

  template <class... V>
  using value = typename decltype(detail::element_of_result<std::remove_cvref_t<
                                      std::invoke_result_t<F const&, compute_t<V>...>>>())::type;
  template <int I, class... V> using operand = compute_t<typename detail::nth_type<I, V...>::type>;

  DEEPSEEK_ANY_SIDE
  template <class... P>
  requires std::invocable<F const&, P const&...> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto
  operator()(P const&... p) const {
    return f(p...);
  }
};
}  // namespace rules

/// map_callable<F, V...>, map_result<F, V...>: the laws of map(f, x...) for operands of dtypes V.
template <class F, class... V>
concept map_callable = element_rule<F> || std::invocable<F const&, compute_t<V>...>;
template <class F, class... V>
concept map_result =
    element_rule<F> || expr::number<std::invoke_result_t<F const&, compute_t<V>...>>;

namespace why {
template <bool Holds, class... Facts> struct map_function_arguments {
  static_assert(
      Holds,
      "[DS-MAP-CALL] map(f, x...): f cannot be called with one number of each operand; "
      "dtypes are in dtype_is<dtype>. Fix: take float for f32, f16, bf16 and fp8, double, "
      "int64, bool, or int32 for narrower integers; and operator() must be const.");
};
template <bool Holds, class... Facts> struct map_function_result {
  static_assert(Holds,
                "[DS-MAP-RESULT] map(f, x...): f does not return a number; type_is<result>.");
};
}  // namespace why

namespace detail {
/// map_values(f, nodes...): nodes, the numbers among them already of a dtype.
template <class F, class... Node> constexpr auto map_values(F const& f, Node const&... node) {
  if constexpr (element_rule<F>) {
    return expr::make_map(f, node...);
  } else if constexpr (!map_callable<F, typename Node::value_type...>) {
    (void)sizeof(why::map_function_arguments<map_callable<F, typename Node::value_type...>,
                                             why::dtype_is<typename Node::value_type>...>);
    return why::invalid{};
  } else if constexpr (!map_result<F, typename Node::value_type...>) {
    using Result = std::invoke_result_t<F const&, compute_t<typename Node::value_type>...>;
    (void)sizeof(why::map_function_result<map_result<F, typename Node::value_type...>,
                                          why::type_is<Result>>);
    return why::invalid{};
  } else {
    return expr::make_map(rules::user<F>{f}, node...);
  }
}
}  // namespace detail

/// map(f, x, y, ...): f of the elements of x, y, ..., which broadcast.
///
///   result[i] = f(x[i], y[i], ...)
///
/// f is called with what the dtypes are computed in (compute_t): float for f32, f16, bf16 and fp8, double
/// for f64, int64 for int64, int32 for narrower integers, bool for bool. f must be a pure function: it
/// is called on several threads at once, in any order, and more than once for an element, but for
/// elements only. An f whose parameters are `auto` is called with packs
/// (arch/cpu/pack.hpp), zeros in their lanes past the end of a row: operators and the functions of
/// arch/scalar.hpp work for packs and numbers alike, std::exp and `?:` do not. Or give an
/// element_rule, with dtype rules of its own.
///
/// @shape   any that broadcast, at least one of them no number
/// @dtype   what f returns: f16 -> f16, float -> f32, int -> int32, bool -> bool …
/// @cost    counted as 1 flop; always fuses. An f that takes packs runs at the speed of the library's
///          verbs; one that takes numbers is called lane by lane: the rest of the expression stays
///          vectorised, the call costs what it costs in a plain loop
/// @fails   [DS-MAP-CALL] f cannot be called · [DS-MAP-RESULT] f returns no number ·
///          [DS-BROADCAST-STATIC] · shape_error [DS-BROADCAST-EXTENTS]
template <class F, operand_or_number... X>
requires((operand<X> || ...)) constexpr auto map(F const& f, X&&... x) {
  if constexpr ((!valid<X> || ...)) {
    return why::invalid{};
  } else {
    using List = typename expr::detail::collect<expr::detail::value_list<>, X...>::type;
    return detail::map_values(f, expr::detail::operand_node<List>(static_cast<X&&>(x))...);
  }
}

}  // namespace deepseek
