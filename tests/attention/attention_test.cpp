// SPDX-License-Identifier: Apache-2.0
/// @file attention on the host against its definition in double precision.
#include <deepseek/attention/attention.hpp>
#include <deepseek/attention/biases.hpp>
#include <deepseek/exec/host_attention.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/slice.hpp>

#include "reference.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace ds = deepseek;
namespace score = deepseek::score;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

namespace {

using tensor4 = ds::tensor<float, dims<dyn, dyn, dyn, dyn>>;
using tensor3 = ds::tensor<float, dims<dyn, dyn, dyn>>;
constexpr double minus_infinity = -std::numeric_limits<double>::infinity();
constexpr auto no_sink = [](auto) { return minus_infinity; };
constexpr auto as_it_is = [](double s, auto...) { return s; };

/// Errors of results whose memory was NaN before.
struct errors {
  double y = 0;
  double logarithm = 0;
};

template <class Y> errors compare(Y const& y, tensor3 const& sums, attention_result const& want) {
  errors e;
  for (std::int64_t i = 0; i < y.size(); ++i) {
    double const off =
        std::abs(static_cast<double>(static_cast<float>(y.data()[i])) - want.y[std::size_t(i)]);
    e.y = off > e.y || std::isnan(off) ? off : e.y;
  }
  for (std::int64_t i = 0; i < sums.size(); ++i) {
    double const w = want.logarithm[std::size_t(i)];
    double const off = w == sums.data()[i] ? 0 : std::abs(sums.data()[i] - w);
    e.logarithm = off > e.logarithm || std::isnan(off) ? off : e.logarithm;
  }
  return e;
}

template <class T, class F, class Want>
errors run(attention_shape const& s, F const& f, Want const& want, int threads = 2) {
  auto const q = normal_tensor<T>(s.b, s.h, s.n, s.d, 1);
  auto const k = normal_tensor<T>(s.b, s.g, s.m, s.d, 2);
  auto const v = normal_tensor<T>(s.b, s.g, s.m, s.w, 3);
  ds::tensor<T, dims<dyn, dyn, dyn, dyn>> y{dims<dyn, dyn, dyn, dyn>{s.b, s.h, s.n, s.w}};
  tensor3 sums{dims<dyn, dyn, dyn>{s.b, s.h, s.n}};
  std::memset(static_cast<void*>(y.data()), 0xff, std::size_t(y.size()) * sizeof(T));
  std::memset(sums.data(), 0xff, std::size_t(sums.size()) * sizeof(float));
  (ds::tie(y, sums) = ds::attention_with_logsumexp(q, k, v, f)).run(ds::host{threads});
  double const scale = 1 / std::sqrt(double(s.d));
  return compare(y, sums, reference_attention(s, q, k, v, scale, want, no_sink));
}

constexpr double f32_error = 2e-6;

/// FlashAttention's lengths of queries and keys, and some around our tiles.
constexpr std::int64_t lengths[][2] = {{1, 1},     {1, 239},   {3, 799},   {127, 512}, {127, 513},
                                       {113, 203}, {128, 217}, {113, 211}, {108, 256}, {256, 512},
                                       {307, 256}, {640, 128}, {512, 256}, {239, 1},   {799, 3},
                                       {95, 127},  {96, 128},  {97, 129},  {48, 64},   {49, 300}};
}  // namespace

TEST_CASE("every length, full and causal") {
  for (auto const& length : lengths) {
    std::int64_t const n = length[0];
    std::int64_t const m = length[1];
    CAPTURE(n);
    CAPTURE(m);
    attention_shape const s{1, 2, 2, n, m, 16, 16};
    auto const full = run<float>(s, score::plain, as_it_is);
    CHECK(full.y < f32_error);
    CHECK(full.logarithm < f32_error);
    auto const causal = run<float>(s, score::causal, [&](double x, auto, auto, auto i, auto j) {
      return j <= i + s.m - s.n ? x : minus_infinity;
    });
    CHECK(causal.y < f32_error);
    CHECK(causal.logarithm < f32_error);
  }
}

