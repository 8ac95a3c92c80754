// SPDX-License-Identifier: Apache-2.0
/// @file Gathers in score expressions by indices that are computed and lie in no memory: their values against
/// a table read by hand, and errors for indices that may be outside.
#include <deepseek/attention/attention.hpp>
#include <deepseek/attention/score_indices.hpp>
#include <deepseek/exec/host_attention.hpp>
#include <deepseek/ops/remainder.hpp>
#include <deepseek/ops/take.hpp>

#include "reference.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

namespace {

constexpr attention_shape shape{2, 4, 2, 37, 150, 16, 8};
using table = ds::tensor<float, dims<24>>;
table values() {
  table t;
  for (int i = 0; i < 24; ++i) t(i) = 0.25F * static_cast<float>(i * 7 % 11) - 1;
  return t;
}

/// The largest difference between attention with f and its definition with want.
template <class F, class Want> double difference(F const& f, Want const& want) {
  auto const q = normal_tensor<float>(shape.b, shape.h, shape.n, shape.d, 1);
  auto const k = normal_tensor<float>(shape.b, shape.g, shape.m, shape.d, 2);
  auto const v = normal_tensor<float>(shape.b, shape.g, shape.m, shape.w, 3);
  auto const y = ds::eval(ds::attention(q, k, v, f));
  auto const expected =
      reference_attention(shape, q, k, v, 0.25, want, [](auto) { return -INFINITY; });
  double worst = 0;
  for (std::int64_t i = 0; i < y.size(); ++i) {
    double const off = std::abs(double(y.data()[i]) - expected.y[std::size_t(i)]);
    worst = std::isnan(off) ? INFINITY : std::max(worst, off);
  }
  return worst;
}

}  // namespace

TEST_CASE("a bias of a period, by a remainder of distances of both signs") {
  auto const t = values();
  CHECK(difference([&](auto s, auto, auto, auto q,
                       auto kv) { return s + ds::take(t, ds::axes<0>, (kv - q) % 24); },
                   [&](double s, auto, auto, std::int64_t q, std::int64_t kv) {
                     return s + double(t(((kv - q) % 24 + 24) % 24));
                   }) < 2e-6);
}

TEST_CASE("far distances share the ends of a table; a mask by what is taken") {
  auto const t = values();
  CHECK(difference(
            [&](auto s, auto, auto, auto q, auto kv) {
              auto const place = ds::minimum(ds::maximum(kv - q + 12, 0), 23);
              return ds::where(kv % 5 != 2, s + ds::take(t, ds::axes<0>, place),
                               ds::minus_infinity);
            },
            [&](double s, auto, auto, std::int64_t q, std::int64_t kv) {
              double const bias = t(std::clamp<std::int64_t>(kv - q + 12, 0, 23));
              return kv % 5 != 2 ? s + bias : -INFINITY;
            }) < 2e-6);
}

TEST_CASE("an index that is not proved to be inside is an error before anything is read") {
  auto const t = values();
  auto const x = normal_tensor<float>(1, 1, 25, 8, 1);
  auto const run = [&](auto const& f) { (void)ds::eval(ds::attention(x, x, x, f)); };
  auto const by = [&](auto const& place) {
    return [&t, place](auto s, auto, auto, auto q, auto kv) {
      return s + ds::take(t, ds::axes<0>, place(q, kv));
    };
  };
  CHECK_THROWS_WITH_AS(run(by([](auto, auto kv) { return kv + 0; })),
                       doctest::Contains("between 0 and 24"), ds::shape_error);
  CHECK_THROWS_WITH_AS(run(by([](auto q, auto kv) { return (kv - q) % 25; })),
                       doctest::Contains("[DS-SCORE-INDEX]"), ds::shape_error);
  CHECK_THROWS_WITH_AS(run(by([](auto q, auto kv) { return q - kv; })),
                       doctest::Contains("between -24 and 24"), ds::shape_error);
  CHECK_NOTHROW(run(by([](auto q, auto kv) { return (q + kv) % 24; })));
  CHECK_NOTHROW(run(by([](auto, auto kv) { return ds::minimum(kv, 23); })));
  ds::tensor<std::int32_t, dims<25>> places;
  for (int i = 0; i < 25; ++i)
    places(i) = i;  // the last is outside: in memory, so all are looked at
  CHECK_THROWS_WITH_AS(run(by([&](auto, auto) { return places; })),
                       doctest::Contains("[DS-TAKE-RANGE]"), ds::shape_error);
  places(24) = 23;
  CHECK_NOTHROW(run(by([&](auto, auto) { return places; })));
}
