// SPDX-License-Identifier: Apache-2.0
/// @file grouped_program: one kernel, of no fewer blocks than there are tiles; offsets are memory that
/// it reads.
#include <deepseek/exec/detail/grouped_run.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/grouped_matmul.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>
#include <vector>

namespace ds = deepseek;
namespace gpu = deepseek::plan::gpu;
using ds::bf16;

namespace {
using matrix = ds::tensor<bf16, ds::dims<ds::dyn, ds::dyn>>;
using target = ds::view<float, ds::dims<ds::dyn, ds::dyn>>;

/// The program of y = -grouped_matmul of t rows in g groups, with k and n.
template <class F> void with_program(int t, int g, int k, int n, F const& f) {
  static float results[1];
  static int offsets[1];
  alignas(16) static bf16 elements[1];
  using Product = ds::expr::contract_node<
      ds::dims<ds::dyn, ds::dyn>, ds::expression_t<matrix const&>,
      ds::expression_t<ds::tensor<bf16, ds::dims<ds::dyn, ds::dyn, ds::dyn>> const&>,
      ds::expression_t<ds::tensor<int, ds::dims<ds::dyn>> const&>>;
  using Leaf = ds::detail::held_product<Product>;
  Leaf const leaf{typename Leaf::view_type{nullptr, ds::dims<ds::dyn, ds::dyn>{t, n}}};
  target const y{results, ds::dims<ds::dyn, ds::dyn>{t, n}, {}};
  auto const root = ds::detail::with_targets(-leaf, ds::make_arguments(y), ds::memory_space::host);
  ds::kernel::product_operands<bf16, bf16> p;
  p.a = {elements, k, 1};
  p.b = {elements, 1, n};
  p.size = {t, n, k};
  p.batch.axes = 1;
  p.batch.extent[0] = g;
  p.batch.b_step[0] = std::int64_t{k} * n;
  constexpr gpu::product_options options{gpu::known_neighbours::along_k,
                                         gpu::known_neighbours::along_rows};
  gpu::grouped_program<std::remove_cvref_t<decltype(root)>, bf16, bf16, float, options, int>
      program{root, p, {1, 2}, {3, 4}, offsets};
  f(program);
}
}  // namespace

TEST_CASE("one launch; a block for each tile that there can be, whatever the offsets are") {
  struct found {
    int blocks, height, width;
  };
  auto const launched = [](int t, int g, int k, int n) {
    std::vector<found> all;
    with_program(t, g, k, n, [&](auto& program) {
      CHECK(program.workspace_bytes() == 0);
      program.launch([&](auto const& kernel, int blocks) {
        using K = std::remove_cvref_t<decltype(kernel)>;
        CHECK(std::string{K::name} == "matmul_mma");
        CHECK(kernel.walk.groups == g);
        CHECK(kernel.walk.rows == t);
        all.push_back(
            {blocks, kernel.walk.height, (n + kernel.walk.columns - 1) / kernel.walk.columns});
      });
    });
    return all;
  };
  auto const many = launched(8192, 8, 1024, 4096);
  REQUIRE(many.size() == 1);
  CHECK(many[0].height == 128);
  CHECK(many[0].blocks == (8192 / 128 + 8) * 32);
  auto const few = launched(16, 64, 1024, 4096);
  REQUIRE(few.size() == 1);
  CHECK(few[0].height == 32);       // a few rows of a group
  CHECK(few[0].blocks == 16 * 64);  // no more tiles than rows
  CHECK(launched(0, 3, 8, 8).empty());
  CHECK(launched(5, 0, 8, 8).empty());
}

TEST_CASE("what it reads: offsets, one more than groups, and both operands") {
  with_program(5, 3, 8, 8, [](auto& program) {
    int ranges = 0;
    std::uintptr_t bytes = 0;
    program.visit([&](auto& c) {
      if constexpr (requires { c.source_range; }) {
        ++ranges;
        bytes += c.source_range.end - c.source_range.begin;
      }
    });
    CHECK(ranges == 3);
    CHECK(bytes == 4 * sizeof(int) + 2);
  });
}
