// SPDX-License-Identifier: Apache-2.0
/// @file Laws of strided and indexed loads.
#include <deepseek/arch/cpu/pack_gather.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "guarded_memory.hpp"
#include "pack_cases.hpp"

namespace arch = deepseek::arch;

TEST_CASE(
    "load_strided, gather: lane i is the element at i * stride or at index[i], nothing else is "
    "read") {
  std::mt19937_64 random(21);
  cases::for_types<float, double, deepseek::f16, deepseek::bf16, deepseek::fp8_e4m3, std::int8_t,
                   std::int64_t, std::uint8_t>([&](auto t) {
    cases::for_types<std::integral_constant<int, 1>, std::integral_constant<int, 4>,
                     std::integral_constant<int, 16>, std::integral_constant<int, 32>>([&](auto n) {
      using T = decltype(t);
      using L = arch::detail::loaded<T>;
      for (int stride : {0, 1, 2, 5}) {
        auto const count = std::size_t((n() - 1) * stride + 1);
        test::guarded_memory<T> memory(count);
        T* const p = memory.data();
        for (std::size_t i = 0; i < count; ++i) p[i] = T(float(random() % 100));
        CHECK(cases::lanes_are(arch::load_strided<n()>(p, stride),
                               [&](auto i) { return L(p[int(i) * stride]); }));
        T* const last = p + (n() - 1) * stride;
        CHECK(cases::lanes_are(arch::load_strided<n()>(last, -stride),
                               [&](auto i) { return L(last[-int(i) * stride]); }));
        cases::for_types<std::int32_t, std::int64_t>([&](auto index_type) {
          using Index = decltype(index_type);
          cases::lanes<Index, n()> index;
          for (Index& i : index) i = Index(random() % count);
          CHECK(cases::lanes_are(arch::gather(p, cases::to_pack(index)),
                                 [&](auto i) { return L(p[index[i]]); }));
          for (Index& i : index) i = -Index(random() % count);
          T* const end = p + count - 1;
          CHECK(cases::lanes_are(arch::gather(end, cases::to_pack(index)),
                                 [&](auto i) { return L(end[index[i]]); }));
        });
      }
    });
  });
}
