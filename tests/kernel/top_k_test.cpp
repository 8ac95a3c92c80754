// SPDX-License-Identifier: Apache-2.0
/// @file top_k of rows of every kind, length and type, against std::stable_sort.
#include <deepseek/kernel/top_k.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

#include "../arch/emulated/run_block.hpp"
#include "run_grid.hpp"
#include "top_k_cases.hpp"

namespace gpu = deepseek::arch::gpu;
namespace test = deepseek::test;
using deepseek::kernel::extreme;
using deepseek::kernel::top_k;
using deepseek::kernel::top_k_config;
using deepseek::kernel::top_order;
using test::filling;
using test::first_k;

namespace {

struct asked {
  int rows = 1;
  int columns = 1;
  int k = 1;
  extreme which = extreme::largest;
  top_order order = top_order::by_value;
  int threads = 256;
  int blocks = 1;
  int offset = 0;  ///< of the first row, in elements
  int gap = 0;     ///< between rows
};

template <class T, class Index = std::int64_t, top_k_config Config = top_k_config{}>
void check(filling kind, asked const& a) {
  CAPTURE(static_cast<int>(kind));
  CAPTURE(a.columns);
  CAPTURE(a.k);
  CAPTURE(a.threads);
  CAPTURE(a.which == extreme::largest);
  CAPTURE(a.order == top_order::by_value);
  int const stride = a.columns + a.gap;
  std::vector<T> const input = test::row_of<T>(kind, a.offset + a.rows * stride, 7);
  auto const found = static_cast<std::size_t>(a.rows * a.k);
  // Not std::vector<bool>.
  struct one {
    T value;
  };
  std::vector<one> in(input.size());
  for (std::size_t i = 0; i < in.size(); ++i) in[i].value = input[i];
  std::vector<one> values(found);
  std::memset(static_cast<void*>(values.data()), 0x55, found * sizeof(T));
  std::vector<Index> indices(found, Index{-1});
  T const* const rows = &in[static_cast<std::size_t>(a.offset)].value;
  top_k<T, Index, Config> const kernel{
      rows, &values[0].value, indices.data(), stride, a.rows, a.columns, a.k, a.which, a.order};
  test::operands memory;
  memory.read(rows, static_cast<std::size_t>((a.rows - 1) * stride + a.columns))
      .write(values)
      .write(indices);
  CHECK(test::grid_fault(kernel, {a.blocks, 1, 1}, a.threads, memory) == "");
  int wrong = 0;
  for (int r = 0; r < a.rows; ++r) {
    auto const wanted = first_k(rows + r * stride, a.columns, a.k, a.which, a.order);
    for (int i = 0; i < a.k; ++i) {
      auto const at = static_cast<std::size_t>(r * a.k + i);
      auto const w = wanted[static_cast<std::size_t>(i)];
      wrong += indices[at] == w ? 0 : 1;
      wrong += std::memcmp(&values[at], rows + r * stride + w, sizeof(T)) == 0 ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}

template <class T> void all_kinds(int columns, int k) {
  for (auto const kind :
       {filling::random, filling::few_values, filling::all_equal, filling::ascending,
        filling::descending, filling::extremes, filling::zeros})
    for (auto const which : {extreme::largest, extreme::smallest})
      check<T>(kind, {.columns = columns, .k = k, .which = which});
}

}  // namespace

TEST_CASE_TEMPLATE("every type, every kind of row: in shared memory from the start, and not", T,
                   double, float, deepseek::f16, deepseek::bf16, deepseek::fp8_e4m3,
                   deepseek::fp8_e5m2, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                   std::uint8_t, bool) {
  all_kinds<T>(100, 10);
  all_kinds<T>(5003, 37);
}

TEST_CASE("k from 1 to all, rows from 16 on, of lengths that are a multiple of nothing") {
  for (int const n : {16, 17, 31, 33, 97, 256, 1000, 2047})
    for (int const k : {1, 2, 3, 16, 17, 100, 1000, 2047})
      if (k <= n) check<float>(filling::random, {.columns = n, .k = k});
  for (int const n : {16, 333, 2048}) {
    check<float>(filling::random, {.columns = n, .k = n});
    check<float>(filling::few_values, {.columns = n, .k = n, .which = extreme::smallest});
    check<deepseek::bf16>(filling::extremes, {.columns = n, .k = n, .order = top_order::by_index});
  }
  check<float>(filling::random, {.columns = 20011, .k = 2048});
  check<float>(filling::all_equal, {.columns = 20011, .k = 2048});
  check<deepseek::bf16>(filling::random, {.columns = 20011, .k = 2048});
  check<std::int64_t>(filling::descending, {.columns = 9001, .k = 2048});
}

TEST_CASE("rows of a million") {
  check<float>(filling::random, {.columns = 1 << 20, .k = 50, .threads = 512});
  check<deepseek::bf16>(filling::random, {.columns = (1 << 20) - 3, .k = 2048, .threads = 1024});
  check<float>(filling::all_equal, {.columns = 1 << 20, .k = 5, .threads = 512});
}

TEST_CASE("blocks of every size, more rows than blocks, rows at every address, both orders") {
  for (int const threads : {32, 64, 96, 512, 1024})
    check<float>(filling::random, {.columns = 6000, .k = 40, .threads = threads});
  check<float>(filling::random, {.rows = 7, .columns = 300, .k = 9, .blocks = 3});
  for (int offset = 0; offset < 16; ++offset) {
    check<std::uint8_t>(filling::random,
                        {.rows = 2, .columns = 4500, .k = 5, .offset = offset, .gap = 3});
    check<deepseek::f16>(filling::random, {.columns = 18, .k = 5, .offset = offset});
    check<std::uint8_t>(filling::random, {.columns = 17, .k = 5, .offset = offset});
  }
  check<float>(filling::few_values, {.columns = 5000, .k = 700, .order = top_order::by_index});
  check<float, std::int32_t>(filling::random, {.columns = 500, .k = 70});
}

TEST_CASE("every width of digits finds the same") {
  check<float, int, top_k_config{64, 128, 4}>(filling::random, {.columns = 3000, .k = 64});
  check<float, int, top_k_config{64, 128, 8}>(filling::few_values, {.columns = 3000, .k = 33});
  check<double, int, top_k_config{64, 128, 8}>(filling::random, {.columns = 3000, .k = 33});
  check<double, int, top_k_config{64, 128, 5}>(filling::all_equal, {.columns = 3000, .k = 33});
  check<std::int8_t, int, top_k_config{1, 2, 11}>(filling::all_equal, {.columns = 3000, .k = 1});
}

TEST_CASE("fault: a row that is shorter than the kernel was told") {
  std::vector<float> const input(100);
  std::vector<float> values(4);
  std::vector<int> indices(4);
  top_k<float, int> const kernel{input.data(), values.data(), indices.data(), 101, 1, 101, 4};
  test::operands memory;
  memory.read(input, "the row").write(values).write(indices);
  CHECK(test::holds(test::grid_fault(kernel, {}, 64, memory), "[DS-EMULATED-GLOBAL] kernel",
                    "reads 4 bytes at byte 400 of the row, which has 400"));
}
