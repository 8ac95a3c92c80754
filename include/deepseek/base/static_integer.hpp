// SPDX-License-Identifier: Apache-2.0
/// @file Integers the compiler knows, and the mark for those it does not.
#pragma once

#include <cstdint>
#include <type_traits>

namespace deepseek {

/// dyn: an extent known only at run time.
inline constexpr std::int64_t dyn = -1;

/// index_constant<N>: the integer N as a type; converts to N where a number is wanted.
template <std::int64_t N>
using index_constant = std::integral_constant<std::int64_t, N>;

}  // namespace deepseek
