// SPDX-License-Identifier: Apache-2.0
/// @file tf32: rounded to 10 bits of mantissa, ties away from zero; the other 13 bits do not count.
#include <deepseek/arch/gpu/tf32.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>

using deepseek::arch::gpu::tf32;

TEST_CASE("tf32: what fits is kept, what does not is rounded, ties away from zero") {
  struct rounding {
    float from;
    float to;
  };
  // 1 + n 2^-10 are neighbours.
  for (rounding const r : {rounding{0.f, 0.f},
                           {1.f, 1.f},
                           {-3.5f, -3.5f},
                           {0x1.004p0f, 0x1.004p0f},
                           {0x1.002p0f, 0x1.004p0f},
                           {-0x1.002p0f, -0x1.004p0f},
                           {0x1.001ffep0f, 0x1.000p0f},
                           {0x1.006p0f, 0x1.008p0f},
                           {0x1.ffep0f, 0x1p1f},
                           {0x1.fffffep-3f, 0x1p-2f},
                           {0x1p-149f, 0.f}})
    CHECK(static_cast<float>(tf32{r.from}) == r.to);
  CHECK(std::signbit(static_cast<float>(tf32{-0.f})));
  CHECK(static_cast<float>(tf32{0x1.fffffep127f}) == std::numeric_limits<float>::infinity());
  CHECK(static_cast<float>(tf32{-std::numeric_limits<float>::infinity()}) ==
        -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(static_cast<float>(tf32{std::numeric_limits<float>::quiet_NaN()})));
}

TEST_CASE("tf32: a NaN whose mantissa is in the bits that do not count is still one") {
  float const low = __builtin_bit_cast(float, std::uint32_t{0x7f800001});
  CHECK(std::isnan(static_cast<float>(tf32{low})));
}

TEST_CASE("tf32: of bits taken as they are the lower 13 do not count") {
  CHECK(static_cast<float>(tf32::from_bits(0x3f801fff)) == 1.f);
  CHECK(static_cast<float>(tf32::from_bits(0x3f802000)) == 0x1.004p0f);
}
