// SPDX-License-Identifier: Apache-2.0
/// @file Laws of the example's Unicode questions: decoding, folding, classes of characters.
#include "examples/sentence_embedding/unicode.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

using namespace deepseek::example;

namespace {

std::u32string decoded(std::string_view text) {
  std::u32string out;
  while (!text.empty()) out += next_code_point(text);
  return out;
}

std::u32string folded(std::u32string_view text) {
  std::u32string out;
  for (char32_t const code : text) fold(code, [&](char32_t target) { out += target; });
  return out;
}

}  // namespace

TEST_CASE("decoding is the inverse of encoding for every code point") {
  for (char32_t code = 0; code <= 0x10FFFF; ++code) {
    if (code == 0xD800) code = 0xE000;  // surrogates are not characters
    std::string bytes;
    append_utf8(bytes, code);
    std::string_view rest = bytes;
    char32_t const back = next_code_point(rest);
    if (back != code || !rest.empty()) FAIL("code point ", static_cast<unsigned>(code));
  }
}

TEST_CASE("bytes that are not UTF-8 become U+FFFD one by one and what follows is kept") {
  constexpr auto bad = replacement_character;
  CHECK(decoded("a\x80z") == std::u32string{U'a', bad, U'z'});
  CHECK(decoded("\xC0\xAF") == std::u32string{bad, bad});           // overlong '/'
  CHECK(decoded("\xE0\x80\xAF") == std::u32string{bad, bad, bad});  // overlong '/'
  CHECK(decoded("\xF0\x80\x80\xAF") == std::u32string(4, bad));     // overlong '/'
  CHECK(decoded("\xED\xA0\x80") == std::u32string{bad, bad, bad});  // surrogate
  CHECK(decoded("\xF4\x90\x80\x80") == std::u32string(4, bad));     // above U+10FFFF
  CHECK(decoded("\xF5\xFF") == std::u32string{bad, bad});           // no such lead
  CHECK(decoded("\xE4\xB8") == std::u32string{bad, bad});           // cut short
  CHECK(decoded("\xE4\xB8z") == std::u32string{bad, bad, U'z'});    // cut by a letter
  CHECK(decoded("\xE4\xB8\xAD") == U"中");
}

TEST_CASE("folding drops accents and case and leaves letters that only look accented") {
  CHECK(folded(U"\u00c9lan \u00c0\u00c9\u00ce\u00d5\u00dc \u00f1") == U"elan aeiou n");
  CHECK(folded(U"\u1e9e\u00d8\u00c6\u0141\u0110\u0131") == U"\u00df\u00f8\u00e6\u0142\u0111\u0131");
  CHECK(folded(U"\u0130\u212a\u212b\u2126") == U"ika\u03c9");  // dotted I, Kelvin, Angstrom, Ohm
  CHECK(folded(U"\u1fb7\u03ab\u0419") == U"\u03b1\u03c5\u0438");
  CHECK(folded(U"\uf900\U0002f800") == U"\u8c48\u4e3d");  // compatibility ideographs
}

TEST_CASE("Hangul decomposes into two or three letters") {
  CHECK(folded(U"\uac00") == U"\u1100\u1161");
  CHECK(folded(U"\uac01") == U"\u1100\u1161\u11a8");
  CHECK(folded(U"\ud7a3") == U"\u1112\u1175\u11c2");
  CHECK(folded(U"\ud7a4") == U"\ud7a4");
}

TEST_CASE("the table answers as Python's unicodedata does for every code point") {
  std::uint64_t hash = 0xCBF29CE484222325u;
  auto const mix = [&](std::uint64_t word) { hash = (hash ^ word) * 0x100000001B3u; };
  for (char32_t code = 0; code <= 0x10FFFF; ++code) {
    if (code == 0xD800) code = 0xE000;
    mix((is_dropped(code) ? 1u : 0u) + (is_punctuation(code) ? 2u : 0u));
    if (!is_dropped(code)) fold(code, mix);
  }
  CHECK(hash == unicode_table::checksum);
}

TEST_CASE("white space, ideographs and symbols are told apart") {
  for (char32_t const code : {U' ', U'\t', U'\n', U'\r', U'\u00a0', U'\u2003', U'\u3000'})
    CHECK(is_whitespace(code));
  for (char32_t const code : {U'a', U'\v', U'\u200b', U'\ufeff', U'_'})
    CHECK_FALSE(is_whitespace(code));
  for (char32_t const code : {U'\u4e00', U'\u9fff', U'\u3400', U'\uf900', U'\U00020000'})
    CHECK(is_ideograph(code));
  for (char32_t const code : {U'\u3042', U'\u30a2', U'\uac00', U'\u3007', U'\ua000'})
    CHECK_FALSE(is_ideograph(code));
  for (char32_t const code : {U'$', U'+', U'^', U'`', U'~', U'\u2014', U'\u3002'})
    CHECK(is_punctuation(code));
  for (char32_t const code : {U'0', U'z', U'\u00b1', U'\u20ac', U'\U0001f600'})
    CHECK_FALSE(is_punctuation(code));
}
