// SPDX-License-Identifier: Apache-2.0
/// @file Values of any size between the lanes of a warp. An instruction moves 4 or 8 bytes; others travel as
/// words of 4.
#pragma once
#include <type_traits>

#include <deepseek/arch/gpu/warp.hpp>
#include <deepseek/base/config.hpp>

namespace deepseek::tile {

/// carried: what threads hand to each other, through lanes and shared memory: of any size, without a
/// constructor.
template <class T>
concept carried = std::is_trivially_copyable_v<T> && std::is_trivially_default_constructible_v<T>;

/// choose(first, a, b): a or b. By value: the address of one of two would put both in local memory.
template <carried T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T choose(bool first, T a, T b) {
  return first ? a : b;
}

namespace detail {

/// move_words(value, move): value as it is after move(word) for each of its words.
template <carried T, class Move>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T move_words(T const& value, Move const& move) {
  if constexpr (arch::gpu::shuffled<T>) {
    return move(value);
  } else {
    constexpr int words = static_cast<int>((sizeof(T) + 3) / 4);
    unsigned word[words] = {};
    __builtin_memcpy(word, &value, sizeof(T));
    for (int i = 0; i < words; ++i) word[i] = move(word[i]);
    T moved;
    __builtin_memcpy(&moved, word, sizeof(T));
    return moved;
  }
}

}  // namespace detail

/// from_lane(value, lane): what that lane put in. All lanes of the warp take part, in all three.
template <carried T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T from_lane(T const& value, int lane) {
  return detail::move_words(
      value, [lane](auto word) DEEPSEEK_INLINE_LAMBDA { return arch::gpu::shuffle(word, lane); });
}
/// from_xor(value, bits): what lane (own xor bits) put in.
template <carried T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T from_xor(T const& value, int bits) {
  return detail::move_words(value, [bits](auto word) DEEPSEEK_INLINE_LAMBDA {
    return arch::gpu::shuffle_xor(word, bits);
  });
}
/// from_below(value, n): what lane own - n put in; the own value where there is none.
template <carried T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T from_below(T const& value, int n) {
  return detail::move_words(
      value, [n](auto word) DEEPSEEK_INLINE_LAMBDA { return arch::gpu::shuffle_up(word, n); });
}

}  // namespace deepseek::tile
