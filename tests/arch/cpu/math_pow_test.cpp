// SPDX-License-Identifier: Apache-2.0
/// @file Laws of pow: accuracy against the C library, and IEEE's special values.
#include <deepseek/arch/cpu/math_pow.hpp>
#include <doctest/doctest.h>

#include <cmath>

#include "math_cases.hpp"

namespace arch = deepseek::arch;
using cases::infinity;
using cases::not_a_number;

namespace {

using floats = arch::pack<float, arch::vector_bytes / 4>;

double error_of(float x, float y) {
  return ulp::error(get(arch::pow(floats(x), floats(y)), 1), std::pow(double(x), double(y)));
}

}  // namespace

TEST_CASE("pow: special values are those of IEEE 754, for every pair of awkward numbers") {
  float const awkward[] = {0.0f,
                           -0.0f,
                           1.0f,
                           -1.0f,
                           infinity<float>,
                           -infinity<float>,
                           not_a_number<float>,
                           2.0f,
                           -2.0f,
                           3.0f,
                           -3.0f,
                           0.5f,
                           -0.5f,
                           1e-40f,
                           -1e-40f,
                           16777216.0f,
                           16777215.0f,
                           -16777215.0f,
                           3e38f,
                           -3e38f,
                           1.5f,
                           -1.5f,
                           0x1p-149f,
                           -0x1p-149f,
                           8388609.0f,
                           8388608.5f,
                           0.99999994f,
                           1.0000001f};
  for (float x : awkward)
    for (float y : awkward) {
      INFO("pow(", x, ", ", y, ")");
      CHECK(error_of(x, y) <= 1.5);
      float const got = get(arch::pow(floats(x), floats(y)), 0);
      float const want = float(std::pow(double(x), double(y)));
      CHECK((std::isnan(want) || std::signbit(got) == std::signbit(want)));
    }
}

TEST_CASE("pow: within the stated error over bases and exponents of every size") {
  std::mt19937_64 random(25);
  std::uniform_real_distribution<double> base_exponent(-149, 128), result_exponent(-152, 130),
      unit(0, 1);
  ulp::worst<float> w;
  auto try_pair = [&](float x, float y) {
    double const e = error_of(x, y);
    if (e > w.ulp) w = {e, x, y};
  };
  for (int k = 0; k < 200000; ++k) {
    float const x = float(std::exp2(base_exponent(random)));
    try_pair(x, float(result_exponent(random) / std::log2(double(x))));
    float const near_one = float(1 + (unit(random) - 0.5) * std::exp2(-20 * unit(random)));
    try_pair(near_one, float(result_exponent(random) / std::log2(double(near_one))));
    try_pair(float(unit(random) * 10), float((unit(random) - 0.5) * 20));
    try_pair(__builtin_bit_cast(float, std::uint32_t(random())),
             __builtin_bit_cast(float, std::uint32_t(random())));
  }
  INFO("worst: ", w.ulp, " ulp at pow(", w.at, ", ", w.got, ")");
  CHECK(w.ulp <= 1.5);
}

TEST_CASE("pow: packs of every size, a scalar exponent, and double by the C library") {
  cases::check_sizes<float>([](auto x) { return arch::pow(x, 2.5f); }, 0.1f, 10.0f);
  cases::check_value<float>([](auto x) { return arch::pow(x, 2.0f); }, 3.0f, 9.0f);
  std::mt19937_64 random(26);
  auto const a = cases::some_lanes<double, 16>(random), b = cases::some_lanes<double, 16>(random);
  CHECK(cases::lanes_are(arch::pow(cases::to_pack(a), cases::to_pack(b)),
                         [&](auto i) { return std::pow(a[i], b[i]); }));
}
