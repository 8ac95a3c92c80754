// SPDX-License-Identifier: Apache-2.0
/// @file window: a part of what a program computes.
#pragma once
#include <cstdint>

#include <deepseek/shape/dims.hpp>  // max_rank

namespace deepseek::plan {

/// window: indices first ... first + count - 1 of each of the first `axes` iteration axes, which are not
/// reduced; all indices of the others.
struct window {
  int axes = 0;
  std::int64_t first[max_rank] = {};
  std::int64_t count[max_rank] = {};
};

}  // namespace deepseek::plan
