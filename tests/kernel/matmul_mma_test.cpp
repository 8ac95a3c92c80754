// SPDX-License-Identifier: Apache-2.0
/// @file matmul_mma of bf16: all tails, all ways of an operand into shared memory, batches, shares of k.
#include <deepseek/base/bfloat16.hpp>
#include <deepseek/kernel/matmul_mma.hpp>

#include "matmul_mma_cases.hpp"

using deepseek::bf16;
using deepseek::kernel::matmul_mma;
using deepseek::kernel::matmul_mma_config;
using deepseek::kernel::operand_path;
using deepseek::kernel::product_store;
using deepseek::test::check_product;
using deepseek::test::product_case;

namespace {

constexpr matmul_mma_config small{
    .rows = 32, .columns = 64, .warp_rows = 32, .warp_columns = 32, .stages = 3};

/// Sums in float are as good as the rounding of k additions; the emulator's are.
constexpr double of_float = 1e-5;

template <operand_path PathA, operand_path PathB, matmul_mma_config Config = small, int Width = 8>
void check(product_case const& s) {
  using K = matmul_mma<bf16, bf16, product_store<float, Width>, Config, PathA, PathB>;
  check_product<
      bf16, bf16, float,
      Width>(s, of_float, [&](auto const& operands, auto const& epilogue, auto const& memory) {
    int const rows = (s.m + Config.rows - 1) / Config.rows;
    int const columns = (s.n + Config.columns - 1) / Config.columns;
    int const depth = Config.depth_bytes / 2;
    K const kernel{operands, {rows, columns, s.matrices, 2}, (s.k + depth - 1) / depth, epilogue};
    deepseek::detail::run_emulated(kernel, {rows * columns * s.matrices, 1, 1}, memory, 1);
  });
}

constexpr auto k_first = operand_path::copies_along_k;
constexpr auto rows_first = operand_path::copies_along_rows;
constexpr auto elements = operand_path::elements;

}  // namespace

TEST_CASE("one tile, and what is less, along each axis") {
  check<k_first, rows_first>({32, 64, 32});
  check<k_first, rows_first>({1, 1, 1});
  check<k_first, rows_first>({31, 63, 31});
  check<k_first, rows_first>({32, 64, 200});
}

TEST_CASE("several tiles, with tails of all axes, matrices of a batch") {
  check<k_first, rows_first>({65, 129, 97});
  check<k_first, rows_first>({33, 65, 64, true, false, 16, 0, 3});
  check<k_first, rows_first>({33, 65, 40, true, false, 16, 0, 2, true});
}

TEST_CASE("all transposes") {
  check<k_first, k_first>({33, 67, 71, true, true});
  check<rows_first, rows_first>({33, 67, 71, false, false});
  check<rows_first, k_first>({33, 67, 71, false, true});
}

TEST_CASE("addresses and strides that are not aligned, element by element") {
  check<elements, elements>({33, 67, 71, true, false, 1, 1});
  check<elements, elements>({5, 3, 2, false, true, 1, 3});
  check<elements, elements, small, 1>({5, 3, 0, true, false, 1});
}
