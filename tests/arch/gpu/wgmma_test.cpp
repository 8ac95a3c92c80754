// SPDX-License-Identifier: Apache-2.0
/// @file wgmma: products of all types, axes and swizzles against sums in double; what goes wrong is in
/// wgmma_fault_test.cpp.
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/bulk_copy.hpp>
#include <deepseek/arch/gpu/wgmma.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <type_traits>
#include <vector>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::bf16;
using deepseek::f16;
using deepseek::fp8_e4m3;
using deepseek::fp8_e5m2;
using gpu::major_axis;
using gpu::swizzle;
using gpu::tf32;
using gpu::wgmma_options;

namespace {

struct operands {
  alignas(1024) gpu::shared_array<unsigned char, 16384> a;
  alignas(1024) gpu::shared_array<unsigned char, 32768> b;
};

/// Distances that leave no two parts of an operand of so many rows in one place.
gpu::matrix_strides strides_of(major_axis major, swizzle pattern, int rows, int element_bytes) {
  int const period = gpu::swizzle_period(pattern);
  int const in_row = gpu::swizzle_bytes(pattern) / element_bytes;
  if (major == major_axis::k)
    return pattern == swizzle::none ? gpu::matrix_strides{128 * (rows / 8), 128, pattern}
                                    : gpu::matrix_strides{16, period, pattern};
  if (pattern == swizzle::none) return {128, 256, pattern};
  return {period, period * ((rows + in_row - 1) / in_row), pattern};
}

std::mt19937 engine{11};

/// One product of A and B: 64 x K by K x N, added to c `times` times.
template <class T, class A, class B, int N, wgmma_options Options = wgmma_options{}>
struct product {
  static constexpr int k = 32 / static_cast<int>(sizeof(A));
  std::vector<A> a = std::vector<A>(64 * k);
  std::vector<B> b = std::vector<B>(N * k);
  std::vector<T> c = std::vector<T>(64 * N);
  std::vector<T> d = std::vector<T>(64 * N);

  explicit product(int least, int most) {
    std::uniform_int_distribution<int> any{least, most};
    for (A& x : a) x = static_cast<A>(any(engine));
    for (B& x : b) x = static_cast<B>(any(engine));
    for (T& x : c) x = static_cast<T>(any(engine));
  }

  /// Each thread writes its share of an operand, an element at its place.
  template <class Element>
  static void fill(std::vector<Element> const& from, gpu::matrix_descriptor const& at,
                   major_axis major, int rows) {
    for (int i = gpu::thread_rank(); i < rows * k; i += gpu::block_threads()) {
      auto const address = at.at(major, sizeof(Element), i / k, i % k);
      auto* const place = static_cast<Element*>(gpu::this_machine().shared_place(address));
      gpu::shared_element<Element>{place} = from[static_cast<std::size_t>(i)];
    }
  }

  void run(swizzle pattern, bool from_registers, bool add, int times = 1) {
    deepseek::test::run_block<operands>(128, [&](operands& shared) {
      int const rank = gpu::thread_rank();
      auto const left = gpu::describe(shared.a[0], strides_of(Options.a, pattern, 64, sizeof(A)));
      auto const right = gpu::describe(shared.b[0], strides_of(Options.b, pattern, N, sizeof(B)));
      fill(a, left, Options.a, 64);
      fill(b, right, Options.b, N);
      gpu::fence_async();
      gpu::sync_block();

      gpu::wgmma_a<A> registers{{}};
      for (int i = 0; i < registers.elements; ++i) {
        auto const at = registers.place(rank, i);
        registers.set(i, a[static_cast<std::size_t>(at.row * k + at.column)]);
      }
      gpu::wgmma_sum<T, N> sum{{}};
      for (int i = 0; i < sum.elements; ++i) sum.set(i, c[index(sum.place(rank, i))]);
      gpu::wgmma_fence(sum, registers);
      for (int t = 0; t < times; ++t) {
        if constexpr (Options.a == major_axis::k)
          if (from_registers) gpu::wgmma<A, B, Options>(sum, registers, right, add || t > 0);
        if (!from_registers) gpu::wgmma<A, B, Options>(sum, left, right, add || t > 0);
      }
      gpu::wgmma_commit();
      gpu::wgmma_wait<0>(sum, registers);
      for (int i = 0; i < sum.elements; ++i) d[index(sum.place(rank, i))] = sum[i];
    });
  }
  static std::size_t index(gpu::matrix_place const& at) {
    return static_cast<std::size_t>(at.row * N + at.column);
  }

