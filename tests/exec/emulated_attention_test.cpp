// SPDX-License-Identifier: Apache-2.0
/// @file attention by the kernels of the GPU, on the emulator: PyTorch's results, the definition in double,
/// FlashAttention's lengths.
#include <deepseek/attention/biases.hpp>
#include <deepseek/attention/packed.hpp>
#include <deepseek/exec/emulated_attention.hpp>
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/tensor/safetensors.hpp>

#include "tests/attention/reference.hpp"
#include "tests/support/golden.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace ds = deepseek;
namespace score = deepseek::score;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

namespace {
constexpr double none = -std::numeric_limits<double>::infinity();
template <int Width> using heads = dims<dyn, dyn, dyn, Width>;

ds::safetensors_file const& file() {
  static ds::safetensors_file const f{golden_path("attention/attention.safetensors")};
  return f;
}

/// The case of this name with score function f: at most twice PyTorch's own error in f32, and a little.
template <class F> void check_golden(std::string const& name, F const& f) {
  CAPTURE(name);
  auto const q = file().read<float, heads<16>>("q");
  auto const k = file().read<float, heads<16>>("k");
  auto const v = file().read<float, heads<16>>("v");
  auto const want = file().read<float, heads<16>>(name);
  auto const want_sums = file().read<float, dims<dyn, dyn, dyn>>(name + "_lse");
  float const error = file().read<float, dims<dyn>>(name + "_error")(0);
  ds::tensor<float, heads<16>> y{want.extents()};
  ds::tensor<float, dims<dyn, dyn, dyn>> sums{want_sums.extents()};
  (ds::tie(y, sums) = ds::attention_with_logsumexp(q, k, v, f)).run(ds::emulated{});
  auto const worst = [](auto const& a, auto const& b) {
    double most = 0;
    for (std::int64_t i = 0; i < a.size(); ++i) {
      double const off =
          a.data()[i] == b.data()[i] ? 0 : std::abs(double(a.data()[i]) - b.data()[i]);
      most = off > most || std::isnan(off) ? off : most;
    }
    return most;
  };
  CHECK(worst(y, want) <= 2 * double(error) + 4e-7);
  CHECK(worst(sums, want_sums) <= 2 * std::max(double(error), 5e-7));
}

/// Causal attention of T against its definition, operands and result [b, n, h, d] in memory.
template <class T> double causal_error(attention_shape const& s) {
  constexpr int width = 32;
  auto const take = [](std::int64_t b, std::int64_t n, std::int64_t h, unsigned seed) {
    ds::tensor<T, heads<width>> x{heads<width>{b, n, h, width}};
    auto const values = normal_tensor<T>(b, n, h, width, seed);
    std::copy(values.data(), values.data() + values.size(), x.data());
    return x;
  };
  auto const q_in = take(s.b, s.n, s.h, 1);
  auto const k_in = take(s.b, s.m, s.g, 2);
  auto const v_in = take(s.b, s.m, s.g, 3);
  auto const q = ds::permute(q_in, ds::axes<0, 2, 1, 3>);
  auto const k = ds::permute(k_in, ds::axes<0, 2, 1, 3>);
  auto const v = ds::permute(v_in, ds::axes<0, 2, 1, 3>);
  ds::tensor<T, heads<width>> y{q_in.extents()};
  auto const target = ds::permute(y, ds::axes<0, 2, 1, 3>);
  (target = ds::attention(q, k, v, score::causal)).run(ds::emulated{});
  auto const want = reference_attention(
      s, q, k, v, 1 / std::sqrt(double(width)),
      [&](double x, auto, auto, auto i, auto j) { return j <= i + s.m - s.n ? x : none; },
      [](auto) { return none; });
  double worst = 0;
  std::size_t number = 0;
  for (int b = 0; b < s.b; ++b)
    for (int h = 0; h < s.h; ++h)
      for (int i = 0; i < s.n; ++i)
        for (int d = 0; d < width; ++d) {
          double const off = std::abs(double(float(y(b, i, h, d))) - want.y[number++]);
          worst = off > worst || std::isnan(off) ? off : worst;
        }
  return worst;
}
}  // namespace

