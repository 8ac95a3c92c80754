// SPDX-License-Identifier: Apache-2.0
/// @file row_items: every element of a part of a row once, at every address, and nothing else read.
#include <deepseek/kernel/row_items.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "../arch/emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_of;
using namespace deepseek::kernel;

namespace {

template <class T> void every_element_once(int begin, int end, int threads) {
  CAPTURE(begin);
  CAPTURE(end);
  std::vector<T> row(static_cast<std::size_t>(end) + 40);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<T>(static_cast<int>(i % 100));
  deepseek::arch::emulated::global_memory memory;
  memory.add({row.data() + begin, static_cast<std::size_t>(end - begin) * sizeof(T), false, "row"});
  std::vector<int> seen(row.size());
  int wrong = 0;
  CHECK(fault_of(threads, memory, [&](auto&) {
          row_items<T> const items{row.data(), begin, end, extreme::largest};
          items.for_each([&](auto const& item) {
            ++seen[item.index];
            wrong += item.key == deepseek::radix_key(row[item.index]) ? 0 : 1;
          });
        }) == "");
  for (int i = 0; i < static_cast<int>(seen.size()); ++i)
    wrong += seen[static_cast<std::size_t>(i)] == (i >= begin && i < end ? 1 : 0) ? 0 : 1;
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE_TEMPLATE("parts of rows, short, long, empty", T, double, float, deepseek::f16,
                   deepseek::bf16, deepseek::fp8_e5m2, std::uint8_t, std::int64_t) {
  for (int const length : {0, 1, 17, 2050}) every_element_once<T>(5, 5 + length, 32);
  every_element_once<T>(3, 10000, 96);
}

TEST_CASE("smallest turns the order of keys round, within their bits") {
  row_items<std::uint8_t> const smallest{nullptr, 0, 0, extreme::smallest};
  CHECK(smallest.item(0, 5).key == 255);
  CHECK(smallest.item(255, 5).key == 0);
  CHECK(smallest.item(7, 5).index == 5);
  row_items<double> const wide{nullptr, 0, 0, extreme::smallest};
  CHECK(wide.item(1.0, 0).key > wide.item(2.0, 0).key);
  CHECK(wide.item(1.0, 0).key + deepseek::radix_key(1.0) == ~std::uint64_t{0});
}
