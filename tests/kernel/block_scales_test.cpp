// SPDX-License-Identifier: Apache-2.0
/// @file Promoted sums: blocks of 128 of k with scales of rows of a and of blocks of b; and without scales.
#include <deepseek/kernel/block_scales.hpp>

#include "matmul_wgmma_cases.hpp"

using deepseek::fp8_e4m3;
using deepseek::kernel::block_scales;
using deepseek::kernel::no_scales;
using deepseek::kernel::wgmma_sums;
using namespace deepseek::test;

namespace {

constexpr matmul_wgmma_config whole{
    .rows = 128, .columns = 128, .stages = 3, .sums = wgmma_sums::promoted};
constexpr matmul_wgmma_config narrow{
    .rows = 64, .columns = 32, .stages = 2, .consumers = 1, .sums = wgmma_sums::promoted};
constexpr matmul_wgmma_config in_turn{.rows = 64,
                                      .columns = 64,
                                      .stages = 2,
                                      .alternate = true,
                                      .cluster_rows = 2,
                                      .sums = wgmma_sums::promoted};

template <matmul_wgmma_config Config, class Scales>
void check_scaled(product_size const& s, int blocks) {
  CAPTURE(s.m);
  CAPTURE(s.k);
  using K = deepseek::kernel::matmul_wgmma<fp8_e4m3, fp8_e4m3, wide_writer<float, 8>, Config,
                                           major_axis::k, major_axis::k, Scales>;
  constexpr bool scaled = std::is_same_v<Scales, block_scales>;
  factor_pair<fp8_e4m3> f{s, true, true, 448};
  int const matrices = s.outer * s.inner;
  int const k_blocks = (s.k + 127) / 128;
  int const column_blocks = (s.n + 127) / 128;
  std::mt19937 engine{5};
  std::uniform_real_distribution<float> any{1e-3f, 2.f};
  // As many as there are blocks, no more: the emulator sees who reads beyond.
  std::vector<float> a(static_cast<std::size_t>(matrices * s.m * k_blocks));
  std::vector<float> b(static_cast<std::size_t>(matrices * k_blocks * column_blocks));
  for (float& x : a) x = any(engine);
  for (float& x : b) x = any(engine);
  // a: k first, so that its rows are neighbours.
  block_scales const scales{
      a.data(), b.data(), s.m * k_blocks, 1, s.m, k_blocks * column_blocks, column_blocks, 1};
  std::vector<float> c(static_cast<std::size_t>(matrices * s.m * s.n),
                       std::numeric_limits<float>::quiet_NaN());
  deepseek::arch::emulated::global_memory memory;
  memory.add({c.data(), c.size() * sizeof(float), true, "c"});
  wide_writer<float, 8> const to{c.data(), std::int64_t{s.m} * s.n, s.n, s.n};
  if constexpr (scaled) {
    memory.add({a.data(), a.size() * sizeof(float), false, "scales of a"});
    memory.add({b.data(), b.size() * sizeof(float), false, "scales of b"});
    run_product<K>(s, blocks, f.a, f.b, memory, to, scales);
  } else {
    run_product<K>(s, blocks, f.a, f.b, memory, to);
  }
  int wrong = 0;
  for (int x = 0; x < matrices; ++x)
    for (int i = 0; i < s.m; ++i)
      for (int j = 0; j < s.n; ++j) {
        auto const scale = [&](int d) {
          if (!scaled) return 1.;
          auto const of_a = static_cast<std::size_t>((x * k_blocks + d / 128) * s.m + i);
          auto const of_b =
              static_cast<std::size_t>((x * k_blocks + d / 128) * column_blocks + j / 128);
          return static_cast<double>(a[of_a]) * static_cast<double>(b[of_b]);
        };
        sum_of const sum{f.a, f.b, x / s.inner, x % s.inner, i, j, scale};
        auto const got = static_cast<double>(c[static_cast<std::size_t>((x * s.m + i) * s.n + j)]);
        wrong += !(std::fabs(got - sum.exact) <= sum.bound(s.k));
      }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("scales of rows and k blocks of a, of k blocks and column blocks of b") {
  check_scaled<narrow, block_scales>({64, 32, 128}, 1);
  check_scaled<narrow, block_scales>({65, 140, 300}, 2);
  check_scaled<whole, block_scales>({130, 140, 257, 1, 2}, 2);
}
TEST_CASE("scales, consumers that take turns, and clusters") {
  check_scaled<in_turn, block_scales>({200, 140, 390}, 2);
}
TEST_CASE("without scales") {
  check_scaled<narrow, no_scales>({65, 33, 300}, 1);
  check_scaled<whole, no_scales>({64, 129, 130}, 1);
}
