// SPDX-License-Identifier: Apache-2.0
/// @file attention_program: a call of attention as kernels of a GPU: which one, with which tile, and by how
/// many blocks the keys of a row are shared.
#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/kernel/attention_join.hpp>
#include <deepseek/kernel/attention_mma.hpp>
#include <deepseek/kernel/attention_simt.hpp>
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/plan/gpu/attention_score.hpp>
#include <deepseek/plan/gpu/attention_tile.hpp>

namespace deepseek::plan::gpu {

/// attention_widths: those of queries and of values, where types say them; else dyn.
struct attention_widths {
  std::int64_t width = dyn;
  std::int64_t value_width = dyn;
};

/// attention_memory: bytes that kernels read beside those of the score expression, and write.
struct attention_memory {
  static constexpr int most = 8;
  address_range read[most] = {};
  address_range out = {};
  address_range sums = {};
};

/// attention_by_mma<Q, Keys>: products are those of mma; keys and values of other types are rounded to Q's as
/// they are read, which is done of what has scales alone.
template <class Q, class Keys>
concept attention_by_mma = (std::same_as<Q, f16> ||
                            std::same_as<Q, bf16>)&&(Keys::scaled ||
                                                     (std::same_as<Q, typename Keys::key_type> &&
                                                      std::same_as<Q, typename Keys::value_type>));

/// attention_program<E, Dims, Operands, Widths>: E: the score expression over Dims. launch(f, memory) calls
/// f(kernel, blocks) for each kernel, one after the other.
template <class E, class Dims, class Q, class Keys, attention_widths Widths>
class attention_program {
  using Operands = kernel::attention_operands<Q, Keys, Q>;
  using score_type = score_program<E, Dims>;
  using Open = std::remove_cvref_t<decltype(score::without_masks(std::declval<E const&>()))>;
  using open_type = score_program<Open, Dims>;
  static constexpr bool scored = !expr::detail::is_variable<E>;

  static auto score_type_of_kernel() {
    if constexpr (!scored) return std::type_identity<kernel::plain_score>{};
    else
      return std::type_identity<program_score<
          S, std::remove_cvref_t<decltype(std::declval<score_type const&>().cursor())>,
          std::remove_cvref_t<decltype(std::declval<open_type const&>().cursor())>>>{};
  }

 public:
  using S = typename score_type::S;
  /// score_of_kernel: the score as kernels take it.
  using score_of_kernel = typename decltype(score_type_of_kernel())::type;
  /// memory_read: bytes that kernels read.
  struct memory_read {
    address_range source_range;
  };

  attention_program(E const& e, Dims const& extents, Operands const& operands,
                    attention_memory const& used)
      : score_{e, extents},
        open_{score::without_masks(e), extents},
        operands_{operands},
        used_{used} {}

  /// visit(f): f on what is read and written (memory_read, a target), and on the cursors of the expression.
  template <class F> void visit(F const& f) {
    for (address_range const& r : used_.read) {
      memory_read operand{r};
      if (r.begin < r.end) f(operand);
    }
    result_memory<Q> out{{operands_.out.data, used_.out}, {}};
    result_memory<float> sums{{operands_.sums.data, used_.sums}, {}};
    if (used_.out.begin < used_.out.end) f(out);
    if (used_.sums.begin < used_.sums.end) f(sums);
    score_.visit(f);
  }
  /// reach(base, place …): the bytes of an operand of the expression, or of a result.
  template <class T> [[nodiscard]] address_range reach(T const* base, address<S> const& p) const {
    return score_.reach(base, p);
  }
  template <class Leaf> [[nodiscard]] address_range reach_of(Leaf const& leaf) {
    return score_.reach_of(leaf);
  }
  template <class T, class Own>
  [[nodiscard]] address_range reach(T const*, address_range const& r, Own const&) const {
    return r;
  }
  [[nodiscard]] static std::int64_t extent_of(int) { return 1; }

