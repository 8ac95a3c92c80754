// SPDX-License-Identifier: Apache-2.0
/// @file Sentences to embeddings: how alike they are, how long that takes, and which kernels ran.
///
///     sentence_embedding [--threads N] [--explain] [SENTENCE...]
#include "fetched_model.hpp"
#include "minilm.hpp"
#include "step_report.hpp"
#include "wordpiece.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace ds = deepseek;
using namespace ds::example;

namespace {

struct options {
  ds::host executor{};
  bool explain = false;
  std::vector<std::string> sentences;
};

[[noreturn]] void fail_usage(std::string const& argument) {
  throw std::invalid_argument("[DS-EXAMPLE-USAGE] '" + argument +
                              "' is not understood. Usage: sentence_embedding [--threads N] "
                              "[--explain] [SENTENCE...]");
}

int read_threads(std::string const& text) {
  int threads = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), threads);
  if (error != std::errc{} || end != text.data() + text.size() || threads < 1) fail_usage(text);
  return threads;
}

options read_options(std::vector<std::string> const& arguments) {
  options read;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    bool const more = i + 1 < arguments.size();
    if (arguments[i] == "--explain") read.explain = true;
    else if (arguments[i] == "--threads" && more)
      read.executor.threads = read_threads(arguments[++i]);
    else if (arguments[i].starts_with("--")) fail_usage(arguments[i]);
    else read.sentences.push_back(arguments[i]);
  }
  if (read.sentences.empty())
    read.sentences = {
        "A cat sleeps on the warm window sill.",
        "The kitten is napping in the sun by the window.",
        "Our telescope found a planet around a distant star.",
        "Astronomers discovered a new world orbiting a far-away sun.",
        "The central bank raised interest rates again.",
        "Borrowing money just became more expensive.",
    };
  return read;
}

void print_similarity(std::vector<std::string> const& sentences,
                      ds::tensor<float, ds::dims<ds::dyn, minilm::width>> const& embeddings) {
  auto const similarity = ds::eval(ds::matmul(embeddings, ds::transpose(embeddings)));
  std::puts("similarity (cosine)");
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    for (std::size_t j = 0; j < sentences.size(); ++j) std::printf("%6.2f", similarity(i, j));
    std::printf("   %s\n", sentences[i].c_str());
  }
}

/// Milliseconds of one sentence: the median of many runs over all of them.
double median_ms(minilm const& model, std::vector<token_batch> const& alone, run_on const& step) {
  using clock = std::chrono::steady_clock;
  constexpr int rounds = 15;
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round)
    for (token_batch const& sentence : alone) {
      auto const start = clock::now();
      (void)model.embed(sentence, step);
      times.push_back(std::chrono::duration<double, std::milli>(clock::now() - start).count());
    }
  auto const middle = times.begin() + std::ptrdiff_t(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

void run(options const& chosen) {
  std::string const folder = fetched_model();
  wordpiece const tokenizer{wordpiece::read_vocabulary(folder + "/vocab.txt")};
  minilm const model{folder + "/model.safetensors"};

  std::vector<token_batch::sentence> tokens;
  std::vector<token_batch> alone;
  std::size_t token_count = 0;
  for (std::string const& sentence : chosen.sentences) {
    tokens.push_back(tokenizer.encode(sentence, minilm::longest));
    alone.emplace_back(std::vector<token_batch::sentence>{tokens.back()});
    token_count += tokens.back().size();
  }

  print_similarity(chosen.sentences, model.embed(token_batch{tokens}, run_on{chosen.executor}));

  std::printf("\n%.2f ms per sentence (median, one at a time, %.1f tokens on average)\n\n",
              median_ms(model, alone, run_on{chosen.executor}),
              double(token_count) / double(alone.size()));

  step_report report{chosen.executor, chosen.explain};
  (void)model.embed(alone.front(), report);
  std::printf("kernels of the first sentence, %d tokens\n%s%s", int(tokens.front().size()),
              report.table().c_str(), report.explanations().c_str());
}

}  // namespace

int main(int count, char** values) {
  try {
    run(read_options({values + 1, values + count}));
    return 0;
  } catch (std::exception const& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}
