// SPDX-License-Identifier: Apache-2.0
/// @file UTF-8 text as code points, and what a BERT tokenizer asks about each of them.
#pragma once
#include "unicode_table.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

// Why a table and not ICU or utf8proc: the example builds with a C++ compiler alone, and the
// tokenizer needs three answers per character, which fit into 27 KB that `make_unicode_table.py`
// writes anew.

namespace deepseek::example {

/// The character that stands for bytes which are not UTF-8.
inline constexpr char32_t replacement_character = 0xFFFD;

/// next_code_point(text): takes one code point off the front of `text`.
///
/// @edge  overlong, truncated, surrogate or out-of-range bytes: one byte is taken, U+FFFD returned
inline char32_t next_code_point(std::string_view& text) {
  auto const lead = static_cast<unsigned char>(text.front());
  std::size_t const length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                                           : 4;
  char32_t code = length <= 1 ? lead : lead & (0x7Fu >> length);
  bool valid = length != 0 && lead < 0xF5 && text.size() >= length;
  for (std::size_t i = 1; valid && i < length; ++i) {
    auto const byte = static_cast<unsigned char>(text[i]);
    valid = (byte & 0xC0u) == 0x80;
    code = code << 6 | (byte & 0x3Fu);
  }
  bool const overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  bool const surrogate = code >= 0xD800 && code <= 0xDFFF;
  valid = valid && !overlong && !surrogate && code <= 0x10FFFF;
  text.remove_prefix(valid ? length : 1);
  return valid ? code : replacement_character;
}

/// append_utf8(out, code): the one to four bytes of a code point.
inline void append_utf8(std::string& out, char32_t code) {
  auto const byte = [&](char32_t value) { out.push_back(static_cast<char>(value)); };
  auto const tail = [&](int shift) { byte(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) return byte(0xC0 | code >> 6), tail(0);
  if (code < 0x10000) return byte(0xE0 | code >> 12), tail(6), tail(0);
  byte(0xF0 | code >> 18), tail(12), tail(6), tail(0);
}

namespace detail {

/// The last entry of a sorted table that does not start after `code`, or null.
template <class Table, class Key>
auto last_not_after(Table const& table, char32_t code, Key key) -> decltype(std::begin(table)) {
  auto const after =
      std::upper_bound(std::begin(table), std::end(table), code,
                       [&](char32_t value, auto const& entry) { return value < key(entry); });
  return after == std::begin(table) ? nullptr : std::prev(after);
}

template <class Table> bool contains(Table const& table, char32_t code) {
  auto const* run = last_not_after(table, code, [](auto const& entry) { return entry.first; });
  return run != nullptr && code <= run->last;
}

}  // namespace detail

/// Spaces, tabs, line ends and Unicode's other separators (Zs, Zl, Zp).
inline bool is_whitespace(char32_t code) {
  return code == ' ' || code == '\t' || code == '\n' || code == '\r' || code == 0xA0 ||
         code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 ||
         code == 0x202F || code == 0x205F || code == 0x3000;
}

/// Control characters and accents (Cc Cf Cs Co Mn, U+FFFD): a tokenizer does not see them.
inline bool is_dropped(char32_t code) { return detail::contains(unicode_table::dropped, code); }

/// Punctuation (P*) and every ASCII symbol.
inline bool is_punctuation(char32_t code) {
  return detail::contains(unicode_table::punctuation, code);
}

/// The ideographs that BERT splits into words of one character. Kana and Hangul are not among them.
inline bool is_ideograph(char32_t code) {
  // The ranges of the original BERT tokenizer; a pretrained vocabulary depends on exactly these.
  return (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0x3400 && code <= 0x4DBF) ||
         (code >= 0xF900 && code <= 0xFAFF) || (code >= 0x20000 && code <= 0x2A6DF) ||
         (code >= 0x2A700 && code <= 0x2B81F) || (code >= 0x2B920 && code <= 0x2CEAF) ||
         (code >= 0x2F800 && code <= 0x2FA1F);
}

/// fold(code, emit): canonical decomposition without accents, in lower case; calls emit(code point)
/// for each resulting one. É -> e, Ϊ -> ι, 한 -> its three letters.
///
/// Marks that take room (Mc) are not reordered; a word with two of them is unknown to every
/// vocabulary that was made by this rule.
template <class Emit> void fold(char32_t code, Emit emit) {
  if (code < 0x80) return emit(code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code);
  constexpr char32_t hangul = 0xAC00, hangul_end = 0xD7A4, vowels = 21, tails = 28;
  if (code >= hangul && code < hangul_end) {
    char32_t const index = code - hangul, tail = index % tails;
    emit(0x1100 + index / (vowels * tails));
    emit(0x1161 + index / tails % vowels);
    if (tail != 0) emit(0x11A7 + tail);
    return;
  }
  using namespace unicode_table;
  auto const* several =
      detail::last_not_after(folded_to_several, code, [](auto const& entry) { return entry.code; });
  if (several != nullptr && several->code == code) {
    for (char32_t const target : several->targets) emit(target);
    return;
  }
  auto const* run =
      detail::last_not_after(folded, code, [](auto const& entry) { return entry.first; });
  bool const listed = run != nullptr && code - run->first < run->targets.size();
  emit(listed ? run->targets[code - run->first] : code);
}

}  // namespace deepseek::example
