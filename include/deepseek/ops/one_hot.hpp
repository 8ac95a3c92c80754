// SPDX-License-Identifier: Apache-2.0
/// @file one_hot: a row of zeros with a one where the index says.
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/ops/cast.hpp>
#include <deepseek/ops/comparison.hpp>
#include <deepseek/ops/iota.hpp>
#include <deepseek/ops/squeeze.hpp>
#include <deepseek/ops/take.hpp>  // take_indices

namespace deepseek {

/// one_hot(ids, n): for each index a row of n elements; PyTorch's one_hot.
///
///   y[j..., c] = 1 if ids[j...] == c, else 0,   c = 0 … n - 1
///
/// @shape   ids: [j...] -> [j..., n]; rank of ids <= 7
/// @dtype   ids: any integer; y: int64, or V of one_hot<V>(ids, n)
/// @edge    an index outside 0 … n - 1 has no one in its row
/// @cost    2 flops an element; always fuses: sum(one_hot<float>(ids, n) * logits, last) makes no row of it
/// @fails   [DS-TAKE-DTYPE], [DS-UNSQUEEZE-AXIS] static · shape_error [DS-DIMS-NEGATIVE] n < 0
template <element V = std::int64_t, operand I, std::integral N>
constexpr auto one_hot(I&& ids, N n) {
  if constexpr (!valid<I>) {
    return why::invalid{};
  } else {
    using Id = typename std::remove_cvref_t<I>::value_type;
    if constexpr (!take_indices<Id>) return detail::wrong_indices<Id>();
    else return cast<V>(unsqueeze<-1>(static_cast<I&&>(ids)) == iota<Id>(n));
  }
}

}  // namespace deepseek