  [[nodiscard]] double exact(int row, int column, bool add, int times) const {
    double sum = 0;
    for (int i = 0; i < k; ++i)
      sum += static_cast<double>(a[static_cast<std::size_t>(row * k + i)]) *
             static_cast<double>(b[static_cast<std::size_t>(column * k + i)]);
    if (Options.negate_a != Options.negate_b) sum = -sum;
    return times * sum + (add ? static_cast<double>(c[index({row, column})]) : 0.);
  }
  void check(swizzle pattern, bool from_registers, bool add, int times = 1) {
    CAPTURE(static_cast<int>(pattern));
    CAPTURE(from_registers);
    run(pattern, from_registers, add, times);
    int wrong = 0;
    for (int row = 0; row < 64; ++row)
      for (int column = 0; column < N; ++column)
        wrong += static_cast<double>(d[index({row, column})]) != exact(row, column, add, times);
    CHECK(wrong == 0);
  }
  void check_swizzles() {
    for (swizzle const pattern :
         {swizzle::none, swizzle::bytes_32, swizzle::bytes_64, swizzle::bytes_128})
      check(pattern, false, true);
    check(swizzle::bytes_128, Options.a == major_axis::k, false);
  }
};

constexpr wgmma_options a_by_rows{major_axis::mn, major_axis::k};
constexpr wgmma_options b_by_rows{major_axis::k, major_axis::mn};
constexpr wgmma_options both_by_rows{major_axis::mn, major_axis::mn};
constexpr wgmma_options negative_a{major_axis::k, major_axis::k, true, false};
constexpr wgmma_options both_negative{major_axis::k, major_axis::mn, true, true};
constexpr wgmma_options saturating{major_axis::k, major_axis::k, false, false, true};

}  // namespace

TEST_CASE("wgmma: every type, every swizzle, a from shared memory and from registers") {
  product<float, f16, f16, 64>{-8, 8}.check_swizzles();
  product<float, bf16, bf16, 64>{-8, 8}.check_swizzles();
  product<f16, f16, f16, 64>{-8, 8}.check_swizzles();
  product<float, tf32, tf32, 64>{-8, 8}.check_swizzles();
  product<std::int32_t, std::int8_t, std::int8_t, 64>{-100, 100}.check_swizzles();
  product<std::int32_t, std::uint8_t, std::int8_t, 32>{0, 100}.check_swizzles();
  product<float, fp8_e4m3, fp8_e4m3, 64>{-8, 8}.check_swizzles();
  product<float, fp8_e5m2, fp8_e4m3, 64>{-4, 4}.check_swizzles();
  product<f16, fp8_e4m3, fp8_e5m2, 64>{-4, 4}.check_swizzles();
}

TEST_CASE("wgmma: operands of two bytes by rows") {
  product<float, f16, f16, 64, a_by_rows>{-8, 8}.check_swizzles();
  product<float, bf16, bf16, 64, b_by_rows>{-8, 8}.check_swizzles();
  product<float, bf16, bf16, 128, both_by_rows>{-8, 8}.check_swizzles();
  product<f16, f16, f16, 64, both_by_rows>{-8, 8}.check_swizzles();
}

TEST_CASE("wgmma: N of 8, 24, 136 and 256 columns") {
  product<float, f16, f16, 8>{-8, 8}.check(swizzle::bytes_128, false, true);
  product<float, f16, f16, 24>{-8, 8}.check(swizzle::bytes_32, true, true);
  product<f16, f16, f16, 136>{-8, 8}.check(swizzle::bytes_64, false, true);
  product<float, bf16, bf16, 256, b_by_rows>{-8, 8}.check(swizzle::bytes_128, true, false);
}

