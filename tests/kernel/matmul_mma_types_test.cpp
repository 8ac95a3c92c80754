// SPDX-License-Identifier: Apache-2.0
/// @file matmul_mma of f16, tf32, integers and fp8, and sums of shares of k.
#include <deepseek/base/float16.hpp>
#include <deepseek/base/float8.hpp>
#include <deepseek/kernel/matmul_mma.hpp>

#include "matmul_mma_cases.hpp"

using deepseek::kernel::matmul_mma;
using deepseek::kernel::matmul_mma_config;
using deepseek::kernel::operand_path;
using deepseek::kernel::product_store;
using deepseek::test::check_product;
using deepseek::test::product_case;

namespace {

constexpr matmul_mma_config small{
    .rows = 32, .columns = 64, .warp_rows = 32, .warp_columns = 32, .stages = 3};
constexpr auto k_first = operand_path::copies_along_k;
constexpr auto rows_first = operand_path::copies_along_rows;
constexpr auto elements = operand_path::elements;

template <class A, class B, class Sum, operand_path PathA, operand_path PathB>
void check(product_case const& s, double relative) {
  using K = matmul_mma<A, B, product_store<Sum, 4>, small, PathA, PathB>;
  check_product<
      A, B, Sum,
      4>(s, relative, [&](auto const& operands, auto const& epilogue, auto const& memory) {
    int const rows = (s.m + small.rows - 1) / small.rows;
    int const columns = (s.n + small.columns - 1) / small.columns;
    int const depth = small.depth_bytes / static_cast<int>(sizeof(A));
    K const kernel{operands, {rows, columns, s.matrices, 1}, (s.k + depth - 1) / depth, epilogue};
    deepseek::detail::run_emulated(kernel, {rows * columns * s.matrices, 1, 1}, memory, 1);
  });
}

constexpr double of_float = 1e-5;
/// Both factors are rounded to 11 bits.
constexpr double of_tf32 = 2.5 / 2048;

}  // namespace

TEST_CASE("f16") {
  using deepseek::f16;
  check<f16, f16, float, k_first, rows_first>({33, 67, 71}, of_float);
}

TEST_CASE("f32 as tf32, in all layouts") {
  check<float, float, float, k_first, rows_first>({33, 67, 37}, of_tf32);
  check<float, float, float, rows_first, k_first>({33, 67, 37, false, true}, of_tf32);
  check<float, float, float, elements, elements>({9, 7, 5, true, false, 1, 1}, of_tf32);
}

TEST_CASE("integers of 8 bits, also of different signs, are exact") {
  check<std::int8_t, std::int8_t, std::int32_t, k_first, k_first>({33, 67, 131, true, true}, 0);
  check<std::uint8_t, std::int8_t, std::int32_t, k_first, k_first>({33, 67, 131, true, true}, 0);
  check<std::int8_t, std::int8_t, std::int32_t, k_first, elements>({33, 67, 131, true, false}, 0);
}

TEST_CASE("fp8") {
  using deepseek::fp8_e4m3;
  using deepseek::fp8_e5m2;
  check<fp8_e4m3, fp8_e4m3, float, k_first, k_first>({33, 67, 131, true, true}, of_float);
  check<fp8_e4m3, fp8_e5m2, float, k_first, elements>({17, 20, 70, true, false}, of_float);
}

TEST_CASE("shares of k are matrices of their own; an empty share is zero") {
  using deepseek::f16;
  using K = matmul_mma<f16, f16, product_store<float, 4>, small, k_first, rows_first>;
  constexpr int m = 20;
  constexpr int n = 32;
  constexpr int k = 70;  // stages of 32: two shares of two, and one that has none
  std::vector<f16> a(m * 72);
  std::vector<f16> b(k * n);
  for (int i = 0; i < m; ++i)
    for (int d = 0; d < k; ++d) a[static_cast<std::size_t>(i * 72 + d)] = f16((i + d) % 5 - 2.f);
  for (int d = 0; d < k; ++d)
    for (int j = 0; j < n; ++j) b[static_cast<std::size_t>(d * n + j)] = f16((3 * j + d) % 7 - 3.f);
  std::vector<float> c(3 * m * n, -777.f);
  deepseek::arch::emulated::global_memory memory;
  memory.add({a.data(), a.size() * 2, false, "a", 2});
  memory.add({b.data(), b.size() * 2, false, "b", 2});
  memory.add({c.data(), c.size() * 4, true, "c", 4});
  K const kernel{{{a.data(), 72, 1}, {b.data(), 1, n}, {m, n, k}, {}},
                 {1, 1, 1, 1},
                 2,
                 {c.data(), m * n, n, 1, n}};
  deepseek::detail::run_emulated(kernel, {3, 1, 1}, memory, 1);
  int wrong = 0;
  for (int share = 0; share < 3; ++share)
    for (int i = 0; i < m; ++i)
      for (int j = 0; j < n; ++j) {
        float exact = 0;
        for (int d = share * 64; d < k && d < share * 64 + 64; ++d)
          exact += static_cast<float>((i + d) % 5 - 2) * static_cast<float>((3 * j + d) % 7 - 3);
        wrong += c[static_cast<std::size_t>((share * m + i) * n + j)] != exact;
      }
  CHECK(wrong == 0);
}
