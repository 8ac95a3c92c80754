// SPDX-License-Identifier: Apache-2.0
/// @file divider: n / d, for one d that is known before many n are: a product and a shift instead of a
/// division, which a GPU has no instruction for.
#pragma once
#include <cstdint>

#include <deepseek/base/config.hpp>

namespace deepseek {

/// divider: of d, 1 <= d < 2^62.
///
///   n / d == n * m / 2^(bits - 1 + s)  for n < 2^(bits - 1),   m = ceil(2^(bits - 1 + s) / d),   d <= 2^s
///
/// m is less than 1 above the exact factor, so that the product is at most n / 2^(bits - 1 + s) < 1 / d above
/// n / d: too little to reach the next whole number. m has at most `bits` bits, since d > 2^(s - 1).
class divider {
 public:
  constexpr divider() : divider{1} {}
  explicit constexpr divider(std::int64_t d) {
    while ((std::int64_t{1} << shift_) < d) ++shift_;
    auto const by = static_cast<wide>(d);
    wide_ = static_cast<std::uint64_t>(((wide{1} << (63 + shift_)) + by - 1) / by);
    // Rounded up twice is rounded up once: of fewer bits where n and d have fewer.
    narrow_ = static_cast<std::uint32_t>((wide{wide_} + 0xffffffffu) >> 32);
  }

  /// quotient(n): n / d; n < 2^31 of 32 bits, for which d < 2^31 is wanted; n < 2^63 of 64.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE constexpr std::uint32_t quotient(
      std::uint32_t n) const {
    return static_cast<std::uint32_t>(std::uint64_t{2 * n} * narrow_ >> 32) >> shift_;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE constexpr std::uint64_t quotient(
      std::uint64_t n) const {
    return static_cast<std::uint64_t>(wide{2 * n} * wide_ >> 64) >> shift_;
  }

 private:
  __extension__ typedef unsigned __int128 wide;
  std::uint64_t wide_ = 0;
  std::uint32_t narrow_ = 0;
  int shift_ = 0;
};

}  // namespace deepseek
