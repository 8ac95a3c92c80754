// SPDX-License-Identifier: Apache-2.0
/// @file Packed sequences attend as each does alone.
#include <deepseek/attention/attention.hpp>
#include <deepseek/attention/packed.hpp>
#include <deepseek/exec/host_attention.hpp>
#include <deepseek/ops/slice.hpp>

#include "reference.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace ds = deepseek;
namespace score = deepseek::score;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

namespace {
using offsets = ds::tensor<std::int32_t, dims<dyn>>;
offsets offsets_of(std::initializer_list<std::int32_t> values) {
  return offsets{dims<dyn>{std::int64_t(values.size())}, values};
}
}  // namespace

TEST_CASE("full and causal, sequences of no queries or no keys too") {
  auto const of_queries = offsets_of({0, 5, 5, 135, 138, 141});
  auto const of_keys = offsets_of({0, 9, 29, 159, 300, 300});
  auto const q = normal_tensor<float>(1, 4, 141, 16, 1);
  auto const k = normal_tensor<float>(1, 2, 300, 16, 2);
  auto const v = normal_tensor<float>(1, 2, 300, 16, 3);
  score::packed_sequences const packed{of_queries.as_view(), of_keys.as_view()};
  auto const full = ds::eval(ds::attention(q, k, v, packed.full()));
  auto const causal = ds::eval(ds::attention(q, k, v, packed.causal()));
  double worst = 0;
  for (int s = 0; s < 5; ++s) {
    std::int64_t const q0 = of_queries(s), q1 = of_queries(s + 1);
    std::int64_t const k0 = of_keys(s), k1 = of_keys(s + 1);
    attention_shape const shape{1, 4, 2, q1 - q0, k1 - k0, 16, 16};
    auto const rows = [](auto const& x, std::int64_t from, std::int64_t to) {
      return ds::slice(x, ds::every, ds::every, ds::range{from, to}, ds::every);
    };
    for (bool const past : {false, true}) {
      auto const want = reference_attention(
          shape, rows(q, q0, q1), rows(k, k0, k1), rows(v, k0, k1), 0.25,
          [&](double x, auto, auto, auto i, auto j) {
            return !past || j <= i + shape.m - shape.n ? x : -INFINITY;
          },
          [](auto) { return -INFINITY; });
      auto const& y = past ? causal : full;
      std::size_t number = 0;
      for (int h = 0; h < 4; ++h)
        for (std::int64_t i = q0; i < q1; ++i)
          for (int d = 0; d < 16; ++d)
            worst = std::max(worst, std::abs(y(0, h, i, d) - want.y[number++]));
    }
  }
  CHECK(worst < 2e-6);
}

TEST_CASE("offsets that fall, do not begin with 0, or are not as many of both, are errors") {
  auto const good = offsets_of({0, 3, 9});
  auto const falls = offsets_of({0, 5, 4});
  auto const late = offsets_of({1, 5, 9});
  auto const few = offsets_of({0, 9});
  CHECK_THROWS_WITH_AS((score::packed_sequences{good.as_view(), falls.as_view()}),
                       doctest::Contains("the offset number 2 of keys is 4 after 5"),
                       ds::shape_error);
  CHECK_THROWS_AS((score::packed_sequences{late.as_view(), good.as_view()}), ds::shape_error);
  CHECK_THROWS_WITH_AS((score::packed_sequences{good.as_view(), few.as_view()}),
                       doctest::Contains("3 offsets of queries and 2 of keys"), ds::shape_error);
}
