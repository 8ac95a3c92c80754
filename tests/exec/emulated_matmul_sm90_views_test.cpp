// SPDX-License-Identifier: Apache-2.0
/// @file Products of views: transposed operands are read where they lie, by another kernel.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <random>

namespace ds = deepseek;
using ds::bf16;

TEST_CASE("q k^T of heads that lie inside of rows") {
  // q, k: [2, 24, 2, 16]: batch, place, head, features; scores: [2, 2, 24, 24].
  ds::tensor<bf16, ds::dynamic_dims<4>> q(2, 24, 2, 16), k(2, 24, 2, 16), scores(2, 2, 24, 24);
  std::mt19937 engine{3};
  std::uniform_real_distribution<float> any{-1.f, 1.f};
  for (std::int64_t i = 0; i < q.size(); ++i) {
    q.data()[i] = bf16{any(engine)};
    k.data()[i] = bf16{any(engine)};
  }
  auto const queries = ds::permute<0, 2, 1, 3>(q);
  auto const keys = ds::permute<0, 2, 3, 1>(k);
  (scores = ds::matmul(queries, keys)).run(ds::emulated{1, 90});
  int wrong = 0;
  for (int x = 0; x < 2; ++x)
    for (int h = 0; h < 2; ++h)
      for (int i = 0; i < 24; ++i)
        for (int j = 0; j < 24; ++j) {
          double sum = 0;
          for (int d = 0; d < 16; ++d)
            sum += static_cast<double>(static_cast<float>(q(x, i, h, d))) *
                   static_cast<double>(static_cast<float>(k(x, j, h, d)));
          double const got = static_cast<double>(static_cast<float>(scores(x, h, i, j)));
          wrong += !(std::fabs(got - sum) <= std::fabs(sum) / 256 + 1e-5);
        }
  CHECK(wrong == 0);
}