TEST_CASE("heads that share keys, widths that are no whole vectors, values of another width") {
  for (attention_shape const s : {attention_shape{2, 6, 3, 9, 140, 64, 64},
                                  {1, 8, 1, 1, 5000, 24, 40},
                                  {1, 8, 2, 3, 130, 192, 128},
                                  {2, 5, 5, 50, 77, 1, 3},
                                  {1, 7, 1, 40, 200, 33, 17},
                                  {1, 4, 2, 200, 150, 5, 80}}) {
    CAPTURE(s.h);
    CAPTURE(s.n);
    auto const e =
        run<float>(s, score::sliding_window(60, 3), [&](double x, auto, auto, auto i, auto j) {
          auto const own = i + s.m - s.n;
          return j >= own - 60 && j <= own + 3 ? x : minus_infinity;
        });
    CHECK(e.y < f32_error);
    CHECK(e.logarithm < f32_error);
  }
}

TEST_CASE("small dtypes: as good as their rounding") {
  attention_shape const s{1, 4, 2, 70, 150, 64, 48};
  CHECK(run<ds::f16>(s, score::causal, [&](double x, auto, auto, auto i, auto j) {
          return j <= i + 80 ? x : minus_infinity;
        }).y < 1.1e-3);
  CHECK(run<ds::bf16>(s, score::plain, as_it_is).y < 4e-3);
  CHECK(run<ds::fp8_e4m3>(s, score::plain, as_it_is).y < 0.06);
}

TEST_CASE("score expressions, several of them") {
  attention_shape const s{2, 4, 2, 90, 150, 32, 32};
  auto const slopes = score::alibi_slopes(4);
  auto const e = run<float>(s, score::soft_cap(3) | score::alibi(slopes) | score::causal,
                            [&](double x, auto, auto h, auto i, auto j) {
                              x = 3 * std::tanh(x / 3) -
                                  std::exp2(-2.0 * double(h + 1)) * double(std::abs(i + 60 - j));
                              return j <= i + 60 ? x : minus_infinity;
                            });
  CHECK(e.y < f32_error);
  CHECK(e.logarithm < 2 * f32_error);
  ds::tensor<float, dims<2, 1, 90, 150>> bias;
  for (std::int64_t i = 0; i < bias.size(); ++i) bias.data()[i] = float(i * 37 % 101) / 50 - 1;
  auto const b = run<float>(
      s,
      [&](auto x, auto batch, auto, auto, auto kv) {
        return ds::where(kv != batch * 7 + 2, x + bias, ds::minus_infinity);
      },
      [&](double x, auto batch, auto, auto i, auto j) {
        return j != batch * 7 + 2 ? x + bias(batch, 0, i, j) : minus_infinity;
      });
  CHECK(b.y < f32_error);
}

TEST_CASE("a row without keys is 0 and -inf; lengths of 0 too; no keys at all") {
  attention_shape const s{2, 2, 2, 5, 200, 16, 16};
  ds::tensor<std::int32_t, dims<2>> seen{0, 131};
  auto const e = run<float>(s, score::key_padding(seen), [&](double x, auto b, auto, auto, auto j) {
    return j < seen(b) ? x : minus_infinity;
  });
  CHECK(e.y < f32_error);
  CHECK(e.logarithm < f32_error);
  auto const none = run<float>({1, 2, 1, 3, 0, 8, 8}, score::plain, as_it_is);
  CHECK(none.y == 0);
  CHECK(none.logarithm == 0);
  CHECK(run<float>({1, 2, 1, 0, 7, 8, 8}, score::plain, as_it_is).y == 0);
  CHECK(run<float>({1, 2, 1, 3, 7, 8, 0}, score::plain, as_it_is).y == 0);
}

TEST_CASE("any strides, [b, n, h, d] too, and results written with strides") {
  auto const q = normal_tensor<float>(2, 60, 4, 32, 1);
  auto const k = normal_tensor<float>(2, 32, 2, 70, 2);  // [b, d, g, m]
  auto const v = normal_tensor<float>(2, 70, 2, 48, 3);
  auto const qv = ds::permute(q, ds::axes<0, 2, 1, 3>);
  auto const kv = ds::permute(k, ds::axes<0, 2, 3, 1>);
  auto const vv = ds::slice(ds::permute(v, ds::axes<0, 2, 1, 3>), ds::every, ds::every, ds::every,
                            ds::range{0, 48, 2});
  tensor4 y{dims<dyn, dyn, dyn, dyn>{2, 60, 4, 24}};
  auto const target = ds::permute(y, ds::axes<0, 2, 1, 3>);
  (target = ds::attention(qv, kv, vv, {}, {.scale = 0.3F})).run(ds::host{});
  attention_shape const s{2, 4, 2, 60, 70, 32, 24};
  auto const want = reference_attention(s, qv, kv, vv, 0.3F, as_it_is, no_sink);
  double worst = 0;
  std::size_t i = 0;
  for (int b = 0; b < 2; ++b)
    for (int h = 0; h < 4; ++h)
      for (int n = 0; n < 60; ++n)
        for (int d = 0; d < 24; ++d)
          worst = std::max(worst, std::abs(double(y(b, n, h, d)) - want.y[i++]));
  CHECK(worst < f32_error);
}

