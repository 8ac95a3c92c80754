// SPDX-License-Identifier: Apache-2.0
/// @file The timed calls as C++ values, their operands, and the check against plain loops in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "inputs.hpp"
#include "reference.hpp"  // verdict

namespace bench {

enum class call_law { top_k, sort, histogram, scatter_add, segment_sum };

/// call_case: one row of calls_cases.inc.
struct call_case {
  std::string_view name;
  call_law law;
  std::int64_t rows, columns, count;

  std::int64_t elements() const { return rows * columns; }
};

#define CALL_CASE(name, law, rows, columns, count) \
  call_case{#name, call_law::law, rows, columns, count},
inline constexpr call_case call_cases[] = {
#include "calls_cases.inc"
};

/// find_call_case(name): the row of that name, or null.
constexpr call_case const* find_call_case(std::string_view name) {
  for (call_case const& row : call_cases)
    if (row.name == name) return &row;
  return nullptr;
}

/// share_of(index): input 2 from 0 to below 1.
inline double share_of(std::int64_t index) {
  return (double{input_value(2, static_cast<std::uint64_t>(index))} + 4) / 8;
}
/// id_at(c, j): the row that slice j is added to.
inline std::int64_t id_at(call_case const& c, std::int64_t j) {
  return static_cast<std::int64_t>(share_of(j) * static_cast<double>(c.rows));
}
/// offset_at(c, s): where segment s begins.
inline std::int64_t offset_at(call_case const& c, std::int64_t s) {
  if (s == 0 || s == c.count) return s == 0 ? 0 : c.rows;
  double const at = (static_cast<double>(s) + share_of(s) / 2) / static_cast<double>(c.count);
  return static_cast<std::int64_t>(at * static_cast<double>(c.rows));
}

namespace detail {

/// Each row: values in order, each of them at its place, and of equals the lower place first.
inline void check_order(verdict& v, call_case const& c, std::int64_t taken, bool largest,
                        float const* values, std::int64_t const* places) {
  for (std::int64_t r = 0; r < c.rows; ++r) {
    std::vector<float> sorted(static_cast<std::size_t>(c.columns));
    for (std::int64_t i = 0; i < c.columns; ++i)
      sorted[std::size_t(i)] = input_value(1, static_cast<std::uint64_t>(r * c.columns + i));
    auto const x = sorted;
    if (largest) std::sort(sorted.begin(), sorted.end(), std::greater<float>{});
    else std::sort(sorted.begin(), sorted.end());
    for (std::int64_t i = 0; i < taken; ++i) {
      std::int64_t const at = r * taken + i;
      bool const inside = places[at] >= 0 && places[at] < c.columns;
      bool right = inside && values[at] == sorted[std::size_t(i)] &&
                   x[std::size_t(places[at])] == values[at];
      if (right && i > 0 && values[at - 1] == values[at]) right = places[at - 1] < places[at];
      if (!right) v.error = std::numeric_limits<double>::infinity();
      ++v.checked;
    }
  }
}

inline void check_counts(verdict& v, call_case const& c, std::int64_t const* counts) {
  std::vector<std::int64_t> wanted(static_cast<std::size_t>(c.count));
  for (std::int64_t i = 0; i < c.elements(); ++i) {
    double const at = (double{input_value(1, static_cast<std::uint64_t>(i))} + 4) / 8;
    ++wanted[static_cast<std::size_t>(at * static_cast<double>(c.count))];
  }
  for (std::int64_t b = 0; b < c.count; ++b, ++v.checked)
    if (counts[b] != wanted[std::size_t(b)]) v.error = std::numeric_limits<double>::infinity();
}

/// Sums may be off by 1e-5 of themselves and 1e-6 of the sum of magnitudes.
inline void check_sums(verdict& v, call_case const& c, float const* y) {
  bool const scatters = c.law == call_law::scatter_add;
  std::int64_t const results = scatters ? c.rows : c.count;
  std::vector<double> sum(static_cast<std::size_t>(results * c.columns)), size(sum.size());
  auto const add = [&](std::int64_t to, std::uint32_t seed, std::int64_t from) {
    for (std::int64_t i = 0; i < c.columns; ++i) {
      double const x = input_value(seed, static_cast<std::uint64_t>(from * c.columns + i));
      sum[std::size_t(to * c.columns + i)] += x;
      size[std::size_t(to * c.columns + i)] += std::fabs(x);
    }
  };
  if (scatters) {
    for (std::int64_t r = 0; r < c.rows; ++r) add(r, 1, r);
    for (std::int64_t j = 0; j < c.count; ++j) add(id_at(c, j), 3, j);
  } else {
    for (std::int64_t s = 0; s < c.count; ++s)
      for (std::int64_t r = offset_at(c, s); r < offset_at(c, s + 1); ++r) add(s, 1, r);
  }
  for (std::size_t i = 0; i < sum.size(); ++i) compare(v, y[i], sum[i], 1e-6 * size[i]);
}

}  // namespace detail

/// check(case, values, places): all of a result; counts are in places.
inline verdict check(call_case const& c, float const* values, std::int64_t const* places) {
  verdict v;
  switch (c.law) {
    case call_law::top_k: detail::check_order(v, c, c.count, true, values, places); break;
    case call_law::sort: detail::check_order(v, c, c.columns, false, values, places); break;
    case call_law::histogram: detail::check_counts(v, c, places); break;
    default: detail::check_sums(v, c, values); break;
  }
  return v;
}

}  // namespace bench
