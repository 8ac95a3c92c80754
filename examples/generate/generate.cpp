// SPDX-License-Identifier: Apache-2.0
/// @file Continues a text, byte by byte, with a small language model and a paged cache of keys and values.
///
///   generate [--tokens N] [--model FILE] [TEXT]
#include "language_model.hpp"
#include "model_file.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

namespace ds = deepseek;
using ds::example::language_model;

namespace {

int run(std::string const& model_path, std::string const& prompt, int count) {
  language_model const model{model_path};
  auto caches = model.start();
  using clock = std::chrono::steady_clock;
  auto const begin = clock::now();
  auto logits = model.logits(caches, ds::example::tokens_of(prompt));
  auto const first = clock::now();
  std::printf("%s", prompt.c_str());
  for (int i = 0; i < count; ++i) {
    auto const next = ds::example::likeliest(logits);
    std::putchar(next);
    std::fflush(stdout);
    logits = model.logits(caches, ds::example::tokens_of(std::string(1, static_cast<char>(next))));
  }
  auto const milliseconds = [](auto time) {
    return std::chrono::duration<double, std::milli>(time).count();
  };
  auto const pages = caches[0].shape().pages - caches[0].free_pages();
  std::printf(
      "\n\nprompt: %zu tokens in %.2f ms; then %.3f ms a token; %lld pages of %d keys a layer\n",
      prompt.size(), milliseconds(first - begin),
      milliseconds(clock::now() - first) / (count < 1 ? 1 : count), static_cast<long long>(pages),
      language_model::page_size);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  std::string prompt = "The import statement ";
  std::string model;
  int tokens = 160;
  for (int i = 1; i < count; ++i) {
    std::string const word = words[i];
    if (word == "--tokens" && i + 1 < count) tokens = std::atoi(words[++i]);
    else if (word == "--model" && i + 1 < count) model = words[++i];
    else prompt = word;
  }
  if (prompt.empty()) return std::fputs("generate: the text is empty. Fix: give one.\n", stderr), 2;
  try {
    return run(model.empty() ? ds::example::model_file() : model, prompt, tokens);
  } catch (std::exception const& problem) {
    std::fprintf(stderr, "generate: %s\n", problem.what());
    return 1;
  }
}
