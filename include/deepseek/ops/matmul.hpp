// SPDX-License-Identifier: Apache-2.0
/// @file matmul: the product of two matrices, or of batches of them.
#pragma once
#include <utility>

#include <deepseek/expr/contract.hpp>

namespace deepseek {

namespace detail {
template <class D, class Sequence> struct batch_dims_of;
template <class D, int... I> struct batch_dims_of<D, std::integer_sequence<int, I...>> {
  using type = dims<D::static_extent(I)...>;
};
template <class D>
using batch_dims = typename batch_dims_of<D, std::make_integer_sequence<int, D::rank - 2>>::type;

template <class Batch, std::int64_t M, std::int64_t N> struct matmul_dims_of;
template <std::int64_t... E, std::int64_t M, std::int64_t N>
struct matmul_dims_of<dims<E...>, M, N> {
  using type = dims<E..., M, N>;
};

template <class D> constexpr batch_dims<D> batch_of(D const& d) {
  std::int64_t extent[max_rank] = {};
  for (int axis = 0; axis + 2 < D::rank; ++axis) extent[axis] = d[axis];
  return batch_dims<D>::from_array(extent);
}

template <class A, class B>
[[noreturn]] DEEPSEEK_NOINLINE void fail_matmul(A const& a, B const& b) {
  throw shape_error(text{} << "[DS-MATMUL-K] matmul(a[..., m, k], b[..., k, n]): a is " << a
                           << " and b is " << b << "; k is " << a[A::rank - 1] << " and "
                           << b[B::rank - 2] << ". Fix: transpose or slice one of them.");
}
}  // namespace detail

/// matmul_ranks<A, B>, matmul_conformable<A, B>: the laws of matmul(a, b), as far as types know.
template <class A, class B>
concept matmul_ranks = A::rank >= 2 && B::rank >= 2;
template <class A, class B>
concept matmul_conformable = matmul_ranks<A, B> &&
    detail::may_be_equal(A::static_extent(A::rank - 1), B::static_extent(B::rank - 2));

namespace why {
struct a_m_by_k;
struct b_k_by_n;
template <bool Holds, class... Facts> struct precision_of_f32 {
  static_assert(
      Holds,
      "[DS-MATMUL-PRECISION] matmul<precision::tf32>(a, b): the product is not of f32; the "
      "dtypes are in dtype_is<...>. Fix: matmul(a, b), or cast<float>.");
};
template <bool Holds, class... Facts> struct matmul_needs_matrices {
  static_assert(
      Holds,
      "[DS-MATMUL-RANK] matmul(a[..., m, k], b[..., k, n]): an operand has less than two axes; "
      "ranks are in rank_of<operand, rank>. Fix: unsqueeze it.");
};
template <bool Holds, class... Facts> struct matmul_inner_extents {
  static_assert(Holds,
                "[DS-MATMUL-K] matmul(a[..., m, k], b[..., k, n]): k differs; values in "
                "extent_of<operand, k>. Fix: transpose or slice one of them.");
};
}  // namespace why

/// matmul(a, b): y[..., i, j] = sum over k of a[..., i, k] * b[..., k, j].
///
/// @shape   a: [batch..., m, k], b: [batch..., k, n] -> [batch..., m, n]; batch axes broadcast
/// @dtype   the common one; f16, bf16 and fp8 accumulate in f32, integers wrap
/// @layout  any strides
/// @edge    k = 0 gives zeros
/// @cost    2 m n k flops a batch. On the host one kernel with what stands above it (rules, broadcasts,
///          reductions along rows, several results) and under it (rows of a, blocks of b); plan/fuse.hpp
/// @fails   [DS-MATMUL-RANK], [DS-MATMUL-K] static · shape_error [DS-MATMUL-K] when k differs
template <operand A, operand B> constexpr auto matmul(A&& a, B&& b) {
  if constexpr (!valid<A> || !valid<B>) {
    return why::invalid{};
  } else {
    auto const x = as_expression(static_cast<A&&>(a));
    auto const y = as_expression(static_cast<B&&>(b));
    using X = std::remove_cvref_t<decltype(x)>;
    using Y = std::remove_cvref_t<decltype(y)>;
    using XD = typename X::dims_type;
    using YD = typename Y::dims_type;
    if constexpr (!matmul_ranks<XD, YD>) {
      (void)sizeof(
          why::matmul_needs_matrices<matmul_ranks<XD, YD>, why::rank_of<why::a_m_by_k, XD::rank>,
                                     why::rank_of<why::b_k_by_n, YD::rank>>);
      return why::invalid{};
    } else if constexpr (!matmul_conformable<XD, YD>) {
      (void)sizeof(why::matmul_inner_extents<
                   matmul_conformable<XD, YD>,
                   why::extent_of<why::a_m_by_k, XD::static_extent(XD::rank - 1)>,
                   why::extent_of<why::b_k_by_n, YD::static_extent(YD::rank - 2)>>);
      return why::invalid{};
    } else {
      if (x.extents()[XD::rank - 1] != y.extents()[YD::rank - 2])
        detail::fail_matmul(x.extents(), y.extents());
      auto const batch = broadcast(detail::batch_of(x.extents()), detail::batch_of(y.extents()));
      using Batch = std::remove_cvref_t<decltype(batch)>;
      using Dims = typename detail::matmul_dims_of<Batch, XD::static_extent(XD::rank - 2),
                                                   YD::static_extent(YD::rank - 1)>::type;
      std::int64_t extent[max_rank] = {};
      for (int axis = 0; axis < Batch::rank; ++axis) extent[axis] = batch[axis];
      extent[Batch::rank] = x.extents()[XD::rank - 2];
      extent[Batch::rank + 1] = y.extents()[YD::rank - 1];
      return expr::contract_node<Dims, X, Y>{Dims::from_array(extent), x, y};
    }
  }
}

/// precision: how products of f32 may be made: as f32, or of factors rounded to tf32.
enum class precision : unsigned char { f32, tf32 };

/// matmul<precision::tf32>(a, b): the same, of f32, where factors may be rounded to tf32 (10 bits of
/// mantissa).
///
/// @shape   as matmul(a, b)
/// @dtype   f32; sums stay f32
/// @error   on tensor cores a factor is off by 2^-11 of it; on the host, and everywhere by default, products
///          are those of f32
/// @cost    as matmul; on a GPU by mma, from sm_80 on
/// @fails   [DS-MATMUL-PRECISION] static, and as matmul
template <precision P, operand A, operand B> constexpr auto matmul(A&& a, B&& b) {
  auto const e = deepseek::matmul(static_cast<A&&>(a), static_cast<B&&>(b));
  using E = std::remove_cvref_t<decltype(e)>;
  if constexpr (!valid<E> || P == precision::f32) {
    return e;
  } else {
    using X = expr::operand_t<E, 0>;
    using Y = expr::operand_t<E, 1>;
    constexpr bool holds = std::is_same_v<typename X::value_type, float> &&
                           std::is_same_v<typename Y::value_type, float>;
    if constexpr (!holds) {
      (void)sizeof(why::precision_of_f32<holds, why::dtype_is<typename X::value_type>,
                                         why::dtype_is<typename Y::value_type>>);
      return why::invalid{};
    } else {
      return expr::contract_node<typename E::dims_type, X, Y, expr::tf32_allowed>{
          e.extents(), get<0>(e.operands), get<1>(e.operands), expr::tf32_allowed{true}};
    }
  }
}

}  // namespace deepseek
