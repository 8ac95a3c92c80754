// SPDX-License-Identifier: Apache-2.0
/// @file matmul_simt: f32, f64, integers, mixed operands; all transposes, tails, any strides, shares of k.
#include <deepseek/base/bfloat16.hpp>
#include <deepseek/kernel/matmul_simt.hpp>

#include "matmul_mma_cases.hpp"

using deepseek::bf16;
using deepseek::kernel::matmul_simt;
using deepseek::kernel::product_store;
using deepseek::test::check_product;
using deepseek::test::product_case;

namespace {

template <class A, class B, class Sum, int Width = 4, int Fragment = 4>
void check(product_case const& s, double relative) {
  using K = matmul_simt<A, B, Sum, product_store<Sum, Width>, Fragment>;
  check_product<A, B, Sum, Width>(
      s, relative, [&](auto const& operands, auto const& epilogue, auto const& memory) {
        int const rows = (s.m + K::tile - 1) / K::tile;
        int const columns = (s.n + K::tile - 1) / K::tile;
        K const kernel{
            operands, {rows, columns, s.matrices, 2}, (s.k + K::depth - 1) / K::depth, epilogue};
        deepseek::detail::run_emulated(kernel, {rows * columns * s.matrices, 1, 1}, memory, 1);
      });
}

constexpr double of_float = 1e-6;
constexpr double of_double = 1e-14;

}  // namespace

TEST_CASE("f32 is f32: better than any rounding to tf32 would be") {
  check<float, float, float>({64, 64, 64}, of_float);
  check<float, float, float>({1, 1, 1}, of_float);
  check<float, float, float>({65, 67, 9, true, false, 16, 0, 2}, of_float);
  check<float, float, float, 4, 8>({129, 131, 17}, of_float);
}

TEST_CASE("all transposes, and strides of any kind") {
  check<float, float, float>({63, 65, 31, false, false, 1, 1}, of_float);
  check<float, float, float>({63, 65, 31, true, true, 1, 3}, of_float);
  check<float, float, float, 1>({17, 65, 31, false, true, 7, 2}, of_float);
}

TEST_CASE("other types, and k = 0") {
  check<double, double, double>({33, 17, 40}, of_double);
  check<std::int64_t, std::int64_t, std::int64_t>({33, 17, 40}, 0);
  check<std::int8_t, std::int8_t, std::int32_t>({33, 17, 40}, 0);
  check<bf16, float, float>({33, 17, 40}, of_float);
  check<float, float, float>({5, 7, 0}, of_float);
}

TEST_CASE("integers wrap") {
  using deepseek::kernel::times_add;
  CHECK(times_add<std::int32_t>(65536, 65536, 5) == 5);
  CHECK(times_add<std::int32_t>(2147483647, 2, 3) == 1);
  CHECK(times_add<std::int64_t>(std::int64_t{1} << 62, 4, -7) == -7);
}
