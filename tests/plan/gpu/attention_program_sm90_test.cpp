// SPDX-License-Identifier: Apache-2.0
/// @file attention_program_sm90: which calls are those of the kernel of sm_90a, with which tile and how many
/// blocks; all others go as attention_program says.
#include <deepseek/attention/attention.hpp>
#include <deepseek/plan/gpu/attention_program_sm90.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ds = deepseek;
namespace gpu = deepseek::plan::gpu;
namespace kernel = deepseek::kernel;
using ds::dyn;

namespace {
using extents = ds::dims<dyn, dyn, dyn, dyn>;
constexpr gpu::attention_widths any{};

/// How operands lie in memory.
struct lying {
  bool by_heads = true;    ///< [b, h, n, d]; else [b, n, h, d]
  std::int64_t gap = 0;    ///< elements between rows
  std::int64_t first = 0;  ///< elements before the first
  bool maps = true;        ///< the machine makes tensor maps
};

template <class T>
kernel::row_place<T const> rows_of(T const* p, std::int64_t h, std::int64_t n, std::int64_t d,
                                   lying const& l) {
  std::int64_t const row = d + l.gap;
  return {p + l.first,
          h * n * row,
          l.by_heads ? n * row : row,
          l.by_heads ? row : h * row,
          1,
          row % 8 == 0 && l.first % 8 == 0};
}

/// "name of rows by keys, widths wide x blocks" of each kernel.
template <class T, gpu::attention_widths Widths, gpu::sm90_kernels Kernels = gpu::sm90_kernels::all>
std::string kernels_of(kernel::attention_size const& s, lying const& l = {}) {
  using keys = kernel::keys_in_memory<T, T>;
  alignas(16) static T some[16] = {};
  float sum[1] = {};
  kernel::attention_operands<T, keys, T> const of{
      s,
      1,
      rows_of(some, s.heads, s.queries, s.width, l),
      {rows_of(some, s.kv_heads, s.keys, s.width, l),
       rows_of(some, s.kv_heads, s.keys, s.value_width, l), s.keys},
      {some, 0, 0, 0, 1, false},
      {sum, 0, 0, 0, 1, false},
      nullptr,
      0};
  extents const e{s.batches, s.heads, s.queries, s.keys};
  auto const score = ds::score::of(ds::score::plain, e);
  gpu::attention_program_sm90<std::remove_cvref_t<decltype(score)>, extents, T, keys, Widths,
                              Kernels> const p{
      score, e, of, {}, l.maps ? &ds::arch::gpu::described : nullptr};
  std::string text;
  std::vector<float> workspace(static_cast<std::size_t>(p.workspace_bytes() / 4));
  p.launch(
      [&](auto const& k, int blocks) {
        using K = std::remove_cvref_t<decltype(k)>;
        text += text.empty() ? "" : ", then ";
        text += K::name;
        if constexpr (requires { K::value_tile::blocks; })
          text += " of " + std::to_string(K::query_tile::lines) + " by " +
                  std::to_string(K::key_tile::lines) + ", " +
                  std::to_string(K::key_tile::panels * 64) + " and " +
                  std::to_string(K::value_tile::block::panels * 64) + " wide";
        text += " x " + std::to_string(blocks);
      },
      workspace.data());
  if (!workspace.empty()) text += "; " + std::to_string(workspace.size()) + " sums";
  return text;
}
}  // namespace

TEST_CASE("three tiles by the wider of both widths; rows are those of two or three warpgroups") {
  constexpr gpu::attention_widths same{128, 128};
  constexpr gpu::attention_widths mixed{192, 40};
  CHECK(kernels_of<ds::bf16, same>({40, 8, 8, 100, 1000, 128, 128}) ==
        "attention_wgmma of 128 by 128, 128 and 128 wide x 320");
  CHECK(kernels_of<ds::bf16, mixed>({40, 8, 4, 129, 1000, 192, 40}) ==
        "attention_wgmma of 128 by 64, 256 and 64 wide x 640");
  CHECK(kernels_of<ds::f16, any>({40, 8, 8, 193, 1000, 24, 40}) ==
        "attention_wgmma of 192 by 128, 64 and 64 wide x 640");
  CHECK(kernels_of<ds::f16, any, gpu::sm90_kernels::one>({40, 8, 8, 193, 1000, 24, 40}) ==
        "attention_wgmma of 128 by 128, 128 and 128 wide x 640");
}

