// SPDX-License-Identifier: Apache-2.0
/// @file Which entry of a learned table of biases belongs to two positions: T5's buckets, Swin's windows.
#pragma once
#include <cmath>
#include <cstdint>

#include <deepseek/tensor/tensor.hpp>

namespace deepseek::score {

/// t5_options: of T5's relative positions.
struct t5_options {
  std::int32_t buckets = 32;      ///< rows of the table
  std::int32_t most = 128;        ///< distances from here on share the last bucket
  bool bidirectional = true;      ///< keys after the query have half of the buckets; else bucket 0
  std::int64_t query_offset = 0;  ///< query i stands at key i + that
};

namespace detail {
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_buckets(t5_options const& o) {
  throw argument_error(
      text{} << "[DS-SCORE-BUCKETS] t5_buckets(queries, keys, options): buckets is " << o.buckets
             << " and most is " << o.most
             << ". Fix: buckets a multiple of 4, most above half of those that a "
                "direction has.");
}
}  // namespace detail

/// t5_buckets(queries, keys, options): the bucket of each distance, in the order of score::relative:
/// element t is that of key - query = t - (queries - 1).
///
/// Half of a direction's buckets are for one distance each, the others grow logarithmically.
///
///   auto const values = eval(permute(take(table, axes<0>, score::t5_buckets(n, m)), axes<1, 0>));
///   (y = attention(q, k, v, score::relative(values))).run(host{});        // table: [buckets, heads]
///
/// @fails   argument_error [DS-SCORE-BUCKETS] buckets that cannot be shared out
/// @paper   Raffel et al. 2020, "Exploring the limits of transfer learning"
inline tensor<std::int32_t, dims<dyn>> t5_buckets(std::int64_t queries, std::int64_t keys,
                                                  t5_options const& options = {}) {
  std::int32_t const half = options.bidirectional ? options.buckets / 2 : options.buckets;
  std::int32_t const exact = half / 2;
  if (options.buckets < 4 || options.buckets % 4 != 0 || options.most <= exact)
    detail::fail_buckets(options);
  std::int64_t const distances = queries + keys < 1 ? 0 : queries + keys - 1;
  tensor<std::int32_t, dims<dyn>> bucket{dims<dyn>{distances}};
  float const span = std::log(static_cast<float>(options.most) / static_cast<float>(exact));
  for (std::int64_t t = 0; t < distances; ++t) {
    std::int64_t const apart = t - (queries - 1) - options.query_offset;
    std::int64_t distance = apart < 0 ? -apart : apart;
    if (!options.bidirectional && apart > 0) distance = 0;
    std::int64_t of = distance;
    if (distance >= exact) {
      float const share = std::log(static_cast<float>(distance) / static_cast<float>(exact)) / span;
      of = exact + static_cast<std::int64_t>(share * static_cast<float>(half - exact));
      if (of > half - 1) of = half - 1;
    }
    if (options.bidirectional && apart > 0) of += half;
    bucket.data()[t] = static_cast<std::int32_t>(of);
  }
  return bucket;
}

/// window_offsets(rows, columns): of two tokens of a window in row-major order, the entry of Swin's table:
///
///   y[i, j] = (row i - row j + rows - 1) * (2 * columns - 1) + column i - column j + columns - 1
///
///   auto const values = eval(permute(take(table, axes<0>, score::window_offsets(7, 7)), axes<2, 0, 1>));
///   (y = attention(q, k, v, score::bias(values))).run(host{});      // table: [13 * 13, heads]
///
/// @paper   Liu et al. 2021, "Swin Transformer"
inline tensor<std::int32_t, dims<dyn, dyn>> window_offsets(std::int64_t rows,
                                                           std::int64_t columns) {
  std::int64_t const tokens = rows * columns;
  tensor<std::int32_t, dims<dyn, dyn>> entry{dims<dyn, dyn>{tokens, tokens}};
  std::int64_t at = 0;
  for (std::int64_t i = 0; i < tokens; ++i)
    for (std::int64_t j = 0; j < tokens; ++j) {
      std::int64_t const down = i / columns - j / columns + rows - 1;
      std::int64_t const across = i % columns - j % columns + columns - 1;
      entry.data()[at++] = static_cast<std::int32_t>(down * (2 * columns - 1) + across);
    }
  return entry;
}

}  // namespace deepseek::score
