// SPDX-License-Identifier: Apache-2.0
/// @file The timed products as C++ values, their operands, and the check against sums in double.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <vector>

#include "inputs.hpp"
#include "reference.hpp"  // verdict, check_part

namespace bench {

enum class matmul_law { product, bias_gelu };
enum class element { f32, bf16, int8 };
enum class lies { plain, turned };

/// matmul_case: one row of matmul_cases.inc.
struct matmul_case {
  std::string_view name;
  matmul_law law;
  element type;
  lies b;
  std::int64_t m, n, k;

  /// The strides of b [k, n].
  std::int64_t row_stride() const { return b == lies::plain ? n : 1; }
  std::int64_t column_stride() const { return b == lies::plain ? 1 : k; }
};

#define MATMUL_CASE(name, law, type, b, m, n, k) \
  matmul_case{#name, matmul_law::law, element::type, lies::b, m, n, k},
inline constexpr matmul_case matmul_cases[] = {
#include "matmul_cases.inc"
};

/// find_matmul_case(name): the row of that name, or null.
constexpr matmul_case const* find_matmul_case(std::string_view name) {
  for (matmul_case const& row : matmul_cases)
    if (row.name == name) return &row;
  return nullptr;
}

/// matmul_value(type, seed, index): from -1 to 1, int8 from -128 to 127: each exact in its type.
inline float matmul_value(element type, std::uint32_t seed, std::uint64_t index) {
  float const value = input_value(seed, index);
  if (type == element::f32) return value / 4;
  float const whole = std::floor(value * 32);
  return type == element::int8 ? whole : whole / 128;
}

/// matmul_operands: a, b, bias and y as they lie, y poisoned.
struct matmul_operands {
  explicit matmul_operands(matmul_case const& c)
      : a(filled(c.type, 1, c.m * c.k)),
        b(filled(c.type, 2, c.k * c.n)),
        bias(filled(element::f32, 3, c.n)),
        y(make_output(c.m * c.n)) {}
  buffer a, b, bias, y;

  static buffer filled(element type, std::uint32_t seed, std::int64_t count) {
    buffer values(count);  // of four bytes each: at least as many as are needed
    for (std::int64_t i = 0; i < count; ++i) {
      float const value = matmul_value(type, seed, static_cast<std::uint64_t>(i));
      if (type == element::f32) values.data()[i] = value;
      else if (type == element::int8)
        reinterpret_cast<std::int8_t*>(values.data())[i] = static_cast<std::int8_t>(value);
      else
        reinterpret_cast<std::uint16_t*>(values.data())[i] =
            static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16);
    }
    return values;
  }
};

namespace detail {

/// matmul_reference: a [m, k] and b [k, n] in double, and what an element of the result must be.
class matmul_reference {
 public:
  explicit matmul_reference(matmul_case const& c)
      : c_(c), a_(std::size_t(c.m * c.k)), b_(std::size_t(c.k * c.n)) {
    for (std::int64_t i = 0; i < c.m * c.k; ++i)
      a_[std::size_t(i)] = matmul_value(c.type, 1, static_cast<std::uint64_t>(i));
    for (std::int64_t p = 0; p < c.k; ++p)
      for (std::int64_t j = 0; j < c.n; ++j)
        b_[std::size_t(p * c.n + j)] = matmul_value(
            c.type, 2, static_cast<std::uint64_t>(p * c.row_stride() + j * c.column_stride()));
  }

  /// y(i, j) for some rows i and all j from `first` on in steps: the largest share of what is allowed.
  void check_row(verdict& v, std::int64_t i, std::int64_t first, std::int64_t step,
                 void const* y) const {
    auto const count = static_cast<std::size_t>((c_.n - first + step - 1) / step);
    std::vector<double> sum(count), size(count);
    for (std::int64_t p = 0; p < c_.k; ++p) {
      double const x = a_[std::size_t(i * c_.k + p)];
      double const* const row = b_.data() + p * c_.n + first;
      for (std::size_t j = 0; j < count; ++j) {
        double const product = x * row[std::int64_t(j) * step];
        sum[j] += product;
        size[j] += std::fabs(product);
      }
    }
    for (std::size_t j = 0; j < count; ++j)
      check_element(v, i, first + std::int64_t(j) * step, sum[j], size[j], y);
  }

 private:
  void check_element(verdict& v, std::int64_t i, std::int64_t j, double sum, double size,
                     void const* y) const {
    double expected = sum;
    double allowed = 1e-6 * size;
    if (c_.law == matmul_law::bias_gelu) {
      double const t = sum + double{matmul_value(element::f32, 3, static_cast<std::uint64_t>(j))};
      expected = t / 2 * (1 + std::erf(t / std::sqrt(2.0)));
      allowed = 2 * allowed + 2e-6;
    }
    std::int64_t const at = i * c_.n + j;
    double result = 0;
    if (c_.type == element::f32) {
      result = double{static_cast<float const*>(y)[at]};
    } else if (c_.type == element::int8) {
      result = static_cast<std::int32_t const*>(y)[at];
      allowed = 0.5;  // integers are exact
    } else {
      auto const bits = static_cast<std::uint32_t>(static_cast<std::uint16_t const*>(y)[at]) << 16;
      result = double{std::bit_cast<float>(bits)};
      allowed += std::fabs(expected) / 256;
    }
    double const share = std::fabs(result - expected) / allowed;
    v.error =
        std::isnan(share) ? std::numeric_limits<double>::infinity() : std::max(v.error, share);
    ++v.checked;
  }

  matmul_case const& c_;
  std::vector<double> a_, b_;
};

}  // namespace detail

/// check(case, y, part): rows and columns spread over the result, each whole, so that every tile of any
/// size is looked at; 17 of each, or 3.
inline verdict check(matmul_case const& c, void const* y, check_part part) {
  detail::matmul_reference const reference(c);
  std::int64_t const lines = part == check_part::all ? 16 : 2;
  verdict v;
  for (std::int64_t line = 0; line <= lines; ++line) {
    reference.check_row(v, (c.m - 1) * line / lines, 0, 1, y);
  }
  std::int64_t const step = (c.n - 1) / lines;
  for (std::int64_t i = 0; i < c.m; ++i) reference.check_row(v, i, (c.n - 1) % step, step, y);
  return v;
}

}  // namespace bench
