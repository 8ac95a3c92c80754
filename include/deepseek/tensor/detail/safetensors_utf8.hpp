// SPDX-License-Identifier: Apache-2.0
/// @file Whether bytes are text, and a character as bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace deepseek::detail {

/// True for well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF (Unicode 15,
/// table 3-7).
inline bool is_utf8(std::string_view bytes) noexcept {
  std::size_t i = 0;
  auto const at = [&](std::size_t k) { return static_cast<unsigned char>(bytes[k]); };
  while (i < bytes.size()) {
    unsigned char const lead = at(i++);
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    int const following = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    unsigned char const lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned char const highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    for (int k = 0; k < following; ++k, ++i) {
      if (i == bytes.size()) return false;
      if (at(i) < (k == 0 ? lowest : 0x80) || at(i) > (k == 0 ? highest : 0xbf)) return false;
    }
  }
  return true;
}

/// Adds a character that is_utf8 would accept.
inline void append_utf8(std::string& target, unsigned long character) {
  auto const add = [&](unsigned long byte) { target += static_cast<char>(byte); };
  auto const following = [&](int shift) { add(0x80 | (character >> shift & 0x3f)); };
  if (character < 0x80) {
    add(character);
  } else if (character < 0x800) {
    add(0xc0 | character >> 6);
    following(0);
  } else if (character < 0x10000) {
    add(0xe0 | character >> 12);
    following(6);
    following(0);
  } else {
    add(0xf0 | character >> 18);
    following(12);
    following(6);
    following(0);
  }
}

}  // namespace deepseek::detail
