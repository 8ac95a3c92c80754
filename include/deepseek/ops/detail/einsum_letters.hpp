// SPDX-License-Identifier: Apache-2.0
/// @file What the subscripts of einsum say, read when compiling: `"bqd,bkd->bqk"`.
#pragma once
#include <cstddef>

#include <deepseek/base/fixed_string.hpp>
#include <deepseek/shape/dims.hpp>

namespace deepseek::detail {

/// letters: names of axes, in order.
struct letters {
  static constexpr int most = 16;  ///< more than any operand can have
  char at[most] = {};
  int count = 0;

  [[nodiscard]] constexpr int find(char letter) const {
    for (int i = 0; i < count; ++i)
      if (at[i] == letter) return i;
    return -1;
  }
  [[nodiscard]] constexpr bool has(char letter) const { return find(letter) >= 0; }
  [[nodiscard]] constexpr bool has_all(letters const& others) const {
    for (int i = 0; i < others.count; ++i)
      if (!has(others.at[i])) return false;
    return true;
  }
  constexpr letters& add(char letter) {
    if (count < most) at[count++] = letter;
    return *this;
  }
  constexpr letters& add(letters const& others) {
    for (int i = 0; i < others.count; ++i) add(others.at[i]);
    return *this;
  }
  /// only(keep): those for which keep(letter) holds, each once, in order.
  template <class Keep> [[nodiscard]] constexpr letters only(Keep keep) const {
    letters some;
    for (int i = 0; i < count; ++i)
      if (keep(at[i]) && !some.has(at[i])) some.add(at[i]);
    return some;
  }
  [[nodiscard]] constexpr letters both(letters const& others) const {
    return only([&](char c) { return others.has(c); });
  }
  [[nodiscard]] constexpr letters without(letters const& others) const {
    return only([&](char c) { return !others.has(c); });
  }
  [[nodiscard]] constexpr letters once() const {
    return only([](char) { return true; });
  }
  /// adjacent(others): where others stand in order, one after the other; -1: nowhere.
  [[nodiscard]] constexpr int adjacent(letters const& others) const {
    int const first = find(others.at[0]);
    if (first < 0 || first + others.count > count) return -1;
    for (int i = 0; i < others.count; ++i)
      if (at[first + i] != others.at[i]) return -1;
    return first;
  }
  friend constexpr bool operator==(letters const&, letters const&) = default;
};

/// subscripts: what a string says; wrong: its first character that has no meaning, 0 if there is none.
struct subscripts {
  static constexpr int most_operands = 2;
  letters operand[most_operands + 1];
  int operands = 1;
  letters result;
  char wrong = 0;

  /// all(): each letter of the operands once.
  [[nodiscard]] constexpr letters all() const {
    letters every = operand[0];
    return every.add(operand[1]).once();
  }
  /// stray(): the first letter of the result that no operand has, or that comes twice; 0 if there is none.
  [[nodiscard]] constexpr char stray() const {
    for (int i = 0; i < result.count; ++i)
      if (!all().has(result.at[i]) || result.find(result.at[i]) != i) return result.at[i];
    return 0;
  }
};

/// subscripts_of(text): without an arrow the result has, as in NumPy, the letters that come once, in the
/// order of their codes.
template <std::size_t N> constexpr subscripts subscripts_of(fixed_string<N> const& text) {
  subscripts s;
  bool arrow = false;
  letters seen;
  for (std::size_t i = 0; i + 1 < N; ++i) {
    char const c = text.chars[i];
    if (c == ' ') continue;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      (arrow ? s.result : s.operand[s.operands - 1]).add(c);
      if (!arrow) seen.add(c);
    } else if (c == ',' && !arrow && s.operands <= subscripts::most_operands) {
      ++s.operands;
    } else if (c == '-' && !arrow && text.chars[i + 1] == '>') {
      arrow = true;
      ++i;
    } else {
      s.wrong = c;
      return s;
    }
  }
  if (arrow) return s;
  for (int code = 'A'; code <= 'z'; ++code) {
    int times = 0;
    for (int i = 0; i < seen.count; ++i) times += seen.at[i] == static_cast<char>(code) ? 1 : 0;
    if (times == 1) s.result.add(static_cast<char>(code));
  }
  return s;
}

/// einsum_roles: what the letters of two operands are for.
struct einsum_roles {
  letters summed_a, summed_b;  ///< of one operand alone, not of the result
  letters k;                   ///< of both, not of the result
  letters rows, columns;       ///< of a alone, of b alone, in the order of the result

  constexpr einsum_roles(letters const& a, letters const& b, letters const& result)
      : summed_a{a.without(b).without(result)},
        summed_b{b.without(a).without(result)},
        k{a.both(b).without(result)},
        rows{result.both(a).without(b)},
        columns{result.both(b).without(a)} {
    // Where they are neighbours in b, but not in a, b's order spares a copy of b.
    letters const of_b = b.both(a).without(result);
    if (k.count > 1 && a.adjacent(k) < 0 && b.adjacent(of_b) >= 0) k = of_b;
  }
  /// is_product(): a matrix product; all else is rows of products that are summed up, or no sum.
  [[nodiscard]] constexpr bool is_product() const {
    return k.count > 0 && rows.count > 0 && columns.count > 0;
  }
};

}  // namespace deepseek::detail
