// SPDX-License-Identifier: Apache-2.0
/// @file radix_prefix: digit by digit to one item, whatever the widths of digits, keys and indices.
#include <deepseek/kernel/radix_prefix.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using namespace deepseek::kernel;

namespace {

/// Follows an item's digits to the end; `other` is compared on the way.
template <int DigitBits, class Key>
void follow(ranked<Key> const& item, ranked<Key> const& other, int key_bits, int index_bits) {
  radix_prefix<Key, DigitBits> prefix{key_bits, index_bits};
  int const digits =
      (key_bits + DigitBits - 1) / DigitBits + (index_bits + DigitBits - 1) / DigitBits;
  int side = 0;
  for (int d = 0; d < digits; ++d) {
    CHECK(prefix.compare(item) == 0);
    int const now = prefix.compare(other);
    if (side != 0) CHECK(now == side);  // once apart, apart for good
    side = now;
    int const digit = prefix.digit(item);
    CHECK(digit >= 0);
    CHECK(digit < prefix.bins);
    prefix.extend(digit);
  }
  CHECK(prefix.compare(item) == 0);
  bool const same = item.key == other.key && item.index == other.index;
  CHECK(prefix.compare(other) == (same ? 0 : comes_before(other, item) ? 1 : -1));
}

template <int DigitBits> void follow_all() {
  CAPTURE(DigitBits);
  std::uint64_t const keys[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff};
  std::uint32_t const indices[] = {0, 1, 500, 999};
  for (auto const k : keys)
    for (auto const other_key : keys)
      for (auto const i : indices)
        for (auto const other_index : indices) {
          follow<DigitBits>(
              ranked<std::uint32_t>{static_cast<std::uint32_t>(k), i},
              ranked<std::uint32_t>{static_cast<std::uint32_t>(other_key), other_index}, 32, 10);
          follow<DigitBits>(ranked<std::uint64_t>{k << 31, i},
                            ranked<std::uint64_t>{other_key << 31, other_index}, 64, 10);
          follow<DigitBits>(
              ranked<std::uint32_t>{static_cast<std::uint32_t>(k) & 255, i},
              ranked<std::uint32_t>{static_cast<std::uint32_t>(other_key) & 255, other_index}, 8,
              10);
        }
}

}  // namespace

TEST_CASE("comes_before: the larger key, then the smaller index") {
  using item = ranked<std::uint32_t>;
  CHECK(comes_before(item{5, 9}, item{4, 1}));
  CHECK_FALSE(comes_before(item{4, 1}, item{5, 9}));
  CHECK(comes_before(item{5, 1}, item{5, 2}));
  CHECK_FALSE(comes_before(item{5, 2}, item{5, 2}));
}

TEST_CASE("index_bits: of the largest index") {
  CHECK(index_bits(1) == 0);
  CHECK(index_bits(2) == 1);
  CHECK(index_bits(3) == 2);
  CHECK(index_bits(1024) == 10);
  CHECK(index_bits(1025) == 11);
  CHECK(index_bits(0x80000000u) == 31);
}

TEST_CASE("the digits of an item lead to it alone, and say on which side all others are") {
  follow_all<1>();
  follow_all<4>();
  follow_all<7>();
  follow_all<8>();
  follow_all<11>();
}

TEST_CASE("digits from the top of the key, then of the index turned round") {
  radix_prefix<std::uint32_t, 8> prefix{16, 4};
  ranked<std::uint32_t> const item{0xabcd, 3};
  CHECK(prefix.digit(item) == 0xab);
  prefix.extend(0xab);
  CHECK(prefix.digit(item) == 0xcd);
  prefix.extend(0xcd);
  CHECK(prefix.digit(item) == 12);
  CHECK(prefix.compare({0xabce, 3}) == 1);
  CHECK(prefix.compare({0xabcd, 15}) == 0);
}
