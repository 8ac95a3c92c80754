// SPDX-License-Identifier: Apache-2.0
/// @file radix_key: the order of keys is the order of elements, of every type.
#include <deepseek/base/radix_key.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using deepseek::radix_key;

namespace {

/// All 65536 or 256 values of a small type: keys and values agree for each pair with its neighbours.
template <class T, class Bits> void all_values() {
  std::vector<T> values;
  for (int b = 0; b < 1 << (8 * static_cast<int>(sizeof(T))); ++b)
    values.push_back(T::from_bits(static_cast<Bits>(b)));
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t step : {1, 2, 7, 100, 3000, 32768, 40000}) {
      T const a = values[i];
      T const b = values[(i + step) % values.size()];
      float const x = a;
      float const y = b;
      bool const above = std::isnan(y) ? !std::isnan(x) : x < y;
      bool const same = x == y || (std::isnan(x) && std::isnan(y));
      wrong += (radix_key(a) < radix_key(b)) == above ? 0 : 1;
      wrong += (radix_key(a) == radix_key(b)) == same ? 0 : 1;
      wrong += radix_key(a) >> (8 * sizeof(T)) == 0 ? 0 : 1;
    }
  CHECK(wrong == 0);
}

template <class T> void ascending(std::vector<T> const& values) {
  for (std::size_t i = 0; i + 1 < values.size(); ++i)
    CHECK(radix_key(values[i]) < radix_key(values[i + 1]));
}

}  // namespace

TEST_CASE("floating types of 8 and 16 bits: all values") {
  all_values<deepseek::f16, std::uint16_t>();
  all_values<deepseek::bf16, std::uint16_t>();
  all_values<deepseek::fp8_e4m3, std::uint8_t>();
  all_values<deepseek::fp8_e5m2, std::uint8_t>();
}

TEST_CASE("float and double: from -infinity to NaN; zeros are equal, so are NaN") {
  float const inf = std::numeric_limits<float>::infinity();
  float const nan = std::numeric_limits<float>::quiet_NaN();
  ascending<float>({-inf, -3e38f, -1.5f, -1.f, -1e-44f, 0.f, 1e-44f, 1.f, 1.5f, 3e38f, inf, nan});
  CHECK(radix_key(0.f) == radix_key(-0.f));
  CHECK(radix_key(nan) == radix_key(-nan));
  CHECK(radix_key(__builtin_nanf("5")) == radix_key(nan));
  CHECK(radix_key(__builtin_nansf("1")) == radix_key(nan));
  double const wide_inf = std::numeric_limits<double>::infinity();
  double const wide_nan = std::numeric_limits<double>::quiet_NaN();
  ascending<double>({-wide_inf, -1e308, -1.0, -5e-324, 0.0, 5e-324, 1.0, std::nextafter(1.0, 2.0),
                     1e308, wide_inf, wide_nan});
  CHECK(radix_key(0.0) == radix_key(-0.0));
  CHECK(radix_key(wide_nan) == radix_key(-wide_nan));
}

TEST_CASE("integers and bool") {
  ascending<std::int8_t>({-128, -1, 0, 1, 127});
  ascending<std::uint8_t>({0, 1, 127, 128, 255});
  ascending<std::int16_t>({-32768, -1, 0, 1, 32767});
  ascending<std::int32_t>({std::numeric_limits<std::int32_t>::min(), -1, 0, 1, 2147483647});
  ascending<std::int64_t>({std::numeric_limits<std::int64_t>::min(), -1, 0, 1,
                           std::numeric_limits<std::int64_t>::max()});
  CHECK(radix_key(false) < radix_key(true));
  CHECK(radix_key(std::int8_t{-128}) == 0);
  CHECK(radix_key(std::int8_t{127}) == 255);
}
