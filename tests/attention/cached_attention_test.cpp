// SPDX-License-Identifier: Apache-2.0
/// @file attention over a cache is attention over the same keys in memory.
#include <deepseek/attention/biases.hpp>
#include <deepseek/attention/cached_attention.hpp>
#include <deepseek/exec/host_attention.hpp>
#include <deepseek/exec/host_cache.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/slice.hpp>

#include "reference.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

namespace ds = deepseek;
namespace score = deepseek::score;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

namespace {

using tensor4 = ds::tensor<float, dims<dyn, dyn, dyn, dyn>>;

/// Lengths before and after; new keys of each sequence are its queries.
struct cached_case {
  std::int64_t kv_heads;
  std::int64_t heads;
  std::int64_t page_size;
  std::int64_t before[3];
  std::int64_t queries;
};

/// The largest difference between attention over a cache of T that was filled in steps and the reference
/// over rows(tensor) of the same keys and values.
template <class T, class F, class Want, class Rows>
double difference(cached_case const& c, F const& f, Want const& want, Rows const& rows) {
  std::int64_t const width = 32;
  std::int64_t const value_width = 24;
  std::int64_t const capacity = 400;
  ds::kv_cache<T> cache{{.sequences = 3,
                         .kv_heads = c.kv_heads,
                         .width = width,
                         .value_width = value_width,
                         .capacity = capacity,
                         .page_size = c.page_size}};
  auto const k = normal_tensor<float>(3, c.kv_heads, capacity, width, 1);
  auto const v = normal_tensor<float>(3, c.kv_heads, capacity, value_width, 2);
  auto const q = normal_tensor<float>(3, c.heads, c.queries, width, 3);
  auto const part = [&](tensor4 const& x, std::int64_t s, std::int64_t from, std::int64_t to) {
    return ds::slice(x, ds::range{s, s + 1}, ds::every, ds::range{from, to}, ds::every);
  };
  for (int s : {2, 0, 1})  // pages of the sequences are mixed
    for (std::int64_t at = 0; at < c.before[s]; at += 37) {
      std::int64_t const to = std::min(at + 37, c.before[s]);
      cache.append_to(s, part(k, s, at, to), part(v, s, at, to)).run(ds::host{});
    }
  tensor4 k_new{dims<dyn, dyn, dyn, dyn>{3, c.kv_heads, c.queries, width}};
  tensor4 v_new{dims<dyn, dyn, dyn, dyn>{3, c.kv_heads, c.queries, value_width}};
  for (int s = 0; s < 3; ++s) {
    std::int64_t const at = c.before[s];
    (ds::slice(k_new, ds::range{s, s + 1}, ds::every, ds::every, ds::every) =
         part(k, s, at, at + c.queries))
        .run(ds::host{});
    (ds::slice(v_new, ds::range{s, s + 1}, ds::every, ds::every, ds::every) =
         part(v, s, at, at + c.queries))
        .run(ds::host{});
  }
  cache.append(k_new, v_new).run(ds::host{});
  auto const y = ds::eval(ds::attention(q, cache.as_keys(), f));
  double worst = 0;
  for (int s = 0; s < 3; ++s) {
    std::int64_t const length = c.before[s] + c.queries;
    CHECK(cache.length(s) == length);
    attention_shape const shape{1, c.heads, c.kv_heads, c.queries, length, width, value_width};
    auto const own = reference_attention(
        shape, part(q, s, 0, c.queries), rows(ds::eval(part(k, s, 0, length))),
        rows(ds::eval(part(v, s, 0, length))), 1 / std::sqrt(double(width)),
        [&](double x, auto, auto h, auto i, auto j) {
          return want(x, s, h, length - c.queries + i, j);
        },
        [](auto) { return -INFINITY; });
    std::size_t number = 0;
    for (std::int64_t h = 0; h < c.heads; ++h)
      for (std::int64_t i = 0; i < c.queries; ++i)
        for (std::int64_t d = 0; d < value_width; ++d)
          worst = std::max(worst, std::abs(y(s, h, i, d) - own.y[number++]));
  }
  return worst;
}

cached_case const cases[] = {{2, 4, 0, {0, 100, 250}, 1},
                             {1, 4, 1, {5, 0, 131}, 3},
                             {2, 2, 16, {15, 16, 17}, 40},
                             {1, 8, 7, {128, 127, 300}, 1},
                             {3, 3, 256, {300, 1, 254}, 97}};
auto const as_rows = [](auto const& x) { return x; };
constexpr double minus_infinity = -std::numeric_limits<double>::infinity();
}  // namespace

