// SPDX-License-Identifier: Apache-2.0
/// @file scaled: an operand of a product of few bits beside what its elements are to be multiplied by.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/cast.hpp>
#include <deepseek/ops/iota.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/take.hpp>

namespace deepseek {

namespace rules {
/// block_scaled<Block>: an element times the scale of its block. Kernels that scale sums of blocks find it by
/// this name (exec/detail/scaled_run.hpp).
template <int Block> struct block_scaled : multiply {
  static constexpr char const* name = "block_scaled";
};
}  // namespace rules

/// scaled_operand<Block, X, Scale>: what scaled gives; an operand of matmul alone.
template <int Block, class X, class Scale> struct scaled_operand : found_among_verbs {
  static constexpr int block = Block;
  using elements_type = X;
  using scale_type = Scale;
  X x;
  Scale scale;
  constexpr scaled_operand(X const& elements, Scale const& s) : x{elements}, scale{s} {}
};

namespace detail {
template <class T> inline constexpr bool is_scaled = false;
template <int Block, class X, class S>
inline constexpr bool is_scaled<scaled_operand<Block, X, S>> = true;

/// scales_known<Block, X, S, Left>: scales suit an operand of a product, as far as types know.
template <int Block, class X, class S, bool Left> constexpr bool scales_known() {
  constexpr int k_axis = Left ? 1 : 2;  // from the last
  if (S::rank == 0) return Block == 0;
  if (S::rank < 2) return false;
  if (Block == 0) return may_be_equal(S::static_extent(S::rank - k_axis), 1);
  if (S::rank != X::rank) return false;
  bool holds = true;
  for (int axis = 0; axis < X::rank; ++axis) {
    std::int64_t const n = X::static_extent(axis);
    bool const in_blocks = axis == X::rank - 1 || (!Left && axis == X::rank - 2);
    std::int64_t const wanted =
        n == dyn || !in_blocks ? n : (n + Block - 1) / (Block + (Block == 0));
    holds = holds && may_be_equal(S::static_extent(axis), wanted);
  }
  return holds;
}
}  // namespace detail

/// scales_conformable<Block, X, S, Left>: the law of scales of an operand X, the left one or not, as far as
/// types know.
template <int Block, class X, class S, bool Left>
concept scales_conformable = detail::scales_known<Block, X, S, Left>();

namespace why {
template <bool Holds, class... Facts> struct scales_of_left {
  static_assert(
      Holds,
      "[DS-SCALED-LEFT] matmul(scaled(a[..., m, k], s), b): s does not suit a; see "
      "extents_of<first, a...> and extents_of<second, s...>. Fix: s [..., m, 1] or a number; of "
      "scaled<block> [..., m, k / block].");
};
template <bool Holds, class... Facts> struct scales_of_right {
  static_assert(
      Holds,
      "[DS-SCALED-RIGHT] matmul(a, scaled(b[..., k, n], s)): s does not suit b; see "
      "extents_of<first, b...> and extents_of<second, s...>. Fix: s [..., 1, n] or a number; of "
      "scaled<block> [..., k / block, n / block].");
};
template <bool Holds, class... Facts> struct scale_dtype {
  static_assert(
      Holds,
      "[DS-SCALED-DTYPE] scaled(x, s): s is no f32 (of blocks) or not floating; its dtype is "
      "in dtype_is<...>. Fix: cast<float>(s).");
};
}  // namespace why

namespace detail {
template <class X, class S>
[[noreturn]] DEEPSEEK_NOINLINE void fail_scales(bool left, int block, X const& x, S const& s) {
  text message;
  message << (left ? "[DS-SCALED-LEFT] matmul(scaled(a, s), b): a is "
                   : "[DS-SCALED-RIGHT] matmul(a, scaled(b, s)): b is ")
          << x << " and s is " << s << ". Fix: ";
  if (block == 0) message << (left ? "s [..., m, 1]" : "s [..., 1, n]");
  else
    message << (left ? "s [..., m, k / " : "s [..., k / ") << block
            << (left ? "], rounded up" : ", n / ");
  if (block != 0 && !left) message << block << "], rounded up";
  throw shape_error(text{} << message << ".");
}

/// check_scales<Left>(operand): extents when running.
template <bool Left, int Block, class X, class S>
constexpr void check_scales(scaled_operand<Block, X, S> const& of) {
  auto const& x = of.x.extents();
  auto const& s = of.scale.extents();
  constexpr int rank = S::rank;
  if constexpr (Block == 0) {
    if constexpr (rank > 0)
      if (s[rank - (Left ? 1 : 2)] != 1) fail_scales(Left, Block, x, s);
  } else {
    for (int axis = 0; axis < rank; ++axis) {
      bool const in_blocks = axis == rank - 1 || (!Left && axis == rank - 2);
      if (s[axis] != (in_blocks ? (x[axis] + Block - 1) / Block : x[axis]))
        fail_scales(Left, Block, x, s);
    }
  }
}

/// block_of_each<Block>(n): 0 for the first Block of n, 1 for the next …
template <int Block> constexpr auto block_of_each(std::int64_t n) {
  return deepseek::cast<std::int32_t>((deepseek::iota<double>(n) + .5) * (1. / Block));
}
/// factor_of<Left>(x): the factor of a product that an operand is: its elements, times the scales of blocks.
template <bool Left, class X> constexpr auto factor_of(X const& x) {
  if constexpr (!is_scaled<X>) {
    return x;
  } else if constexpr (X::block == 0) {
    return x.x;
  } else {
    using Own = std::remove_cvref_t<decltype(x.x)>;
    auto const last = block_of_each<X::block>(x.x.extents()[Own::rank - 1]);
    auto const scale = [&] {
      if constexpr (Left) {
        return deepseek::take(x.scale, axes<-1>, last);
      } else {
        auto const rows = block_of_each<X::block>(x.x.extents()[Own::rank - 2]);
        return deepseek::take(deepseek::take(x.scale, axes<-2>, rows), axes<-1>, last);
      }
    }();
    return expr::make_map(rules::block_scaled<X::block>{}, x.x, scale);
  }
}
/// with_scale(product, x): times the scales that do not go along k.
template <class E, class X> constexpr auto with_scale(E const& product, X const& x) {
  if constexpr (!is_scaled<X>) {
    return product;
  } else if constexpr (X::block != 0) {
    return product;
  } else {
    return deepseek::operator*(product, x.scale);
  }
}
/// holds_scales<Left, X>(): the law of an operand; say_scales<Left, X>(): the one error where it does
/// not hold.
template <bool Left, class X> constexpr bool holds_scales() {
  if constexpr (!is_scaled<X>) return true;
  else
    return scales_conformable<X::block, typename X::elements_type::dims_type,
                              typename X::scale_type::dims_type, Left>;
}
template <bool Left, class X> constexpr why::invalid say_scales() {
  using Elements = why::extents_fact<why::first, typename X::elements_type>;
  using Scale = why::extents_fact<why::second, typename X::scale_type>;
  if constexpr (Left) (void)sizeof(why::scales_of_left<holds_scales<Left, X>(), Elements, Scale>);
  else (void)sizeof(why::scales_of_right<holds_scales<Left, X>(), Elements, Scale>);
  return {};
}
template <class A, class B> constexpr auto scaled_product(A const& a, B const& b) {
  if constexpr (!holds_scales<true, A>()) {
    return say_scales<true, A>();
  } else if constexpr (!holds_scales<false, B>()) {
    return say_scales<false, B>();
  } else {
    if constexpr (is_scaled<A>) check_scales<true>(a);
    if constexpr (is_scaled<B>) check_scales<false>(b);
    return with_scale(with_scale(deepseek::matmul(factor_of<true>(a), factor_of<false>(b)), a), b);
  }
}
}  // namespace detail

/// scaled(x, scale), scaled<block>(x, scales): x, of fp8 or int8, as an operand of matmul that stands
/// for x times its scales, as quantize gives them.
///
///   matmul(scaled(a, sa), scaled(b, sb))            [i, j] = sa[i] sb[j] sum over k of a[i, k] b[k, j]
///   matmul(scaled<128>(a, sa), scaled<128>(b, sb))  [i, j] = sum over k of a[i, k] sa[i, k / 128]
///                                                            * b[k, j] sb[k / 128, j / 128]
///
/// @shape   scale: a number, or [..., m, 1] of the left operand, [..., 1, n] of the right one. Of blocks:
///          [..., m, k / block] of the left, [..., k / block, n / block] of the right one, rounded up
/// @dtype   x: any; scale: floating, of blocks f32; the product: f32
/// @cost    scales that do not go along k are maps above the product: one kernel. Of blocks of 128, fp8 on
///          sm_90a: one kernel, which scales the sums of each 128, where both operands lie along k
///          (transpose(w)); elsewhere elements are scaled: on the host as they are packed, on other GPUs into
///          memory before a product of f32
/// @life    views an lvalue tensor, owns an rvalue one
/// @fails   [DS-SCALED-DTYPE], [DS-SCALED-LEFT], [DS-SCALED-RIGHT] static · shape_error [DS-SCALED-LEFT],
///          [DS-SCALED-RIGHT] by matmul, and those of matmul
template <int Block = 0, operand X, operand S> constexpr auto scaled(X&& x, S&& scale) {
  if constexpr (!valid<X> || !valid<S>) {
    return why::invalid{};
  } else {
    auto const elements = as_expression(static_cast<X&&>(x));
    auto const factors = as_expression(static_cast<S&&>(scale));
    using Own = std::remove_cvref_t<decltype(elements)>;
    using Scale = std::remove_cvref_t<decltype(factors)>;
    using V = typename Scale::value_type;
    constexpr bool holds = Block == 0 ? floating_element<V> : std::is_same_v<V, float>;
    if constexpr (!holds) {
      (void)sizeof(why::scale_dtype<holds, why::dtype_is<V>>);
      return why::invalid{};
    } else {
      return scaled_operand<Block, Own, Scale>{elements, factors};
    }
  }
}

/// scaled(x, number): one scale for all of x.
///
/// @shape   any                          @dtype f32
/// @cost    as above
template <operand X> constexpr auto scaled(X&& x, float scale) {
  return scaled(static_cast<X&&>(x), expr::scalar<float>{scale});
}

/// matmul(a, b): of scaled operands, of one or of both.
///
/// @shape   as matmul(a, b)              @dtype that of the scales, f32 for blocks
/// @cost    as scaled says
template <int BlockA, class A, class SA, int BlockB, class B, class SB>
constexpr auto matmul(scaled_operand<BlockA, A, SA> const& a,
                      scaled_operand<BlockB, B, SB> const& b) {
  return detail::scaled_product(a, b);
}
template <int BlockA, class A, class SA, operand B>
constexpr auto matmul(scaled_operand<BlockA, A, SA> const& a, B&& b) {
  if constexpr (!valid<B>) return why::invalid{};
  else return detail::scaled_product(a, as_expression(static_cast<B&&>(b)));
}
template <operand A, int BlockB, class B, class SB>
constexpr auto matmul(A&& a, scaled_operand<BlockB, B, SB> const& b) {
  if constexpr (!valid<A>) return why::invalid{};
  else return detail::scaled_product(as_expression(static_cast<A&&>(a)), b);
}

}  // namespace deepseek
