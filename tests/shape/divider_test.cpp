// SPDX-License-Identifier: Apache-2.0
/// @file Quotients by products: those of the processor's division, wherever they could first differ.
#include <deepseek/shape/divider.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <random>

namespace {
using deepseek::divider;

constexpr std::int64_t below_32 = std::int64_t{1} << 31;
constexpr std::uint64_t below_64 = std::uint64_t{1} << 63;

static_assert(divider{}.quotient(std::uint32_t{7}) == 7);
static_assert(divider{10}.quotient(std::uint32_t{99}) == 9);
static_assert(divider{10}.quotient(std::uint64_t{100}) == 10);

/// Whether n / d is right; n too large is made small.
bool right_32(divider const& by, std::int64_t d, std::int64_t n) {
  if (n < 0 || n >= below_32) return true;
  return by.quotient(static_cast<std::uint32_t>(n)) == static_cast<std::uint32_t>(n / d);
}
bool right_64(divider const& by, std::int64_t d, std::uint64_t n) {
  if (n >= below_64) return true;
  return by.quotient(n) == n / static_cast<std::uint64_t>(d);
}
/// At the multiples of d where the quotient steps: the first, the last, and some between.
bool right_at_steps(std::int64_t d, std::mt19937_64& random) {
  divider const by{d};
  bool right = true;
  auto const around = [&](std::int64_t multiple) {
    for (std::int64_t off = -1; off <= 1; ++off) {
      right = right && right_32(by, d, multiple % below_32 / d * d + off);
      right = right && right_64(by, d, static_cast<std::uint64_t>(multiple + off));
    }
  };
  for (int k = 0; k < 4; ++k) around(d * k);
  for (int k = 0; k < 8; ++k) around(static_cast<std::int64_t>(random() % (below_64 / d)) * d);
  auto const last = static_cast<std::int64_t>(below_64 - 1);
  around(last / d * d);
  right = right && right_64(by, d, below_64 - 1);
  std::int64_t const last_32 = (below_32 - 1) / d * d;
  for (std::int64_t const n : {last_32 - 1, last_32, last_32 + 1, below_32 - 1})
    right = right && right_32(by, d, n);
  return right;
}

TEST_CASE("all small numbers by all small divisors") {
  bool right = true;
  for (std::int64_t d = 1; d <= 300; ++d) {
    divider const by{d};
    for (std::int64_t n = 0; n <= 5000; ++n)
      right = right && right_32(by, d, n) && right_64(by, d, static_cast<std::uint64_t>(n));
  }
  CHECK(right);
}

TEST_CASE("steps of the quotient: divisors up to 100000, around powers of two, at random") {
  std::mt19937_64 random(7);
  for (std::int64_t d = 1; d <= 100000; ++d)
    if (!right_at_steps(d, random)) FAIL("divisor " << d);
  for (int bit = 1; bit < 31; ++bit)
    for (std::int64_t off = -3; off <= 3; ++off) {
      std::int64_t const d = (std::int64_t{1} << bit) + off;
      if (d >= 1 && d < below_32 && !right_at_steps(d, random)) FAIL("divisor " << d);
    }
  for (int i = 0; i < 200000; ++i) {
    std::int64_t const d = 1 + static_cast<std::int64_t>(random() >> (33 + random() % 31));
    if (!right_at_steps(d, random)) FAIL("divisor " << d);
  }
}

TEST_CASE("divisors of more than 32 bits") {
  std::mt19937_64 random(8);
  for (int i = 0; i < 100000; ++i) {
    std::int64_t const d = 1 + static_cast<std::int64_t>(random() >> (2 + random() % 31));
    divider const by{d};
    bool right = right_64(by, d, random() >> 1) && right_64(by, d, below_64 - 1);
    std::uint64_t const most = (below_64 - 1) / static_cast<std::uint64_t>(d);
    for (std::uint64_t const q : {std::uint64_t{1}, most, most / 2, random() % (most + 1)})
      for (int off = -1; off <= 1; ++off)
        right = right && right_64(by, d,
                                  q * static_cast<std::uint64_t>(d) +
                                      static_cast<std::uint64_t>(std::int64_t{off}));
    if (!right) FAIL("divisor " << d);
  }
}

TEST_CASE(
    "every number of 31 bits: quotients never fall, so that both sides of each step are all") {
  for (std::int64_t const d : {101, 641, 1000, 65537}) {
    divider const by{d};
    bool right = true;
    for (std::int64_t n = d; n < below_32; n += d)
      right &= right_32(by, d, n - 1) && right_32(by, d, n);
    CHECK(right);
  }
}

}  // namespace
