// SPDX-License-Identifier: Apache-2.0
/// @file Laws of f16, bf16 and fp8 in packs: bit for bit what base/ does with single values.
#include <deepseek/arch/cpu/pack_small_float.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>

#include "pack_cases.hpp"

namespace arch = deepseek::arch;
using arch::detail::bits_of;

namespace {

template <class T> std::uint32_t decoded_alone(bits_of<T> bits) {
  return __builtin_bit_cast(std::uint32_t, float(T::from_bits(bits)));
}

/// Checks one pack of floats; counts the lanes that differ from base/.
template <class T, int N> int encode_differences(cases::lanes<float, N> const& a) {
  auto const stored = cases::to_lanes(arch::encode<T>(cases::to_pack(a)));
  int different = 0;
  for (std::size_t i = 0; i < N; ++i) different += stored[i] != T(a[i]).bits;
  return different;
}

}  // namespace

TEST_CASE("pack_small_float: every code decodes as it does alone") {
  cases::for_types<deepseek::f16, deepseek::bf16, deepseek::fp8_e4m3, deepseek::fp8_e5m2>(
      [](auto t) {
        using T = decltype(t);
        cases::for_sizes([](auto n) {
          int different = 0;
          for (int first = 0; first < 1 << (8 * sizeof(T)); first += n()) {
            cases::lanes<bits_of<T>, n()> codes;
            for (int i = 0; i < n(); ++i) codes[std::size_t(i)] = bits_of<T>(first + i);
            auto const floats = cases::to_lanes(arch::decode<T>(cases::to_pack(codes)));
            for (std::size_t i = 0; i < std::size_t(n()); ++i) {
              auto const got = __builtin_bit_cast(std::uint32_t, floats[i]);
              auto want = decoded_alone<T>(codes[i]);
              // The one exception: a signalling NaN of bf16 is not made quiet.
              if (std::is_same_v<T, deepseek::bf16> && std::isnan(floats[i]))
                want = std::uint32_t(codes[i]) << 16;
              different += got != want;
            }
          }
          CHECK(different == 0);
        });
      });
}

TEST_CASE("pack_small_float: floats of every exponent encode as they do alone, NaN and ties too") {
  cases::for_types<deepseek::f16, deepseek::bf16, deepseek::fp8_e4m3, deepseek::fp8_e5m2>(
      [](auto t) {
        using T = decltype(t);
        // Every sign, exponent and the eleven leading mantissa bits, with what decides the rounding.
        int different = 0;
        for (std::uint32_t head = 0; head < 1U << 20; ++head) {
          cases::lanes<float, 4> a;
          std::uint32_t const tails[] = {0, 1, 0x7ff, 0x800};
          for (std::size_t i = 0; i < 4; ++i)
            a[i] = __builtin_bit_cast(float, (head << 12) | tails[i]);
          different += encode_differences<T, 4>(a);
        }
        CHECK(different == 0);
      });
}

TEST_CASE("pack_small_float: packs of any size encode alike") {
  std::mt19937_64 random(14);
  cases::for_types<deepseek::f16, deepseek::bf16, deepseek::fp8_e4m3, deepseek::fp8_e5m2>(
      [&](auto t) {
        cases::for_sizes([&](auto n) {
          int different = 0;
          for (int k = 0; k < 4000; ++k) {
            cases::lanes<float, n()> a;
            for (float& x : a) x = __builtin_bit_cast(float, std::uint32_t(random()));
            different += encode_differences<decltype(t), n()>(a);
            for (float& x : a)
              x = std::ldexp(1.0f + float(random() % 65536) / 65536, int(random() % 44) - 26);
            different += encode_differences<decltype(t), n()>(a);
          }
          CHECK(different == 0);
        });
      });
}
