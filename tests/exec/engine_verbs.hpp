// SPDX-License-Identifier: Apache-2.0
/// @file The verbs that tests of the engine write expressions with: made from the factories of expr/
/// alone, so that a mistake in ops/ cannot hide one of the engine.
#pragma once

#include <deepseek/arch/cpu/math_exp.hpp>
#include <deepseek/arch/scalar.hpp>
#include <deepseek/expr/bind.hpp>
#include <deepseek/expr/indexed.hpp>
#include <deepseek/expr/map.hpp>
#include <deepseek/expr/reduce.hpp>
#include <deepseek/expr/view_node.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/reduce_rules.hpp>

#include <atomic>
#include <cstdint>
#include <utility>

namespace deepseek::test {

struct exponential_rule : expr::floating_rule {
  static constexpr char const* name = "exp";
  static constexpr int flops = 16;
  template <class V> DEEPSEEK_INLINE V operator()(V a) const { return arch::exp(a); }
};
struct less_rule : expr::comparison_rule {
  static constexpr char const* name = "<";
  static constexpr int flops = 1;
  template <class V> DEEPSEEK_INLINE auto operator()(V a, V b) const { return a < b; }
};
/// Only numbers go in, so the engine calls it lane by lane; it counts its calls.
struct counting_rule : expr::floating_rule {
  static constexpr char const* name = "count";
  static constexpr int flops = 1;
  static inline std::atomic<std::int64_t> calls{0};
  float operator()(float a) const {
    calls.fetch_add(1, std::memory_order_relaxed);
    return a;
  }
};
/// As counting_rule, and dear: a let keeps its value between passes instead of computing it again.
struct dear_counting_rule : counting_rule {
  static constexpr char const* name = "dear";
  static constexpr int flops = 100;
};
/// start + slope * i for element number i.
struct ramp_rule {
  using value_type = float;
  static constexpr char const* name = "ramp";
  static constexpr int flops = 1;
  float slope;
  float start;
  void fill(std::int64_t first, std::int64_t stride, int count, float* out) const {
    for (int i = 0; i < count; ++i) out[i] = start + slope * static_cast<float>(first + i * stride);
  }
};

namespace detail {
template <class Sequence> struct identity_axes;
template <int... I> struct identity_axes<std::integer_sequence<int, I...>> {
  using type = expr::axis_map<I...>;
};
template <int Rank>
using identity_axes_t = typename identity_axes<std::make_integer_sequence<int, Rank>>::type;

/// Axis numbers after axis A was removed (-1 for A itself), or after one was inserted before A.
template <int A, class Sequence> struct shifted_axes;
template <int A, int... I> struct shifted_axes<A, std::integer_sequence<int, I...>> {
  using without = expr::axis_map<(I == A ? -1 : I > A ? I - 1 : I)...>;
  using inserted = expr::axis_map<(I >= A ? I + 1 : I)...>;
};
template <int A, int Count> struct take_axes {
  template <class Sequence> struct of;
  template <int... I> struct of<std::integer_sequence<int, I...>> {
    using source = expr::axis_map<(I == A ? -1 : I > A ? I + Count - 1 : I)...>;
    using index = expr::axis_map<(I + A)...>;
  };
};
template <int... P> constexpr int place_of(int axis) {
  constexpr int order[] = {P..., 0};
  for (int k = 0; k < int(sizeof...(P)); ++k)
    if (order[k] == axis) return k;
  return -1;
}
template <class Sequence, int... P> struct inverse_axes;
template <int... I, int... P> struct inverse_axes<std::integer_sequence<int, I...>, P...> {
  using type = expr::axis_map<place_of<P...>(I)...>;
};
}  // namespace detail

/// library: each verb as an expression of the library.
struct library {
  template <class X> static std::int64_t extent(X const& x, int axis) {
    return x.extents()[axis < 0 ? axis + X::rank : axis];
  }
  template <class X> static auto exp(X const& x) { return expr::map_of(exponential_rule{}, x); }
  template <class A, class B> static auto less(A const& a, B const& b) {
    return expr::map_of(less_rule{}, a, b);
  }
  template <class A, class B> static auto maximum(A const& a, B const& b) {
    return expr::map_of(rules::maximum{}, a, b);
  }
  template <class X, int... A> static auto sum(X const& x, axes_t<A...> along) {
    return expr::reduce<rules::sum>(x, along);
  }
  template <class X, int... A> static auto max(X const& x, axes_t<A...> along) {
    return expr::reduce<rules::max>(x, along);
  }
  template <class X, int... A> static auto min(X const& x, axes_t<A...> along) {
    return expr::reduce<rules::min>(x, along);
  }
  template <class X, int... A> static auto any(X const& x, axes_t<A...> along) {
    return expr::reduce<rules::any>(x, along);
  }
  template <class X, int A> static auto cumsum(X const& x, axes_t<A> along) {
    return expr::scan<rules::sum>(x, along);
  }
  template <class X, class F> static auto let(X const& x, F f) { return deepseek::let(x, f); }

