// SPDX-License-Identifier: Apache-2.0
/// @file block_sort: sorts what every order of zeros and ones says it must, and random items.
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/tile/block_sort.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "../arch/emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
namespace tile = deepseek::tile;
using deepseek::test::fault_of;
using deepseek::test::holds;

namespace {

struct plan {
  gpu::shared_array<int, 2048> item;
};

std::vector<int> sorted(std::vector<int> const& items, int threads) {
  std::vector<int> result(items.size());
  int const size = static_cast<int>(items.size());
  std::string const fault = fault_of<plan>(threads, [&](plan& shared) {
    for (int i = gpu::thread_rank(); i < size; i += threads)
      shared.item[i] = items[static_cast<std::size_t>(i)];
    tile::block_sort(size, [&](int i, int j) {
      int const a = shared.item[i];
      int const b = shared.item[j];
      if (b < a) {
        shared.item[i] = b;
        shared.item[j] = a;
      }
    });
    // By another thread than the one that wrote it.
    for (int i = threads - 1 - gpu::thread_rank(); i < size; i += threads)
      result[static_cast<std::size_t>(i)] = shared.item[i];
  });
  CHECK(fault == "");
  return result;
}

}  // namespace

TEST_CASE("networks of up to 16 items sort every sequence of zeros and ones, so every sequence") {
  for (int size = 1; size <= 16; size *= 2)
    for (int bits = 0; bits < 1 << size; bits += size == 16 ? 37 : 1) {
      std::vector<int> items;
      for (int i = 0; i < size; ++i) items.push_back(bits >> i & 1);
      auto const result = sorted(items, 32);
      CHECK(std::is_sorted(result.begin(), result.end()));
      CHECK(std::count(result.begin(), result.end(), 1) ==
            std::count(items.begin(), items.end(), 1));
    }
}

TEST_CASE("every size, with blocks that have fewer threads than pairs, as many, and more") {
  std::mt19937 random{5};
  for (int size = 1; size <= 2048; size *= 2)
    for (int const threads : {32, 96, 256, 1024}) {
      CAPTURE(size);
      CAPTURE(threads);
      std::vector<int> items;
      for (int i = 0; i < size; ++i) items.push_back(static_cast<int>(random() % 1000));
      auto const result = sorted(items, threads);
      std::sort(items.begin(), items.end());
      CHECK(result == items);
    }
}

TEST_CASE("fault: items that no barrier follows before they are used in another way") {
  auto const early = [](plan& shared) {
    for (int i = gpu::thread_rank(); i < 256; i += 64) shared.item[i] = -i;
    tile::block_sort(256, [&](int i, int j) {
      if (shared.item[j] < shared.item[i]) shared.item[i] = 1;
    });
    shared.item[0] = 0;
  };
  CHECK(holds(fault_of<plan>(64, early), "[DS-EMULATED-SHARED-RACE]"));
}