  /// workspace_bytes(): of what blocks that share keys leave.
  [[nodiscard]] std::int64_t workspace_bytes() const { return workspace_of(choice()); }
  template <class F> void launch(F const& f, void* workspace = nullptr) const {
    auto const& size = operands_.size;
    if (rows_of(size) == 0) return;
    auto const c = choice();
    auto const parts = parts_in(workspace, c);
    with_widths([&](auto width, auto value_width) {
      constexpr int w = decltype(width)::value;
      constexpr int vw = decltype(value_width)::value;
      using kernel::attention_config;
      if constexpr (attention_by_mma<Q, Keys>) {
        constexpr int keys = attention_keys(w, vw);
        constexpr attention_config few{attention_few_rows, keys, w, vw};
        constexpr attention_config usual{attention_rows, keys, w, vw, attention_warp_rows(w, vw)};
        if (c.few) start<kernel::attention_mma<Q, Operands, score_of_kernel, few>>(f, c, parts);
        else start<kernel::attention_mma<Q, Operands, score_of_kernel, usual>>(f, c, parts);
      } else {
        constexpr attention_config config{attention_simt_rows, attention_simt_keys, w, vw};
        start<kernel::attention_simt<Operands, score_of_kernel, config>>(f, c, parts);
      }
    });
    join(f, c, parts);
  }
  /// choice(): tiles and shares, of extents alone.
  [[nodiscard]] attention_choice choice() const {
    auto const& size = operands_.size;
    if constexpr (attention_by_mma<Q, Keys>)
      return choose_attention(size, true,
                              attention_keys(padded(size.width), padded(size.value_width)));
    else return choose_attention(size, false, attention_simt_keys, attention_simt_rows);
  }

 protected:
  template <class T> struct result_memory {
    struct {
      T* base;
      address_range place;
    } target;
    struct {
      std::int64_t of[max_rank] = {};
    } extents;
  };
  static std::int64_t rows_of(kernel::attention_size const& s) {
    return std::int64_t{s.batches} * s.heads * s.queries;
  }
  [[nodiscard]] std::int64_t part_rows(attention_choice const& c) const {
    return c.parts * rows_of(operands_.size);
  }
  [[nodiscard]] std::int64_t row_stride() const {
    return parts_of(operands_.size.value_width, 4) * 4;
  }
  static constexpr int widest = 256;
  [[nodiscard]] std::int64_t workspace_of(attention_choice const& c) const {
    return c.parts == 1 ? 0 : part_rows(c) * (row_stride() + 1) * std::int64_t{sizeof(float)};
  }
  [[nodiscard]] kernel::attention_parts parts_in(void* workspace, attention_choice const& c) const {
    if (c.parts == 1) return {nullptr, nullptr, 0};
    auto* const memory = static_cast<float*>(workspace);
    return {memory, memory + part_rows(c) * row_stride(), static_cast<int>(row_stride())};
  }
  /// The kernel after those of blocks that share keys.
  template <class F>
  void join(F const& f, attention_choice const& c, kernel::attention_parts const& parts) const {
    if (c.parts == 1) return;
    kernel::attention_join<Q> const k{operands_.size, parts, c.parts, operands_.out,
                                      operands_.sums};
    f(k, kernel::blocks_for(parts_of(k.rows(), 4)));
  }
  [[nodiscard]] score_of_kernel kernel_score() const {
    if constexpr (scored) return score_of_kernel{score_.cursor(), open_.cursor()};
    else return {};
  }
  static constexpr int padded(std::int64_t width) {
    return width <= 32 ? 32 : width <= 64 ? 64 : width <= 128 ? 128 : widest;
  }
  /// f(width, value_width) as constants: of the kernel.
  template <class F> void with_widths(F const& f) const {
    if constexpr (Widths.width != dyn && Widths.value_width != dyn) {
      constexpr int a = padded(Widths.width);
      constexpr int b = padded(Widths.value_width);
      // Tiles of few keys have no share for every thread where lines are short.
      constexpr int least = a == widest || b == widest ? 64 : 32;
      f(std::integral_constant<int, (a < least ? least : a)>{},
        std::integral_constant<int, (b < least ? least : b)>{});
    } else {
      int const a = padded(operands_.size.width);
      int const b = padded(operands_.size.value_width);
      int const most = a > b ? a : b;
      // Where the types say the width of queries alone, values are as wide or the widest.
      constexpr bool one = Widths.width != dyn;
      auto const same = [&](auto w) {
        constexpr int of = decltype(w)::value;
        if constexpr (!one || of == padded(Widths.width) || of == widest)
          if (most == of || (one && of == widest && most > padded(Widths.width))) f(w, w);
      };
      same(std::integral_constant<int, 32>{});
      same(std::integral_constant<int, 64>{});
      same(std::integral_constant<int, 128>{});
      same(std::integral_constant<int, widest>{});
    }
  }
  template <class K, class F>
  void start(F const& f, attention_choice const& c, kernel::attention_parts const& parts) const {
    kernel::attention_blocks const blocks{c.row_tiles, c.packed, c.parts, c.tiles_of_part};
    K const kernel{operands_, blocks, parts, kernel_score()};
    f(kernel, static_cast<int>(c.blocks));
  }

  score_type score_;
  open_type open_;
  Operands operands_;
  attention_memory used_;
};

}  // namespace deepseek::plan::gpu
