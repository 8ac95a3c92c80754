// SPDX-License-Identifier: Apache-2.0
/// @file Text to token numbers: the uncased WordPiece tokenizer of BERT.
#pragma once
#include "unicode.hpp"

#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace deepseek::example {

/// wordpiece: cuts text into the pieces of a BERT vocabulary.
///
///   1. clean: control characters vanish, every kind of white space is a space
///   2. fold: canonical decomposition, accents dropped, lower case; ideographs stand alone
///   3. split at spaces; punctuation characters are words of their own
///   4. per word, from the left, the longest piece in the vocabulary; a piece inside a word is
///      written ##piece there; a word that cannot be cut, or of more than 100 characters, is [UNK]
///   5. [CLS] pieces [SEP], cut to `max_length` by dropping pieces at the end
///
/// `[CLS]`, `[SEP]`, `[MASK]`, `[PAD]` and `[UNK]` written out in the text are those tokens.
///
/// @edge   bytes that are not UTF-8 vanish
/// @cost   O(bytes * longest piece) hash look-ups in the worst case
/// @paper  Devlin et al. 2018, arXiv:1810.04805; Wu et al. 2016, arXiv:1609.08144, section 4.1
class wordpiece {
 public:
  using token = std::int32_t;

  /// vocabulary[i] is the text of token i.
  /// @fails  std::invalid_argument if a piece is listed twice or a special token is missing
  explicit wordpiece(std::vector<std::string> vocabulary) : texts_(std::move(vocabulary)) {
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      std::string_view piece = texts_[i];
      bool const inner = piece.size() > inner_mark.size() && piece.starts_with(inner_mark);
      if (inner) piece.remove_prefix(inner_mark.size());
      longest_ = std::max(longest_, piece.size());
      auto const [at, added] = (inner ? inner_ : first_).emplace(piece, static_cast<token>(i));
      if (!added)
        throw std::invalid_argument("[DS-WORDPIECE-TWICE] vocabulary lines " +
                                    std::to_string(at->second + 1) + " and " +
                                    std::to_string(i + 1) + " are both '" + texts_[i] + "'");
    }
    for (std::size_t i = 0; i < special_count; ++i) special_[i] = required(special_texts[i]);
  }

  wordpiece(wordpiece const&) = delete;  // the maps look into texts_
  wordpiece& operator=(wordpiece const&) = delete;

  /// One piece per line, as in the vocab.txt of a published model.
  /// @fails  std::runtime_error if the file cannot be read
  static std::vector<std::string> read_vocabulary(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
      if (line.ends_with('\r')) line.pop_back();
      lines.push_back(std::move(line));
    }
    if (lines.empty() || file.bad())
      throw std::runtime_error("[DS-WORDPIECE-FILE] cannot read a vocabulary from '" + path +
                               "'. Fix: run fetch_model.py.");
    return lines;
  }

  /// encode(text): token numbers, [CLS] first and [SEP] last; at most max_length of them.
  /// @fails  std::invalid_argument if max_length < 2
  std::vector<token> encode(std::string_view text, std::size_t max_length = 256) const {
    if (max_length < 2)
      throw std::invalid_argument("[DS-WORDPIECE-LENGTH] encode: max_length is " +
                                  std::to_string(max_length) +
                                  ", but [CLS] and [SEP] need 2. Fix: raise max_length.");
    std::vector<token> out{special_[cls]};
    while (!text.empty() && out.size() < max_length) {
      auto const [position, which] = find_special(text);
      encode_plain(text.substr(0, position), max_length, out);
      if (which == special_count) break;
      out.push_back(special_[which]);
      text.remove_prefix(position + special_texts[which].size());
    }
    if (out.size() >= max_length) out.resize(max_length - 1);
    out.push_back(special_[sep]);
    return out;
  }

  /// The text of a token, `##` included.
  std::string const& text_of(token number) const {
    return texts_.at(static_cast<std::size_t>(number));
  }

  std::size_t size() const { return texts_.size(); }

 private:
  enum special : std::size_t { cls, sep, mask, pad, unk, special_count };
  static constexpr std::string_view special_texts[special_count] = {"[CLS]", "[SEP]", "[MASK]",
                                                                    "[PAD]", "[UNK]"};
  static constexpr std::string_view inner_mark = "##";
  static constexpr std::size_t longest_word = 100;  // characters; a longer one is [UNK]

  using pieces = std::unordered_map<std::string_view, token>;

  token required(std::string_view text) const {
    if (auto const at = first_.find(text); at != first_.end()) return at->second;
    throw std::invalid_argument("[DS-WORDPIECE-SPECIAL] the vocabulary has no " +
                                std::string(text) + ". Fix: use the vocab.txt of a BERT model.");
  }

  /// Where the first special token stands in `text` and which it is; (size, special_count) if none.
  static std::pair<std::size_t, std::size_t> find_special(std::string_view text) {
    for (auto at = text.find('['); at != text.npos; at = text.find('[', at + 1))
      for (std::size_t i = 0; i < special_count; ++i)
        if (text.substr(at).starts_with(special_texts[i])) return {at, i};
    return {text.size(), special_count};
  }

  /// Cleans, folds and splits text without special tokens.
  void encode_plain(std::string_view text, std::size_t max_length, std::vector<token>& out) const {
    std::string word;
    auto const end_word = [&] {
      encode_word(word, out);
      word.clear();
    };
    auto const add = [&](char32_t code) {
      if (is_punctuation(code)) end_word();
      append_utf8(word, code);
      if (is_punctuation(code)) end_word();
    };
    while (!text.empty() && out.size() < max_length) {
      char32_t const code = next_code_point(text);
      bool const alone = is_ideograph(code);
      if (alone || is_whitespace(code)) end_word();
      if (!is_whitespace(code) && !is_dropped(code)) fold(code, add);
      if (alone) end_word();
    }
    end_word();
  }

  /// Longest match first, from the left.
  void encode_word(std::string_view word, std::vector<token>& out) const {
    auto const is_tail = [](char byte) {
      return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80;
    };
    auto const characters =
        word.size() - static_cast<std::size_t>(std::count_if(word.begin(), word.end(), is_tail));
    if (characters > longest_word) return out.push_back(special_[unk]);
    std::size_t const before = out.size();
    while (!word.empty()) {
      pieces const& known = out.size() == before ? first_ : inner_;
      std::size_t length = std::min(word.size(), longest_);
      auto found = known.end();
      for (; length > 0; --length)
        if (found = known.find(word.substr(0, length)); found != known.end()) break;
      if (found == known.end()) {
        out.resize(before);
        return out.push_back(special_[unk]);
      }
      out.push_back(found->second);
      word.remove_prefix(length);
    }
  }

  std::vector<std::string> texts_;
  pieces first_, inner_;  // a word's first piece; the ones after it, without their ##
  token special_[special_count] = {};
  std::size_t longest_ = 0;  // bytes
};

}  // namespace deepseek::example
