// SPDX-License-Identifier: Apache-2.0
/// @file What a kernel of attention asks of its score: what it does to a tile, and to the scores that a
/// thread has of one query.
///
///   use(box)                                      whether a tile is empty, open or masked
///   apply<WithMasks, Count>(at, key_of, values)   scores in place of q k^T * scale, of keys key_of(i);
///                                                 without masks: no mask applies, and all keys are there
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/base/config.hpp>

namespace deepseek::kernel {

/// tile_use: what becomes of a tile of scores.
enum class tile_use : unsigned char {
  empty,  ///< all are -inf: neither its keys nor its values are read
  open,   ///< no mask applies
  masked  ///< some may be -inf
};

/// score_box: the scores of one batch that a tile has; first and last of each.
struct score_box {
  int batch;
  int head[2];
  int query[2];
  int key[2];
};

/// score_row: where the scores of a thread are: of keys from `keys` on there are none.
struct score_row {
  int batch;
  int head;
  int query;
  int keys;
};

/// plain_score: q k^T * scale as it is.
struct plain_score {
  static constexpr bool scored = false;
};

/// attention_score<S>: plain_score, or what has both functions.
template <class S>
concept attention_score = !S::scored || requires(S const& score, score_box const& box) {
  { score.use(box) } -> std::same_as<tile_use>;
};

}  // namespace deepseek::kernel