  template <class X, int... P> static auto permute(X const& x, axes_t<P...>) {
    using Inverse = typename detail::inverse_axes<std::make_integer_sequence<int, X::rank>, P...>;
    std::int64_t const extent[] = {x.extents()[P]..., 0};
    expr::progression const axes[max_rank] = {};
    auto const node = as_expression(x);
    return expr::make_view<typename Inverse::type, false>(
        node, dynamic_dims<X::rank>::from_array(extent), axes);
  }
  /// count elements of axis A from `begin`, every step-th.
  template <class X, int A>
  static auto slice(X const& x, axes_t<A>, std::int64_t begin, std::int64_t step,
                    std::int64_t count) {
    constexpr int axis = A < 0 ? A + X::rank : A;
    std::int64_t extent[max_rank] = {};
    expr::progression axes[max_rank] = {};
    for (int a = 0; a < X::rank; ++a) extent[a] = x.extents()[a];
    extent[axis] = count;
    axes[axis] = {begin, step};
    auto const node = as_expression(x);
    return expr::make_view<detail::identity_axes_t<X::rank>, true>(
        node, dynamic_dims<X::rank>::from_array(extent), axes);
  }
  /// x[..., index, ...]: axis A is gone.
  template <class X, int A> static auto drop(X const& x, axes_t<A>, std::int64_t index) {
    constexpr int axis = A < 0 ? A + X::rank : A;
    std::int64_t extent[max_rank] = {};
    expr::progression axes[max_rank] = {};
    for (int a = 0, k = 0; a < X::rank; ++a)
      if (a != axis) extent[k++] = x.extents()[a];
    axes[axis] = {index, 0};
    using Follow =
        typename detail::shifted_axes<axis, std::make_integer_sequence<int, X::rank>>::without;
    auto const node = as_expression(x);
    return expr::make_view<Follow, true>(node, dynamic_dims<X::rank - 1>::from_array(extent), axes);
  }
  /// A new axis of extent `count` before axis A, along which x repeats.
  template <class X, int A> static auto repeat(X const& x, axes_t<A>, std::int64_t count) {
    std::int64_t extent[max_rank] = {};
    expr::progression const axes[max_rank] = {};
    for (int a = 0; a < X::rank; ++a) extent[a >= A ? a + 1 : a] = x.extents()[a];
    extent[A] = count;
    using Follow =
        typename detail::shifted_axes<A, std::make_integer_sequence<int, X::rank>>::inserted;
    auto const node = as_expression(x);
    return expr::make_view<Follow, false>(node, dynamic_dims<X::rank + 1>::from_array(extent),
                                          axes);
  }
  /// `before` and `after` elements of `value` around axis A.
  template <class X, int A>
  static auto pad(X const& x, axes_t<A>, std::int64_t before, std::int64_t after, float value) {
    constexpr int axis = A < 0 ? A + X::rank : A;
    std::int64_t extent[max_rank] = {};
    std::int64_t leading[max_rank] = {};
    for (int a = 0; a < X::rank; ++a) extent[a] = x.extents()[a];
    extent[axis] += before + after;
    leading[axis] = before;
    auto const node = as_expression(x);
    using Node = std::remove_cvref_t<decltype(node)>;
    return expr::pad_node<dynamic_dims<X::rank>, Node>{
        dynamic_dims<X::rank>::from_array(extent), leading,
        static_cast<compute_t<typename Node::value_type>>(value), node};
  }
  /// x[..., index[i...], ...] along axis A.
  template <class X, class I, int A> static auto take(X const& x, I const& index, axes_t<A>) {
    constexpr int rank = X::rank + I::rank - 1;
    std::int64_t extent[max_rank] = {};
    for (int a = 0; a < A; ++a) extent[a] = x.extents()[a];
    for (int a = 0; a < I::rank; ++a) extent[A + a] = index.extents()[a];
    for (int a = A + 1; a < X::rank; ++a) extent[a + I::rank - 1] = x.extents()[a];
    auto const source = as_expression(x);
    auto const number = as_expression(index);
    using Axes = detail::take_axes<A, I::rank>;
    using SourceMap = typename Axes::template of<std::make_integer_sequence<int, X::rank>>::source;
    using IndexMap = typename Axes::template of<std::make_integer_sequence<int, I::rank>>::index;
    return expr::gather_node<A, SourceMap, IndexMap, dynamic_dims<rank>,
                             std::remove_cvref_t<decltype(source)>,
                             std::remove_cvref_t<decltype(number)>>{
        dynamic_dims<rank>::from_array(extent), source, number};
  }
  /// The same elements as one axis.
  template <class X> static auto flat(X const& x) {
    auto const node = as_expression(x);
    return expr::reshape_node<dims<dyn>, std::remove_cvref_t<decltype(node)>>{
        dims<dyn>{x.extents().size()}, node};
  }
  /// start + slope * number of the element, in the shape of x.
  template <class X> static auto ramp_like(X const& x, float slope, float start) {
    using Dims = std::remove_cvref_t<decltype(x.extents())>;
    return expr::generate_node<ramp_rule, Dims>{x.extents(), {slope, start}};
  }
};

/// softmax along the last axis, written as a user would.
inline constexpr auto softmax = [](auto const& x) {
  return library::let(x, [](auto v) {
    return library::let(library::exp(v - library::max(v, last)),
                        [](auto e) { return e / library::sum(e, last); });
  });
};

}  // namespace deepseek::test
