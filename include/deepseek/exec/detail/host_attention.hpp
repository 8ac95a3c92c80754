// SPDX-License-Identifier: Apache-2.0
/// @file How the host runs attention: loop/attention.hpp with what stands in memory and the score expression.
#pragma once
#include <cstdint>

#include <deepseek/attention/attention.hpp>
#include <deepseek/exec/detail/host_run.hpp>
#include <deepseek/loop/attention.hpp>

namespace deepseek::detail {

/// Rows [count, width] of any strides -> f32, `stride` apart, times scale.
template <class T>
void rows_to_f32(T const* from, std::int64_t row_stride, std::int64_t column_stride,
                 std::int64_t count, std::int64_t width, float scale, float* to,
                 std::int64_t stride) {
  constexpr int lanes = loop::detail::attention_tile::lanes;
  for (std::int64_t i = 0; i < count; ++i, from += row_stride, to += stride) {
    std::int64_t d = 0;
    if constexpr (requires {
                    { arch::load<lanes>(from) } -> std::same_as<arch::pack<float, lanes>>;
                  }) {
      if (column_stride == 1)
        for (; d + lanes <= width; d += lanes)
          arch::store(to + d, arch::load<lanes>(from + d) * arch::pack<float, lanes>(scale));
    }
    for (; d < width; ++d) to[d] = static_cast<float>(from[d * column_stride]) * scale;
  }
}

/// score_of_tile(e, extents, tile, scores, stride): e of the scores of a tile, in place.
template <class E, class Dims>
void score_of_tile(E const& e, Dims const& extents, loop::score_tile const& t, float* scores,
                   std::int64_t stride) {
  using Tile = dims<1, 1, dyn, dyn>;
  strided<4> layout;
  layout.value[2] = stride;
  layout.value[3] = 1;
  // The scores as if all of them were in memory: of those only the tile is looked at.
  using Scores = view<float const, Dims, strided<4>>;
  using Leaf = expr::leaf<Scores>;
  Leaf const leaf{Scores{scores - t.query * stride - t.key, extents, layout}};
  using Bound = expr::let_node<score::score_id, Leaf, E>;
  expr::progression const from[] = {{t.batch, 1}, {t.head, 1}, {t.query, 1}, {t.key, 1}};
  std::int64_t const extent[] = {1, 1, t.queries, t.keys};
  Tile const tile = Tile::from_array(extent);
  auto const part = [&]<int... I>(std::integer_sequence<int, I...>) {
    constexpr int missing = 4 - E::rank;
    using Map = expr::axis_map<(I + missing)...>;
    return expr::view_node<Map, true, Tile, Bound>{tile, from + missing, Bound{leaf, e}};
  }
  (std::make_integer_sequence<int, E::rank>{});
  using Part = std::remove_cvref_t<decltype(part)>;
  using Target = view<float, Tile, strided<4>>;
  using Store = expr::store_node<Target, Part>;
  expr::outputs_node<Store> const root{Store{Target{scores, tile, layout}, part}};
  plan::host::program<std::remove_cvref_t<decltype(root)>> program{root};
  program.run(1);
}

/// attention_operands: what loop::attention asks for.
template <class Rule, class Q, class K, class V, class Out, class Rows> struct attention_operands {
  using Score = std::remove_cvref_t<decltype(Rule::score)>;
  using Extents = std::remove_cvref_t<decltype(score_extents(std::declval<Q>().extents(),
                                                             std::declval<K>().extents()))>;
  static constexpr bool scored = !expr::detail::is_variable<Score>;
  using Open = std::remove_cvref_t<decltype(score::without_masks(std::declval<Score const&>()))>;
  static constexpr bool open_is_plain = expr::detail::is_variable<Open>;

  Rule const& rule;
  Q q;
  K k;
  V v;
  Out out;
  Rows sums;
  Extents extents;
  Open open;

  void queries(std::int64_t batch, std::int64_t head, std::int64_t first, int count,
               float* to) const {
    std::int64_t const width = q.extent(3);
    rows_to_f32(q.data() + batch * q.stride(0) + head * q.stride(1) + first * q.stride(2),
                q.stride(2), q.stride(3), count, width, rule.options.scale, to, width);
  }
  void keys(std::int64_t batch, std::int64_t head, std::int64_t first, int count, float* to) const {
    loop::detail::pack_keys(
        k.data() + batch * k.stride(0) + head * k.stride(1) + first * k.stride(2), k.stride(2),
        k.stride(3), count, k.extent(3), to);
  }
  loop::value_rows values(std::int64_t batch, std::int64_t head, std::int64_t first, int count,
                          float* scratch, std::int64_t stride) const {
    auto const* const from =
        v.data() + batch * v.stride(0) + head * v.stride(1) + first * v.stride(2);
    std::int64_t const width = v.extent(3);
    if constexpr (std::is_same_v<typename V::value_type, float>)
      if (v.stride(3) == 1 && width == stride) return {from, v.stride(2)};
    rows_to_f32(from, v.stride(2), v.stride(3), count, width, 1.0F, scratch, stride);
    for (std::int64_t i = 0; i < count; ++i)
      for (std::int64_t d = width; d < stride; ++d) scratch[i * stride + d] = 0;
    return {scratch, stride};
  }
  [[nodiscard]] loop::tile_use use(loop::score_tile const& t) const {
    if constexpr (!scored) {
      return loop::tile_use::plain;
    } else {
      switch (score::class_of_tile(rule.score, {{{t.batch, t.batch},
                                                 {t.head, t.head},
                                                 {t.query, t.query + t.queries - 1},
                                                 {t.key, t.key + t.keys - 1}}})) {
        case score::tile_class::empty: return loop::tile_use::skip;
        case score::tile_class::full: return loop::tile_use::plain;
        default: return loop::tile_use::masked;
      }
    }
  }
  void apply(loop::score_tile const& t, loop::tile_use use, float* scores,
             std::int64_t stride) const {
    if constexpr (scored) {
      if (use == loop::tile_use::masked) score_of_tile(rule.score, extents, t, scores, stride);
      else if constexpr (!open_is_plain) score_of_tile(open, extents, t, scores, stride);
    }
  }
  [[nodiscard]] float sink(std::int64_t head) const {
    auto const& s = rule.options.sink;
    return s.data() == nullptr ? minus_infinity : s.data()[head * s.stride(0)];
  }
  void weigh(loop::score_tile const& t, float* weights, std::int64_t stride) const {
    double const rate = rule.options.dropout_rate;
    if (rate == 0) return;
    auto const least = static_cast<float>(rate);
    auto const scale = static_cast<float>(1 / (1 - rate));
    rules::uniform<float> const draw{rule.options.dropout_key};
    float number[loop::detail::attention_tile::keys];
    for (int i = 0; i < t.queries; ++i) {
      std::int64_t const row = (t.batch * extents[1] + t.head) * extents[2] + t.query + i;
      draw.fill(row * extents[3] + t.key, 1, t.keys, number);
      for (int j = 0; j < t.keys; ++j) {
        float& weight = weights[i * stride + j];
        weight = number[j] >= least ? weight * scale : 0.0F;
      }
    }
  }
  void result(std::int64_t batch, std::int64_t head, std::int64_t first, int count,
              float const* rows, std::int64_t stride, float const* logarithm) const {
    using T = typename Out::value_type;
    auto* to = out.data() + batch * out.stride(0) + head * out.stride(1) + first * out.stride(2);
    std::int64_t const width = out.extent(3);
    constexpr int lanes = loop::detail::attention_tile::lanes;
    for (int i = 0; i < count; ++i, to += out.stride(2), rows += stride) {
      std::int64_t d = 0;
      if (out.stride(3) == 1)
        for (; d + lanes <= width; d += lanes) arch::store(to + d, arch::load<lanes>(rows + d));
      for (; d < width; ++d) to[d * out.stride(3)] = deepseek::convert<T>(rows[d]);
      sums.data()[batch * sums.stride(0) + head * sums.stride(1) + (first + i) * sums.stride(2)] =
          logarithm[i];
    }
  }
};

template <class Score, class Operands, class Results>
void call_on(host_machine const& machine, rules::attention<Score> const& rule,
             Operands const& operands, Results const& results) {
  auto const& q = get<0>(operands);
  auto const& k = get<1>(operands);
  auto const& v = get<2>(operands);
  auto const& out = get<0>(results);
  auto const& sums = get<1>(results);
  auto const extents = score_extents(q.extents(), k.extents());
  auto const open = score::without_masks(rule.score);
  using Of =
      attention_operands<rules::attention<Score>, std::remove_cvref_t<decltype(q)>,
                         std::remove_cvref_t<decltype(k)>, std::remove_cvref_t<decltype(v)>,
                         std::remove_cvref_t<decltype(out)>, std::remove_cvref_t<decltype(sums)>>;
  loop::attention(
      {q.extent(0), q.extent(1), k.extent(1), q.extent(2), k.extent(2), q.extent(3), v.extent(3)},
      Of{rule, q, k, v, out, sums, extents, open}, machine.threads);
}

}  // namespace deepseek::detail
