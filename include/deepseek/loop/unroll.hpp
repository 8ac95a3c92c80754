// SPDX-License-Identifier: Apache-2.0
/// @file unroll: a loop whose index is known when compiling. (nvcc knows no `#pragma GCC unroll`.)
#pragma once
#include <utility>

#include <deepseek/base/config.hpp>

namespace deepseek::loop {

/// unroll<N>(f): f.template operator()<I>() for I = 0 … N - 1.
template <int N, class F> DEEPSEEK_INLINE void unroll(F&& f) {
  [&]<int... I>(std::integer_sequence<int, I...>) DEEPSEEK_INLINE_LAMBDA {
    (f.template operator()<I>(), ...);
  }
  (std::make_integer_sequence<int, N>{});
}

}  // namespace deepseek::loop
