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

/// An index is outside when, as a number without sign, it is at least n.
DEEPSEEK_INLINE bool is_outside(std::int64_t index, std::int64_t n) {
  return static_cast<std::uint64_t>(index) >= static_cast<std::uint64_t>(n);
}

/// element_number(v, k): the element of v at row-major number k, as an index.
template <class View> std::int64_t element_number(View const& v, std::int64_t number) {
  std::int64_t offset = 0;
  for (int axis = View::rank - 1; axis >= 0; --axis) {
    offset += number % v.extent(axis) * v.stride(axis);
    number /= v.extent(axis);
  }
  return static_cast<std::int64_t>(v.data()[offset]);
}

/// first_outside(v, n): the row-major number of the first index of v outside 0 <= index < n, or -1.
template <class View> std::int64_t first_outside(View const& v, std::int64_t n) {
  constexpr std::int64_t block = 1024;
  std::int64_t const count = v.size();
  bool const contiguous = v.contiguous();
  for (std::int64_t begin = 0; begin < count; begin += block) {
    std::int64_t const end = begin + block < count ? begin + block : count;
    bool outside = !contiguous;
    if (contiguous)  // one question per block, which the compiler turns into vectors
      for (std::int64_t i = begin; i < end; ++i)
        outside |= is_outside(static_cast<std::int64_t>(v.data()[i]), n);
    for (std::int64_t i = begin; outside && i < end; ++i)
      if (is_outside(element_number(v, i), n)) return i;
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
  if (number >= 0)
    fail_index_range(element_number(indices, number), number, indices.extents(), E::axis, source);
}

/// check_indices(e): of every gather under e whose indices lie in memory.
template <class E> void check_indices(E const& e) {
  if constexpr (expr::detail::is_gather<E>) {
    if constexpr (expr::detail::is_leaf<expr::operand_t<E, 1>>) check_gather(e);
  }
  expr::for_each_operand(e, [](auto const& operand) { check_indices(operand); });
}

}  // namespace deepseek::detail
