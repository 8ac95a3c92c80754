// SPDX-License-Identifier: Apache-2.0
/// @file A score expression as kernels of attention run it: on the scores that a thread has in registers, and
/// on boxes of indices.
///
/// It is lowered as what stands above a product is (program_epilogue.hpp): q k^T * scale is a variable,
/// indices are numbers, tensors are read from global memory. Nothing in it knows which kernel asks.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/attention/score.hpp>
#include <deepseek/attention/tile_class.hpp>
#include <deepseek/kernel/attention_score.hpp>
#include <deepseek/kernel/elementwise.hpp>  // held_elements
#include <deepseek/plan/detail/bound_program.hpp>
#include <deepseek/plan/gpu/detail/cursor_bounds.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::plan::gpu {

/// scores_of_attention: the owner of the leaf that stands for q k^T * scale, and the variable's name.
struct scores_of_attention {
  static constexpr bool held_by_threads = true;
};

/// attention_schedule<Axes>: batch, head, query, key; lanes run along keys; each axis is what it is.
template <int Axes> struct attention_schedule : kernel::schedule<Axes, 0, 3> {
  static constexpr bool keeps_axes = true;
};

/// program_score<S, Masked, Open>: Masked: the expression; Open: the same without its masks.
template <class S, class Masked, class Open> struct program_score {
  static constexpr bool scored = true;
  static constexpr int at_once = 4;  ///< scores whose operands are on their way together

  Masked masked;
  Open open;

  [[nodiscard]] DEEPSEEK_HOST_DEVICE kernel::tile_use use(kernel::score_box const& b) const {
    cursor_box<S> const box{{b.batch, b.head[0], b.query[0], b.key[0]},
                            {b.batch, b.head[1], b.query[1], b.key[1]}};
    auto const any = detail::of::anything<float>();
    frame<scores_of_attention, std::remove_cvref_t<decltype(any)>, no_frames> const env{any, {}};
    if (always_masked(masked, box, env)) return kernel::tile_use::empty;
    return never_masked<scores_of_attention>(masked, box, env) ? kernel::tile_use::open
                                                               : kernel::tile_use::masked;
  }
  /// Count scores of one query, of the keys key_of(constant); those that are none stay as they are.
  template <bool WithMasks, int Count, class KeyOf, class Values>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void apply(kernel::score_row const& row, KeyOf const& key_of,
                                                  Values& values) const {
    if constexpr (WithMasks) run<Count>(masked, row, {row.keys, row.keys}, key_of, values);
    else run<Count>(open, row, kernel::lane_range::every(), key_of, values);
  }

 private:
  template <int Count, class C, class KeyOf, class Values>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void run(C const& c, kernel::score_row const& row,
                                                       kernel::lane_range all, KeyOf const& key_of,
                                                       Values& values) {
    static_assert(Count % at_once == 0);
    using held = kernel::held_elements<at_once, false, true>;
    std::int64_t const at[max_rank] = {row.batch, row.head, row.query};
    tile::unrolled<Count / at_once>([&](auto group) DEEPSEEK_INLINE_LAMBDA {
      constexpr int first = group * at_once;
      typename C::template state<held> state;
      c.seek(state, at);
      tile::unrolled<at_once>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        c.template fetch<1>(state, i, key_of(tile::constant<first + i>{}), all);
      });
      tile::unrolled<at_once>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        frame<scores_of_attention, float, no_frames> const env{values[first + i], {}};
        std::int64_t const key = key_of(tile::constant<first + i>{});
        values[first + i] = static_cast<float>(c.template load<1>(state, env, element{i, key}));
      });
    });
  }
};

/// score_program<E, Dims>: E, over [batch, heads, queries, keys], lowered.
template <class E, class Dims> class score_program {
  using Held = expr::leaf<view<float const, Dims, strided<4>>, scores_of_attention>;
  using Bound = expr::let_node<score::score_id, Held, E>;
  using Store = expr::store_node<view<float, Dims>, Bound>;
  using Root = expr::outputs_node<Store>;
  using schedule = attention_schedule<analyse<Root, axis_map<>, empty_scope, 0>().axes>;
  using bound = bound_program<Root, schedule, no_frames>;

 public:
  using S = typename bound::S;

  score_program(E const& e, Dims const& extents) : program_{root_of(e, extents)} {
    static_assert(
        bound::cursor::level == 0 && bound::cursor::scan_bytes == 0,
        "[DS-ATTENTION-REDUCES] attention(q, k, v, f): f reduces or scans along an axis; a "
        "kernel has a tile of the scores. Fix: evaluate that before.");
  }
  /// visit(f): f on every cursor of the expression.
  template <class F> void visit(F const& f) {
    program_.visit([&](auto& c) {
      if constexpr (!requires { c.target; }) f(c);
    });
  }
  template <class T> [[nodiscard]] address_range reach(T const* base, address<S> const& p) const {
    return program_.reach(base, p);
  }
  template <class Leaf> [[nodiscard]] address_range reach_of(Leaf const& leaf) {
    return program_.reach_of(leaf);
  }
  [[nodiscard]] auto const& cursor() const { return program_.value(); }

 private:
  struct lowered : bound {
    using bound::bound;
    template <class F> void visit(F const& f) { this->root_.visit(f); }
    [[nodiscard]] auto const& value() const { return get<0>(this->root_.output).value; }
  };
  static Root root_of(E const& e, Dims const& extents) {
    using Scores = view<float const, Dims, strided<4>>;
    return Root{
        Store{view<float, Dims>{nullptr, extents}, Bound{Held{Scores{nullptr, extents, {}}}, e}}};
  }
  lowered program_;
};

}  // namespace deepseek::plan::gpu

namespace deepseek::plan {
template <int Axes>
struct cursors<gpu::attention_schedule<Axes>> : kernel_cursors<gpu::attention_schedule<Axes>> {};
}  // namespace deepseek::plan
