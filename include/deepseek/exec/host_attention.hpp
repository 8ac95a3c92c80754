// SPDX-License-Identifier: Apache-2.0
/// @file How the host runs attention: loop/attention.hpp with what stands in memory and the score expression.
///
/// deepseek.hpp includes it; a program that names its headers and runs attention on the host includes it too.
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/attention/cached_attention.hpp>
#include <deepseek/exec/host.hpp>

// As host.hpp: loops of the host are nothing for a GPU's compiler.
#if !DEEPSEEK_DEVICE_PASS
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
inline void zero_columns(float* rows, std::int64_t count, std::int64_t from, std::int64_t to) {
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t d = from; d < to; ++d) rows[i * to + d] = 0;
}

/// computes_indices<E>: a gather by indices that lie in no memory stands under E.
template <class E> constexpr bool computes_indices() {
  if constexpr (expr::detail::is_gather<E>)
    if constexpr (!expr::detail::is_leaf<expr::operand_t<E, 1>>) return true;
  return expr::fold_operands<E>(
      []<class... Operand>() { return (false || ... || computes_indices<Operand>()); });
}
/// with_proved_indices(e): e, whose gathers by computed indices have been found to stay inside their tables.
template <class E> auto with_proved_indices(E const& e) {
  if constexpr (!computes_indices<E>()) {
    return e;
  } else if constexpr (expr::detail::is_gather<E>) {
    auto const index = with_proved_indices(get<1>(e.operands));
    return expr::gather_node<E::axis, typename E::source_map, typename E::index_map,
                             typename E::dims_type, expr::operand_t<E, 0>,
                             std::remove_cvref_t<decltype(index)>, true>{e.extents(),
                                                                         get<0>(e.operands), index};
  } else {
    return apply(
        [&](auto const&... operand) { return plan::rebuilt(e, with_proved_indices(operand)...); },
        e.operands);
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

/// keys_in_memory: k and v as they were given.
template <class K, class V> struct keys_in_memory {
  static constexpr bool all_there = true;  ///< every sequence has every key
  K k;
  V v;
  rotary turn;

  [[nodiscard]] std::int64_t heads() const { return k.extent(1); }
  [[nodiscard]] std::int64_t width() const { return k.extent(3); }
  [[nodiscard]] std::int64_t value_width() const { return v.extent(3); }
  [[nodiscard]] std::int64_t length(std::int64_t) const { return k.extent(2); }

  void keys(std::int64_t batch, std::int64_t head, std::int64_t first, int count, float* scratch,
            float* to) const {
    auto const* const from =
        k.data() + batch * k.stride(0) + head * k.stride(1) + first * k.stride(2);
    if (!turn.given()) {
      loop::detail::pack_keys(from, k.stride(2), k.stride(3), count, width(), to);
      return;
    }
    rows_to_f32(from, k.stride(2), k.stride(3), count, width(), 1.0F, scratch, width());
    for (int i = 0; i < count; ++i) turn.rotate(scratch + i * width(), first + i);
    loop::detail::pack_keys(scratch, width(), 1, count, width(), to);
  }
  loop::value_rows values(std::int64_t batch, std::int64_t head, std::int64_t first, int count,
                          float* scratch, std::int64_t stride) const {
    auto const* const from =
        v.data() + batch * v.stride(0) + head * v.stride(1) + first * v.stride(2);
    if constexpr (std::is_same_v<typename V::value_type, float>)
      if (v.stride(3) == 1 && value_width() == stride) return {from, v.stride(2)};
    rows_to_f32(from, v.stride(2), v.stride(3), count, value_width(), 1.0F, scratch, stride);
    zero_columns(scratch, count, value_width(), stride);
    return {scratch, stride};
  }
};

/// keys_in_pages<T>: of a cache. Rows that lie in one page are taken as they are.
template <class T> struct keys_in_pages {
  static constexpr bool all_there = false;
  paged_keys<T> cache;

  [[nodiscard]] std::int64_t heads() const { return cache.keys.extent(1); }
  [[nodiscard]] std::int64_t width() const { return cache.keys.extent(3); }
  [[nodiscard]] std::int64_t value_width() const { return cache.values.extent(3); }
  [[nodiscard]] std::int64_t length(std::int64_t sequence) const {
    return cache.lengths.data()[sequence * cache.lengths.stride(0)];
  }

  void keys(std::int64_t sequence, std::int64_t head, std::int64_t first, int count, float* scratch,
            float* to) const {
    std::int64_t const stride = cache.keys.stride(2);
    if constexpr (!quantized_element<T>)
      if (T const* const rows = in_one_page(cache.keys, sequence, head, first, count)) {
        loop::detail::pack_keys(rows, stride, cache.keys.stride(3), count, width(), to);
        return;
      }
    gather(cache.keys, cache.key_scales, sequence, head, first, count, scratch, width());
    loop::detail::pack_keys(scratch, width(), 1, count, width(), to);
  }
  loop::value_rows values(std::int64_t sequence, std::int64_t head, std::int64_t first, int count,
                          float* scratch, std::int64_t stride) const {
    if constexpr (std::is_same_v<T, float>)
      if (cache.values.stride(3) == 1 && value_width() == stride)
        if (T const* const rows = in_one_page(cache.values, sequence, head, first, count))
          return {rows, cache.values.stride(2)};
    gather(cache.values, cache.value_scales, sequence, head, first, count, scratch, stride);
    zero_columns(scratch, count, value_width(), stride);
    return {scratch, stride};
  }

 private:
  using rows_view = view<T const, dims<dyn, dyn, dyn, dyn>, strided<4>>;
  using scale_view = view<float const, dims<dyn, dyn, dyn>>;

  [[nodiscard]] std::int64_t page(std::int64_t sequence, std::int64_t number) const {
    return cache.table.data()[sequence * cache.table.stride(0) + number * cache.table.stride(1)];
  }
  /// Keys beyond the sequence are none: their rows may lie in no page.
  [[nodiscard]] std::int64_t existing(std::int64_t sequence, std::int64_t first, int count) const {
    std::int64_t const left = length(sequence) - first;
    return left < count ? left : count;
  }
  [[nodiscard]] T const* in_one_page(rows_view const& of, std::int64_t sequence, std::int64_t head,
                                     std::int64_t first, int count) const {
    std::int64_t const size = cache.page_size();
    if (existing(sequence, first, count) < count || first / size != (first + count - 1) / size)
      return nullptr;
    return of.data() + page(sequence, first / size) * of.stride(0) + head * of.stride(1) +
           first % size * of.stride(2);
  }
  void gather(rows_view const& of, scale_view const& scales, std::int64_t sequence,
              std::int64_t head, std::int64_t first, int count, float* to,
              std::int64_t stride) const {
    std::int64_t const size = cache.page_size();
    std::int64_t const there = existing(sequence, first, count);
    for (std::int64_t i = 0; i < there;) {
      std::int64_t const row = (first + i) % size;
      std::int64_t const n = size - row < there - i ? size - row : there - i;
      std::int64_t const p = page(sequence, (first + i) / size);
      rows_to_f32(of.data() + p * of.stride(0) + head * of.stride(1) + row * of.stride(2),
                  of.stride(2), of.stride(3), n, of.extent(3), 1.0F, to + i * stride, stride);
      if constexpr (quantized_element<T>)
        for (std::int64_t j = 0; j < n; ++j) {
          float const scale = scales.data()[p * scales.stride(0) + head * scales.stride(1) +
                                            (row + j) * scales.stride(2)];
          for (std::int64_t d = 0; d < of.extent(3); ++d) to[(i + j) * stride + d] *= scale;
        }
      i += n;
    }
    for (std::int64_t i = there; i < count; ++i)
      for (std::int64_t d = 0; d < stride; ++d) to[i * stride + d] = 0;
  }
};

/// attention_operands: what loop::attention asks for.
template <class Score, class Extents, class Q, class Keys, class Out, class Rows>
struct attention_operands {
  static constexpr bool scored = !expr::detail::is_variable<Score>;
  using Open = std::remove_cvref_t<decltype(score::without_masks(std::declval<Score const&>()))>;
  static constexpr bool open_is_plain = expr::detail::is_variable<Open>;

  Score score;
  attention_options options;
  Extents extents;
  Q q;
  Keys from;
  Out out;
  Rows sums;
  Open open;

  void queries(std::int64_t batch, std::int64_t head, std::int64_t first, int count,
               float* to) const {
    std::int64_t const width = q.extent(3);
    rows_to_f32(q.data() + batch * q.stride(0) + head * q.stride(1) + first * q.stride(2),
                q.stride(2), q.stride(3), count, width, options.scale, to, width);
    if (!options.turn.given()) return;
    std::int64_t const own = from.length(batch) - q.extent(2) + first;
    for (int i = 0; i < count; ++i) options.turn.rotate(to + i * width, own + i);
  }
  void keys(std::int64_t batch, std::int64_t head, std::int64_t first, int count, float* scratch,
            float* to) const {
    from.keys(batch, head, first, count, scratch, to);
  }
  loop::value_rows values(std::int64_t batch, std::int64_t head, std::int64_t first, int count,
                          float* scratch, std::int64_t stride) const {
    return from.values(batch, head, first, count, scratch, stride);
  }
  [[nodiscard]] loop::tile_use use(loop::score_tile const& t) const {
    std::int64_t const left = Keys::all_there ? t.keys : from.length(t.batch) - t.key;
    if (left <= 0) return loop::tile_use::skip;
    loop::tile_use const whole = left < t.keys ? loop::tile_use::masked : loop::tile_use::plain;
    if constexpr (!scored) {
      return whole;
    } else {
      switch (score::class_of_tile(score, {{{t.batch, t.batch},
                                            {t.head, t.head},
                                            {t.query, t.query + t.queries - 1},
                                            {t.key, t.key + t.keys - 1}}})) {
        case score::tile_class::empty: return loop::tile_use::skip;
        case score::tile_class::full: return whole;
        default: return loop::tile_use::masked;
      }
    }
  }
  void apply(loop::score_tile const& t, loop::tile_use use, float* scores,
             std::int64_t stride) const {
    if constexpr (scored) {
      if (use == loop::tile_use::masked) score_of_tile(score, extents, t, scores, stride);
      else if constexpr (!open_is_plain) score_of_tile(open, extents, t, scores, stride);
    }
    if constexpr (!Keys::all_there) {
      std::int64_t const left = from.length(t.batch) - t.key;
      for (int i = 0; i < t.queries; ++i)
        for (std::int64_t j = left; j < t.keys; ++j) scores[i * stride + j] = minus_infinity;
    }
  }
  [[nodiscard]] float sink(std::int64_t head) const {
    auto const& s = options.sink;
    return s.data() == nullptr ? minus_infinity : s.data()[head * s.stride(0)];
  }
  void weigh(loop::score_tile const& t, float* weights, std::int64_t stride) const {
    double const rate = options.dropout_rate;
    if (rate == 0) return;
    auto const least = static_cast<float>(rate);
    auto const scale = static_cast<float>(1 / (1 - rate));
    rules::uniform<float> const draw{options.dropout_key};
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

template <class F, class Extents, class Q, class Keys, class Results>
void run_attention(F const& f, attention_options const& options, Extents const& extents, Q const& q,
                   Keys const& keys, Results const& results, int threads) {
  check_indices(f);
  auto const score = with_proved_indices(f);
  using Score = std::remove_cvref_t<decltype(score)>;
  auto const& out = get<0>(results);
  auto const& sums = get<1>(results);
  using Of = attention_operands<Score, Extents, Q, Keys, std::remove_cvref_t<decltype(out)>,
                                std::remove_cvref_t<decltype(sums)>>;
  loop::attention({extents[0], extents[1], keys.heads(), extents[2], extents[3], keys.width(),
                   keys.value_width()},
                  Of{score, options, extents, q, keys, out, sums, score::without_masks(score)},
                  threads);
}

template <class Score, class Operands, class Results>
void call_on(host_machine const& machine, rules::attention<Score> const& rule,
             Operands const& operands, Results const& results) {
  auto const& q = get<0>(operands);
  auto const& k = get<1>(operands);
  auto const& v = get<2>(operands);
  using Keys = keys_in_memory<std::remove_cvref_t<decltype(k)>, std::remove_cvref_t<decltype(v)>>;
  run_attention(rule.score, rule.options, score_extents(q.extents(), k.extents()), q,
                Keys{k, v, rule.options.turn}, results, machine.threads);
}

template <class T, class Score, class Operands, class Results>
void call_on(host_machine const& machine, rules::cached_attention<T, Score> const& rule,
             Operands const& operands, Results const& results) {
  auto const& q = get<0>(operands);
  run_attention(rule.score, rule.options, score_extents<dyn>(q.extents(), rule.cache.longest()), q,
                keys_in_pages<T>{rule.cache}, results, machine.threads);
}

}  // namespace deepseek::detail
#endif
