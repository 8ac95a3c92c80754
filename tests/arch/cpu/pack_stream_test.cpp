// SPDX-License-Identifier: Apache-2.0
/// @file Laws of stores past the cache: the same bytes as an ordinary store.
#include <deepseek/arch/cpu/pack_stream.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <random>

#include "pack_cases.hpp"

namespace arch = deepseek::arch;

TEST_CASE(
    "stream_store: memory holds what store would have written, and nothing beside it changes") {
  std::mt19937_64 random(22);
  cases::for_types<float, double, deepseek::f16, deepseek::bf16, deepseek::fp8_e4m3, std::int8_t,
                   std::int32_t, std::int64_t, std::uint8_t>([&](auto t) {
    cases::for_sizes([&](auto n) {
      using T = decltype(t);
      using L = arch::detail::loaded<T>;
      constexpr std::size_t bytes = sizeof(T) * std::size_t(n());
      alignas(64) unsigned char streamed[64 + bytes + 64], stored[64 + bytes + 64];
      std::memset(streamed, 0xa5, sizeof streamed);
      std::memset(stored, 0xa5, sizeof stored);
      cases::lanes<L, n()> a;
      for (L& x : a) x = L(int(random() % 100));
      arch::stream_store(reinterpret_cast<T*>(streamed + 64), cases::to_pack(a));
      arch::stream_fence();
      arch::store(reinterpret_cast<T*>(stored + 64), cases::to_pack(a));
      CHECK(std::memcmp(streamed, stored, sizeof stored) == 0);
    });
  });
}

TEST_CASE("prefetch: harmless for any address") {
  float x = 1;
  arch::prefetch(&x);
  arch::prefetch(nullptr);
  arch::prefetch(reinterpret_cast<void const*>(~std::uintptr_t{0} - 63));
  CHECK(x == 1);
}
