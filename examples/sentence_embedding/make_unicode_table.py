#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes unicode_table.hpp: what a BERT tokenizer needs to know of Unicode, and no more.

    python3 make_unicode_table.py > unicode_table.hpp

Source: Python's `unicodedata`. Three questions are answered per code point:
  dropped      control, format, surrogate, private use (Cc Cf Cs Co), U+FFFD, and the accents (Mn)
  punctuation  all P* categories, and every ASCII symbol such as $ + < ^
  folded       canonical decomposition (NFD) without accents, lower case
Unassigned code points are ordinary characters. Hangul is left out: it decomposes by arithmetic.
"""
import sys
import unicodedata

HANGUL = range(0xAC00, 0xD7A4)
GAP = 12  # a block goes on over this many code points that fold to themselves
RIGHT_TO_LEFT = ("R", "AL", "AN")


def category(code):
    return unicodedata.category(chr(code))


def dropped(code):
    if chr(code) in "\t\n\r":
        return False
    return code == 0xFFFD or category(code) in ("Cc", "Cf", "Cs", "Co", "Mn")


def punctuation(code):
    ascii_symbol = 0x21 <= code < 0x7F and not chr(code).isalnum()
    return ascii_symbol or category(code)[0] == "P"


def folded(code):
    decomposed = unicodedata.normalize("NFD", chr(code))
    return "".join(c.lower() for c in decomposed if unicodedata.category(c) != "Mn")


def ranges(predicate):
    found = []
    for code in range(0x110000):
        if predicate(code):
            if found and found[-1][1] == code - 1:
                found[-1][1] = code
            else:
                found.append([code, code])
    return found


def literal(text):
    """A UTF-32 literal; what would be hard to read or reorders the line is escaped."""
    out = ""
    for c in text:
        shown = c.isprintable() and unicodedata.category(c)[0] in "LN" and ord(c) < 0x10000
        if (shown and unicodedata.bidirectional(c) not in RIGHT_TO_LEFT) or c == ";":
            out += c
        else:
            out += f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}"
    return f'U"{out}"'


def fold_tables():
    blocks, sequences = [], []
    for code in range(0x80, 0x110000):
        if code in HANGUL or category(code)[0] == "C" or dropped(code):
            continue
        target = folded(code)
        if len(target) > 1:
            sequences.append((code, target))
        elif target != chr(code):
            if blocks and code - blocks[-1][1] <= GAP and len(blocks[-1][2]) < 48:
                between = "".join(map(chr, range(blocks[-1][1] + 1, code)))
                blocks[-1] = [blocks[-1][0], code, blocks[-1][2] + between + target]
            else:
                blocks.append([code, code, target])
    return blocks, sequences


def rows(items, width=100):
    line = " "
    for item in items:
        if len(line) + len(item) + 2 > width and line.strip():
            yield line
            line = " "
        line += f" {item},"
    yield line


def checksum():
    """FNV-1a over what the look-ups must answer for every code point."""
    value = 0xCBF29CE484222325
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        words = [dropped(code) + 2 * punctuation(code)]
        if not dropped(code):
            words += map(ord, folded(code) if category(code)[0] != "C" else chr(code))
        for word in words:
            value = (value ^ word) * 0x100000001B3 % 2**64
    return value


def main():
    blocks, sequences = fold_tables()
    pair = "{{{:#x}, {:#x}}}".format
    print(f"""\
// SPDX-License-Identifier: Apache-2.0
/// @file What a BERT tokenizer needs to know of Unicode; written by make_unicode_table.py.
///
/// Unicode {unicodedata.unidata_version}.
#pragma once
#include <cstdint>
#include <string_view>

namespace deepseek::example::unicode_table {{

// clang-format off

/// First and last code point of a run.
struct range {{ char32_t first, last; }};

/// Code points first, first + 1, ... fold to the characters of `targets`, one each.
struct block {{ char32_t first; std::u32string_view targets; }};

/// A code point that folds to several.
struct sequence {{ char32_t code; std::u32string_view targets; }};

/// FNV-1a over the answers for every code point, see the script; checked by a test.
inline constexpr std::uint64_t checksum = {checksum():#x};

/// Control characters and accents: they vanish.
inline constexpr range dropped[] = {{""")
    print("\n".join(rows(pair(*r) for r in ranges(dropped))))
    print("};\n\n/// Each stands as a word of its own.\ninline constexpr range punctuation[] = {")
    print("\n".join(rows(pair(*r) for r in ranges(punctuation))))
    print("};\n\n/// Without accents and in lower case; ASCII and Hangul are folded by arithmetic.")
    print("inline constexpr block folded[] = {")
    print("\n".join(f"  {{{first:#x}, {literal(targets)}}}," for first, _, targets in blocks))
    print("};\n\ninline constexpr sequence folded_to_several[] = {")
    print("\n".join(rows(f"{{{code:#x}, {literal(targets)}}}" for code, targets in sequences)))
    print("""};

// clang-format on

}  // namespace deepseek::example::unicode_table""")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main()
