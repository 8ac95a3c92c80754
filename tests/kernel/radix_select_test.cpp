// SPDX-License-Identifier: Apache-2.0
/// @file radix_select: the right items, and how often the source is read for them.
#include <deepseek/base/radix_key.hpp>
#include <deepseek/kernel/radix_select.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "../arch/emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_of;
using deepseek::test::holds;
using namespace deepseek::kernel;

namespace {

using item = ranked<std::uint32_t>;

struct counted_source {
  std::vector<std::uint32_t> const& keys;
  int* reads;
  template <class F> void for_each(F const& f) const {
    if (gpu::thread_rank() == 0) ++*reads;
    for (int i = gpu::thread_rank(); i < static_cast<int>(keys.size()); i += gpu::block_threads())
      f(item{keys[static_cast<std::size_t>(i)], static_cast<std::uint32_t>(i)});
  }
};

/// Checks the items that are chosen; how often the source was read.
template <int Capacity, int DigitBits>
int reads_of(std::vector<std::uint32_t> const& keys, int k, int threads = 256) {
  using plan = radix_select_plan<std::uint32_t, Capacity, DigitBits>;
  int const n = static_cast<int>(keys.size());
  int reads = 0;
  std::vector<item> chosen;
  CHECK(fault_of<plan>(threads, [&](plan& shared) {
          radix_select(counted_source{keys, &reads}, n, k, 32,
                       index_bits(static_cast<std::uint32_t>(n)), shared);
          // By the last thread, which has seen what all others wrote.
          if (gpu::thread_rank() == threads - 1)
            for (int i = 0; i < k; ++i) chosen.push_back(shared.item(i));
        }) == "");
  std::vector<item> wanted;
  for (int i = 0; i < n; ++i)
    wanted.push_back({keys[static_cast<std::size_t>(i)], static_cast<std::uint32_t>(i)});
  std::sort(wanted.begin(), wanted.end(), comes_before<std::uint32_t>);
  std::sort(chosen.begin(), chosen.end(), comes_before<std::uint32_t>);
  int wrong = static_cast<int>(chosen.size()) == k ? 0 : 1;
  for (std::size_t i = 0; i < chosen.size(); ++i)
    wrong += chosen[i].key == wanted[i].key && chosen[i].index == wanted[i].index ? 0 : 1;
  CHECK(wrong == 0);
  return reads;
}

std::vector<std::uint32_t> normal_keys(int n) {
  std::mt19937 random{11};
  std::normal_distribution<float> normal;
  std::vector<std::uint32_t> keys;
  for (int i = 0; i < n; ++i) keys.push_back(deepseek::radix_key(normal(random)));
  return keys;
}

}  // namespace

TEST_CASE("items that fit into shared memory are read once; all of them, too") {
  auto const keys = normal_keys(3000);
  CHECK(reads_of<4096, 8>(keys, 1) == 1);
  CHECK(reads_of<4096, 11>(keys, 1000) == 1);
  CHECK(reads_of<4096, 11>(keys, 3000) == 1);
  CHECK(reads_of<2048, 11>(keys, 2000) > 1);
}

TEST_CASE(
    "many normally distributed floats are read twice with digits of 11 bits, with 8 more often") {
  auto const keys = normal_keys(300000);
  for (int const k : {1, 10, 100, 1000}) {
    CAPTURE(k);
    CHECK(reads_of<4096, 11>(keys, k) == 2);
    CHECK(reads_of<4096, 8>(keys, k) == 3);
  }
}

TEST_CASE("equal keys: the lowest indices, by digits of the index") {
  std::vector<std::uint32_t> const equal(20000, 77u);
  CHECK(reads_of<4096, 11>(equal, 100) == 5);  // three of the key, one of the index, one to gather
  CHECK(reads_of<256, 8>(equal, 100) == 6);    // four, one, one
  CHECK(reads_of<128, 4>(equal, 127) > 7);
}

TEST_CASE("digits narrower than the bins of a block's threads, and wider") {
  auto const keys = normal_keys(1500);
  for (int const threads : {32, 64, 96, 1024}) {
    reads_of<512, 4>(keys, 300, threads);
    reads_of<512, 8>(keys, 300, threads);
    reads_of<512, 11>(keys, 300, threads);
  }
}

TEST_CASE("a plan is free for the next selection as soon as its items are read") {
  using plan = radix_select_plan<std::uint32_t, 512, 8>;
  auto const keys = normal_keys(2000);
  int reads = 0;
  CHECK(fault_of<plan>(64, [&](plan& shared) {
          for (int round = 0; round < 3; ++round) {
            radix_select(counted_source{keys, &reads}, 2000, 5, 32, 11, shared);
            CHECK(keys[shared.item(gpu::thread_rank() % 5).index] > keys[0]);
          }
        }) == "");
}

TEST_CASE("fault: a warp that does not select, items used by one that has not waited") {
  using plan = radix_select_plan<std::uint32_t, 512, 8>;
  auto const keys = normal_keys(2000);
  int reads = 0;
  auto const absent = [&](plan& shared) {
    if (gpu::warp_rank() == 0) radix_select(counted_source{keys, &reads}, 2000, 5, 32, 11, shared);
  };
  CHECK(holds(fault_of<plan>(64, absent), "[DS-EMULATED-DEADLOCK]", "32 of 64 have ended"));
  auto const changed = [&](plan& shared) {
    radix_select(counted_source{keys, &reads}, 2000, 5, 32, 11, shared);
    if (gpu::thread_rank() == 0) shared.put(0, shared.item(1));
    if (gpu::thread_rank() == 40) [[maybe_unused]]
      auto const seen = shared.item(0);
  };
  CHECK(holds(fault_of<plan>(64, changed), "[DS-EMULATED-SHARED-RACE]"));
}
