// SPDX-License-Identifier: Apache-2.0
/// @file The bin that an element of a histogram belongs to; the same on every machine.
#pragma once
#include <cstdint>

#include <deepseek/base/config.hpp>

namespace deepseek {

/// own_bin: an integer is the number of its bin.
struct own_bin {
  template <class T>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::int64_t operator()(T const& value) const {
    return static_cast<std::int64_t>(value);
  }
};

/// equal_bins<Real>: `bins` bins of one width from `low` to `high`, which is in the last one, as it is
/// for torch.histc. What is outside, or NaN, has bin -1.
template <class Real> struct equal_bins {
  Real low;
  Real high;
  int bins;
  template <class T>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::int64_t operator()(T const& value) const {
    auto const x = static_cast<Real>(value);
    if (!(x >= low && x <= high)) return -1;
    Real const per_unit = static_cast<Real>(bins) / (high - low);  // once: it stays as it is
    int const bin = static_cast<int>((x - low) * per_unit);
    return bin < bins ? bin : bins - 1;
  }
};

}  // namespace deepseek