TEST_CASE("wgmma: numbers of all bits, within the roundings of k + 1 sums") {
  std::uniform_real_distribution<float> any{-1.f, 1.f};
  product<float, bf16, bf16, 32> p{0, 0};
  for (bf16& x : p.a) x = bf16{any(engine)};
  for (bf16& x : p.b) x = bf16{any(engine)};
  for (float& x : p.c) x = any(engine);
  p.run(swizzle::bytes_128, false, true);
  for (int row = 0; row < 64; ++row)
    for (int column = 0; column < 32; ++column) {
      double const bound = 17 * 17 * std::ldexp(1., -24);  // no sum is larger than 17
      CHECK(std::fabs(static_cast<double>(p.d[p.index({row, column})]) -
                      p.exact(row, column, true, 1)) <= bound);
    }
}

TEST_CASE("wgmma: tiles of 64 k as a tensor copy with 128 bytes of swizzle brings them") {
  // a: 64 rows of 64 k. b: by k 64 columns of 64 k, by rows 64 k of 64 columns. Row r of any is 128 bytes,
  // and its chunk c is in place c xor r % 8.
  struct tiles {
    alignas(1024) gpu::shared_array<bf16, 4096> a;
    alignas(1024) gpu::shared_array<bf16, 4096> b;
    alignas(1024) gpu::shared_array<bf16, 4096> b_by_rows;
  };
  auto const place = [](int row, int column) {
    return row * 64 + ((column / 8) ^ (row % 8)) * 8 + column % 8;
  };
  auto const a = [](int row, int k) { return (row * 5 + k * 3) % 7 - 3; };
  auto const b = [](int k, int column) { return (k * 2 + column * 11) % 9 - 4; };
  deepseek::test::run_block<tiles>(128, [&](tiles& shared) {
    for (int i = gpu::thread_rank(); i < 4096; i += 128) {
      int const row = i / 64;
      int const column = i % 64;
      shared.a[place(row, column)] = bf16{a(row, column)};
      shared.b[place(row, column)] = bf16{b(column, row)};
      shared.b_by_rows[place(row, column)] = bf16{b(row, column)};
    }
    gpu::fence_async();
    gpu::sync_block();
    gpu::matrix_strides const strides{1024, 1024, swizzle::bytes_128};
    auto const left = gpu::describe(shared.a[0], strides);
    auto const right = gpu::describe(shared.b[0], strides);
    auto const right_by_rows = gpu::describe(shared.b_by_rows[0], strides);
    gpu::wgmma_sum<float, 64> d;
    gpu::wgmma_sum<float, 64> by_rows;
    gpu::wgmma_fence(d, by_rows);
    for (int step = 0; step < 4; ++step) {  // 16 k: 32 bytes of a row, or 16 rows
      gpu::wgmma<bf16>(d, left.advanced(step * 32), right.advanced(step * 32), step > 0);
      gpu::wgmma<bf16, bf16, b_by_rows>(by_rows, left.advanced(step * 32),
                                        right_by_rows.advanced(step * 16 * 128), step > 0);
    }
    gpu::wgmma_commit();
    gpu::wgmma_wait<0>(d, by_rows);
    for (int i = 0; i < d.elements; ++i) {
      auto const at = d.place(gpu::thread_rank(), i);
      int sum = 0;
      for (int k = 0; k < 64; ++k) sum += a(at.row, k) * b(k, at.column);
      CHECK(d[i] == static_cast<float>(sum));
      CHECK(by_rows[i] == static_cast<float>(sum));
    }
  });
}

TEST_CASE("wgmma: signs, and sums of several products of one group") {
  product<float, f16, f16, 16, negative_a>{-8, 8}.check(swizzle::bytes_128, false, true, 3);
  product<float, f16, f16, 16, both_negative>{-8, 8}.check(swizzle::none, true, true, 2);
  product<float, bf16, bf16, 16, negative_a>{-8, 8}.check(swizzle::bytes_64, true, false, 4);
}

TEST_CASE("wgmma of integers: sums wrap around, or stay at the end of the range") {
  constexpr std::int32_t most = 2147483647;
  product<std::int32_t, std::int8_t, std::int8_t, 8> wraps{1, 1};
  product<std::int32_t, std::int8_t, std::int8_t, 8, saturating> stays{1, 1};
  wraps.c[5] = stays.c[5] = most - 3;
  wraps.run(swizzle::bytes_32, false, true);
  stays.run(swizzle::bytes_32, true, true);
  CHECK(wraps.d[5] == -most - 1 + 28);
  CHECK(stays.d[5] == most);
  CHECK(wraps.d[6] == 33);
  CHECK(stays.d[6] == 33);
}
