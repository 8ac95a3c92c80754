// SPDX-License-Identifier: Apache-2.0
/// @file attention_program_sm90: a call of attention by the kernel of sm_90a where there is such and tensor
/// copies can read queries, keys and values, else as attention_program.
#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/kernel/attention_wgmma.hpp>
#include <deepseek/plan/gpu/attention_program.hpp>
#include <deepseek/plan/gpu/matmul_tiles_sm90.hpp>     // sm90_kernels
#include <deepseek/plan/gpu/product_program_sm90.hpp>  // map_maker

namespace deepseek::plan::gpu {

/// attention_by_sm90<Q, Keys>: all of one type of two bytes, and keys that lie in memory as a tensor does.
template <class Q, class Keys>
concept attention_by_sm90 =
    (std::same_as<Q, f16> ||
     std::same_as<Q, bf16>)&&std::same_as<Keys, kernel::keys_in_memory<Q, Q>>;

/// sm90_attention_tile(width, value_width): of heads up to 64, 128 or 256 wide. Not measured on a GPU.
///
/// Up to 64 the softmax takes longer than products, so that three warpgroups share it; of 256 a lane has
/// 128 sums, and no room for weights beside the next tile's scores.
constexpr kernel::attention_wgmma_config sm90_attention_tile(int width, int value_width) {
  int const most = width > value_width ? width : value_width;
  if (most <= 64) return {3, 128, width, value_width, 4, false};
  if (most <= 128) return {2, 128, width, value_width, 2, true};
  return {2, 64, width, value_width, 2, false};
}

/// choose_attention_sm90(size, tile, scored, packs): as choose_attention; a block has a multiprocessor, and
/// knows of so many tiles as it has bits for; packs: heads that share keys may be rows of one block.
constexpr attention_choice choose_attention_sm90(kernel::attention_size s,
                                                 kernel::attention_wgmma_config const& tile,
                                                 bool scored, bool packs) {
  if (!packs) s.kv_heads = s.heads;  // none share keys, as far as the choice goes
  constexpr std::int64_t enough_blocks = 132;
  constexpr int most = kernel::tile_bits::most;
  attention_choice c = choose_attention(s, false, tile.keys, tile.rows(), enough_blocks);
  if (scored && c.tiles_of_part > most) {
    std::int64_t const blocks = c.blocks / c.parts;
    c.tiles_of_part = most;
    c.parts = static_cast<int>(parts_of(parts_of(s.keys, tile.keys), most));
    c.blocks = blocks * c.parts;
  }
  return c;
}

/// attention_program_sm90<E, Dims, Q, Keys, Widths, Kernels>: as attention_program.
template <class E, class Dims, class Q, class Keys, attention_widths Widths, sm90_kernels Kernels>
requires attention_by_sm90<Q, Keys>
class attention_program_sm90 : public attention_program<E, Dims, Q, Keys, Widths> {
  using general = attention_program<E, Dims, Q, Keys, Widths>;
  using Operands = kernel::attention_operands<Q, Keys, Q>;
  using Score = typename general::score_of_kernel;

 public:
  attention_program_sm90(E const& e, Dims const& extents, Operands const& operands,
                         attention_memory const& used, map_maker make_map)
      : general{e, extents, operands, used}, make_map_{make_map} {}

  [[nodiscard]] std::int64_t workspace_bytes() const {
    std::int64_t bytes = -1;
    with_tile([&](auto tile) { bytes = this->workspace_of(choice_of(tile)); });
    return bytes < 0 ? general::workspace_bytes() : bytes;
  }
  template <class F> void launch(F const& f, void* workspace = nullptr) const {
    bool started = false;
    with_tile([&](auto tile) {
      start<decltype(tile)::config>(f, choice_of(tile), workspace);
      started = true;
    });
    if (!started) general::launch(f, workspace);
  }

 private:
  template <int Width, int ValueWidth> struct tile_of {
    static constexpr auto config = sm90_attention_tile(Width, ValueWidth);
  };
  template <class Tile> [[nodiscard]] attention_choice choice_of(Tile) const {
    return choose_attention_sm90(this->operands_.size, Tile::config, Score::scored,
                                 kernel::heads_follow(this->operands_));
  }
  /// Widths as tiles have them.
  static constexpr int whole(std::int64_t width) {
    return width <= 64 ? 64 : width <= 128 ? 128 : 256;
  }

  /// f(tile) if the kernel of sm_90a is to run.
  template <class F> void with_tile(F const& f) const {
    if (make_map_ == nullptr) return;
    auto const try_tile = [&](auto tile) {
      auto const c = choice_of(tile);
      std::int64_t const rows = std::int64_t{c.packed} * this->operands_.size.queries;
      // Fewer rows than a warpgroup has: the kernel by mma has a smaller tile.
      if (c.blocks > 0 && rows >= 64 && kernel::copies_read(this->operands_, c.packed)) f(tile);
    };
    if constexpr (Widths.width != dyn && Widths.value_width != dyn) {
      try_tile(tile_of<whole(Widths.width), whole(Widths.value_width)>{});
    } else {
      auto const& size = this->operands_.size;
      int const most = whole(size.width > size.value_width ? size.width : size.value_width);
      if constexpr (Kernels == sm90_kernels::one) {
        if (most <= 128) try_tile(tile_of<128, 128>{});
      } else {
        if (most == 64) try_tile(tile_of<64, 64>{});
        else if (most == 128) try_tile(tile_of<128, 128>{});
        else try_tile(tile_of<256, 256>{});
      }
    }
  }
  template <kernel::attention_wgmma_config Config, class F>
  void start(F const& f, attention_choice const& c, void* workspace) const {
    using K = kernel::attention_wgmma<Q, Operands, Score, Config>;
    auto const& of = this->operands_;
    auto const parts = this->parts_in(workspace, c);
    K const kernel{
        make_map_(K::query_tile::panel::description(kernel::query_matrices(of, c.packed))),
        make_map_(K::key_tile::panel::description(kernel::key_matrices(of))),
        make_map_(K::value_tile::block::description(kernel::value_matrices(of))),
        of,
        {c.row_tiles, c.packed, c.parts, c.tiles_of_part},
        parts,
        this->kernel_score()};
    f(kernel, static_cast<int>(c.blocks));
    this->join(f, c, parts);
  }

  map_maker make_map_;
};

}  // namespace deepseek::plan::gpu
