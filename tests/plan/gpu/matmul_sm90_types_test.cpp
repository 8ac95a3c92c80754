// SPDX-License-Identifier: Apache-2.0
/// @file launch_sm90: axes that are not known when compiling; int8, fp8, and fp8 with scales of blocks.
#include "matmul_sm90_cases.hpp"

using deepseek::bf16;
using deepseek::fp8_e4m3;
using deepseek::kernel::block_scales;
using deepseek::kernel::product_operands;
using deepseek::kernel::product_store;
using namespace deepseek::test;

namespace {

template <class T, class Sum, class... Scales>
void bytes_product(int m, int n, int k, double relative, Scales const&... scales) {
  int const line = (k + 15) / 16 * 16;
  aligned_elements<T> a{m * line, T{}};
  aligned_elements<T> b{n * line, T{}};
  a.fill(5);
  b.fill(6);
  int const row = (n + 7) / 8 * 8;
  aligned_elements<Sum> c{m * row, Sum{}};
  deepseek::arch::emulated::global_memory memory;
  memory.add({a.data, a.bytes(), false, "a"});
  memory.add({b.data, b.bytes(), false, "b"});
  memory.add({c.data, c.bytes(), true, "c"});
  (memory.add({scales.a, 64 * sizeof(float), false, "scales"}), ...);
  product_operands<T, T> const p{{a.data, line, 1}, {b.data, line, 1}, {m, n, k}, {}};
  product_store<Sum, 4> const to{c.data, 0, row, 1, n};
  auto const out = run_sm90(p, to, memory, 2, scales...);
  CHECK(out.done);
  CHECK(out.launches == 1);
  CHECK(wrong_elements(p, c.data, row, 0, relative) == 0);
}

}  // namespace

TEST_CASE("int8: exact; fp8") {
  bytes_product<std::int8_t, std::int32_t>(70, 65, 200, 0);
  bytes_product<fp8_e4m3, float>(70, 65, 200, 1e-5);
}

TEST_CASE("fp8 with scales of blocks, here all of them 1") {
  std::vector<float> const ones(64, 1.f);
  bytes_product<fp8_e4m3, float>(10, 20, 300, 1e-5,
                                 block_scales{ones.data(), ones.data(), 0, 3, 1, 0, 1, 1});
}

TEST_CASE("axes that are not known when compiling, all four") {
  for (bool const a_along_k : {true, false})
    for (bool const b_along_k : {true, false}) {
      constexpr int m = 72, n = 40, k = 80;
      aligned_elements<bf16> a{m * k, bf16{}};
      aligned_elements<bf16> b{n * k, bf16{}};
      a.fill(7);
      b.fill(8);
      aligned_elements<bf16> c{m * n, bf16{}};
      deepseek::arch::emulated::global_memory memory;
      memory.add({a.data, a.bytes(), false, "a"});
      memory.add({b.data, b.bytes(), false, "b"});
      memory.add({c.data, c.bytes(), true, "c"});
      product_operands<bf16, bf16> const p{{a.data, a_along_k ? k : 1, a_along_k ? 1 : m},
                                           {b.data, b_along_k ? k : 1, b_along_k ? 1 : n},
                                           {m, n, k},
                                           {}};
      product_store<bf16, 8> const to{c.data, 0, n, 1, n};
      CHECK(run_sm90(p, to, memory, 4).done);
      CHECK(wrong_elements(p, c.data, n, 0, 1. / 256) == 0);
    }
}
