// SPDX-License-Identifier: Apache-2.0
/// @file product_program: which kernels, memory in the way, shares of k.
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/permute.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "product_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;
using ds::bf16;
using ds::dims;
using ds::dyn;
using ds::plan::gpu::known_neighbours;
using ds::plan::gpu::product_options;
using matrix = ds::tensor<bf16, dims<dyn, dyn>>;
using floats = ds::tensor<float, dims<dyn, dyn>>;

namespace {
constexpr product_options row_major{known_neighbours::along_k, known_neighbours::along_rows};
constexpr product_options few{known_neighbours::along_k, known_neighbours::along_rows, true};
}  // namespace

TEST_CASE("tiles by extents; operands that are not aligned take the general one") {
  auto const kernels = [](int m, int n, int k) {
    matrix a(m, k), b(k, n), y(m, n);
    auto program = product_program_of<row_major>(y, a, b, sum_leaf(m, n));
    return kernels_of(program);
  };
  CHECK(kernels(2048, 2048, 64) == "matmul_mma 128x128, 256");
  CHECK(kernels(512, 512, 512) == "matmul_mma 64x64, 64");
  CHECK(kernels(8, 640, 64) == "matmul_mma 32x64, 10");
  CHECK(kernels(8, 640, 63) == "matmul_mma 64x64, 10");
  CHECK(kernels(65, 641, 0) == "matmul_mma 64x64, 22");
  CHECK(kernels(0, 64, 64) == "");
}

TEST_CASE("f32 is multiplied as f32") {
  floats a(10, 9), b(9, 70), y(10, 70);
  auto program = product_program_of<few>(y, a, b, sum_leaf(10, 70));
  CHECK(kernels_of(program) == "matmul_simt 64x64, 2");
  CHECK(program.workspace_bytes() == 0);
}

TEST_CASE(
    "results in the memory of operands are in the way; of the epilogue's own element they are "
    "not") {
  floats a(16, 16), b(16, 16), y(16, 16);
  auto apart = product_program_of<few>(y, a, b, sum_leaf(16, 16));
  CHECK(!apart.conflicts());
  auto in_a = product_program_of<few>(a, a, b, sum_leaf(16, 16));
  CHECK(in_a.conflicts());
  auto in_b = product_program_of<few>(b, a, b, sum_leaf(16, 16));
  CHECK(in_b.conflicts());
  auto added = product_program_of<few>(y, a, b, sum_leaf(16, 16) + y);
  CHECK(!added.conflicts());
  auto turned = product_program_of<few>(y, a, b, sum_leaf(16, 16) + ds::transpose(y));
  CHECK(turned.conflicts());
}

TEST_CASE("few tiles and much of k: two kernels, and the same result in each run") {
  constexpr int m = 20;
  constexpr int n = 24;
  constexpr int k = 8192;
  matrix a(m, k), b(k, n);
  floats y(m, n), again(m, n);
  for (std::int64_t i = 0; i < a.size(); ++i)
    a.data()[i] = bf16(static_cast<float>(i % 17) / 8 - 1);
  for (std::int64_t i = 0; i < b.size(); ++i)
    b.data()[i] = bf16(static_cast<float>(i % 13) / 8 - .7f);
  auto program = product_program_of<few>(y, a, b, sum_leaf(m, n) * 2.f);
  REQUIRE(program.workspace_bytes() > 0);
  std::vector<char> memory(static_cast<std::size_t>(program.workspace_bytes()));
  CHECK(kernels_of(program, memory.data()).find("product_join") != std::string::npos);
  ds::detail::emulated_machine const machine{1};
  machine.run(program);
  auto other = product_program_of<few>(again, a, b, sum_leaf(m, n) * 2.f);
  machine.run(other);
  int wrong = 0;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      double exact = 0;
      double sizes = 0;
      for (int d = 0; d < k; ++d) {
        double const p = 2. * static_cast<double>(a.data()[i * k + d]) *
                         static_cast<double>(b.data()[d * n + j]);
        exact += p;
        sizes += std::fabs(p);
      }
      wrong += !(std::fabs(static_cast<double>(y.data()[i * n + j]) - exact) <= 1e-5 * sizes);
      wrong += y.data()[i * n + j] != again.data()[i * n + j];
    }
  CHECK(wrong == 0);
}
