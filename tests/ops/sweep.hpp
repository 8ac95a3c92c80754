// SPDX-License-Identifier: Apache-2.0
/// @file A verb over floats of every size, against the C library in double: the worst error in ulp.
#pragma once
#include "tests/arch/cpu/ulp.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

#include <deepseek/exec/host.hpp>

namespace deepseek::test {

/// Every 16411th float (a prime, so that all mantissas and exponents occur) from lowest to highest.
inline tensor<float, dims<dyn>> floats_of_every_size(float lowest, float highest) {
  constexpr std::uint64_t step = 16411;
  auto const each = [&](auto&& f) {
    for (std::uint64_t bits = 0; bits <= 0xffffffffU; bits += step)
      if (float const x = __builtin_bit_cast(float, std::uint32_t(bits));
          x >= lowest && x <= highest)
        f(x);
  };
  std::int64_t count = 0;
  each([&](float) { ++count; });
  tensor<float, dims<dyn>> x(count);
  std::int64_t i = 0;
  each([&](float v) { x.data()[i++] = v; });
  return x;
}

/// y = verb(x) for those floats; at most `allowed` steps of the last place from reference(double(x)).
template <class Verb, class Reference>
void check_sweep(Verb verb, Reference reference, double allowed, float lowest = -INFINITY,
                 float highest = INFINITY) {
  auto const x = floats_of_every_size(lowest, highest);
  REQUIRE(x.size() > 10000);
  auto const y = eval(verb(x));
  double worst = 0;
  std::int64_t at = 0;
  for (std::int64_t i = 0; i < x.size(); ++i) {
    double const e = ulp::error(y.data()[i], double(reference(double(x.data()[i]))));
    if (e > worst) worst = e, at = i;
  }
  INFO("worst: ", worst, " ulp at ", x.data()[at], " of ", x.size());
  CHECK(worst <= allowed);
}

}  // namespace deepseek::test