TEST_CASE("pages of any size, sequences of other lengths, prefill and decoding, causal") {
  for (auto const& c : cases) {
    CAPTURE(c.page_size);
    CAPTURE(c.queries);
    CHECK(difference<float>(
              c, score::causal,
              [](double x, auto, auto, auto place, auto j) {
                return j <= place ? x : minus_infinity;
              },
              as_rows) < 2e-6);
  }
}

TEST_CASE("windows and slopes go by places in the sequence; a user's query is its place") {
  auto const slopes = score::alibi_slopes(4);
  CHECK(difference<float>(
            cases[1], score::alibi(slopes) | score::sliding_window(30),
            [](double x, auto, auto h, auto place, auto j) {
              bool const seen = j <= place && place - j <= 30;
              return seen ? x - std::exp2(-2.0 * double(h + 1)) * double(place - j)
                          : minus_infinity;
            },
            as_rows) < 3e-6);
  CHECK(difference<float>(
            cases[0],
            [](auto s, auto, auto, auto q, auto kv) {
              return ds::where(q >= kv && q - kv < 50, s + ds::cast<float>(q) * 0.001F,
                               ds::minus_infinity);
            },
            [](double x, auto, auto, auto place, auto j) {
              return place >= j && place - j < 50 ? x + double(place) * 0.001 : minus_infinity;
            },
            as_rows) < 2e-6);
}

TEST_CASE(
    "relative: one table for all lengths, whose middle is distance 0; of each head, or of all") {
  std::int64_t const longest = 400;
  ds::tensor<float, dims<dyn, dyn>> values{dims<dyn, dyn>{4, 2 * longest - 1}};
  for (std::int64_t i = 0; i < values.size(); ++i)
    values.data()[i] = 0.125F * static_cast<float>(i * 7 % 23);
  for (std::int64_t const heads : {4, 1}) {
    auto const table = ds::slice(values, ds::range{0, heads}, ds::every);
    auto const want = [&](double x, auto, auto h, auto place, auto j) {
      return x + double(values(heads == 1 ? 0 : h, j - place + longest - 1));
    };
    for (auto const& c : {cases[0], cases[1]})
      CHECK(difference<float>(c, score::relative(table), want, as_rows) < 3e-6);
  }
  for (std::int64_t const n : {1, 5, 6}) {  // too short, too short for 4 keys, even
    ds::kv_cache<float> cache{{.sequences = 1, .kv_heads = 1, .width = 8, .capacity = 16}};
    auto const x = normal_tensor<float>(1, 1, 4, 8, 1);
    cache.append(x, x).run(ds::host{});
    ds::tensor<float, dims<dyn, dyn>> short_table{dims<dyn, dyn>{1, n}};
    CHECK_THROWS_WITH_AS(ds::attention(x, cache.as_keys(), score::relative(short_table)),
                         doctest::Contains("[DS-SCORE-DISTANCES]"), ds::shape_error);
  }
}

TEST_CASE("caches of small dtypes: what was stored is what is read") {
  auto const causal = [](double x, auto, auto, auto place, auto j) {
    return j <= place ? x : minus_infinity;
  };
  auto const rounded = [](auto narrow) {
    return
        [](tensor4 const& x) { return ds::eval(ds::cast<float>(ds::cast<decltype(narrow)>(x))); };
  };
  CHECK(difference<ds::bf16>(cases[2], score::causal, causal, rounded(ds::bf16{})) < 2e-6);
  CHECK(difference<ds::f16>(cases[3], score::causal, causal, rounded(ds::f16{})) < 2e-6);
  auto const quantized = [](auto narrow) {
    return [](tensor4 const& x) {
      auto y = x;
      for (std::int64_t row = 0; row < x.size() / x.extent(3); ++row) {
        float* const r = y.data() + row * x.extent(3);
        float most = 0;
        for (std::int64_t d = 0; d < x.extent(3); ++d) most = std::max(most, std::abs(r[d]));
        bool const whole = std::is_same_v<decltype(narrow), std::int8_t>;
        float const scale = most / (whole ? 127.0F : 448.0F);
        for (std::int64_t d = 0; d < x.extent(3); ++d)
          r[d] = scale * (whole ? std::nearbyint(r[d] / scale)
                                : static_cast<float>(static_cast<ds::fp8_e4m3>(r[d] / scale)));
      }
      return y;
    };
  };
  CHECK(difference<std::int8_t>(cases[1], score::causal, causal, quantized(std::int8_t{})) < 4e-6);
  CHECK(difference<ds::fp8_e4m3>(cases[2], score::causal, causal, quantized(ds::fp8_e4m3{})) <
        4e-6);
}

