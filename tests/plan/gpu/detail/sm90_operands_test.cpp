// SPDX-License-Identifier: Apache-2.0
/// @file Batch axes folded to two; which addresses and strides tensor copies take.
#include <deepseek/plan/gpu/detail/sm90_operands.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>

using deepseek::bf16;
using deepseek::kernel::product_batch;
using deepseek::kernel::product_matrix;
using deepseek::plan::gpu::sm90_access;
using deepseek::plan::gpu::sm90_access_of;
using deepseek::plan::gpu::sm90_batch_of;

namespace {
/// Axes of (extent, step of a, step of b).
product_batch batch_of(std::initializer_list<std::int64_t> numbers) {
  product_batch b;
  auto const* p = numbers.begin();
  for (b.axes = 0; p != numbers.end(); ++b.axes) {
    b.extent[b.axes] = static_cast<int>(*p++);
    b.a_step[b.axes] = *p++;
    b.b_step[b.axes] = *p++;
  }
  return b;
}
alignas(16) bf16 const memory[16] = {};
}  // namespace

TEST_CASE("no axes, and axes of one matrix, are none") {
  for (auto const& b : {batch_of({}), batch_of({1, 64, 64, 1, 8, 8})}) {
    auto const two = sm90_batch_of(b);
    CHECK(two.possible);
    CHECK(two.inner * two.outer == 1);
    CHECK(two.a_inner == 0);
  }
}
TEST_CASE("axes that both operands go through as one are one") {
  auto const two = sm90_batch_of(batch_of({2, 600, 0, 3, 200, 0, 4, 50, 0}));
  CHECK(two.possible);
  CHECK(two.inner == 24);
  CHECK(two.a_inner == 50);
  CHECK(two.b_inner == 0);
  CHECK(two.outer == 1);
}
TEST_CASE("heads of a sequence: two axes, of which neither operand makes one") {
  auto const two = sm90_batch_of(batch_of({2, 8000, 8000, 4, 64, 64}));
  CHECK(two.possible);
  CHECK(two.outer == 2);
  CHECK(two.a_outer == 8000);
  CHECK(two.inner == 4);
  CHECK(two.b_inner == 64);
}
TEST_CASE("three axes that stay three are too many") {
  CHECK_FALSE(sm90_batch_of(batch_of({2, 100, 0, 2, 0, 100, 2, 50, 0})).possible);
}

TEST_CASE("access: along k, along rows of two bytes, or none") {
  auto const of = [](std::int64_t step, std::int64_t k_step, std::int64_t rows, std::int64_t k,
                     std::int64_t inner = 0) {
    return sm90_access_of(product_matrix<bf16>{memory, step, k_step}, rows, k, inner, 0);
  };
  CHECK(of(64, 1, 10, 60) == sm90_access::along_k);
  CHECK(of(1, 64, 60, 10) == sm90_access::along_rows);
  CHECK(of(60, 1, 10, 60) == sm90_access::none);    // 120 bytes
  CHECK(of(60, 1, 1, 60) == sm90_access::along_k);  // but there is one row
  CHECK(of(64, 2, 10, 30) == sm90_access::none);
  CHECK(of(0, 1, 10, 60) == sm90_access::none);
  CHECK(of(-64, 1, 10, 60) == sm90_access::none);
  CHECK(of(64, 1, 10, 60, 4) == sm90_access::none);  // a matrix begins 8 bytes after another
  CHECK(of(64, 1, 10, 60, 640) == sm90_access::along_k);
  CHECK(of(std::int64_t{1} << 40, 1, 10, 60) == sm90_access::none);
  CHECK(sm90_access_of(product_matrix<bf16>{memory + 1, 64, 1}, 10, 60, 0, 0) == sm90_access::none);
  std::int8_t const* const bytes = reinterpret_cast<std::int8_t const*>(memory);
  CHECK(sm90_access_of(product_matrix<std::int8_t>{bytes, 1, 64}, 60, 10, 0, 0) ==
        sm90_access::none);  // of one byte only along k
  CHECK(sm90_access_of(product_matrix<std::int8_t>{bytes, 64, 1}, 60, 10, 0, 0) ==
        sm90_access::along_k);
}
