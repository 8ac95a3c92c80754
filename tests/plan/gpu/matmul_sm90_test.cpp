// SPDX-License-Identifier: Apache-2.0
/// @file launch_sm90: products of all axes and types run with one kernel, right; what copies cannot read is
/// left to others.
#include "matmul_sm90_cases.hpp"

using deepseek::bf16;
using deepseek::kernel::product_batch;
using deepseek::kernel::product_operands;
using deepseek::kernel::product_store;
using deepseek::plan::gpu::known_neighbours;
using namespace deepseek::test;

namespace {

constexpr double of_bf16 = 1. / 256;  // a rounding to bf16, and a little

/// m x n x k with operands along k or along rows; results as T.
template <class T, int Width, known_neighbours KnownA, known_neighbours KnownB>
launched_product product(int m, int n, int k, bool a_along_k, bool b_along_k, int multiprocessors) {
  auto const line = [](int extent) { return (extent + 7) / 8 * 8; };
  aligned_elements<bf16> a{a_along_k ? m * line(k) : k * line(m), bf16{}};
  aligned_elements<bf16> b{b_along_k ? n * line(k) : k * line(n), bf16{}};
  a.fill(1);
  b.fill(2);
  aligned_elements<T> c{std::int64_t{m} * line(n), T{std::nanf("")}};
  product_operands<bf16, bf16> const p{{a.data, a_along_k ? line(k) : 1, a_along_k ? 1 : line(m)},
                                       {b.data, b_along_k ? line(k) : 1, b_along_k ? 1 : line(n)},
                                       {m, n, k},
                                       {}};
  deepseek::arch::emulated::global_memory memory;
  memory.add({a.data, a.bytes(), false, "a"});
  memory.add({b.data, b.bytes(), false, "b"});
  memory.add({c.data, c.bytes(), true, "c"});
  product_store<T, Width> const to{c.data, 0, line(n), 1, n};
  auto const out = run_sm90<KnownA, KnownB>(p, to, memory, multiprocessors);
  CHECK(out.done);
  CHECK(out.launches == 1);
  CHECK(out.shared_bytes <= 232448);
  CHECK(wrong_elements(p, c.data, line(n), 0, of_bf16) == 0);
  return out;
}

}  // namespace

TEST_CASE("known axes: a along k, b along rows, as row-major matrices are") {
  auto const few = product<bf16, 8, known_neighbours::along_k, known_neighbours::along_rows>(
      5, 70, 100, true, false, 132);
  CHECK(few.blocks == 2);  // tiles of 64 x 64
  CHECK(few.threads == 256);
  auto const turns = product<bf16, 8, known_neighbours::along_k, known_neighbours::along_rows>(
      300, 200, 70, true, false, 2);
  CHECK(turns.blocks == 2);
  CHECK(turns.threads == 384);
}

TEST_CASE("results as floats, four at a time") {
  product<float, 4, known_neighbours::along_k, known_neighbours::along_k>(70, 40, 100, true, true,
                                                                          4);
}

TEST_CASE("matrices of a batch: axes that are one, operands that are the same along one") {
  // c[3, 2, m, n] = a[3, 1, m, k] b[2, k, n]
  constexpr int m = 20, n = 24, k = 16;
  aligned_elements<bf16> a{3 * m * k, bf16{}};
  aligned_elements<bf16> b{2 * k * n, bf16{}};
  a.fill(3);
  b.fill(4);
  aligned_elements<float> c{3 * 2 * m * n, std::nanf("")};
  product_batch batch;
  batch.axes = 2;
  batch.extent[0] = 3;
  batch.extent[1] = 2;
  batch.a_step[0] = m * k;
  batch.b_step[1] = k * n;
  product_operands<bf16, bf16> const p{{a.data, k, 1}, {b.data, 1, n}, {m, n, k}, batch};
  deepseek::arch::emulated::global_memory memory;
  memory.add({a.data, a.bytes(), false, "a"});
  memory.add({b.data, b.bytes(), false, "b"});
  memory.add({c.data, c.bytes(), true, "c"});
  product_store<float, 4> const to{c.data, m * n, n, 1, n};
  CHECK(run_sm90<known_neighbours::along_k, known_neighbours::along_rows>(p, to, memory, 3).done);
  CHECK(wrong_elements(p, c.data, n, m * n, 1e-5) == 0);
}

TEST_CASE("what tensor copies cannot read: nothing is launched") {
  aligned_elements<bf16> a{1000, bf16{1.f}, 1};
  aligned_elements<bf16> b{1000, bf16{1.f}};
  aligned_elements<float> c{1000, 0.f};
  product_store<float, 4> const to{c.data, 0, 8, 1, 8};
  deepseek::arch::emulated::global_memory const none;
  auto const tried = [&](product_operands<bf16, bf16> const& p) {
    auto const out = run_sm90<known_neighbours::along_k, known_neighbours::along_k>(p, to, none, 1);
    CHECK(out.launches == 0);
    return out.done;
  };
  CHECK_FALSE(tried({{a.data, 16, 1}, {b.data, 16, 1}, {8, 8, 16}, {}}));  // begins at byte 2
  CHECK_FALSE(tried({{b.data, 12, 1}, {b.data, 16, 1}, {8, 8, 12}, {}}));  // rows of 24 bytes
  CHECK_FALSE(tried(
      {{b.data, 16, 2}, {b.data, 16, 1}, {8, 8, 8}, {}}));  // neither axis is one of neighbours
  CHECK_FALSE(tried({{b.data, 0, 1}, {b.data, 16, 1}, {8, 8, 16}, {}}));  // one row for all
  CHECK_FALSE(tried({{b.data, 16, 1}, {b.data, 16, 1}, {8, 8, 0}, {}}));  // no k
  CHECK_FALSE(tried(
      {{b.data, 1, 16}, {b.data, 16, 1}, {16, 8, 16}, {}}));  // along rows, said to be along k
}
