// SPDX-License-Identifier: Apache-2.0
/// @file blocks: the last axis in pieces of one size.
#pragma once
#include <cstdint>

#include <deepseek/base/error.hpp>
#include <deepseek/ops/detail/view_verb.hpp>
#include <deepseek/ops/reshape.hpp>

namespace deepseek {

/// blocks_conformable<D, Size>: the last axis divides by Size, as far as types know.
template <class D, std::int64_t Size>
concept blocks_conformable = D::rank >= 1 && D::rank < max_rank &&
                             (D::static_extent(D::rank - 1) == dyn ||
                              D::static_extent(D::rank - 1) % Size == 0);

namespace why {
template <bool Holds, class... Facts> struct last_axis_divides {
  static_assert(
      Holds,
      "[DS-BLOCKS-STATIC] blocks<size>(x[..., n]): size does not divide n, or x has no axis or 8; "
      "the values are in extents_of<first, x...> and extent_of<second, size>. Fix: pad(x), or "
      "another size.");
};
}  // namespace why

namespace detail {

template <class D, std::int64_t Size> struct blocks_pattern {
  static constexpr int rank = D::rank + 1;
  static constexpr std::int64_t extent(int k) {
    if (k == D::rank) return Size;
    std::int64_t const n = D::static_extent(k);
    return k < D::rank - 1 || n == dyn ? n : n / Size;
  }
};
template <class D> [[noreturn]] DEEPSEEK_NOINLINE void fail_blocks(D const& d, std::int64_t size) {
  throw shape_error(text{} << "[DS-BLOCKS-SIZE] blocks<" << size << ">(x): x is " << d
                           << ", whose last extent " << size
                           << " does not divide. Fix: pad(x), or another size.");
}

}  // namespace detail

/// blocks<Size>(x): the last axis as an axis of blocks and one within a block.
///
///   y[..., b, i] = x[..., b * Size + i]
///
///   (tie(blocks<128>(q), scale) = quantize<fp8_e4m3>(blocks<128>(x))).run(host{});
///
/// @shape   x: [..., n] -> [..., n / Size, Size]; rank <= 7            @dtype any, unchanged
/// @cost    none for tensors and views, of which it is a view; anything else is evaluated first
/// @life    views lvalue tensors, owns rvalue ones; a view can be assigned to
/// @fails   [DS-BLOCKS-STATIC] static · shape_error [DS-BLOCKS-SIZE] Size does not divide n
template <std::int64_t Size, operand X>
requires(Size > 0) constexpr auto blocks(X&& x) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    using D = detail::shape_of<X>;
    constexpr bool holds = blocks_conformable<D, Size>;
    if constexpr (!holds) {
      (void)sizeof(
          why::last_axis_divides<holds, why::extents_fact<why::first, why::shape_holder<D>>,
                                 why::extent_of<why::second, Size>>);
      return why::invalid{};
    } else {
      constexpr int last = D::rank - 1;
      using Pattern = detail::blocks_pattern<D, Size>;
      using Dims = detail::pattern_dims<Pattern, Pattern::rank>;
      if (x.extents()[last] % Size != 0) detail::fail_blocks(x.extents(), Size);
      std::int64_t extent[max_rank] = {};
      for (int axis = 0; axis < D::rank; ++axis) extent[axis] = x.extents()[axis];
      extent[last] /= Size;
      extent[last + 1] = Size;
      Dims const extents = Dims::from_array(extent);
      if constexpr (detail::viewable<X>) {
        strided<Pattern::rank> layout;
        for (int axis = 0; axis < D::rank; ++axis) layout.value[axis] = x.stride(axis);
        layout.value[last + 1] = x.stride(last);
        layout.value[last] *= Size;
        return view<detail::memory_element<X>, Dims, strided<Pattern::rank>>{x.data(), extents,
                                                                             layout, x.space()};
      } else {
        return reshape(static_cast<X&&>(x), extents);
      }
    }
  }
}

}  // namespace deepseek
