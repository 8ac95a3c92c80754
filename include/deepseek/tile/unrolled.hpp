// SPDX-License-Identifier: Apache-2.0
/// @file unrolled: a loop whose index is a constant, so that arrays indexed by it stay in registers.
#pragma once
#include <utility>

#include <deepseek/base/config.hpp>

namespace deepseek::tile {

/// constant<I>: I as a type. (std::integral_constant's value is not for device code.)
template <int I> struct constant {
  DEEPSEEK_HOST_DEVICE constexpr operator int() const { return I; }  // NOLINT: it stands for I
};

/// unrolled<N>(f): f(i) for i = 0 … N - 1, each a constant.
DEEPSEEK_ANY_SIDE
template <int N, class F> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void unrolled(F const& f) {
  [&f]<int... I>(std::integer_sequence<int, I...>) DEEPSEEK_INLINE_LAMBDA {
    (f(constant<I>{}), ...);
  }
  (std::make_integer_sequence<int, N>{});
}

}  // namespace deepseek::tile
