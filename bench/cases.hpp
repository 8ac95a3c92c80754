// SPDX-License-Identifier: Apache-2.0
/// @file The table of timed cases as C++ values.
#pragma once

#include <cstdint>
#include <string_view>

namespace bench {

enum class operation { triad, gelu_chain, softmax, layer_norm, rms_norm, min_max, sum, column_sum };

/// timed_case: one row of cases.inc.
struct timed_case {
  std::string_view name;
  bench::operation operation;
  std::int64_t rows, columns;  // shape of the main input
  std::int64_t reads, writes;  // elements of four bytes
  std::int64_t flops_per_element;

  constexpr std::int64_t elements() const { return rows * columns; }
  constexpr std::int64_t bytes() const { return 4 * (reads + writes); }
  constexpr std::int64_t flops() const { return flops_per_element * elements(); }
  constexpr std::int64_t output_elements() const { return writes; }
  /// Elements of a gain or bias: one a column where there are rows, else none is used.
  constexpr std::int64_t gain_elements() const { return rows == 1 ? 1 : columns; }
};

#define BENCH_CASE(name, law, rows, columns, reads, writes, flops, ...) \
  timed_case{#name, operation::law, rows, columns, reads, writes, flops},
inline constexpr timed_case cases[] = {
#include "cases.inc"
};

/// find_case(name): the row of that name, or null.
constexpr timed_case const* find_case(std::string_view name) {
  for (timed_case const& row : cases)
    if (row.name == name) return &row;
  return nullptr;
}

}  // namespace bench