TEST_CASE("a sink takes weight") {
  attention_shape const s{1, 3, 1, 20, 40, 16, 16};
  auto const q = normal_tensor<float>(1, 3, 20, 16, 1);
  auto const k = normal_tensor<float>(1, 1, 40, 16, 2);
  auto const v = normal_tensor<float>(1, 1, 40, 16, 3);
  ds::tensor<float, dims<dyn>> sink{dims<dyn>{3}};
  sink(0) = 5;
  sink(1) = -2;
  sink(2) = -INFINITY;
  tensor4 y{dims<dyn, dyn, dyn, dyn>{1, 3, 20, 16}};
  tensor3 sums{dims<dyn, dyn, dyn>{1, 3, 20}};
  auto const seen = [](auto x, auto, auto, auto q_index, auto) {
    return ds::where(q_index > 0, x, ds::minus_infinity);
  };
  (ds::tie(y, sums) = ds::attention_with_logsumexp(q, k, v, seen, {.sink = sink.as_view()}))
      .run(ds::host{});
  auto const want = reference_attention(
      s, q, k, v, 0.25,
      [](double x, auto, auto, auto i, auto) { return i > 0 ? x : minus_infinity; },
      [&](auto h) { return double(sink(h)); });
  auto const e = compare(y, sums, want);
  CHECK(e.y < f32_error);
  CHECK(e.logarithm < f32_error);
  ds::tensor<float, dims<dyn>> two{dims<dyn>{2}};
  CHECK_THROWS_WITH_AS(ds::attention(q, k, v, {}, {.sink = two.as_view()}),
                       doctest::Contains("sink has 2 scores, and there are 3 heads"),
                       ds::shape_error);
}

TEST_CASE("dropout drops what dropout of the weights drops") {
  auto const q = normal_tensor<float>(1, 2, 50, 16, 1);
  auto const k = normal_tensor<float>(1, 2, 150, 16, 2);
  auto const v = normal_tensor<float>(1, 2, 150, 16, 3);
  ds::random_key const key{7, 3};
  double const rate = 0.3;
  auto const y = ds::eval(ds::attention(q, k, v, {}, {.dropout_rate = rate, .dropout_key = key}));
  auto const number = ds::eval(ds::uniform<float>(dims<1, 2, 50, 150>{}, key));
  auto const plain = ds::eval(ds::attention(q, k, v));
  double worst = 0;
  double change = 0;
  for (int h = 0; h < 2; ++h)
    for (int i = 0; i < 50; ++i) {
      double weight[150], most = -1e9, total = 0;
      for (int j = 0; j < 150; ++j) {
        double x = 0;
        for (int d = 0; d < 16; ++d) x += double(q(0, h, i, d)) * k(0, h, j, d);
        weight[j] = x / 4;
        most = std::max(most, weight[j]);
      }
      for (double& w : weight) total += w = std::exp(w - most);
      for (int d = 0; d < 16; ++d) {
        double want = 0;
        for (int j = 0; j < 150; ++j)
          if (number(0, h, i, j) >= float(rate))
            want += weight[j] / total / (1 - rate) * v(0, h, j, d);
        worst = std::max(worst, std::abs(want - y(0, h, i, d)));
        change = std::max(change, std::abs(double(plain(0, h, i, d)) - y(0, h, i, d)));
      }
    }
  CHECK(worst < f32_error);
  CHECK(change > 0.01);
  CHECK_THROWS_AS(ds::attention(q, k, v, {}, {.dropout_rate = 1}), ds::argument_error);
}