TEST_CASE("PyTorch's flex_attention and its logsumexp, in f32") {
  check_golden("flex_plain", score::plain);
  auto const slopes = score::alibi_slopes(4);
  check_golden("flex_alibi_causal", score::alibi(slopes) | score::causal);
  auto const of_queries = file().read<std::int32_t, dims<dyn, dyn>>("of_queries");
  auto const of_keys = file().read<std::int32_t, dims<dyn, dyn>>("of_keys");
  check_golden("flex_documents", score::documents(of_queries, of_keys));
}

TEST_CASE(
    "FlashAttention's lengths, bf16: rounding of weights and of the result is all that is lost") {
  constexpr std::int64_t lengths[][2] = {{1, 1},     {1, 239},   {3, 799},   {113, 203},
                                         {128, 217}, {108, 256}, {307, 256}, {239, 1},
                                         {799, 3},   {64, 64},   {63, 65},   {65, 63}};
  for (auto const& length : lengths) {
    CAPTURE(length[0]);
    CAPTURE(length[1]);
    CHECK(causal_error<ds::bf16>({1, 2, 1, length[0], length[1], 32, 32}) < 0x1p-6);
  }
  CHECK(causal_error<ds::bf16>({2, 8, 2, 1, 600, 32, 32}) < 0x1p-7);
}

TEST_CASE("packed sequences: nothing of another one is seen") {
  ds::tensor<std::int32_t, dims<dyn>> of_queries{dims<dyn>{5}, {0, 5, 5, 95, 141}};
  ds::tensor<std::int32_t, dims<dyn>> of_keys{dims<dyn>{5}, {0, 9, 29, 159, 220}};
  score::packed_sequences const packed{of_queries.as_view(), of_keys.as_view()};
  auto const rows = [](std::int64_t h, std::int64_t n, unsigned seed) {
    ds::tensor<ds::bf16, heads<32>> x{heads<32>{1, h, n, 32}};
    auto const values = normal_tensor<ds::bf16>(1, h, n, 32, seed);
    std::copy(values.data(), values.data() + values.size(), x.data());
    return x;
  };
  auto const q = rows(2, 141, 1);
  auto const k = rows(1, 220, 2);
  auto const v = rows(1, 220, 3);
  ds::tensor<ds::bf16, heads<32>> y{q.extents()};
  (y = ds::attention(q, k, v, packed.causal())).run(ds::emulated{});
  auto const seen = [&](std::int64_t i, std::int64_t j) {
    int s = 0;
    while (i >= of_queries(s + 1)) ++s;
    return j >= of_keys(s) && j < of_keys(s + 1) - (of_queries(s + 1) - 1 - i);
  };
  auto const want = reference_attention(
      {1, 2, 1, 141, 220, 32, 32}, q, k, v, 1 / std::sqrt(32.),
      [&](double x, auto, auto, auto i, auto j) { return seen(i, j) ? x : none; },
      [](auto) { return none; });
  double worst = 0;
  for (std::int64_t i = 0; i < y.size(); ++i) {
    double const off = std::abs(double(float(y.data()[i])) - want.y[std::size_t(i)]);
    worst = off > worst || std::isnan(off) ? off : worst;
  }
  CHECK(worst < 0x1p-6);
}

TEST_CASE("what kernels cannot do says so before anything is written") {
  ds::tensor<float, dims<1, 1, 3, 8>> q, k, v, y;
  ds::tensor<float, dims<1, 1, 3, 264>> wide;
  CHECK_THROWS_WITH_AS((y = ds::attention(q, k, v, {}, {.dropout_rate = 0.5})).run(ds::emulated{}),
                       doctest::Contains("[DS-GPU-ATTENTION-OPTION]"), ds::argument_error);
  ds::tensor<float, dims<1, 1, 3, 264>> out;
  CHECK_THROWS_WITH_AS((out = ds::attention(q, k, wide)).run(ds::emulated{}),
                       doctest::Contains("heads are 264 wide"), ds::shape_error);
}
