// SPDX-License-Identifier: Apache-2.0
/// @file Indices and offsets of calls that lie where this machine can read them, checked before anything is
/// written.
#pragma once
#include <cstdint>

#include <deepseek/exec/detail/index_checks.hpp>
#include <deepseek/tensor/storage.hpp>

namespace deepseek::detail {

template <class Indices, class Target>
[[noreturn]] DEEPSEEK_NOINLINE void fail_scatter_range(std::int64_t number, Indices const& indices,
                                                       int axis, Target const& target) {
  throw shape_error(text{} << "[DS-SCATTER-RANGE] scatter_add: index "
                           << element_number(indices, number) << " at [" << number
                           << "] of the indices is outside axis " << axis << " of " << target
                           << ". Fix: 0 <= index < " << target[axis] << ".");
}
/// check_scatter(indices, axis, target): every index names a slice of the target along that axis.
template <class Indices, class Target>
void check_scatter(Indices const& indices, int axis, Target const& target) {
  std::int64_t const outside = first_outside(indices, target[axis]);
  if (outside >= 0) fail_scatter_range(outside, indices, axis, target);
}

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_segment_offsets(char const* verb,
                                                                std::int64_t number,
                                                                std::int64_t offset,
                                                                std::int64_t low,
                                                                std::int64_t slices) {
  throw shape_error(text{} << "[DS-SEGMENT-OFFSETS] " << verb << ": offset " << offset << " at ["
                           << number << "] of the offsets is not in " << low << " … " << slices
                           << ". Fix: offsets that do not decrease, from 0 to the " << slices
                           << " slices of x.");
}
/// check_segments(verb, offsets, slices): 0 <= offsets[0] <= offsets[1] <= … <= slices.
template <class Offsets>
void check_segments(char const* verb, Offsets const& offsets, std::int64_t slices) {
  std::int64_t low = 0;
  for (std::int64_t s = 0; s < offsets.size(); ++s) {
    std::int64_t const offset = element_number(offsets, s);
    if (offset < low || offset > slices) fail_segment_offsets(verb, s, offset, low, slices);
    low = offset;
  }
}

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_group_offsets(std::int64_t number,
                                                              std::int64_t offset, std::int64_t low,
                                                              std::int64_t high) {
  throw shape_error(text{} << "[DS-GROUPED-OFFSETS] grouped_matmul: offset " << offset << " at ["
                           << number << "] of the offsets is not in " << low << " … " << high
                           << ". Fix: offsets that do not decrease, from 0 to the rows of x.");
}
/// check_groups(offsets, rows): 0 = offsets[0] <= offsets[1] <= … = rows.
template <class Offsets> void check_groups(Offsets const& offsets, std::int64_t rows) {
  std::int64_t low = 0;
  std::int64_t const last = offsets.size() - 1;
  for (std::int64_t g = 0; g <= last; ++g) {
    std::int64_t const offset = element_number(offsets, g);
    std::int64_t const least = g == last ? rows : low;
    std::int64_t const most = g == 0 && last > 0 ? 0 : rows;
    if (offset < least || offset > most) fail_group_offsets(g, offset, least, most);
    low = offset;
  }
}

/// numbers_of(v): the elements of v in int64, in memory of their own.
template <class View> storage numbers_of(View const& v) {
  storage const memory{v.size() * std::int64_t{sizeof(std::int64_t)}};
  auto* const number = static_cast<std::int64_t*>(memory.data());
  for (std::int64_t i = 0; i < v.size(); ++i) number[i] = element_number(v, i);
  return memory;
}

}  // namespace deepseek::detail
