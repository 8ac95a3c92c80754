// SPDX-License-Identifier: Apache-2.0
/// @file wgmma_store: results by tensor copies are those in float, rounded once; nothing beyond is touched.
#include <deepseek/kernel/detail/wgmma_store.hpp>

#include "../matmul_wgmma_cases.hpp"

using deepseek::bf16;
using deepseek::f16;
using deepseek::kernel::wgmma_store;
using namespace deepseek::test;

namespace {

constexpr matmul_wgmma_config one_box{.rows = 64, .columns = 64, .stages = 2, .consumers = 1};
constexpr matmul_wgmma_config two_boxes{.rows = 128, .columns = 128, .stages = 2};
constexpr matmul_wgmma_config three_boxes{
    .rows = 256, .columns = 64, .stages = 2, .alternate = true};
constexpr matmul_wgmma_config below{
    .rows = 64, .columns = 192, .stages = 2, .consumers = 1, .cluster_rows = 2};

template <class T, matmul_wgmma_config Config>
void check_stored(product_size const& s, int blocks) {
  CAPTURE(s.m);
  CAPTURE(s.n);
  using K = deepseek::kernel::matmul_wgmma<bf16, bf16, wgmma_store<T>, Config>;
  factor_pair<bf16> f{s, true, true, 1};
  int const matrices = s.outer * s.inner;
  std::int64_t const stride = (s.n + 7) / 8 * 8 + 8;
  auto const unwritten = T::from_bits(0x4d11);
  aligned_buffer<T> c{matrices * s.m * stride, unwritten};
  deepseek::arch::emulated::global_memory memory;
  memory.add({c.data, static_cast<std::size_t>(c.size) * 2, true, "c"});
  auto const description = wgmma_store<T>::description(
      {c.data, s.m, s.n, stride, s.inner, s.m * stride, s.outer, s.inner * s.m * stride});
  REQUIRE(gpu::tensor_fault(description).empty());
  run_product<K>(s, blocks, f.a, f.b, memory, {gpu::described(description)});
  int wrong = 0;
  for (int x = 0; x < matrices; ++x)
    for (int i = 0; i < s.m; ++i) {
      T const* const row = c.data + (x * s.m + i) * stride;
      for (int j = 0; j < s.n; ++j) {
        sum_of const sum{f.a, f.b, x / s.inner, x % s.inner, i, j, [](int) { return 1.; }};
        double const half_step =
            std::ldexp(std::fabs(sum.exact), std::is_same_v<T, bf16> ? -8 : -11);
        double const error = std::fabs(static_cast<double>(static_cast<float>(row[j])) - sum.exact);
        wrong += !(error <= half_step * 1.01 + sum.bound(s.k) + 1e-7);
      }
      for (std::int64_t j = s.n; j < stride; ++j) wrong += row[j].bits != unwritten.bits;
    }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("one box in each tile, which the next tile uses again") {
  check_stored<bf16, one_box>({64, 64, 64}, 1);
  check_stored<bf16, one_box>({1, 1, 1}, 1);
  check_stored<bf16, one_box>({130, 200, 70}, 1);
  check_stored<f16, one_box>({130, 71, 70, 2, 2, false}, 2);
}
TEST_CASE("two boxes in turn, and several products of a thread") {
  check_stored<bf16, two_boxes>({130, 300, 70}, 1);
  check_stored<f16, two_boxes>({257, 129, 64}, 2);
  check_stored<bf16, three_boxes>({520, 130, 70}, 1);
}
TEST_CASE("clusters, one of whose blocks may have no tile") {
  check_stored<bf16, below>({190, 200, 70}, 2);
}
