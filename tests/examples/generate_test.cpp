// SPDX-License-Identifier: Apache-2.0
/// @file The language model of examples/generate: token for token what PyTorch makes of the same weights.
#include "examples/generate/language_model.hpp"
#include "examples/generate/model_file.hpp"
#include "tests/support/golden.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>

namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using ds::example::language_model;

namespace {
language_model const& model() {
  static language_model const m{ds::example::model_file()};
  return m;
}
ds::safetensors_file const& golden() {
  static ds::safetensors_file const f{deepseek::test::golden_path("generate/generate.safetensors")};
  return f;
}
/// The largest difference from the logits that PyTorch has after the same tokens.
double difference(ds::tensor<float, dims<1, 256>> const& logits, std::string const& name) {
  auto const want = golden().read<float>(name);
  double worst = 0;
  for (int i = 0; i < 256; ++i) worst = std::max(worst, std::abs(double(logits(0, i)) - want(i)));
  return worst;
}
constexpr int prompts = 5;
}  // namespace

TEST_CASE("greedy continuations are PyTorch's, byte by byte, and so are the last logits") {
  for (int p = 0; p < prompts; ++p) {
    std::string const number = std::to_string(p);
    auto const prompt = golden().read<std::int32_t>("prompt_" + number);
    auto const want = golden().read<std::int32_t>("following_" + number);
    auto caches = model().start();
    auto logits = model().logits(caches, prompt);
    for (std::int64_t i = 0; i + 1 < want.size(); ++i) {
      REQUIRE(ds::example::likeliest(logits) == want(i));
      ds::tensor<std::int32_t, dims<dyn>> next{dims<dyn>{1}};
      next(0) = want(i);
      logits = model().logits(caches, next);
    }
    CHECK(ds::example::likeliest(logits) == want(want.size() - 1));
    CHECK(difference(logits, "logits_" + number) < 1e-3);
  }
}

TEST_CASE("a prompt in parts, and after part of it was forgotten, is the prompt at once") {
  auto const prompt = golden().read<std::int32_t>("prompt_0");
  auto const part = [&](std::int64_t from, std::int64_t to) {
    ds::tensor<std::int32_t, dims<dyn>> tokens{dims<dyn>{to - from}};
    for (std::int64_t i = from; i < to; ++i) tokens(i - from) = prompt(i);
    return tokens;
  };
  auto caches = model().start();
  auto const whole = model().logits(caches, prompt);
  auto parts = model().start();
  (void)model().logits(parts, part(0, 3));
  (void)model().logits(parts, part(3, 19));
  for (auto& cache : parts) cache.truncate(0, 5);
  auto const again = model().logits(parts, part(5, prompt.size()));
  double worst = 0;
  for (int i = 0; i < 256; ++i)
    worst = std::max(worst, std::abs(double(whole(0, i)) - again(0, i)));
  CHECK(worst < 1e-4);
}

TEST_CASE("more tokens than the cache takes are an error, and the cache is as it was") {
  auto caches = model().start();
  (void)model().logits(caches, ds::example::tokens_of("abc"));
  std::string const much(language_model::longest, 'x');
  CHECK_THROWS_AS((void)model().logits(caches, ds::example::tokens_of(much)), ds::shape_error);
  CHECK(caches[0].length(0) == 3);
}
