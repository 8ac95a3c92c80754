// SPDX-License-Identifier: Apache-2.0
/// @file Attention through the library, on the cases of attention_cases.py.
///
/// A case's result is compared with float64 in rows spread over all heads before it is timed. Flags of its
/// own, beside Google Benchmark's: --threads=N (2).
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <deepseek/deepseek.hpp>

#include "inputs.hpp"

namespace ds = deepseek;

namespace {

using tensor4 = ds::tensor<float, ds::dims<ds::dyn, ds::dyn, ds::dyn, ds::dyn>>;
constexpr std::int64_t heads = 12;
constexpr std::int64_t width = 64;
constexpr std::int64_t window = 1024;
enum class law { plain, causal, alibi_window };
int threads = 2;

tensor4 input(std::uint32_t seed, std::int64_t length) {
  tensor4 x{ds::dims<ds::dyn, ds::dyn, ds::dyn, ds::dyn>{1, heads, length, width}};
  for (std::int64_t i = 0; i < x.size(); ++i)
    x.data()[i] = bench::input_value(seed, static_cast<std::uint64_t>(i)) / 4;  // from -1 to 1
  return x;
}

/// The case's score of query i and key j, from their product.
double score(law f, double s, std::int64_t head, std::int64_t i, std::int64_t j) {
  if (f == law::alibi_window)
    s -= static_cast<double>(ds::score::alibi_slopes(heads)(head)) * static_cast<double>(i - j);
  bool const seen = f == law::plain || (j <= i && (f == law::causal || i - j < window));
  return seen ? s : -HUGE_VAL;
}

/// The largest error of some rows of y.
double error(law f, tensor4 const& q, tensor4 const& k, tensor4 const& v, tensor4 const& y) {
  std::int64_t const n = q.extent(2);
  double worst = 0;
  for (std::int64_t h = 0; h < heads; ++h)
    for (std::int64_t i : {std::int64_t{0}, n / 3 + h, n - 1}) {
      std::vector<double> weight(static_cast<std::size_t>(n));
      double most = -HUGE_VAL;
      double total = 0;
      for (std::int64_t j = 0; j < n; ++j) {
        double s = 0;
        for (std::int64_t d = 0; d < width; ++d) s += double(q(0, h, i, d)) * k(0, h, j, d);
        weight[std::size_t(j)] = score(f, s / 8, h, i, j);
        most = std::fmax(most, weight[std::size_t(j)]);
      }
      for (double& w : weight) total += w = std::exp(w - most);
      for (std::int64_t d = 0; d < width; ++d) {
        double want = 0;
        for (std::int64_t j = 0; j < n; ++j) want += weight[std::size_t(j)] * v(0, h, j, d);
        double const off = std::fabs(want / total - y(0, h, i, d));
        worst = off > worst || std::isnan(off) ? off : worst;
      }
    }
  return worst;
}

template <class F>
void time_case(benchmark::State& state, law kind, std::int64_t length, F const& f) {
  auto const q = input(1, length);
  auto const k = input(2, length);
  auto const v = input(3, length);
  auto y = q;
  ds::host const host{threads};
  std::memset(y.data(), 0xff, static_cast<std::size_t>(y.size()) * sizeof(float));
  (y = ds::attention(q, k, v, f)).run(host);
  constexpr double allowed = 1e-5;
  double const off = error(kind, q, k, v, y);
  if (!(off <= allowed)) {
    state.SkipWithError(("wrong result: error " + std::to_string(off)).c_str());
    return;
  }
  for (auto _ : state) {
    (y = ds::attention(q, k, v, f)).run(host);
    benchmark::ClobberMemory();
  }
}

template <class F> void add(char const* name, law kind, std::int64_t length, F const& f) {
  std::string const full = "attention_" + std::to_string(length) + "_" + name + "/deepseek";
  benchmark::RegisterBenchmark(full.c_str(),
                               [=](benchmark::State& state) { time_case(state, kind, length, f); })
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace

int main(int count, char** values) {
  std::vector<char*> rest;
  for (int i = 0; i < count; ++i) {
    if (std::strncmp(values[i], "--threads=", 10) == 0) threads = std::atoi(values[i] + 10);
    else rest.push_back(values[i]);
  }
  auto const slopes = ds::score::alibi_slopes(heads);
  for (std::int64_t const length : {512, 2048, 8192}) {
    add("plain", law::plain, length, ds::score::plain);
    add("causal", law::causal, length, ds::score::causal);
    add("alibi_window", law::alibi_window, length,
        ds::score::alibi(slopes) | ds::score::sliding_window(window - 1));
  }
  int left = static_cast<int>(rest.size());
  benchmark::Initialize(&left, rest.data());
  if (benchmark::ReportUnrecognizedArguments(left, rest.data())) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
