// SPDX-License-Identifier: Apache-2.0
/// @file attention: softmax(score(q k^T * scale)) v, the score being any expression.
#pragma once
#include <cmath>
#include <cstdint>

#include <deepseek/attention/masks.hpp>
#include <deepseek/attention/rotary.hpp>
#include <deepseek/attention/score_indices.hpp>
#include <deepseek/attention/tile_class.hpp>
#include <deepseek/expr/call.hpp>
#include <deepseek/expr/cost.hpp>
#include <deepseek/ops/random.hpp>  // random_key
#include <deepseek/shape/broadcast.hpp>

namespace deepseek {

/// attention_options: what attention does besides its score function.
struct attention_options {
  /// By what q k^T is multiplied; 0 stands for 1 / sqrt(width).
  float scale = 0;
  /// Of each head, the score of one more key, whose value is 0: it takes weight and gives nothing.
  view<float const, dims<dyn>> sink = {};
  /// The share of weights that are dropped; the rest is divided by 1 - dropout_rate. Which ones depends on
  /// the key and the number of the score in [batch, heads, queries, keys] alone, as for dropout.
  double dropout_rate = 0;
  random_key dropout_key = {};
  /// Turns queries by their positions, which are those of their own keys (score::own_key), and keys by
  /// theirs, unless they are in a cache: those are turned, if at all, when they are appended.
  rotary turn = {};
};

namespace detail {
/// The results of attention: the output and, of each row, the logarithm of the sum of exponentials.
template <std::int64_t Width, class Q>
constexpr auto attention_results(Q const& q, std::int64_t value_width) {
  using D = typename Q::dims_type;
  using Out = dims<D::static_extent(0), D::static_extent(1), D::static_extent(2), Width>;
  using Rows = dims<D::static_extent(0), D::static_extent(1), D::static_extent(2)>;
  auto const& e = q.extents();
  std::int64_t const extent[] = {e[0], e[1], e[2], value_width};
  return make_arguments(expr::call_result<typename Q::value_type, Out>{Out::from_array(extent)},
                        expr::call_result<float, Rows>{Rows::from_array(extent)});
}
}  // namespace detail

namespace detail {
/// Operations of attention, as if no score were masked: two products, the score expression, a softmax.
template <class Score>
double attention_flops(Score const& score, double scores, std::int64_t width,
                       std::int64_t value_width) {
  constexpr double softmax = 20;
  return scores * (2 * static_cast<double>(width + value_width) + softmax) +
         expr::total_flops(score);
}
}  // namespace detail

namespace rules {
/// attention<Score>: of q, k and v.
template <class Score> struct attention {
  static constexpr char const* name = "attention";
  Score score;  ///< over [batch, heads, queries, keys]
  attention_options options;

  [[nodiscard]] constexpr Score const& reads() const { return score; }
  template <class Q, class K, class V>
  constexpr auto results(Q const& q, K const&, V const& v) const {
    return deepseek::detail::attention_results<V::dims_type::static_extent(3)>(q, v.extents()[3]);
  }
  template <class Q, class K, class V> double flops(Q const& q, K const& k, V const& v) const {
    auto const& e = q.extents();
    return deepseek::detail::attention_flops(
        score, static_cast<double>(e[0] * e[1] * e[2]) * static_cast<double>(k.extents()[2]), e[3],
        v.extents()[3]);
  }
};
}  // namespace rules

/// attention_ranks<Q, K, V>, attention_conformable<Q, K, V>: the laws of attention(q, k, v), as far as types
/// know.
template <class Q, class K, class V>
concept attention_ranks = Q::rank == 4 && K::rank == 4 && V::rank == 4;

namespace detail {
template <class Q, class K, class V> constexpr bool attention_agrees() {
  bool const batches = may_be_equal(Q::static_extent(0), K::static_extent(0)) &&
                       may_be_equal(K::static_extent(0), V::static_extent(0));
  bool const heads = may_be_equal(K::static_extent(1), V::static_extent(1));
  bool const keys = may_be_equal(K::static_extent(2), V::static_extent(2));
  bool const widths = may_be_equal(Q::static_extent(3), K::static_extent(3));
  std::int64_t const h = Q::static_extent(1);
  std::int64_t const kv = K::static_extent(1);
  bool const ratio = h == dyn || kv == dyn || (kv == 0 ? h == 0 : h % kv == 0);
  return batches && heads && keys && widths && ratio;
}
}  // namespace detail
template <class Q, class K, class V>
concept attention_conformable = detail::attention_agrees<Q, K, V>();

namespace why {
struct queries;
struct keys;
struct values;
template <bool Holds, class... Facts> struct attention_has_four_axes {
  static_assert(Holds,
                "[DS-ATTENTION-RANK] attention(q, k, v): an operand is not [batch, heads, length, "
                "width]; ranks are in rank_of<operand, rank>. Fix: unsqueeze or reshape it.");
};
template <bool Holds, class... Facts> struct attention_operands_agree {
  static_assert(
      Holds,
      "[DS-ATTENTION-SHAPE] attention(q[b, h, n, d], k[b, g, m, d], v[b, g, m, w]): extents of one "
      "letter differ, or h is no multiple of g; see extents_of<queries, ...>, extents_of<keys, "
      "...>, "
      "extents_of<values, ...>. Fix: permute, slice or transpose one of them.");
};
}  // namespace why

namespace detail {
template <class Q, class K, class V>
[[noreturn]] DEEPSEEK_NOINLINE void fail_attention(Q const& q, K const& k, V const& v) {
  throw shape_error(
      text{} << "[DS-ATTENTION-SHAPE] attention(q[b, h, n, d], k[b, g, m, d], v[b, g, m, "
                "w]): q is "
             << q << ", k is " << k << " and v is " << v
             << "; extents of one letter differ, or h is no multiple of g. Fix: "
                "permute, slice or transpose one of them.");
}
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_sink(std::int64_t given, std::int64_t heads) {
  throw shape_error(text{} << "[DS-ATTENTION-SINK] attention(q, k, v, score, options): sink has "
                           << given << " scores, and there are " << heads
                           << " heads. Fix: one for each head.");
}
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_attention_dropout(double rate) {
  throw argument_error(
      text{} << "[DS-DROPOUT-RATE] attention(q, k, v, score, options): dropout_rate is " << rate
             << ", not from 0 to below 1. Fix: the share of weights to drop.");
}

/// What is given in options fits; the scale is filled in.
inline void check_attention_options(attention_options& options, std::int64_t heads,
                                    std::int64_t width) {
  if (options.sink.data() != nullptr && options.sink.extent(0) != heads)
    fail_sink(options.sink.extent(0), heads);
  if (!(options.dropout_rate >= 0 && options.dropout_rate < 1))
    fail_attention_dropout(options.dropout_rate);
  if (options.scale == 0)
    options.scale = static_cast<float>(1 / std::sqrt(static_cast<double>(width < 1 ? 1 : width)));
}

/// Extents of the scores of q and k.
template <std::int64_t Keys, class QD>
constexpr auto score_extents(QD const& q, std::int64_t keys) {
  using Dims = dims<QD::static_extent(0), QD::static_extent(1), QD::static_extent(2), Keys>;
  std::int64_t const extent[] = {q[0], q[1], q[2], keys};
  return Dims::from_array(extent);
}
template <class QD, class KD> constexpr auto score_extents(QD const& q, KD const& k) {
  return score_extents<KD::static_extent(2)>(q, k[2]);
}

/// The call of attention, or what is false.
template <class Q, class K, class V, class F>
constexpr auto attention_call(Q const& q, K const& k, V const& v, F const& f,
                              attention_options options) {
  using QD = typename Q::dims_type;
  using KD = typename K::dims_type;
  using VD = typename V::dims_type;
  if constexpr (!attention_ranks<QD, KD, VD>) {
    (void)sizeof(why::attention_has_four_axes<
                 attention_ranks<QD, KD, VD>, why::rank_of<why::queries, QD::rank>,
                 why::rank_of<why::keys, KD::rank>, why::rank_of<why::values, VD::rank>>);
    return why::invalid{};
  } else if constexpr (!attention_conformable<QD, KD, VD>) {
    (void)sizeof(why::attention_operands_agree<
                 attention_conformable<QD, KD, VD>, why::extents_fact<why::queries, Q>,
                 why::extents_fact<why::keys, K>, why::extents_fact<why::values, V>>);
    return why::invalid{};
  } else {
    auto const& qe = q.extents();
    auto const& ke = k.extents();
    auto const& ve = v.extents();
    bool const same = qe[0] == ke[0] && ke[0] == ve[0] && ke[1] == ve[1] && ke[2] == ve[2] &&
                      qe[3] == ke[3] && (ke[1] == 0 ? qe[1] == 0 : qe[1] % ke[1] == 0);
    if (!same) fail_attention(qe, ke, ve);
    check_attention_options(options, qe[1], qe[3]);
    check_rotary(options.turn, qe[3], qe[2] > ke[2] ? qe[2] : ke[2]);
    auto const extents = score_extents(qe, ke);
    auto const score = score::of(f, extents);
    using Score = std::remove_cvref_t<decltype(score)>;
    if constexpr (!valid<Score>) {
      return why::invalid{};
    } else {
      score::check_score_indices(score, extents);
      return expr::call(rules::attention<Score>{score, options}, q, k, v);
    }
  }
}

}  // namespace detail

/// attention_with_logsumexp(q, k, v, f, options): both results of attention:
/// `tie(y, lse) = attention_with_logsumexp(q, k, v, score::causal)`.
///
///   lse[b, h, i] = log(sum over j of exp(s[b, h, i, j])), -inf of a row without a key
///
/// @shape   as attention; lse: [b, h, n]      @dtype lse: f32      @cost as attention
template <operand Q, operand K, operand V, class F = score::plain_t>
constexpr auto attention_with_logsumexp(Q&& q, K&& k, V&& v, F const& f = {},
                                        attention_options const& options = {}) {
  if constexpr (!valid<Q> || !valid<K> || !valid<V>) {
    return why::invalid{};
  } else {
    return detail::attention_call(as_expression(static_cast<Q&&>(q)),
                                  as_expression(static_cast<K&&>(k)),
                                  as_expression(static_cast<V&&>(v)), f, options);
  }
}

/// attention(q, k, v, f, options): what each query makes of the values, by the likeness of query and key.
///
///   s[b, h, i, j] = f(scale * sum over d of q[b, h, i, d] * k[b, h / r, j, d], b, h, i, j)
///   y[b, h, i, :] = sum over j of softmax over j of s[b, h, i, j] * v[b, h / r, j, :],   r = h / g
///
/// f(score, batch, head, query, key) is called with expressions and gives one: maps of them and of tensors
/// that broadcast to the scores. What it masks with minus_infinity is not computed where a whole tile is
/// masked, and costs nothing where a tile has no masked score (tile_class.hpp).
///
///   (y = attention(q, k, v, score::alibi(slopes) | score::sliding_window(1023))).run(host{});
///
/// The scores are never in memory: f32 tiles of them are, one a thread.
///
/// @shape   q: [b, h, n, d], k: [b, g, m, d], v: [b, g, m, w] -> [b, h, n, w]; h is a multiple of g
/// @dtype   q's; sums and softmax in f32
/// @layout  any strides; [b, n, h, d] is permute(q, axes<0, 2, 1, 3>). Fast where the last axis is contiguous
/// @edge    a row whose keys are all masked is 0
/// @order   fixed: the same bits for any number of threads
/// @cost    2 b h n m (d + w) flops less the tiles that are masked; a kernel of its own
/// @life    f's tensors and the sink are viewed, not owned, unless f owns them
/// @fails   [DS-ATTENTION-RANK], [DS-ATTENTION-SHAPE], [DS-SCORE-CALL], [DS-SCORE-SHAPE] static · shape_error
///          [DS-ATTENTION-SHAPE], [DS-SCORE-SHAPE], [DS-SCORE-INDEX], [DS-ATTENTION-SINK] · argument_error
///          [DS-DROPOUT-RATE]
/// @paper   Dao 2023, "FlashAttention-2"; Dong et al. 2024, "Flex Attention"
template <operand Q, operand K, operand V, class F = score::plain_t>
constexpr auto attention(Q&& q, K&& k, V&& v, F const& f = {},
                         attention_options const& options = {}) {
  auto const call = attention_with_logsumexp(static_cast<Q&&>(q), static_cast<K&&>(k),
                                             static_cast<V&&>(v), f, options);
  if constexpr (!valid<decltype(call)>) return why::invalid{};
  else return get<0>(call);
}

}  // namespace deepseek