TEST_CASE("what tensor copies cannot read, and few rows, are for the kernel by mma") {
  constexpr gpu::attention_widths known{64, 64};
  CHECK(kernels_of<ds::bf16, known>({40, 8, 8, 64, 1000, 64, 64}, {.gap = 8}) ==
        "attention_wgmma of 192 by 128, 64 and 64 wide x 320");
  CHECK(kernels_of<ds::bf16, known>({40, 8, 8, 64, 1000, 64, 64}, {.maps = false}) ==
        "attention_mma x 320");
  CHECK(kernels_of<ds::bf16, known>({40, 8, 8, 64, 1000, 64, 64}, {.gap = 4}) ==
        "attention_mma x 320");
  CHECK(kernels_of<ds::bf16, known>({40, 8, 8, 64, 1000, 64, 64}, {.first = 4}) ==
        "attention_mma x 320");
  CHECK(kernels_of<ds::bf16, known>({40, 8, 8, 63, 1000, 64, 64}) == "attention_mma x 320");
  CHECK(kernels_of<ds::bf16, known>({40, 8, 8, 64, 0, 64, 64}) == "attention_mma x 320");
  CHECK(kernels_of<ds::bf16, known>({0, 8, 8, 64, 10, 64, 64}).empty());
}

TEST_CASE("heads that share keys are rows of one block where they are one matrix") {
  constexpr gpu::attention_widths known{128, 128};
  CHECK(kernels_of<ds::bf16, known>({132, 8, 2, 16, 1000, 128, 128}) ==
        "attention_wgmma of 128 by 128, 128 and 128 wide x 264");
  CHECK(kernels_of<ds::bf16, known>({132, 8, 2, 16, 1000, 128, 128}, {.by_heads = false}) ==
        "attention_mma x 264");
  CHECK(kernels_of<ds::bf16, known>({132, 4, 1, 100, 1000, 128, 128}) ==
        "attention_wgmma of 128 by 128, 128 and 128 wide x 528");
  CHECK(kernels_of<ds::bf16, known>({132, 4, 1, 65, 1000, 128, 128}, {.by_heads = false}) ==
        "attention_wgmma of 128 by 128, 128 and 128 wide x 528");
  CHECK(kernels_of<ds::bf16, known>({132, 64, 1, 1, 1000, 128, 128}, {.by_heads = false}) ==
        "attention_wgmma of 128 by 128, 128 and 128 wide x 132");
}

TEST_CASE("few blocks share keys; of a score a part has at most as many tiles as there are bits") {
  constexpr gpu::attention_widths known{128, 128};
  CHECK(kernels_of<ds::bf16, known>({1, 2, 2, 64, 4096, 128, 120}) ==
        "attention_wgmma of 128 by 128, 128 and 128 wide x 16, then attention_join x 32; " +
            std::to_string(8 * 128 * (120 + 1)) + " sums");
  constexpr auto tile = gpu::sm90_attention_tile(128, 128);
  constexpr kernel::attention_size size{64, 8, 8, 256, 300000, 128, 128};
  constexpr auto plain = gpu::choose_attention_sm90(size, tile, false, true);
  static_assert(plain.parts == 1 && plain.blocks == 64 * 8 * 2);
  constexpr auto scored = gpu::choose_attention_sm90(size, tile, true, true);
  static_assert(scored.parts == 3 && scored.tiles_of_part == 1024 && scored.blocks == 64 * 8 * 6);
}
