// SPDX-License-Identifier: Apache-2.0
/// @file attention against PyTorch's scaled_dot_product_attention and flex_attention.
#include <deepseek/attention/attention.hpp>
#include <deepseek/attention/biases.hpp>
#include <deepseek/attention/relative_position.hpp>
#include <deepseek/exec/host_attention.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/take.hpp>
#include <deepseek/tensor/safetensors.hpp>

#include "tests/support/golden.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace ds = deepseek;
namespace score = deepseek::score;
using ds::dims;
using ds::dyn;

namespace {
ds::safetensors_file const& file() {
  static ds::safetensors_file const f{
      deepseek::test::golden_path("attention/attention.safetensors")};
  return f;
}
template <class T = float, int Rank = 4> auto read(std::string const& name) {
  if constexpr (Rank == 1) return file().read<T, dims<dyn>>(name);
  else if constexpr (Rank == 2) return file().read<T, dims<dyn, dyn>>(name);
  else if constexpr (Rank == 3) return file().read<T, dims<dyn, dyn, dyn>>(name);
  else return file().read<T, dims<dyn, dyn, dyn, dyn>>(name);
}

/// y is the case's result: at most twice PyTorch's own error in f32, and a little.
template <class Y> void check(Y const& y, Y const& want, float error) {
  REQUIRE(y.extents() == want.extents());
  double worst = 0;
  for (std::int64_t i = 0; i < y.size(); ++i) {
    double const off =
        y.data()[i] == want.data()[i] ? 0 : std::abs(double(y.data()[i]) - want.data()[i]);
    worst = off > worst || std::isnan(off) ? off : worst;
  }
  CHECK(worst <= 2 * double(error) + 2e-7);
}

struct operands {
  std::string q = "q";
  std::string k = "k";
  std::string v = "v";
};

/// The case of this name with score function f.
template <class F> void check_case(std::string const& name, F const& f, operands const& of = {}) {
  CAPTURE(name);
  auto const q = read(of.q);
  auto const k = read(of.k);
  auto const v = read(of.v);
  auto const want = read(name);
  float const error = read<float, 1>(name + "_error")(0);
  bool const has_lse = name.rfind("flex", 0) == 0;
  if (has_lse) {
    auto const sums = read<float, 3>(name + "_lse");
    ds::tensor<float, dims<dyn, dyn, dyn, dyn>> y{want.extents()};
    ds::tensor<float, dims<dyn, dyn, dyn>> lse{sums.extents()};
    (ds::tie(y, lse) = ds::attention_with_logsumexp(q, k, v, f)).run(ds::host{});
    check(y, want, error);
    check(lse, sums, std::max(error, 5e-7F));
  } else {
    check(ds::eval(ds::attention(q, k, v, f)), want, error);
  }
}
}  // namespace

TEST_CASE("scaled_dot_product_attention") {
  check_case("sdpa_full", score::plain);
  check_case("sdpa_causal_square", score::causal, {"q", "k_square", "v_square"});
  auto const bias = read("bias");
  check_case("sdpa_bias", score::bias(bias));
  auto const lengths = read<std::int32_t, 1>("lengths");
  check_case("sdpa_padding", score::key_padding(lengths));
}

TEST_CASE("flex_attention, with its logsumexp") {
  check_case("flex_plain", score::plain);
  check_case("flex_causal", score::causal);
  check_case("flex_window", score::sliding_window(9));
  auto const slopes = score::alibi_slopes(4);
  check_case("flex_alibi_causal", score::alibi(slopes) | score::causal);
  check_case("flex_soft_cap", score::soft_cap(2.5F));
  auto const prefix = read<std::int32_t, 1>("prefix");
  check_case("flex_prefix", score::prefix(prefix));
  auto const of_queries = read<std::int32_t, 2>("of_queries");
  auto const of_keys = read<std::int32_t, 2>("of_keys");
  check_case("flex_documents", score::documents(of_queries, of_keys));
}

TEST_CASE("learned tables: T5's distances, Swin's windows") {
  auto const table = read<float, 2>("t5_table");
  auto const values = ds::eval(
      ds::permute(ds::take(table, ds::axes<0>, score::t5_buckets(37, 53)), ds::axes<1, 0>));
  check_case("flex_t5", score::relative(values));
  auto const swin = read<float, 2>("swin_table");
  auto const window = ds::eval(
      ds::permute(ds::take(swin, ds::axes<0>, score::window_offsets(4, 5)), ds::axes<2, 0, 1>));
  check_case("swin", score::bias(window), {"q_swin", "k_swin", "v_swin"});
}