TEST_CASE("rotary: keys turned when appended, queries when read, as both turned before") {
  std::int64_t const n = 150;
  auto const k = normal_tensor<float>(1, 2, n, 32, 1);
  auto const v = normal_tensor<float>(1, 2, n, 16, 2);
  auto const q = normal_tensor<float>(1, 4, 3, 32, 3);
  ds::rotary_tables const tables{200, 24};
  for (bool const interleaved : {false, true}) {
    ds::rotary const turn = interleaved ? tables.interleaved() : tables.by_halves();
    auto turned_k = k;
    auto turned_q = q;
    auto const turn_row = [&](float* row, std::int64_t p) {
      for (int d = 0; d < 12; ++d) {
        double const angle = double(p) * std::pow(10000.0, -2.0 * d / 24);
        int const a = interleaved ? 2 * d : d;
        int const b = interleaved ? 2 * d + 1 : d + 12;
        double const x = row[a];
        double const y = row[b];
        row[a] = float(x * std::cos(angle) - y * std::sin(angle));
        row[b] = float(y * std::cos(angle) + x * std::sin(angle));
      }
    };
    for (int h = 0; h < 2; ++h)
      for (std::int64_t j = 0; j < n; ++j) turn_row(&turned_k(0, h, j, 0), j);
    for (int h = 0; h < 4; ++h)
      for (int i = 0; i < 3; ++i) turn_row(&turned_q(0, h, i, 0), n - 3 + i);
    attention_shape const s{1, 4, 2, 3, n, 32, 16};
    auto const want = reference_attention(
        s, turned_q, turned_k, v, 1 / std::sqrt(32.0),
        [&](double x, auto, auto, auto i, auto j) { return j <= n - 3 + i ? x : minus_infinity; },
        [](auto) { return -INFINITY; });
    ds::kv_cache<float> cache{
        {.kv_heads = 2, .width = 32, .value_width = 16, .capacity = 200, .page_size = 16}};
    for (std::int64_t at = 0; at < n; at += 50)
      cache
          .append(ds::slice(k, ds::every, ds::every, ds::range{at, at + 50}, ds::every),
                  ds::slice(v, ds::every, ds::every, ds::range{at, at + 50}, ds::every), turn)
          .run(ds::host{});
    auto const y = ds::eval(ds::attention(q, cache.as_keys(), score::causal, {.turn = turn}));
    auto const z = ds::eval(ds::attention(q, k, v, score::causal, {.turn = turn}));
    double worst = 0;
    for (std::int64_t i = 0; i < y.size(); ++i) {
      worst = std::max(worst, std::abs(y.data()[i] - want.y[std::size_t(i)]));
      worst = std::max(worst, std::abs(z.data()[i] - want.y[std::size_t(i)]));
    }
    CHECK(worst < 4e-6);
  }
}

TEST_CASE("pages and lengths that do not fit are errors before anything is read") {
  ds::kv_cache<float> cache{{.sequences = 1, .width = 4, .capacity = 20, .page_size = 4}};
  auto const rows = normal_tensor<float>(1, 1, 9, 4, 1);
  cache.append(rows, rows).run(ds::host{});
  auto const q = normal_tensor<float>(1, 2, 2, 4, 2);
  auto paged = cache.as_keys();
  ds::tensor<std::int32_t, dims<dyn, dyn>> table{dims<dyn, dyn>{1, 3}};
  table(0, 0) = 0;
  table(0, 1) = 5;
  table(0, 2) = 2;
  paged.table = table.as_view();
  CHECK_THROWS_WITH_AS(ds::attention(q, paged),
                       doctest::Contains("page 1 of sequence 0 is 5; there are 5 pages"),
                       ds::shape_error);
  table(0, 1) = -1;
  CHECK_THROWS_AS(ds::attention(q, paged), ds::shape_error);
  table(0, 1) = 1;
  (void)ds::eval(ds::attention(q, paged));
  ds::tensor<std::int32_t, dims<dyn>> lengths{dims<dyn>{1}};
  paged.lengths = lengths.as_view();
  lengths(0) = 13;  // the table has pages for 12
  CHECK_THROWS_WITH_AS(ds::attention(q, paged), doctest::Contains("[DS-ATTENTION-LENGTH]"),
                       ds::shape_error);
  lengths(0) = 1;  // fewer keys than queries
  CHECK_THROWS_AS(ds::attention(q, paged), ds::shape_error);
  auto const wide = normal_tensor<float>(1, 2, 2, 5, 2);
  CHECK_THROWS_WITH_AS(ds::attention(wide, cache.as_keys()),
                       doctest::Contains("[DS-ATTENTION-CACHE]"), ds::shape_error);
}
