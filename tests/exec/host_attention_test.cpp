// SPDX-License-Identifier: Apache-2.0
/// @file What attention costs and how it is called, before it runs; tests/attention/ has its values.
#include <deepseek/attention/biases.hpp>
#include <deepseek/exec/host_attention.hpp>
#include <deepseek/plan/explain.hpp>

#include <doctest/doctest.h>

#include <string>

namespace ds = deepseek;

TEST_CASE("one kernel, counted flops, a plan in words") {
  ds::tensor<float, ds::dims<1, 2, 30, 16>> q, k, v;
  auto const e = ds::attention(q, k, v, ds::score::causal);
  static_assert(ds::kernel_count<decltype(e)> == 1);
  double const scores = 2 * 30 * 30;
  CHECK(ds::flops(e) >= scores * 2 * (16 + 16));
  CHECK(ds::flops(e) < scores * (2 * (16 + 16) + 40));
  CHECK(ds::explain(e).find("attention(f32[1, 2, 30, 16]") != std::string::npos);
}

TEST_CASE("a tensor of the score function in the memory of a GPU is an error") {
  ds::tensor<float, ds::dims<1, 1, 4, 8>> q, k, v, y;
  float unread[4] = {};
  ds::view<float const, ds::dims<4>> const far{unread, {}, {}, ds::memory_space::device};
  CHECK_THROWS_AS((y = ds::attention(q, k, v, ds::score::bias(far))).run(ds::host{}),
                  ds::device_error);
}
