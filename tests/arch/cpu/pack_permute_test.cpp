// SPDX-License-Identifier: Apache-2.0
/// @file permute: each lane from the lane that an index names.
#include <deepseek/arch/cpu/pack_memory.hpp>
#include <deepseek/arch/cpu/pack_permute.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <random>

namespace {

namespace arch = deepseek::arch;

template <class T, class Index, int N> void check() {
  CAPTURE(N);
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    T x[N], wanted[N], got[N];
    Index index[N];
    for (int i = 0; i < N; ++i) {
      x[i] = static_cast<T>(static_cast<T>(random() % 1000) / T(7));
      index[i] = static_cast<Index>(random() % N);
    }
    for (int i = 0; i < N; ++i) wanted[i] = x[index[i]];
    arch::store(got, arch::permute(arch::load<N>(x), arch::load<N>(index)));
    CHECK(std::memcmp(got, wanted, sizeof got) == 0);
  }
}

}  // namespace

TEST_CASE("permute: every size of lane and of index") {
  check<float, std::int32_t, 4>();
  check<float, std::int32_t, 8>();
  check<float, std::int32_t, 16>();
  check<float, std::int64_t, 8>();
  check<double, std::int64_t, 2>();
  check<double, std::int64_t, 4>();
  check<double, std::int64_t, 8>();
  check<double, std::int32_t, 4>();
  check<std::int32_t, std::int32_t, 16>();
  check<std::int64_t, std::int64_t, 8>();
}
