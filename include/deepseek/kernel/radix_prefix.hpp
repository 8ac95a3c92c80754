// SPDX-License-Identifier: Apache-2.0
/// @file What a radix select knows so far: the upper digits of the last item that is chosen.
///
/// Items are ranked by key, and of equal keys by index, lowest first. No two are equal so, and what
/// is chosen does not depend on the order in which threads come by.
#pragma once
#include <cstdint>

#include <deepseek/base/config.hpp>

namespace deepseek::kernel {

/// ranked<Key>: an item: the larger key comes before, then the smaller index.
template <class Key> struct ranked {
  Key key;
  std::uint32_t index;
};

/// comes_before(a, b): a is ranked above b.
template <class Key>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool comes_before(ranked<Key> const& a, ranked<Key> const& b) {
  return a.key > b.key || (a.key == b.key && a.index < b.index);
}

/// index_bits(n): bits of the indices 0 … n - 1.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int index_bits(std::uint32_t n) {
  int bits = 0;
  for (std::uint32_t last = n == 0 ? 0 : n - 1; last != 0; last >>= 1) ++bits;
  return bits;
}

/// radix_prefix<Key, DigitBits>: digits from the top: of the key, then of the index, turned round.
template <class Key, int DigitBits> class radix_prefix {
 public:
  static constexpr int bins = 1 << DigitBits;

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE radix_prefix(int key_bits, int index_bits)
      : key_left_{key_bits}, index_left_{index_bits} {}

  /// Above 0 if the item is ranked above all with this prefix, 0 if it has it, below 0 else.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int compare(ranked<Key> const& item) const {
    Key const key = item.key & key_mask_;
    if (key != key_) return key > key_ ? 1 : -1;
    std::uint32_t const index = ~item.index & index_mask_;
    return index == index_ ? 0 : index > index_ ? 1 : -1;
  }
  /// The item's digit that comes next.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int digit(ranked<Key> const& item) const {
    unsigned const shifted = key_left_ > 0
                                 ? static_cast<unsigned>(item.key >> (key_left_ - width()))
                                 : ~item.index >> (index_left_ - width());
    return static_cast<int>(shifted & ((1u << width()) - 1));
  }
  /// The prefix is longer by this digit.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void extend(int digit) {
    int const bits = width();
    if (key_left_ > 0) {
      key_left_ -= bits;
      key_ |= static_cast<Key>(digit) << key_left_;
      key_mask_ |= static_cast<Key>((1u << bits) - 1) << key_left_;
    } else {
      index_left_ -= bits;
      index_ |= static_cast<std::uint32_t>(digit) << index_left_;
      index_mask_ |= ((1u << bits) - 1) << index_left_;
    }
  }

 private:
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int width() const {
    int const left = key_left_ > 0 ? key_left_ : index_left_;
    return left < DigitBits ? left : DigitBits;
  }

  Key key_ = 0;
  Key key_mask_ = 0;
  std::uint32_t index_ = 0;  ///< its bits turned round
  std::uint32_t index_mask_ = 0;
  int key_left_;  ///< lower bits that no digit has covered
  int index_left_;
};

}  // namespace deepseek::kernel
