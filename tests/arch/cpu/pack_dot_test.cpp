// SPDX-License-Identifier: Apache-2.0
/// @file Dot products of neighbours in a lane, against sums of numbers taken apart one by one.
#include <deepseek/arch/cpu/pack_dot.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>

namespace {
namespace arch = deepseek::arch;

template <int N> void bytes_are_summed() {
  arch::pack<std::int32_t, N> a, b, sum;
  std::uint32_t state = 1;
  for (int round = 0; round < 20; ++round) {
    std::int32_t expected[N];
    for (int i = 0; i < N; ++i) {
      std::uint8_t u[4];
      std::int8_t s[4];
      std::int32_t const start = int(state % 100000) - 50000;
      expected[i] = start;
      for (int j = 0; j < 4; ++j) {
        state = state * 1664525u + 1013904223u;
        u[j] = round == 0 ? 255 : std::uint8_t(state >> 24);
        s[j] = round == 0 ? -128 : std::int8_t(state >> 16);
        expected[i] += int{u[j]} * int{s[j]};
      }
      std::int32_t x, y;
      std::memcpy(&x, u, 4);
      std::memcpy(&y, s, 4);
      arch::set(a, i, x);
      arch::set(b, i, y);
      arch::set(sum, i, start);
    }
    auto const got = arch::dot_bytes(sum, a, b);
    for (int i = 0; i < N; ++i) CHECK(arch::get(got, i) == expected[i]);
  }
}

TEST_CASE("four products of unsigned and signed bytes, the extremes included") {
  bytes_are_summed<4>();
  bytes_are_summed<16>();
}

template <int N> void halves_are_summed() {
  arch::pack<std::int32_t, N> a, b;
  arch::pack<float, N> sum;
  float expected[N];
  for (int i = 0; i < N; ++i) {
    float const value[4] = {float(i) - 3.f, 0.5f, -2.f, float(3 * i) / 4.f};
    std::uint32_t half[4];
    for (int j = 0; j < 4; ++j) {
      std::memcpy(&half[j], &value[j], 4);
      half[j] >>= 16;  // these values have a bf16
    }
    arch::set(a, i, std::int32_t(half[0] | half[1] << 16));
    arch::set(b, i, std::int32_t(half[2] | half[3] << 16));
    arch::set(sum, i, float(i));
    expected[i] = float(i) + value[0] * value[2] + value[1] * value[3];
  }
  auto const got = arch::dot_bf16(sum, a, b);
  for (int i = 0; i < N; ++i) CHECK(arch::get(got, i) == expected[i]);
}

TEST_CASE("two products of bf16") {
  halves_are_summed<4>();
  halves_are_summed<16>();
}
}  // namespace
