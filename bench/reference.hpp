// SPDX-License-Identifier: Apache-2.0
/// @file What each case must give, in double precision and for clarity, and the check against it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "cases.hpp"
#include "inputs.hpp"

namespace bench {

/// verdict: `error` is the largest |result - reference| as a part of what is allowed; right if <= 1.
struct verdict {
  double error = 0;
  std::int64_t checked = 0;
  bool right() const { return checked > 0 && error <= 1; }
  std::string text() const {
    char line[96];
    std::snprintf(line, sizeof line, "largest error is %.3g of the allowed, %lld values checked",
                  error, static_cast<long long>(checked));
    return line;
  }
};

/// check_part: all values, or (for repeated runs) about one row or element in sixty.
enum class check_part { all, sample };

namespace detail {

using row = std::vector<double>;

inline row input_row(std::uint32_t seed, std::int64_t first, std::int64_t count) {
  row values(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i)
    values[static_cast<std::size_t>(i)] = input_value(seed, static_cast<std::uint64_t>(first + i));
  return values;
}

inline double mean(row const& values) {
  double total = 0;
  for (double value : values) total += value;
  return total / static_cast<double>(values.size());
}

inline void softmax(row& x) {
  double const top = *std::max_element(x.begin(), x.end());
  double total = 0;
  for (double& value : x) total += value = std::exp(value - top);
  for (double& value : x) value /= total;
}

inline void layer_norm(row& x, row const& gain, row const& bias) {
  double const middle = mean(x);
  for (double& value : x) value -= middle;
  row squares = x;
  for (double& value : squares) value *= value;
  double const scale = 1 / std::sqrt(mean(squares) + double{layer_norm_epsilon});
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = x[i] * scale * gain[i] + bias[i];
}

inline void rms_norm(row& x, row const& gain) {
  row squares = x;
  for (double& value : squares) value *= value;
  double const scale = 1 / std::sqrt(mean(squares) + double{rms_norm_epsilon});
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = x[i] * scale * gain[i];
}

inline void min_max(row& x) {
  auto const [low, high] = std::minmax_element(x.begin(), x.end());
  double const from = *low, range = *high - *low;
  for (double& value : x) value = (value - from) / range;
}

inline double gelu_chain(double x) {
  double const t = x * double{chain_scale} + double{chain_shift};
  double const gelu = t / 2 * (1 + std::erf(t / std::sqrt(2.0)));
  return std::min(std::sqrt(std::fabs(gelu * x) + 1), double{chain_limit});
}

/// compare(result, expected, absolute): a value may be off by 1e-5 of itself plus `absolute`.
inline void compare(verdict& v, double result, double expected, double absolute) {
  double const share = std::fabs(result - expected) / (1e-5 * std::fabs(expected) + absolute);
  v.error = std::isnan(share) ? std::numeric_limits<double>::infinity() : std::max(v.error, share);
  ++v.checked;
}

inline void check_row(verdict& v, timed_case const& c, std::int64_t r, float const* result,
                      row const& gain, row const& bias) {
  row x = input_row(1, r * c.columns, c.columns);
  double absolute = 1e-5;
  switch (c.operation) {
    case operation::softmax: softmax(x), absolute = 1e-9; break;
    // Terms of up to 11 cancel where gain and bias have different signs: an error of 1e-5 of them
    // stays, whatever is left.
    case operation::layer_norm: layer_norm(x, gain, bias), absolute = 1e-4; break;
    case operation::rms_norm: rms_norm(x, gain); break;
    default: min_max(x), absolute = 1e-6; break;
  }
  for (std::int64_t i = 0; i < c.columns; ++i)
    compare(v, result[r * c.columns + i], x[static_cast<std::size_t>(i)], absolute);
}

inline void check_element(verdict& v, timed_case const& c, std::int64_t i, float const* result) {
  double const x = input_value(1, static_cast<std::uint64_t>(i));
  double const expected =
      c.operation == operation::triad
          ? x * double{triad_scale} + double{input_value(2, static_cast<std::uint64_t>(i))}
          : gelu_chain(x);
  compare(v, result[i], expected, 1e-6);
}

/// Sums may be off by 1e-6 of the sum of magnitudes: what a long f32 sum of mixed signs loses.
inline void check_sums(verdict& v, timed_case const& c, float const* result) {
  std::size_t const outputs = static_cast<std::size_t>(c.output_elements());
  row total(outputs), magnitude(outputs);
  for (std::int64_t i = 0; i < c.elements(); ++i) {
    std::size_t const to = static_cast<std::size_t>(i) % outputs;
    double const x = input_value(1, static_cast<std::uint64_t>(i));
    total[to] += x;
    magnitude[to] += std::fabs(x);
  }
  for (std::size_t i = 0; i < outputs; ++i) compare(v, result[i], total[i], 1e-6 * magnitude[i]);
}

}  // namespace detail

/// check(case, result, part, rows): compares with the reference; `rows` limits a row case to its
/// first rows, for a program too slow to run the whole.
inline verdict check(timed_case const& c, float const* result, check_part part = check_part::all,
                     std::int64_t rows = -1) {
  verdict total;
  if (c.operation == operation::sum || c.operation == operation::column_sum) {
    detail::check_sums(total, c, result);
    return total;
  }
  bool const by_element = c.rows == 1;
  std::int64_t const count = by_element ? c.columns : rows < 0 ? c.rows : rows;
  std::int64_t const step = part == check_part::all ? 1 : 61;
  detail::row const gain = by_element ? detail::row{} : detail::input_row(2, 0, c.columns);
  detail::row const bias = by_element ? detail::row{} : detail::input_row(3, 0, c.columns);
  verdict parts[2];
  for_each_range(count, 2, [&](int thread, std::int64_t first, std::int64_t last) {
    verdict& v = parts[thread];
    auto const one = [&](std::int64_t i) {
      by_element ? detail::check_element(v, c, i, result)
                 : detail::check_row(v, c, i, result, gain, bias);
    };
    for (std::int64_t i = first; i < last; i += step) one(i);
    if (last > first) one(last - 1);
  });
  for (verdict const& v : parts) {
    total.error = std::max(total.error, v.error);
    total.checked += v.checked;
  }
  return total;
}

}  // namespace bench
