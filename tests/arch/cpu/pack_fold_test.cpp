// SPDX-License-Identifier: Apache-2.0
/// @file Laws of fold: many reductions at once.
#include <deepseek/arch/cpu/pack_fold.hpp>
#include <deepseek/arch/cpu/pack_math.hpp>
#include <deepseek/arch/cpu/pack_memory.hpp>
#include <deepseek/arch/cpu/pack_reduce.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <random>

namespace {

namespace arch = deepseek::arch;

/// fold of N random packs, lane by lane against one reduce each, as bits.
template <class T, int N, class Combine> void agrees(Combine combine) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> number(-1000, 1000);
  for (int round = 0; round < 20; ++round) {
    arch::pack<T, N> p[N];
    T wanted[N];
    for (int r = 0; r < N; ++r) {
      T lane[N];
      for (T& x : lane) x = static_cast<T>(static_cast<T>(number(random)) / T(3));
      p[r] = arch::load<N>(lane);
      wanted[r] = arch::reduce(p[r], combine);
    }
    T got[N];
    arch::store(got, arch::fold<N>([&p, r = 0]() mutable { return p[r++]; }, combine));
    CHECK(std::memcmp(got, wanted, sizeof wanted) == 0);
  }
}

constexpr auto add = [](auto a, auto b) { return a + b; };
constexpr auto least = [](auto a, auto b) { return arch::min(a, b); };

}  // namespace

TEST_CASE("fold: lane r is the reduction of pack r, bit for bit") {
  agrees<float, 2>(add);
  agrees<float, 4>(add);
  agrees<float, 8>(add);
  agrees<float, 16>(add);
  agrees<double, 2>(add);
  agrees<double, 4>(add);
  agrees<double, 8>(add);
  agrees<float, 16>(least);
  agrees<std::int32_t, 16>(add);
  agrees<std::int64_t, 8>(least);
}

TEST_CASE("fold: the earlier lane comes first") {
  constexpr int n = 4;
  float const lane[n] = {1, 2, 3, 4};
  float got[n];
  arch::store(got, arch::fold<n>([&] { return arch::load<n>(lane); },
                                 [](auto first, auto) { return first; }));
  for (float const x : got) CHECK(x == 1);
}
