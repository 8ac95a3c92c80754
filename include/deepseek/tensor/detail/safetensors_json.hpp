// SPDX-License-Identifier: Apache-2.0
/// @file The JSON that a safetensors header may contain, read piece by piece: strings, whole numbers,
/// punctuation. The caller knows what comes next, so nothing nests deeper than the format does.
///
/// Why not a JSON library: the common ones take the last of two equal keys in silence, and a
/// header-only library should not bring another one along for a hundred lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <deepseek/base/error.hpp>
#include <deepseek/tensor/detail/safetensors_utf8.hpp>

namespace deepseek::detail {

/// json_reader: takes pieces off the front of a text that is known to be UTF-8.
/// @fails io_error [DS-SAFETENSORS-HEADER] with the file, what is wrong and the byte it is at
class json_reader {
 public:
  json_reader(std::string_view source, std::string const& path)
      : source_{source}, rest_{source}, path_{path} {}

  /// Takes `wanted` if it comes next, blanks before it left out.
  bool accept(char wanted) {
    skip_blanks();
    if (rest_.empty() || rest_[0] != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) fail(text{} << "here should be '" << wanted << '\'');
  }
  void expect_end() {
    skip_blanks();
    if (!rest_.empty()) fail("something comes after the closing brace");
  }

  std::string string() {
    expect('"');
    std::string result;
    for (;;) {
      if (rest_.empty()) fail("a string does not end");
      char const c = rest_[0];
      if (static_cast<unsigned char>(c) < 0x20) fail("a control character is in a string");
      rest_.remove_prefix(1);
      if (c == '"') return result;
      if (c == '\\') escape(result);
      else result += c;
    }
  }

  /// 0 or a positive number without sign, point, exponent or leading zero, below 2^63.
  std::int64_t number() {
    skip_blanks();
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits)
      if (__builtin_mul_overflow(value, 10, &value) ||
          __builtin_add_overflow(value, rest_[digits] - '0', &value))
        fail("a number is beyond 64 bits");
    bool const leading_zero = digits > 1 && rest_[0] == '0';
    bool const goes_on = digits < rest_.size() &&
                         std::string_view{".eE"}.find(rest_[digits]) != std::string_view::npos;
    if (digits == 0 || leading_zero || goes_on) fail("here should be a whole number from 0");
    rest_.remove_prefix(digits);
    return value;
  }

  [[noreturn]] void fail(text what) const {
    throw io_error(text{} << "[DS-SAFETENSORS-HEADER] " << quoted(path_.data(), path_.size())
                          << ": " << what << ", at byte " << source_.size() - rest_.size()
                          << " of the header.");
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() &&
           (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\n' || rest_[0] == '\r'))
      rest_.remove_prefix(1);
  }

  void escape(std::string& result) {
    if (rest_.empty()) fail("a string does not end");
    char const c = rest_[0];
    rest_.remove_prefix(1);
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (c == 'u') append_utf8(result, escaped_character());
    else if (std::size_t const which = letters.find(c); which != std::string_view::npos)
      result += meanings[which];
    else fail("an escape is unknown");
  }

  unsigned long escaped_character() {
    unsigned long const first = four_digits();
    if (first < 0xd800 || first > 0xdfff) return first;
    if (first > 0xdbff || rest_.substr(0, 2) != "\\u") fail("half a character is escaped");
    rest_.remove_prefix(2);
    unsigned long const second = four_digits();
    if (second < 0xdc00 || second > 0xdfff) fail("half a character is escaped");
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
  }

  unsigned long four_digits() {
    if (rest_.size() < 4) fail("an escape is cut off");
    unsigned long value = 0;
    for (int i = 0; i < 4; ++i) {
      char const c = rest_[0];
      bool const letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      if (!letter && (c < '0' || c > '9')) fail("an escape has no four hexadecimal digits");
      value = value * 16 + static_cast<unsigned long>(letter ? (c | 0x20) - 'a' + 10 : c - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }

  std::string_view source_;
  std::string_view rest_;
  std::string const& path_;
};

/// A string as a JSON library prints it: in quotes, control characters escaped, the rest as it is.
inline std::string json_string(std::string_view value) {
  std::string result{"\""};
  for (char const c : value) {
    constexpr std::string_view meanings = "\"\\\b\f\n\r\t";
    constexpr std::string_view letters = "\"\\bfnrt";
    constexpr char const* hex = "0123456789abcdef";
    auto const byte = static_cast<unsigned char>(c);
    std::size_t const which = meanings.find(c);
    if (which != std::string_view::npos) (result += '\\') += letters[which];
    else if (byte < 0x20) ((result += "\\u00") += hex[byte >> 4]) += hex[byte & 15];
    else result += c;
  }
  return result += '"';
}

}  // namespace deepseek::detail
