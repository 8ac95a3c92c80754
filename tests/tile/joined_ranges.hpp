// SPDX-License-Identifier: Apache-2.0
/// @file Values that know in which order they were joined.
#pragma once

namespace deepseek::test {

inline constexpr auto add = [](auto a, auto b) { return static_cast<decltype(a)>(a + b); };

/// Ranks first … last, if they were joined in their order without a gap.
struct range {
  int first, last;
  bool whole;
};
inline constexpr auto append = [](range const& a, range const& b) {
  return range{a.first, b.last, a.whole && b.whole && a.last + 1 == b.first};
};

}  // namespace deepseek::test
