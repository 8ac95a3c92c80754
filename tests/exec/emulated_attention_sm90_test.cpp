// SPDX-License-Identifier: Apache-2.0
/// @file attention by the kernel of sm_90a, on the emulator, against its definition in double: masks, biases,
/// heads that share keys, rows that see nothing, any order of axes in memory.
#include <deepseek/attention/biases.hpp>
#include <deepseek/exec/emulated_attention.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/permute.hpp>

#include "tests/attention/reference.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ds = deepseek;
namespace score = deepseek::score;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

namespace {
constexpr double none = -std::numeric_limits<double>::infinity();
template <int Width> using heads = dims<dyn, dyn, dyn, Width>;

/// [b, n, h, d] in memory, as activations are, of the values [b, h, n, d].
template <int Width, class T, class Values> auto by_rows(Values const& x) {
  auto const& e = x.extents();
  ds::tensor<T, heads<Width>> y{heads<Width>{e[0], e[2], e[1], Width}};
  for (int b = 0; b < e[0]; ++b)
    for (int h = 0; h < e[1]; ++h)
      for (int n = 0; n < e[2]; ++n)
        for (int d = 0; d < Width; ++d) y(b, n, h, d) = x(b, h, n, d);
  return y;
}

/// Largest errors of the result and of the logarithms of sums; f: a score function, want: the same in double.
template <class T, int Width, int ValueWidth, class F, class Want>
void check(attention_shape const& s, F const& f, Want const& want, double allowed) {
  auto const q = normal_tensor<T>(s.b, s.h, s.n, s.d, 1);
  auto const k = normal_tensor<T>(s.b, s.g, s.m, s.d, 2);
  auto const v = normal_tensor<T>(s.b, s.g, s.m, s.w, 3);
  auto const q_in = by_rows<Width, T>(q);
  auto const k_in = by_rows<Width, T>(k);
  auto const v_in = by_rows<ValueWidth, T>(v);
  auto const turned = [](auto& x) { return ds::permute(x, ds::axes<0, 2, 1, 3>); };
  ds::tensor<T, heads<ValueWidth>> y{heads<ValueWidth>{s.b, s.h, s.n, ValueWidth}};
  ds::tensor<float, dims<dyn, dyn, dyn>> sums{dims<dyn, dyn, dyn>{s.b, s.h, s.n}};
  std::fill(y.data(), y.data() + y.size(), T{std::numeric_limits<float>::quiet_NaN()});
  std::fill(sums.data(), sums.data() + sums.size(), std::numeric_limits<float>::quiet_NaN());
  (ds::tie(y, sums) = ds::attention_with_logsumexp(turned(q_in), turned(k_in), turned(v_in), f))
      .run(ds::emulated{0, 90});
  auto const exact =
      reference_attention(s, q, k, v, 1 / std::sqrt(double(s.d)), want, [](auto) { return none; });
  double worst = 0;
  for (std::int64_t i = 0; i < y.size(); ++i) {
    double const off = std::abs(double(float(y.data()[i])) - exact.y[std::size_t(i)]);
    worst = off > worst || std::isnan(off) ? off : worst;
  }
  CHECK(worst < allowed);
  worst = 0;
  for (std::int64_t i = 0; i < sums.size(); ++i) {
    double const of = exact.logarithm[std::size_t(i)];
    double const off = sums.data()[i] == of ? 0 : std::abs(sums.data()[i] - of);
    worst = off > worst || std::isnan(off) ? off : worst;
  }
  CHECK(worst < 5e-6);
}
}  // namespace

TEST_CASE("causal: the last query sees all keys; the first rows see none; two heads share keys") {
  auto const causal = [](std::int64_t ahead) {
    return [ahead](double x, auto, auto, auto i, auto j) { return j <= i + ahead ? x : none; };
  };
  check<ds::bf16, 64, 64>({1, 4, 2, 101, 330, 64, 64}, score::causal, causal(229), 0x1p-7);
  check<ds::bf16, 64, 64>({1, 1, 1, 200, 70, 64, 64}, score::causal, causal(-130), 0x1p-6);
}

TEST_CASE("slopes and a bias of each head under a window; values narrower than keys") {
  ds::tensor<float, dims<2, 1, 97, 211>> bias;
  for (std::int64_t i = 0; i < bias.size(); ++i) bias.data()[i] = float(i % 17) / 8 - 1;
  auto const slopes = score::alibi_slopes(2);
  auto const of_query = [](auto i) { return i + 211 - 97; };
  check<ds::f16, 128, 40>(
      {2, 2, 1, 97, 211, 128, 40},
      score::bias(bias) | score::alibi(slopes) | score::sliding_window(60),
      [&](double x, auto b, auto h, auto i, auto j) {
        auto const away = of_query(i) - j;
        return away >= 0 && away <= 60
                   ? x + double(bias(b, 0, i, j)) - double(slopes(h)) * double(away)
                   : none;
      },
      0x1p-9);
}
