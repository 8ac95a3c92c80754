// SPDX-License-Identifier: Apache-2.0
/// @file Where the elements of an operand are, as functions of the iteration axes.
#pragma once
#include <cstdint>
#include <utility>

#include <deepseek/base/config.hpp>

namespace deepseek::plan {

/// lanes_are: what is known when compiling about a leaf along the lane axis.
enum class lanes_are {
  one_value,   ///< the same element for every lane
  contiguous,  ///< neighbours in memory
  either,      ///< contiguous, or one value when the extent turns out to be 1
  strided      ///< any stride
};

/// address<S>: the place of an element as a linear function of the iteration axes.
template <class S> struct address {
  std::int64_t stride[S::axes == 0 ? 1 : S::axes] = {};
  /// The offset of iteration point `at`, lanes left out.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::int64_t offset(
      std::int64_t const* at) const {
    return [&]<int... I>(std::integer_sequence<int, I...>) DEEPSEEK_INLINE_LAMBDA {
      return (std::int64_t{0} + ... + (I == S::lane_axis ? 0 : at[I] * stride[I]));
    }
    (std::make_integer_sequence<int, S::axes>{});
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::int64_t lane_stride() const {
    if constexpr (S::lane_axis < 0) return 0;
    else return stride[S::lane_axis];
  }
};

/// address_range: bytes that may be read.
struct address_range {
  std::uintptr_t begin;
  std::uintptr_t end;
};

/// inside: the indices of one iteration axis at which a padded operand exists.
struct inside {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool holds(std::int64_t i) const {
    return i >= begin && i < end;
  }
};

}  // namespace deepseek::plan
