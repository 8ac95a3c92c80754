// SPDX-License-Identifier: Apache-2.0
/// @file keys_in_pages: each key of a sequence is the row of the page that the table names, with its scale.
#include <deepseek/kernel/attention_pages.hpp>

#include <deepseek/arch/gpu/thread.hpp>

#include "run_grid.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

namespace kernel = deepseek::kernel;

namespace {
/// Thread i of a sequence of 7 keys: the first element of its key, of its value, and both times their scales.
struct first_elements {
  struct shared_plan {
    char nothing;
  };
  kernel::keys_in_pages<std::int8_t, true> from;
  int* out;
  void run(shared_plan&) const {
    int const i = deepseek::arch::gpu::thread_rank();
    if (i >= from.length(1)) return;
    int const key = deepseek::arch::gpu::load(from.key(1, 2, i));
    int const value = deepseek::arch::gpu::load(from.value(1, 2, i));
    deepseek::arch::gpu::store(out + 4 * i, key);
    deepseek::arch::gpu::store(out + 4 * i + 1, value);
    deepseek::arch::gpu::store(out + 4 * i + 2, static_cast<int>(from.key_scale(1, 2, i)));
    deepseek::arch::gpu::store(out + 4 * i + 3, static_cast<int>(from.value_scale(1, 2, i)));
  }
};
}  // namespace

TEST_CASE("rows of pages of three keys, heads one after the other, pages in another order") {
  int const width = 4, page_size = 3, heads = 3, pages = 5;
  std::vector<std::int8_t> k(pages * heads * page_size * width), v(k.size());
  std::vector<float> k_scale(pages * heads * page_size), v_scale(k_scale.size());
  for (int p = 0; p < pages; ++p)
    for (int h = 0; h < heads; ++h)
      for (int r = 0; r < page_size; ++r) {
        auto const row = std::size_t((p * heads + h) * page_size + r);
        k[row * width] = std::int8_t(p * 9 + h * 3 + r);
        v[row * width] = std::int8_t(-p * 9 - h * 3 - r);
        k_scale[row] = float(100 + row);
        v_scale[row] = float(200 + row);
      }
  std::vector<std::int32_t> const table{0, 0, 0, 4, 1, 3};  // [sequence, page]
  std::vector<std::int32_t> const lengths{1, 7};
  std::vector<int> out(4 * 7, -1);
  kernel::row_place<std::int8_t const> const rows{k.data(), 36, 12, 4, 1, false};
  kernel::row_place<std::int8_t const> const value_rows{v.data(), 36, 12, 4, 1, false};
  first_elements const kernel{{rows,
                               value_rows,
                               table.data(),
                               3,
                               1,
                               lengths.data(),
                               1,
                               page_size,
                               {k_scale.data(), 9, 3, 1},
                               {v_scale.data(), 9, 3, 1}},
                              out.data()};
  deepseek::test::operands memory;
  memory.read(k).read(v).read(k_scale).read(v_scale).read(table).read(lengths).write(out);
  deepseek::test::run_grid(kernel, {1, 1, 1}, 32, memory);
  int const page[] = {4, 4, 4, 1, 1, 1, 3};
  for (int i = 0; i < 7; ++i) {
    int const row = page[i] * 9 + 2 * 3 + i % 3;
    CHECK(out[std::size_t(4 * i)] == row);
    CHECK(out[std::size_t(4 * i + 1)] == -row);
    CHECK(out[std::size_t(4 * i + 2)] == 100 + row);
    CHECK(out[std::size_t(4 * i + 3)] == 200 + row);
  }
}
