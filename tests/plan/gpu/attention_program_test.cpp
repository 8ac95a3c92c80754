// SPDX-License-Identifier: Apache-2.0
/// @file attention_program: which kernels are started, with which tiles; what memory they are said to use.
#include <deepseek/attention/attention.hpp>
#include <deepseek/plan/gpu/attention_program.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ds = deepseek;
namespace gpu = deepseek::plan::gpu;
namespace kernel = deepseek::kernel;
using ds::dyn;

namespace {
using extents = ds::dims<dyn, dyn, dyn, dyn>;

/// "name (width, keys of a tile) x blocks" of each kernel, and what is between them.
template <class T, gpu::attention_widths Widths>
std::string kernels_of(kernel::attention_size const& s) {
  using keys = kernel::keys_in_memory<T, T>;
  T some[1] = {};
  float sum[1] = {};
  kernel::row_place<T const> const rows{some, 0, 0, 0, 1, false};
  kernel::attention_operands<T, keys, T> const of{
      s,       1, rows, {rows, rows, s.keys}, {some, 0, 0, 0, 1, false}, {sum, 0, 0, 0, 1, false},
      nullptr, 0};
  extents const e{s.batches, s.heads, s.queries, s.keys};
  auto const score = ds::score::of(ds::score::plain, e);
  gpu::attention_program<std::remove_cvref_t<decltype(score)>, extents, T, keys, Widths> const p{
      score, e, of, {}};
  std::string text;
  std::vector<float> workspace(static_cast<std::size_t>(p.workspace_bytes() / 4));
  p.launch(
      [&](auto const& k, int blocks) {
        using K = std::remove_cvref_t<decltype(k)>;
        text += text.empty() ? "" : ", then ";
        text += K::name;
        if constexpr (requires { typename K::key_tile; })
          text += " of " + std::to_string(K::query_tile::rows) + " by " +
                  std::to_string(K::key_tile::rows) + ", " + std::to_string(K::key_tile::depth) +
                  " wide";
        text += " x " + std::to_string(blocks);
      },
      workspace.data());
  if (!workspace.empty()) text += "; " + std::to_string(workspace.size()) + " sums";
  return text;
}
}  // namespace

TEST_CASE("the kernel goes by dtype, its tile by widths and by how many rows there are") {
  constexpr gpu::attention_widths any{};
  CHECK(kernels_of<ds::bf16, gpu::attention_widths{128, 128}>({40, 8, 8, 100, 1000, 128, 128}) ==
        "attention_mma of 128 by 64, 128 wide x 320");
  CHECK(kernels_of<ds::bf16, any>({40, 8, 8, 100, 1000, 192, 128}) ==
        "attention_mma of 128 by 32, 256 wide x 320");
  CHECK(kernels_of<ds::f16, any>({40, 8, 8, 16, 1000, 24, 40}) ==
        "attention_mma of 16 by 32, 64 wide x 320");
  CHECK(kernels_of<float, gpu::attention_widths{80, 30}>({40, 8, 8, 100, 1000, 80, 30}) ==
        "attention_simt of 64 by 32, 128 wide x 640");
  CHECK(kernels_of<float, any>({1, 8, 8, 0, 1000, 80, 30}).empty());
}

TEST_CASE("few blocks share keys: a second kernel joins what they leave") {
  // 8 heads in one group are 8 rows; 32 tiles of keys are 8 parts of 4
  CHECK(kernels_of<ds::bf16, gpu::attention_widths{64, 64}>({1, 8, 1, 1, 1024, 64, 62}) ==
        "attention_mma of 16 by 32, 64 wide x 8, then attention_join x 2; " +
            std::to_string(8 * 8 * (64 + 1)) + " sums");
}
