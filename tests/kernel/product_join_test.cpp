// SPDX-License-Identifier: Apache-2.0
/// @file product_join: shares are added in their order, of all matrices, at all widths.
#include <deepseek/exec/detail/emulated_grid.hpp>
#include <deepseek/kernel/product_join.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace kernel = deepseek::kernel;

namespace {

template <class Sum, int Width>
void check(int shares, int matrices, int rows, int columns, int blocks) {
  std::int64_t const row_step = (columns + 3) / 4 * 4;
  auto const size = static_cast<std::size_t>(shares * matrices * rows * row_step);
  std::vector<Sum> from(size + 4);
  std::mt19937 engine{5};
  std::uniform_real_distribution<float> any{-1000, 1000};
  for (auto& x : from) x = static_cast<Sum>(any(engine));
  Sum* const data =
      reinterpret_cast<Sum*>((reinterpret_cast<std::uintptr_t>(from.data()) + 15) / 16 * 16);
  std::vector<Sum> to(static_cast<std::size_t>(matrices * rows * row_step) + 4, Sum{-3});
  Sum* const c =
      reinterpret_cast<Sum*>((reinterpret_cast<std::uintptr_t>(to.data()) + 15) / 16 * 16);
  using store = kernel::product_store<Sum, Width>;
  kernel::product_join<Sum, store> const join{
      data, row_step, shares, matrices, rows, columns, {c, rows * row_step, row_step, 1, columns}};
  deepseek::arch::emulated::global_memory memory;
  memory.add({data, size * sizeof(Sum), false, "shares", 4});
  memory.add({to.data(), to.size() * sizeof(Sum), true, "c", 4});
  deepseek::detail::run_emulated(join, {blocks, 1, 1}, memory, 1);
  int wrong = 0;
  for (int r = 0; r < matrices * rows; ++r)
    for (int j = 0; j < row_step; ++j) {
      Sum expected{-3};
      if (j < columns) {
        expected = data[r * row_step + j];
        for (int s = 1; s < shares; ++s)
          expected = static_cast<Sum>(expected + data[(s * matrices * rows + r) * row_step + j]);
      }
      wrong += c[r * row_step + j] != expected;  // the same bits: the same order
    }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("in the order of shares, to the bit") {
  check<float, 8>(3, 2, 5, 24, 1);
  check<float, 8>(7, 1, 3, 21, 2);
  check<float, 1>(2, 2, 3, 5, 1);
  check<std::int32_t, 4>(4, 1, 9, 13, 1);
}
