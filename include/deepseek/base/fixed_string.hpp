// SPDX-License-Identifier: Apache-2.0
/// @file A string as a template argument: `named<"x">`.
#pragma once

#include <deepseek/base/config.hpp>

#include <cstddef>

namespace deepseek {

/// fixed_string: a literal's characters in the type, so that `named<"x">` and `named<"y">` differ.
/// N counts the closing null character.
template <std::size_t N> struct fixed_string {
  DEEPSEEK_HOST_DEVICE constexpr fixed_string(char const (&literal)[N]) noexcept {
    for (std::size_t i = 0; i < N; ++i) chars[i] = literal[i];
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr char const* c_str() const noexcept { return chars; }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE static constexpr std::size_t size() noexcept { return N - 1; }

  template <std::size_t M>
  DEEPSEEK_HOST_DEVICE friend constexpr bool operator==(fixed_string const& a,
                                                        fixed_string<M> const& b) noexcept {
    if constexpr (N != M) {
      return false;
    } else {
      for (std::size_t i = 0; i < N; ++i)
        if (a.chars[i] != b.chars[i]) return false;
      return true;
    }
  }

  char chars[N] = {};
};

}  // namespace deepseek
