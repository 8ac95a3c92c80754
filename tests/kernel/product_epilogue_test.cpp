// SPDX-License-Identifier: Apache-2.0
/// @file product_store: what it writes, in accesses of which width, and where it does not write.
#include <deepseek/base/bfloat16.hpp>
#include <deepseek/exec/detail/emulated_grid.hpp>
#include <deepseek/kernel/product_epilogue.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "run_grid.hpp"

namespace kernel = deepseek::kernel;
using deepseek::bf16;
using kernel::product_store;
using kernel::store_width;

namespace {

/// Each thread of a warp writes the piece of its number of a row; sums are 100 * row + column.
template <class Epilogue> struct write_rows {
  struct shared_plan {};
  static constexpr int threads = 32;
  static constexpr char const* name = "write_rows";
  Epilogue epilogue;
  int matrices, rows;
  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    int const column = deepseek::arch::gpu::thread_rank() * Epilogue::width;
    if (column >= epilogue.columns) return;
    for (int x = 0; x < matrices; ++x)
      for (int row = 0; row < rows; ++row) {
        deepseek::tile::held<float, Epilogue::width> sums;
        for (int i = 0; i < Epilogue::width; ++i)
          sums[i] = static_cast<float>(1000 * x + 100 * row + column + i) + .375f;
        epilogue.write(x, row, column, sums);
      }
  }
};

template <class T, int Width>
void check(int columns, std::int64_t row_step, std::int64_t column_step) {
  std::int64_t const matrix_step = 3 * row_step + 64 * column_step;
  std::vector<T> c(static_cast<std::size_t>(2 * matrix_step) + 64, static_cast<T>(-1));
  T* const data = reinterpret_cast<T*>((reinterpret_cast<std::uintptr_t>(c.data()) + 15) / 16 * 16);
  product_store<T, Width> const store{data, matrix_step / 8 * 8, row_step, column_step, columns};
  deepseek::test::operands memory;
  memory.write(c);
  deepseek::test::run_grid(write_rows<product_store<T, Width>>{store, 2, 3}, {1, 1, 1}, 32, memory);
  std::vector<T> expected(c.size(), static_cast<T>(-1));
  for (int x = 0; x < 2; ++x)
    for (int row = 0; row < 3; ++row)
      for (int j = 0; j < columns; ++j)
        expected[static_cast<std::size_t>(data - c.data() + x * store.matrix_step + row * row_step +
                                          j * column_step)] =
            deepseek::convert<T>(static_cast<float>(1000 * x + 100 * row + j) + .375f);
  int wrong = 0;
  for (std::size_t i = 0; i < c.size(); ++i)
    wrong += static_cast<float>(c[i]) != static_cast<float>(expected[i]);
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("sums are rounded to the result's type; a row ends where it ends") {
  check<float, 8>(32, 40, 1);
  check<float, 8>(29, 32, 1);
  check<float, 4>(13, 16, 1);
  check<bf16, 8>(31, 32, 1);
  check<bf16, 4>(30, 36, 1);
  check<double, 8>(15, 16, 1);
  check<std::int32_t, 8>(9, 16, 1);
}

TEST_CASE("of a width of 1 neighbours may be anywhere") {
  check<float, 1>(7, 1, 5);
  check<bf16, 1>(5, 13, 1);
}

TEST_CASE("store_width: what addresses, steps and extents allow") {
  alignas(16) static bf16 c[64];
  CHECK(store_width(c, 64, 64, 8) == 8);
  CHECK(store_width(c + 4, 60, 64, 8) == 4);
  CHECK(store_width(c, 64, 64, 12) == 4);
  CHECK(store_width(c, 64, 12, 64) == 4);
  CHECK(store_width(c + 1, 63, 64, 8) == 1);
  CHECK(store_width(c, 64, 64, 7) == 1);
  CHECK(store_width(c, 3, 64, 8) == 1);
  alignas(16) static float f[64];
  CHECK(store_width(f, 64, 64, 4) == 8);  // two accesses
  CHECK(store_width(f + 2, 62, 64, 4) == 1);
}
