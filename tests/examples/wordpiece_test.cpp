// SPDX-License-Identifier: Apache-2.0
/// @file Laws of the example's tokenizer; cases and tokens from the reference implementation.
#include "examples/sentence_embedding/wordpiece.hpp"
#include "tests/support/golden.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using deepseek::example::wordpiece;

namespace {

/// \xHH stands for a byte; see tests/golden/sentence_embedding/make_tokens.py.
std::string unescaped(std::string_view text) {
  std::string out;
  for (; !text.empty(); text.remove_prefix(1)) {
    if (text.front() == '\\') {
      out += static_cast<char>(std::stoi(std::string(text.substr(2, 2)), nullptr, 16));
      text.remove_prefix(3);
    } else {
      out += text.front();
    }
  }
  return out;
}

std::string joined(wordpiece const& tokenizer, std::vector<wordpiece::token> const& tokens) {
  std::string out;
  for (auto const token : tokens) out += (out.empty() ? "" : " ") + tokenizer.text_of(token);
  return out;
}

std::vector<std::string> const special = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};

std::vector<std::string> vocabulary_with(std::vector<std::string> pieces) {
  pieces.insert(pieces.begin(), special.begin(), special.end());
  return pieces;
}

}  // namespace

TEST_CASE("every sentence gives the tokens of the reference tokenizer") {
  wordpiece const tokenizer(wordpiece::read_vocabulary(
      deepseek::test::golden_path("sentence_embedding/vocab_subset.txt")));
  std::ifstream cases(deepseek::test::golden_path("sentence_embedding/tokens.tsv"));
  int count = 0;
  for (std::string length, tokens, sentence;
       std::getline(cases, length, '\t') && std::getline(cases, tokens, '\t') &&
       std::getline(cases, sentence);
       ++count) {
    INFO("sentence: ", sentence);
    CHECK(joined(tokenizer, tokenizer.encode(unescaped(sentence), std::stoul(length))) == tokens);
  }
  CHECK(count >= 200);
}

TEST_CASE("the longest piece wins, and a word is cut whole or is unknown") {
  wordpiece const tokenizer(vocabulary_with({"un", "una", "##aff", "##able", "##a", "##ff", "x"}));
  CHECK(joined(tokenizer, tokenizer.encode("unaffable")) == "[CLS] una ##ff ##able [SEP]");
  CHECK(joined(tokenizer, tokenizer.encode("unaffables x")) == "[CLS] [UNK] x [SEP]");
  CHECK(joined(tokenizer, tokenizer.encode("able")) == "[CLS] [UNK] [SEP]");  // only known inside
}

TEST_CASE("a token's number is its line") {
  wordpiece const tokenizer(vocabulary_with({"a", "##b"}));
  CHECK(tokenizer.size() == 7);
  CHECK(tokenizer.encode("ab") == std::vector<wordpiece::token>{2, 5, 6, 3});
  CHECK_THROWS_AS(tokenizer.text_of(7), std::out_of_range);
}

TEST_CASE("bytes that are not UTF-8 vanish") {
  wordpiece const tokenizer(vocabulary_with({"ab"}));
  CHECK(joined(tokenizer, tokenizer.encode("a\xFF\xC3"
                                           "b \xE4\xB8")) == "[CLS] ab [SEP]");
}

TEST_CASE("a length without room for [CLS] and [SEP] is refused") {
  wordpiece const tokenizer(vocabulary_with({"a"}));
  CHECK(tokenizer.encode("a a", 2).size() == 2);
  for (std::size_t const length : {std::size_t{0}, std::size_t{1}})
    CHECK_THROWS_AS(tokenizer.encode("a", length), std::invalid_argument);
}

TEST_CASE("a bad vocabulary is refused with what is wrong in the text") {
  CHECK_THROWS_WITH(wordpiece(vocabulary_with({"a", "b", "a"})),
                    "[DS-WORDPIECE-TWICE] vocabulary lines 6 and 8 are both 'a'");
  CHECK_THROWS_WITH(wordpiece({"[PAD]", "[UNK]", "[CLS]", "a"}),
                    doctest::Contains("the vocabulary has no [SEP]"));
  CHECK_THROWS_WITH(wordpiece::read_vocabulary("/no/such/file"),
                    doctest::Contains("/no/such/file"));
}

TEST_CASE("a vocabulary file may end its lines as any system does") {
  std::string const path = deepseek::test::temporary_path("vocabulary.txt");
  std::ofstream(path, std::ios::binary) << "[PAD]\r\n[UNK]\r\na";
  CHECK(wordpiece::read_vocabulary(path) == std::vector<std::string>{"[PAD]", "[UNK]", "a"});
  std::remove(path.c_str());
}
