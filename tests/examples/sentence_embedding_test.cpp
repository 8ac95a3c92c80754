// SPDX-License-Identifier: Apache-2.0
/// @file The example's model against PyTorch on the same weights: 20 sentences, and layer by layer.
///
/// The model is fetched by the example's script, once for a machine; without network the test fails
/// and says why.
#include "examples/sentence_embedding/fetched_model.hpp"
#include "examples/sentence_embedding/minilm.hpp"
#include "examples/sentence_embedding/wordpiece.hpp"
#include "tests/support/golden.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace deepseek;
using namespace deepseek::example;

namespace {

constexpr double allowed_distance = 1e-4;  // cosine
constexpr double allowed_error = 2e-5;     // of a hidden state, whose elements are below 10

std::string fetched_or_hint() {
  try {
    return fetched_model();
  } catch (std::exception const& problem) {
    throw std::runtime_error(
        std::string{problem.what()} +
        "\nThis test needs the model, and so the network, once. To leave out "
        "what does:\n  ./bazelw test --test_tag_filters=-requires-network //...");
  }
}

std::string const& model_folder() {
  static std::string const folder = fetched_or_hint();
  return folder;
}

minilm const& model() {
  static minilm const loaded{model_folder() + "/model.safetensors"};
  return loaded;
}

safetensors_file const& reference() {
  static safetensors_file const file{test::golden_path("sentence_embedding/reference.safetensors")};
  return file;
}

/// The tokens of every sentence, by the reference's tokenizer.
std::vector<token_batch::sentence> reference_tokens() {
  auto const tokens = reference().view<std::int32_t, dims<dyn, dyn>>("tokens");
  auto const lengths = reference().view<std::int32_t>("lengths");
  std::vector<token_batch::sentence> sentences;
  for (std::int64_t s = 0; s < lengths.size(); ++s)
    sentences.emplace_back(&tokens(s, 0), &tokens(s, 0) + lengths(s));
  return sentences;
}

template <class A, class B>
double cosine_distance(A const& a, std::int64_t row_a, B const& b, std::int64_t row_b) {
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (int i = 0; i < minilm::width; ++i) {
    double const x = a(row_a, i);
    double const y = b(row_b, i);
    ab += x * y, aa += x * x, bb += y * y;
  }
  return 1 - ab / std::sqrt(aa * bb);
}

/// Runs each step and compares what enters the first layer and what leaves every one.
struct compare_hidden {
  view<float const, dims<minilm::layers + 1, dyn, minilm::width>> expected;
  int state = 0;

  template <class Y, class E> void operator()(char const* name, Y&& y, E const& e) {
    (y = e).run(host{});
    std::string_view const step{name};
    if (step != "embedding" && step != "feed forward") return;
    double worst = 0;
    for (std::int64_t t = 0; t < expected.extent(1); ++t)
      for (int i = 0; i < minilm::width; ++i) {
        double const got = y.data()[t * minilm::width + i];
        double const difference = std::fabs(got - expected(state, t, i));
        if (!(difference <= worst)) worst = difference;  // a NaN stays
      }
    INFO("hidden state ", state);
    CHECK(worst <= allowed_error);
    ++state;
  }
};

}  // namespace

TEST_CASE("the tokens of the 20 sentences are the reference's") {
  wordpiece const tokenizer{wordpiece::read_vocabulary(model_folder() + "/vocab.txt")};
  std::ifstream sentences{test::golden_path("sentence_embedding/sentences.txt")};
  auto const expected = reference_tokens();
  std::size_t count = 0;
  for (std::string sentence; std::getline(sentences, sentence); ++count) {
    INFO("sentence: ", sentence);
    REQUIRE(count < expected.size());
    CHECK(tokenizer.encode(sentence, minilm::longest) == expected[count]);
  }
  CHECK(count == 20);
}

TEST_CASE("every hidden state of a sentence is the reference's") {
  auto const shortest = std::size_t(reference().view<std::int32_t>("hidden_sentence")(0));
  compare_hidden step{
      reference().view<float, dims<minilm::layers + 1, dyn, minilm::width>>("hidden")};
  (void)model().embed(token_batch{{reference_tokens()[shortest]}}, step);
  CHECK(step.state == minilm::layers + 1);
}

TEST_CASE("embeddings are the reference's, one sentence at a time or all in one batch") {
  auto const expected = reference().view<float, dims<dyn, minilm::width>>("embeddings");
  auto const sentences = reference_tokens();
  REQUIRE(sentences.size() == 20);
  auto const together = model().embed(token_batch{sentences});
  for (std::size_t s = 0; s < sentences.size(); ++s) {
    INFO("sentence ", s);
    auto const alone = model().embed(token_batch{{sentences[s]}});
    CHECK(cosine_distance(alone, 0, expected, std::int64_t(s)) <= allowed_distance);
    CHECK(cosine_distance(together, std::int64_t(s), expected, std::int64_t(s)) <=
          allowed_distance);
  }
}

TEST_CASE("an embedding has length 1, and does not depend on the number of threads") {
  token_batch const batch{{reference_tokens()[0]}};
  auto const one = model().embed(batch, run_on{host{1}});
  auto const two = model().embed(batch, run_on{host{2}});
  double squares = 0;
  for (int i = 0; i < minilm::width; ++i) {
    squares += double(one(0, i)) * double(one(0, i));
    CHECK(one(0, i) == two(0, i));
  }
  CHECK(squares == doctest::Approx(1).epsilon(1e-6));
}
