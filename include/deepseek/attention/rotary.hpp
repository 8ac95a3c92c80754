// SPDX-License-Identifier: Apache-2.0
/// @file rotary: rotary position embedding, applied to rows of queries and keys as they are read or stored.
#pragma once
#include <cmath>
#include <cstdint>

#include <deepseek/tensor/tensor.hpp>

namespace deepseek {

/// rotary: which angles rows are turned by: row p of the tables is that of position p.
///
///   (x[i], x[j]) -> (x[i] cos - x[j] sin, x[j] cos + x[i] sin)   with cos[p, d], sin[p, d]
///
/// for each d of half the turned width: i = d, j = d + that half (as in Llama), or, interleaved, i = 2 d,
/// j = 2 d + 1 (as in the paper). Elements of a row beyond twice the tables' width stay.
///
/// @paper   Su et al. 2021, "RoFormer"
struct rotary {
  view<float const, dims<dyn, dyn>> cosine = {};  ///< [positions, half of the turned width]
  view<float const, dims<dyn, dyn>> sine = {};
  bool interleaved = false;

  [[nodiscard]] bool given() const { return cosine.data() != nullptr; }
  [[nodiscard]] std::int64_t positions() const { return cosine.extent(0); }

  /// rotate(row, position): in place.
  void rotate(float* row, std::int64_t position) const {
    std::int64_t const half = cosine.extent(1);
    float const* const c = cosine.data() + position * cosine.stride(0);
    float const* const s = sine.data() + position * sine.stride(0);
    std::int64_t const step = interleaved ? 2 : 1;
    std::int64_t const apart = interleaved ? 1 : half;
    for (std::int64_t d = 0; d < half; ++d) {
      float const x = row[d * step];
      float const y = row[d * step + apart];
      float const cos = c[d * cosine.stride(1)];
      float const sin = s[d * sine.stride(1)];
      row[d * step] = x * cos - y * sin;
      row[d * step + apart] = y * cos + x * sin;
    }
  }
};

namespace detail {
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_rotary(rotary const& r, std::int64_t width,
                                                       std::int64_t positions) {
  throw shape_error(text{} << "[DS-ROTARY-SHAPE] rotary: cosine is " << r.cosine.extents()
                           << " and sine is " << r.sine.extents() << ", for rows of " << width
                           << " and " << positions
                           << " positions. Fix: both [positions, half of at most the width].");
}
/// The tables fit rows of `width` at positions before `positions`.
inline void check_rotary(rotary const& r, std::int64_t width, std::int64_t positions) {
  if (!r.given()) return;
  bool const fits = r.cosine.extents() == r.sine.extents() && r.sine.data() != nullptr &&
                    2 * r.cosine.extent(1) <= width && r.positions() >= positions;
  if (!fits) fail_rotary(r, width, positions);
}
}  // namespace detail

/// rotary_tables: the usual angles, cosine[p, d] = cos(p * base^(-2 d / width)).
struct rotary_tables {
  tensor<float, dims<dyn, dyn>> cosine;
  tensor<float, dims<dyn, dyn>> sine;

  /// For positions 0 … positions - 1 and rows whose first `width` elements are turned.
  rotary_tables(std::int64_t positions, std::int64_t width, double base = 10000)
      : cosine{dims<dyn, dyn>{positions, width / 2}}, sine{cosine.extents()} {
    for (std::int64_t p = 0; p < positions; ++p)
      for (std::int64_t d = 0; d < width / 2; ++d) {
        double const angle =
            double(p) * std::pow(base, -2.0 * double(d) / double(width < 1 ? 1 : width));
        cosine(p, d) = static_cast<float>(std::cos(angle));
        sine(p, d) = static_cast<float>(std::sin(angle));
      }
  }
  /// A view of them: valid while they are.
  [[nodiscard]] rotary by_halves() const { return {cosine.as_view(), sine.as_view(), false}; }
  [[nodiscard]] rotary interleaved() const { return {cosine.as_view(), sine.as_view(), true}; }
};

}  // namespace deepseek
