// SPDX-License-Identifier: Apache-2.0
/// @file Error in units in the last place against the C library in double, over a sample of all floats.
///
/// Each float whose bits are a multiple of the stride is tried; the stride comes from the environment
/// variable ULP_STRIDE (a number; 1 tries all 2^32 floats), so that one command repeats the figures in
/// the headers:  ULP_STRIDE=1 <the test>
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>

#include <deepseek/arch/cpu/pack.hpp>

namespace ulp {

inline std::uint64_t stride() {
  char const* text = std::getenv("ULP_STRIDE");
  long const number = text ? std::atol(text) : 0;
  return number >= 1 ? std::uint64_t(number) : 4099;
}

/// |got - want| in steps of T at want. Both NaN: 0. A want that rounds to infinity needs infinity.
template <class T, class Wide> double error(T got, Wide want) {
  T const rounded = T(want);
  if (std::isnan(rounded) || std::isnan(got))
    return std::isnan(rounded) == std::isnan(got) ? 0 : 1e9;
  if (std::isinf(rounded) || std::isinf(got)) return rounded == got ? 0 : 1e9;
  int exponent = 0;
  std::frexp(rounded, &exponent);
  if (rounded == 0) exponent = std::numeric_limits<T>::min_exponent;
  int const digits = std::numeric_limits<T>::digits;
  int const lowest = std::numeric_limits<T>::min_exponent - digits;
  int const step = exponent - digits > lowest ? exponent - digits : lowest;
  return double(std::ldexp(std::fabs(Wide(got) - want), -step));
}

template <class T> struct worst {
  double ulp = 0;
  T at = 0, got = 0;
};

/// The worst float of `pack_function` against `reference`, a function of double.
template <int N = deepseek::arch::vector_bytes / 4, class Pack, class Reference>
worst<float> over_floats(Pack pack_function, Reference reference, float lowest = -INFINITY,
                         float highest = INFINITY) {
  worst<float> result;
  float inputs[N];
  std::uint64_t const step = stride();
  std::uint64_t bits = 0;
  while (bits <= 0xffffffffU) {
    int count = 0;
    for (; count < N && bits <= 0xffffffffU; bits += step) {
      float const x = __builtin_bit_cast(float, std::uint32_t(bits));
      if (x < lowest || x > highest) continue;
      inputs[count++] = x;
    }
    for (int i = count; i < N; ++i) inputs[i] = 1.0f;
    deepseek::arch::pack<float, N> x;
    std::memcpy(&x.v, inputs, sizeof inputs);
    auto const y = pack_function(x);
    for (int i = 0; i < count; ++i) {
      double const e = error(get(y, i), double(reference(double(inputs[i]))));
      if (e > result.ulp) result = {e, inputs[i], get(y, i)};
    }
  }
  return result;
}

/// The worst of `count` random doubles between lowest and highest, against a function of long double.
/// Magnitudes are spread evenly over the exponents from 2^-60 on.
template <int N = deepseek::arch::vector_bytes / 8, class Pack, class Reference>
worst<double> over_doubles(Pack pack_function, Reference reference, double lowest, double highest,
                           int count = 200000) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> even(lowest, highest), exponent(-60, 60), sign(-1, 1);
  worst<double> result;
  double inputs[N];
  for (int done = 0; done < count; done += N) {
    for (int i = 0; i < N; ++i) {
      double x = even(random);
      if ((done / N + i) % 2) {
        double const spread = std::copysign(std::exp2(exponent(random)), sign(random));
        if (spread >= lowest && spread <= highest) x = spread;
      }
      inputs[i] = x;
    }
    deepseek::arch::pack<double, N> x;
    std::memcpy(&x.v, inputs, sizeof inputs);
    auto const y = pack_function(x);
    for (int i = 0; i < N; ++i) {
      double const e = error(get(y, i), reference((long double)inputs[i]));
      if (e > result.ulp) result = {e, inputs[i], get(y, i)};
    }
  }
  return result;
}

}  // namespace ulp
