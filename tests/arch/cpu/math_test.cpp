// SPDX-License-Identifier: Apache-2.0
/// @file The header of all elementary functions has them all, and they agree with one another.
#include <deepseek/arch/cpu/math.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

namespace arch = deepseek::arch;

TEST_CASE("math: identities between the functions hold") {
  for (float value : {0.01f, 0.3f, 0.5f, 1.0f, 1.7f, 2.5f}) {
    arch::pack<float, arch::vector_bytes / 4> const x(value);
    auto close = [](auto a, auto b) {
      return std::fabs(get(a - b, 0)) <= 1e-6f * get(abs(b) + 1.0f, 0);
    };
    CHECK(close(log(exp(x)), x));
    CHECK(close(log1p(expm1(x)), x));
    CHECK(close(exp2(x), pow(decltype(x)(2.0f), x)));
    CHECK(close(sin(x) * sin(x) + cos(x) * cos(x), x / x));
    CHECK(close(erf(x) + erfc(x), x / x));
    CHECK(close(tanh(x), (exp(x) - exp(-x)) / (exp(x) + exp(-x))));
  }
}
