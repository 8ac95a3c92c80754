// SPDX-License-Identifier: Apache-2.0
/// @file Laws of relu, gelu, gelu_tanh, silu, softplus.
#include "map_cases.hpp"
#include "sweep.hpp"

#include <cstdint>

#include <deepseek/ops/activation.hpp>

namespace ds = deepseek;
using namespace deepseek::test;

namespace {
/// |y - reference| over |x|, the worst over floats from -60 to 60.
template <class Verb, class Reference> double worst_over_argument(Verb verb, Reference reference) {
  auto const x = floats_of_every_size(-60, 60);
  auto const y = ds::eval(verb(x));
  double worst = 0;
  for (std::int64_t i = 0; i < x.size(); ++i) {
    double const a = double(x.data()[i]);
    if (std::fabs(a) < 1e-30) continue;
    worst = std::fmax(worst, std::fabs(double(y.data()[i]) - reference(a)) / std::fabs(a));
  }
  return worst;
}
double gelu(double x) { return x / 2 * std::erfc(-x / std::sqrt(2.0)); }
double gelu_tanh(double x) {
  return x / 2 *
         (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
}
double silu(double x) { return x / (1 + std::exp(-x)); }
double softplus(double x) { return std::fmax(x, 0) + std::log1p(std::exp(-std::fabs(x))); }
}  // namespace

TEST_CASE("relu(a) is the outside value bit by bit") {
  auto const f = [](auto const&, auto const& a) { return ds::relu(a); };
  CHECK(run_cases<float>("relu", f) + run_cases<std::int32_t>("relu", f) == case_count("relu"));
}
TEST_CASE("gelu(a) is within the golden error") {
  auto const f = [](auto const&, auto const& a) { return ds::gelu(a); };
  CHECK(run_cases<float>("gelu", f) + run_cases<ds::f16>("gelu", f) +
            run_cases<ds::bf16>("gelu", f) ==
        case_count("gelu"));
}
TEST_CASE("gelu_tanh(a) is within the golden error") {
  auto const f = [](auto const&, auto const& a) { return ds::gelu_tanh(a); };
  CHECK(run_cases<float>("gelu_tanh", f) == case_count("gelu_tanh"));
}
TEST_CASE("silu(a) is within the golden error") {
  auto const f = [](auto const&, auto const& a) { return ds::silu(a); };
  CHECK(run_cases<float>("silu", f) + run_cases<ds::f16>("silu", f) +
            run_cases<ds::bf16>("silu", f) ==
        case_count("silu"));
}
TEST_CASE("softplus(a) is within the golden error") {
  auto const f = [](auto const&, auto const& a) { return ds::softplus(a); };
  CHECK(run_cases<float>("softplus", f) == case_count("softplus"));
}

TEST_CASE("the errors that the docs state hold over floats of every size") {
  double const g = worst_over_argument([](auto const& x) { return ds::gelu(x); }, gelu);
  double const t = worst_over_argument([](auto const& x) { return ds::gelu_tanh(x); }, gelu_tanh);
  INFO("gelu ", std::log2(g), ", gelu_tanh ", std::log2(t));
  CHECK(g <= 0x1p-23);
  CHECK(t <= 0x1p-22);
  check_sweep([](auto const& x) { return ds::silu(x); }, silu, 4, -80, INFINITY);
  check_sweep([](auto const& x) { return ds::softplus(x); }, softplus, 3);
}
