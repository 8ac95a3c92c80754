// SPDX-License-Identifier: Apache-2.0
/// @file product_program_sm90: which kernel a product with its epilogue gets.
#include <deepseek/plan/gpu/product_program_sm90.hpp>

#include <doctest/doctest.h>

#include <deepseek/ops/activation.hpp>

#include <string>
#include <vector>

#include "product_cases.hpp"

namespace ds = deepseek;
using ds::bf16;
namespace gpu = ds::plan::gpu;

namespace {

using matrix = ds::tensor<bf16, ds::dims<ds::dyn, ds::dyn>>;
constexpr gpu::product_options row_major{gpu::known_neighbours::along_k,
                                         gpu::known_neighbours::along_rows, true};

/// Kernels of y = silu(a b), of m x n x k, and bytes of its workspace.
struct launched {
  std::string kernels;
  std::int64_t workspace = 0;
};
launched kernels_of(int m, int n, int k, gpu::map_maker make_map, bool with_memory = false) {
  matrix a(m, k), b(k, n), y(m, n);
  auto const root = ds::detail::with_targets(
      ds::silu(ds::test::sum_leaf(m, n)), ds::make_arguments(y.as_view()), ds::memory_space::host);
  using Root = std::remove_cvref_t<decltype(root)>;
  auto const x = a.as_view();
  auto const z = b.as_view();
  gpu::product_program_sm90<Root, bf16, bf16, float, row_major> program{
      root, ds::detail::product_of(x, z, y.as_view()), ds::detail::range_of(x),
      ds::detail::range_of(z), make_map};
  launched out;
  out.workspace = program.workspace_bytes();
  std::vector<float> memory(static_cast<std::size_t>(out.workspace) / sizeof(float));
  program.launch(
      [&](auto const& kernel, int blocks) {
        using K = std::remove_cvref_t<decltype(kernel)>;
        CHECK(blocks >= 1);
        out.kernels += std::string{K::name} + ";";
      },
      with_memory ? memory.data() : nullptr);
  return out;
}

}  // namespace

TEST_CASE("by wgmma where the machine makes tensor maps, else by mma") {
  CHECK(kernels_of(64, 64, 64, &ds::arch::gpu::described).kernels == "matmul_wgmma;");
  CHECK(kernels_of(64, 64, 64, nullptr).kernels.find("matmul_mma") == 0);
}
TEST_CASE("rows that copies cannot read: by mma") {
  CHECK(kernels_of(64, 63, 64, &ds::arch::gpu::described).kernels.find("matmul_mma") == 0);
  CHECK(kernels_of(64, 64, 0, &ds::arch::gpu::described).kernels.find("matmul_mma") == 0);
}
TEST_CASE(
    "few tiles and a long k: it is shared, for which there is memory, and the shares are joined") {
  auto const shared = kernels_of(16, 64, 16384, &ds::arch::gpu::described);
  CHECK(shared.workspace == 16 * 16 * 64 * 4);
  CHECK(shared.kernels == "matmul_wgmma;");  // without its workspace
  CHECK(kernels_of(16, 64, 16384, &ds::arch::gpu::described, true).kernels ==
        "matmul_wgmma;product_join;");
  CHECK(kernels_of(4096, 4096, 4096, &ds::arch::gpu::described).workspace == 0);
  CHECK(kernels_of(16, 64, 16384, nullptr).workspace > 0);
}
