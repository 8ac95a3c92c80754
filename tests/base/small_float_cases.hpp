// SPDX-License-Identifier: Apache-2.0
/// @file The laws of f16, bf16, fp8_e4m3 and fp8_e5m2, checked code by code. A format is described by
/// its numbers alone; nothing here shares a line with the conversions under test.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "../golden/base/small_floats.hpp"

namespace deepseek::test {

/// What the specification says of a format.
struct small_float_facts {
  char const* name;
  int exponent_bits;
  int mantissa_bits;
  bool has_infinity;
  bool saturates;  // the constructors do

  [[nodiscard]] std::uint32_t sign() const { return 1U << (exponent_bits + mantissa_bits); }
  /// Codes below this one are finite.
  [[nodiscard]] std::uint32_t finite_codes() const {
    return has_infinity ? ((1U << exponent_bits) - 1) << mantissa_bits : sign() - 1;
  }
  /// The value of a finite code without sign, from the definition. One code further is the value
  /// that would follow if the exponent had no end.
  [[nodiscard]] double value(std::uint32_t code) const {
    int const bias = (1 << (exponent_bits - 1)) - 1;
    int const exponent = static_cast<int>(code >> mantissa_bits);
    double const mantissa = code & ((1U << mantissa_bits) - 1);
    double const hidden = exponent == 0 ? 0 : std::ldexp(1, mantissa_bits);
    return std::ldexp(hidden + mantissa, (exponent == 0 ? 1 : exponent) - bias - mantissa_bits);
  }
  [[nodiscard]] bool is_nan(std::uint32_t code) const {
    return (code & (sign() - 1)) > finite_codes() - (has_infinity ? 0 : 1);
  }
  /// The code for what is beyond the largest value.
  [[nodiscard]] std::uint32_t beyond(bool saturate) const {
    return saturate ? finite_codes() - 1 : has_infinity ? finite_codes() : sign() - 1;
  }
};

inline float float_from(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
inline std::uint32_t bits_from(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// CRC-32 as zlib computes it.
inline std::uint32_t crc32(void const* data, std::size_t size) {
  auto const* bytes = static_cast<unsigned char const*>(data);
  std::uint32_t crc = ~0U;
  for (std::size_t i = 0; i < size; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xedb8'8320U : 0U);
  }
  return ~crc;
}

/// Every code decodes to its value; every value encodes to its code.
template <class Small> void check_every_code(small_float_facts const& facts) {
  for (std::uint32_t code = 0; code < 2 * facts.sign(); ++code) {
    CAPTURE(code);
    auto const small = Small::from_bits(static_cast<decltype(Small::bits)>(code));
    bool const negative = (code & facts.sign()) != 0;
    std::uint32_t const magnitude = code & (facts.sign() - 1);
    float const decoded = small;
    REQUIRE(std::signbit(decoded) == negative);
    if (facts.is_nan(code)) {
      REQUIRE(std::isnan(decoded));
      REQUIRE((bits_from(decoded) & 0x0040'0000U) != 0);  // quiet
      REQUIRE(facts.is_nan(Small{decoded}.bits));
      REQUIRE((Small{decoded}.bits & facts.sign()) == (code & facts.sign()));
      continue;
    }
    double const expected = magnitude < facts.finite_codes()
                                ? facts.value(magnitude)
                                : std::numeric_limits<double>::infinity();
    REQUIRE(decoded == static_cast<float>(negative ? -expected : expected));
    REQUIRE(static_cast<double>(decoded) == (negative ? -expected : expected));
    std::uint32_t const back =
        std::isinf(expected) && facts.saturates ? (code & facts.sign()) | facts.beyond(true) : code;
    REQUIRE(Small{decoded}.bits == back);
    REQUIRE(Small{static_cast<double>(decoded)}.bits == back);
  }
}

/// Between two neighbours the midpoint decides, and falls to the even one: for the float and double
/// on either side of each midpoint and each value, both signs. `encode` is one of the conversions,
/// for float and double.
template <class Encode>
void check_every_rounding(small_float_facts const& facts, bool saturate, Encode const& encode) {
  auto const expect = [&](double value, std::uint32_t code) {
    CAPTURE(value);
    REQUIRE(encode(value) == code);
    REQUIRE(encode(-value) == (code | facts.sign()));
    auto const as_float = static_cast<float>(value);
    if (static_cast<double>(as_float) == value) {
      REQUIRE(encode(as_float) == code);
      REQUIRE(encode(-as_float) == (code | facts.sign()));
    }
  };
  double const infinity = std::numeric_limits<double>::infinity();
  float const infinity_float = std::numeric_limits<float>::infinity();
  for (std::uint32_t code = 0; code < facts.finite_codes(); ++code) {
    bool const last = code + 1 == facts.finite_codes();
    std::uint32_t const next = last ? facts.beyond(saturate) : code + 1;
    double const value = facts.value(code);
    double const middle = (value + facts.value(code + 1)) / 2;
    expect(value, code);
    expect(std::nextafter(value, infinity), code);
    expect(std::nextafter(static_cast<float>(value), infinity_float), code);
    expect(std::nextafter(middle, 0.0), code);
    expect(std::nextafter(static_cast<float>(middle), 0.0F), code);
    expect(middle, code % 2 == 0 ? code : next);
    expect(std::nextafter(middle, infinity), next);
    expect(std::nextafter(static_cast<float>(middle), infinity_float), next);
  }
  expect(std::numeric_limits<double>::max(), facts.beyond(saturate));
  expect(std::numeric_limits<float>::max(), facts.beyond(saturate));
  expect(infinity, facts.beyond(saturate));
  expect(std::numeric_limits<double>::denorm_min(), 0);
  expect(std::numeric_limits<double>::min(), 0);
  if (facts.exponent_bits < 8) expect(std::numeric_limits<float>::denorm_min(), 0);
}

/// The same codes as NumPy and PyTorch for the inputs that golden/base/small_floats.py names.
/// `encode` takes a float and does not saturate.
template <class Small, class Encode>
void check_against_golden(small_float_facts const& facts, Encode const& encode) {
  using code_type = decltype(Small::bits);
  golden::small_float_checksums const* golden = nullptr;
  for (auto const& candidate : golden::small_floats)
    if (std::string(candidate.name) == facts.name) golden = &candidate;
  REQUIRE(golden != nullptr);

  auto const encoded = [&](std::uint32_t bits) {
    std::uint32_t const code = encode(float_from(bits));
    bool const one_nan =
        (bits & 0x7fff'ffffU) > 0x7f80'0000U || (!facts.has_infinity && facts.is_nan(code));
    return static_cast<code_type>(one_nan ? facts.sign() - 1 : code);
  };
  auto const checksum = [](auto const& values) {
    return crc32(values.data(), values.size() * sizeof values[0]);
  };

  std::vector<code_type> codes;
  for (std::uint32_t code = 0; code < facts.finite_codes(); ++code) {
    double const value = facts.value(code);
    for (double const centre : {value, (value + facts.value(code + 1)) / 2})
      for (int const offset : {-1, 0, 1}) {
        auto const moved =
            static_cast<std::int64_t>(bits_from(static_cast<float>(centre))) + offset;
        auto const bits = static_cast<std::uint32_t>(moved < 0 ? -moved : moved);
        codes.push_back(encoded(bits));
        codes.push_back(encoded(bits | 0x8000'0000U));
      }
  }
  CHECK(checksum(codes) == golden->boundaries);

  codes.clear();
  for (std::uint32_t i = 0; i < 1U << 18; ++i) codes.push_back(encoded(i * 16411U));
  CHECK(checksum(codes) == golden->scan);

  std::vector<std::uint32_t> decoded;
  for (std::uint32_t code = 0; code < 2 * facts.sign(); ++code) {
    float const value = Small::from_bits(static_cast<code_type>(code));
    decoded.push_back(std::isnan(value) ? 0x7fc0'0000U : bits_from(value));
  }
  CHECK(checksum(decoded) == golden->decoded);
}

/// NaN keeps its sign from float and double, whatever its payload, signalling ones too.
template <class Small> void check_nan(small_float_facts const& facts) {
  for (std::uint32_t payload : {1U, 0x0000'1fffU, 0x0020'0000U, 0x0040'0000U, 0x007f'ffffU})
    for (std::uint32_t sign : {0U, 0x8000'0000U}) {
      std::uint32_t const bits = sign | 0x7f80'0000U | payload;
      std::uint64_t const bits_double =
          std::uint64_t{sign} << 32 | 0x7ff0'0000'0000'0000U | payload;
      double from_double;
      std::memcpy(&from_double, &bits_double, sizeof from_double);
      for (std::uint32_t const code :
           {std::uint32_t{Small{float_from(bits)}.bits}, std::uint32_t{Small{from_double}.bits}}) {
        CAPTURE(bits);
        CHECK(facts.is_nan(code));
        CHECK(((code & facts.sign()) != 0) == (sign != 0));
      }
    }
}

}  // namespace deepseek::test
