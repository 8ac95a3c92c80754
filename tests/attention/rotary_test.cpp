// SPDX-License-Identifier: Apache-2.0
/// @file Rotary tables and turned rows; cached_attention_test.cpp has them in attention.
#include <deepseek/attention/rotary.hpp>

#include <doctest/doctest.h>

#include <cmath>

namespace ds = deepseek;

TEST_CASE("position 0 stays, lengths stay, products depend on the distance alone") {
  ds::rotary_tables const tables{64, 8};
  for (ds::rotary const& turn : {tables.by_halves(), tables.interleaved()}) {
    float const x[8] = {1, 2, -3, 4, 0.5F, -6, 7, 8};
    float const y[8] = {3, -1, 2, 0.25F, 5, 1, -2, 1};
    auto const product = [&](std::int64_t p, std::int64_t q) {
      float a[8], b[8];
      for (int d = 0; d < 8; ++d) a[d] = x[d], b[d] = y[d];
      turn.rotate(a, p);
      turn.rotate(b, q);
      double sum = 0;
      for (int d = 0; d < 8; ++d) sum += double(a[d]) * b[d];
      return sum;
    };
    CHECK(product(0, 0) == doctest::Approx(3 - 2 - 6 + 1 + 2.5 - 6 - 14 + 8));
    CHECK(product(50, 47) == doctest::Approx(product(20, 17)).epsilon(1e-5));
    CHECK(product(50, 47) != doctest::Approx(product(20, 18)).epsilon(1e-5));
  }
}

TEST_CASE("tables that do not fit are an error with their shapes") {
  ds::rotary_tables const tables{10, 8};
  CHECK_THROWS_WITH_AS(ds::detail::check_rotary(tables.by_halves(), 6, 5),
                       doctest::Contains("cosine is [10, 4]"), ds::shape_error);
  CHECK_THROWS_AS(ds::detail::check_rotary(tables.by_halves(), 8, 11), ds::shape_error);
  ds::detail::check_rotary(tables.by_halves(), 9, 10);
  ds::detail::check_rotary({}, 1, 1000);
}
