// SPDX-License-Identifier: Apache-2.0
/// @file Every index of a take or gather lies in its axis, checked before anything is read by it.
#pragma once
#include <deepseek/expr/indexed.hpp>

namespace deepseek::detail {

template <class Indices, class Source>
[[noreturn]] DEEPSEEK_NOINLINE void fail_index_range(std::int64_t index, std::int64_t number,
                                                     Indices const& indices, int axis,
                                                     Source const& source) {
  std::int64_t at[max_rank] = {};
  for (int k = Indices::rank - 1; k >= 0; --k) {
    at[k] = number % indices[k];
    number /= indices[k];
  }
  text place;
  for (int k = 0; k < Indices::rank; ++k) place << (k > 0 ? ", " : "") << at[k];
  throw shape_error(text{} << "[DS-TAKE-RANGE] take: index " << index << " at [" << place
                           << "] of the indices is outside axis " << axis << " of " << source
                           << ". Fix: 0 <= index < " << source[axis] << ".");
}

/// first_outside(v, n): the row-major number of the first index of v outside 0 <= index < n, or -1.
template <class View> std::int64_t first_outside(View const& v, std::int64_t n) {
  std::int64_t const count = v.size();
  if (v.contiguous()) {  // as one question per block, which the compiler turns into vectors
    constexpr std::int64_t block = 1024;
    for (std::int64_t begin = 0; begin < count; begin += block) {
      std::int64_t const end = begin + block < count ? begin + block : count;
      bool outside = false;
      for (std::int64_t i = begin; i < end; ++i)
        outside |= static_cast<std::uint64_t>(static_cast<std::int64_t>(v.data()[i])) >=
                   static_cast<std::uint64_t>(n);
      for (std::int64_t i = begin; outside && i < end; ++i)
        if (v.data()[i] < 0 || static_cast<std::int64_t>(v.data()[i]) >= n) return i;
    }
    return -1;
  }
  for (std::int64_t number = 0; number < count; ++number) {
    std::int64_t rest = number;
    std::int64_t offset = 0;
    for (int axis = View::rank - 1; axis >= 0; --axis) {
      offset += rest % v.extent(axis) * v.stride(axis);
      rest /= v.extent(axis);
    }
    auto const index = static_cast<std::int64_t>(v.data()[offset]);
    if (index < 0 || index >= n) return number;
  }
  return -1;
}

/// check_gather(e): of one gather whose indices lie in memory.
///
/// @cost   one read of the indices
template <class E> void check_gather(E const& e) {
  auto const& indices = get<1>(e.operands).source;
  auto const& source = get<0>(e.operands).extents();
  std::int64_t const number = first_outside(indices, source[E::axis]);
  if (number < 0) return;
  std::int64_t offset = 0;
  std::int64_t rest = number;
  for (int axis = std::remove_cvref_t<decltype(indices)>::rank - 1; axis >= 0; --axis) {
    offset += rest % indices.extent(axis) * indices.stride(axis);
    rest /= indices.extent(axis);
  }
  fail_index_range(static_cast<std::int64_t>(indices.data()[offset]), number, indices.extents(),
                   E::axis, source);
}

/// check_indices(e): of every gather under e whose indices lie in memory.
template <class E> void check_indices(E const& e) {
  if constexpr (expr::detail::is_gather<E>) {
    if constexpr (expr::detail::is_leaf<expr::operand_t<E, 1>>) check_gather(e);
  }
  expr::for_each_operand(e, [](auto const& operand) { check_indices(operand); });
}

}  // namespace deepseek::detail
