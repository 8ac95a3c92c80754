// SPDX-License-Identifier: Apache-2.0
/// @file top_k by many blocks a row: the same as by one, for every number of parts.
#include <deepseek/kernel/top_k_parts.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

#include "../arch/emulated/run_block.hpp"
#include "run_grid.hpp"
#include "top_k_cases.hpp"

namespace test = deepseek::test;
using namespace deepseek::kernel;
using test::filling;

namespace {

template <class T>
void check(filling kind, int rows, int columns, int k, int parts, extreme which = extreme::largest,
           top_order order = top_order::by_value) {
  CAPTURE(static_cast<int>(kind));
  CAPTURE(columns);
  CAPTURE(k);
  CAPTURE(parts);
  int const stride = columns + 1;
  std::vector<T> const input = test::row_of<T>(kind, rows * stride, 3);
  std::vector<deepseek::radix_key_t<T>> keys(static_cast<std::size_t>(rows * parts * k));
  std::vector<std::uint32_t> found(keys.size());
  std::vector<T> values(static_cast<std::size_t>(rows * k));
  std::vector<int> indices(values.size(), -1);
  top_k_parts<T> const first{input.data(), keys.data(), found.data(), stride, columns, k, which};
  test::operands memory;
  memory.read(input).write(keys).write(found);
  CHECK(test::grid_fault(first, {parts, rows, 1}, 256, memory) == "");
  top_k_merge<T, int> const second{
      input.data(), keys.data(), found.data(), values.data(), indices.data(), stride, rows,
      columns,      k,           parts,        order};
  test::operands then;
  then.read(input).read(keys).read(found).write(values).write(indices);
  CHECK(test::grid_fault(second, {rows, 1, 1}, 128, then) == "");
  int wrong = 0;
  for (int r = 0; r < rows; ++r) {
    T const* const row = input.data() + r * stride;
    auto const wanted = test::first_k(row, columns, k, which, order);
    for (int i = 0; i < k; ++i) {
      auto const at = static_cast<std::size_t>(r * k + i);
      auto const w = wanted[static_cast<std::size_t>(i)];
      wrong += indices[at] == w ? 0 : 1;
      wrong += std::memcmp(&values[at], row + w, sizeof(T)) == 0 ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("every kind of row, in parts of every size down to k") {
  for (auto const kind : {filling::random, filling::few_values, filling::all_equal,
                          filling::ascending, filling::descending, filling::extremes})
    for (int const parts : {1, 2, 3, 7}) {
      check<float>(kind, 1, 3001, 50, parts);
      check<deepseek::bf16>(kind, 2, 703, 100, parts, extreme::smallest);
    }
  check<double>(filling::random, 1, 700, 100, 7, extreme::largest, top_order::by_index);
  check<std::int8_t>(filling::random, 1, 100000, 300, 9);
  check<float>(filling::random, 1, 300000, 2048, 12);
  check<float>(filling::all_equal, 1, 100000, 2048, 20);
}

TEST_CASE("top_k_part_count: about the root of columns / k, no more than there are blocks") {
  CHECK(top_k_part_count(1, 1000, 10, 132) == 1);
  CHECK(top_k_part_count(200, 1 << 20, 10, 132) == 1);
  CHECK(top_k_part_count(1, 1 << 20, 64, 132) == 128);
  CHECK(top_k_part_count(1, 1 << 20, 64, 100) == 100);
  CHECK(top_k_part_count(4, 1 << 20, 64, 132) == 33);
  CHECK(top_k_part_count(1, 1 << 20, 2048, 132) == 22);
  CHECK(top_k_part_count(0, 1 << 20, 64, 132) == 128);
}

TEST_CASE("fault: a workspace that is too small") {
  std::vector<float> const input(1000);
  std::vector<std::uint32_t> keys(2 * 10), found(2 * 10 - 1);
  top_k_parts<float> const kernel{input.data(), keys.data(), found.data(), 1000, 1000, 10};
  test::operands memory;
  memory.read(input).write(keys, "keys").write(found, "indices");
  CHECK(test::holds(test::grid_fault(kernel, {2, 1, 1}, 64, memory), "[DS-EMULATED-GLOBAL]",
                    "thread 9 of block (1, 0, 0) writes 4 bytes at byte 76 of indices"));
}