TEST_CASE("the same bits for any number of threads, run after run") {
  for (attention_shape const s : {attention_shape{1, 2, 2, 300, 700, 16, 16},
                                  {1, 2, 1, 50, 150, 16, 16},
                                  {1, 4, 1, 1, 9000, 16, 16}}) {
    auto const q = normal_tensor<float>(s.b, s.h, s.n, s.d, 1);
    auto const k = normal_tensor<float>(s.b, s.g, s.m, s.d, 2);
    auto const v = normal_tensor<float>(s.b, s.g, s.m, s.w, 3);
    tensor4 first{dims<dyn, dyn, dyn, dyn>{s.b, s.h, s.n, s.w}};
    tensor4 y{first.extents()};
    (first = ds::attention(q, k, v, score::causal)).run(ds::host{1});
    int const repeats = s.n == 50 ? 1000 : 20;
    for (int repeat = 0; repeat < repeats; ++repeat) {
      (y = ds::attention(q, k, v, score::causal)).run(ds::host{1 + repeat % 7});
      REQUIRE(std::memcmp(first.data(), y.data(), std::size_t(y.size()) * sizeof(float)) == 0);
    }
  }
}

TEST_CASE("operands may be expressions, the result an operand, and lie in an operand's memory") {
  attention_shape const s{1, 2, 2, 30, 30, 16, 16};
  auto q = normal_tensor<float>(1, 2, 30, 16, 1);
  auto const k = normal_tensor<float>(1, 2, 30, 16, 2);
  auto const v = normal_tensor<float>(1, 2, 30, 16, 3);
  auto const doubled = ds::eval(q * 2.0F);
  auto const want = reference_attention(s, doubled, k, v, 0.25, as_it_is, no_sink);
  auto const y = ds::eval(ds::attention(q * 2.0F, k, v) + 1.0F);
  static_assert(ds::kernel_count<decltype(ds::attention(q * 2.0F, k, v) + 1.0F)> == 3);
  double worst = 0;
  for (std::int64_t i = 0; i < y.size(); ++i)
    worst = std::max(worst, std::abs(y.data()[i] - 1 - want.y[std::size_t(i)]));
  CHECK(worst < f32_error);
  (q = ds::attention(q * 2.0F, k, v)).run(ds::host{});
  worst = 0;
  for (std::int64_t i = 0; i < y.size(); ++i)
    worst = std::max(worst, std::abs(q.data()[i] - want.y[std::size_t(i)]));
  CHECK(worst < f32_error);
}

TEST_CASE("a result in the memory of what the score function reads") {
  auto const q = normal_tensor<float>(1, 2, 40, 40, 1);
  auto const k = normal_tensor<float>(1, 2, 40, 40, 2);
  auto const v = normal_tensor<float>(1, 2, 40, 40, 3);
  auto y = normal_tensor<float>(1, 2, 40, 40, 4);
  auto const bias = y;
  auto const want = ds::eval(ds::attention(q, k, v, score::bias(bias)));
  (y = ds::attention(q, k, v, score::bias(y))).run(ds::host{});
  CHECK(std::memcmp(y.data(), want.data(), std::size_t(y.size()) * sizeof(float)) == 0);
}

TEST_CASE("wrong shapes name all three operands") {
  auto const q = normal_tensor<float>(1, 6, 5, 8, 1);
  auto const message = [&](std::int64_t b, std::int64_t g, std::int64_t m, std::int64_t d,
                           std::int64_t keys_of_v) {
    auto const k = normal_tensor<float>(b, g, m, d, 2);
    auto const v = normal_tensor<float>(b, g, keys_of_v, 8, 3);
    std::string text = "none";
    try {
      (void)ds::attention(q, k, v);
    } catch (ds::shape_error const& e) {
      text = e.what();
    }
    return text;
  };
  CHECK(message(1, 3, 7, 8, 7) == "none");
  CHECK(message(1, 4, 7, 8, 7).find("q is [1, 6, 5, 8], k is [1, 4, 7, 8] and v is [1, 4, 7, 8]") !=
        std::string::npos);
  CHECK(message(2, 3, 7, 8, 7).find("[DS-ATTENTION-SHAPE]") != std::string::npos);
  CHECK(message(1, 3, 7, 9, 7).find("[DS-ATTENTION-SHAPE]") != std::string::npos);
  CHECK(message(1, 3, 7, 8, 6).find("[DS-ATTENTION-SHAPE]") != std::string::npos);
}
