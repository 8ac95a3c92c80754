// SPDX-License-Identifier: Apache-2.0
/// @file mma: products of all types against sums in double, whole numbers exactly.
#include <deepseek/arch/gpu/mma.hpp>
#include <deepseek/arch/gpu/warp.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <type_traits>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::bf16;
using deepseek::f16;
using deepseek::fp8_e4m3;
using deepseek::fp8_e5m2;
using deepseek::test::fault_of;
using deepseek::test::holds;
using deepseek::test::run_block;
using gpu::tf32;

namespace {

/// The matrices of one product.
template <class T, class A, class B, int K> struct product {
  A a[16][K];
  B b[K][8];
  T c[16][8];
  T d[16][8];

  /// Every entry drawn by `next`.
  template <class Next> explicit product(Next const& next) {
    for (auto& row : a)
      for (A& x : row) x = static_cast<A>(next());
    for (auto& row : b)
      for (B& x : row) x = static_cast<B>(next());
    for (auto& row : c)
      for (T& x : row) x = static_cast<T>(next());
    for (auto& row : d)
      for (T& x : row) x = static_cast<T>(-77);
  }
  /// d = a b + c by one warp, fragments filled and emptied by place.
  template <class Multiply> void run(Multiply const& multiply) {
    run_block(32, [&](auto&) {
      int const lane = gpu::lane_rank();
      gpu::fragment_a<A, K> left{};
      gpu::fragment_b<B, K> right{};
      gpu::fragment_c<T> sum{};
      for (int i = 0; i < left.elements; ++i) left.set(i, of(a, left.place(lane, i)));
      for (int i = 0; i < right.elements; ++i) right.set(i, of(b, right.place(lane, i)));
      for (int i = 0; i < sum.elements; ++i) sum.set(i, of(c, sum.place(lane, i)));
      gpu::fragment_c<T> const result = multiply(left, right, sum);
      for (int i = 0; i < result.elements; ++i) {
        auto const at = result.place(lane, i);
        d[at.row][at.column] = result[i];
      }
    });
  }
  void run() {
    run([](auto const& x, auto const& y, auto const& z) { return gpu::mma(x, y, z); });
  }
  [[nodiscard]] double exact(int row, int column) const {
    double sum = static_cast<double>(c[row][column]);
    for (int k = 0; k < K; ++k)
      sum += static_cast<double>(a[row][k]) * static_cast<double>(b[k][column]);
    return sum;
  }
  [[nodiscard]] double size(int row, int column) const {
    double sum = std::fabs(static_cast<double>(c[row][column]));
    for (int k = 0; k < K; ++k)
      sum += std::fabs(static_cast<double>(a[row][k]) * static_cast<double>(b[k][column]));
    return sum;
  }

 private:
  template <class Matrix> static auto of(Matrix const& m, gpu::matrix_place const& at) {
    return m[at.row][at.column];
  }
};

std::mt19937 engine{7};

/// Whole numbers of a few bits: every sum is exact.
template <class T, class A, class B, int K> void whole_numbers(int least, int most) {
  std::uniform_int_distribution<int> any{least, most};
  product<T, A, B, K> p{[&] { return any(engine); }};
  p.run();
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 8; ++j) CHECK(static_cast<double>(p.d[i][j]) == p.exact(i, j));
}

/// Numbers of all bits: K + 1 roundings of T's sums, one more to T.
template <class T, class A, class B, int K> void all_numbers() {
  std::uniform_real_distribution<float> any{-1.f, 1.f};
  product<T, A, B, K> p{[&] { return any(engine); }};
  p.run();
  double const to_result = std::is_same_v<T, f16> ? std::ldexp(1., -11) : 0.;
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 8; ++j) {
      double const bound = ((K + 1) * std::ldexp(1., -24) + to_result) * p.size(i, j);
      CHECK(std::fabs(static_cast<double>(p.d[i][j]) - p.exact(i, j)) <= bound);
    }
}

}  // namespace

TEST_CASE("mma: whole numbers, exactly, in every type and every K") {
  whole_numbers<float, f16, f16, 16>(-8, 8);
  whole_numbers<float, f16, f16, 8>(-8, 8);
  whole_numbers<float, bf16, bf16, 16>(-8, 8);
  whole_numbers<float, bf16, bf16, 8>(-8, 8);
  whole_numbers<f16, f16, f16, 16>(-8, 8);
  whole_numbers<f16, f16, f16, 8>(-8, 8);
  whole_numbers<float, tf32, tf32, 8>(-8, 8);
  whole_numbers<float, tf32, tf32, 4>(-8, 8);
  whole_numbers<float, fp8_e4m3, fp8_e4m3, 32>(-8, 8);
  whole_numbers<float, fp8_e5m2, fp8_e5m2, 32>(-4, 4);
  whole_numbers<float, fp8_e4m3, fp8_e5m2, 32>(-4, 4);
  whole_numbers<std::int32_t, std::int8_t, std::int8_t, 32>(-128, 127);
  whole_numbers<std::int32_t, std::int8_t, std::int8_t, 16>(-128, 127);
  whole_numbers<std::int32_t, std::uint8_t, std::uint8_t, 32>(0, 255);
  whole_numbers<std::int32_t, std::uint8_t, std::int8_t, 32>(0, 127);
}

TEST_CASE("mma: unsigned and signed bytes are told apart") {
  product<std::int32_t, std::uint8_t, std::int8_t, 32> p{[] { return 255; }};  // 255 and -1
  p.run();
  CHECK(p.d[3][5] == 32 * -255 + 255);
  product<std::int32_t, std::int8_t, std::uint8_t, 32> q{[] { return 200; }};  // -56 and 200
  q.run();
  CHECK(q.d[15][7] == 32 * -56 * 200 + 200);
}

TEST_CASE("mma: numbers of all bits, within the roundings of K + 1 sums") {
  for (int round = 0; round < 4; ++round) {
    all_numbers<float, f16, f16, 16>();
    all_numbers<float, bf16, bf16, 16>();
    all_numbers<f16, f16, f16, 16>();
    all_numbers<float, tf32, tf32, 8>();
    all_numbers<float, fp8_e4m3, fp8_e4m3, 32>();
    all_numbers<float, fp8_e5m2, fp8_e4m3, 32>();
  }
}

TEST_CASE("mma: of floats taken as tf32 the lower 13 bits do not count") {
  product<float, tf32, tf32, 8> p{[] { return 1.f; }};
  for (auto& row : p.a)
    for (tf32& x : row) x = tf32::from_bits(0x3f801fff);  // almost 1 + 2^-10
  p.run();
  CHECK(p.d[0][0] == 9.f);
}

TEST_CASE("mma of integers: sums wrap around; mma_saturated: they stay at the end of the range") {
  constexpr std::int32_t most = 2147483647;
  product<std::int32_t, std::int8_t, std::int8_t, 32> p{[] { return 1; }};
  p.c[0][0] = most;
  p.c[1][0] = most - 32;
  for (int k = 0; k < 32; ++k) p.a[2][k] = -1;
  p.c[2][0] = -most;
  p.run();
  CHECK(p.d[0][0] == -most - 1 + 31);
  CHECK(p.d[1][0] == most);
  CHECK(p.d[2][0] == most - 30);
  p.run([](auto const& x, auto const& y, auto const& z) { return gpu::mma_saturated(x, y, z); });
  CHECK(p.d[0][0] == most);
  CHECK(p.d[1][0] == most);
  CHECK(p.d[2][0] == -most - 1);
  CHECK(p.d[3][3] == 33);
}

TEST_CASE("mma_conformable: what there is an instruction for") {
  static_assert(gpu::mma_conformable<float, f16, f16, 16>);
  static_assert(gpu::mma_conformable<std::int32_t, std::int8_t, std::uint8_t, 32>);
  static_assert(gpu::mma_conformable<float, fp8_e4m3, fp8_e5m2, 32>);
  static_assert(!gpu::mma_conformable<float, f16, bf16, 16>);
  static_assert(!gpu::mma_conformable<float, std::int8_t, std::int8_t, 32>);
  static_assert(!gpu::mma_conformable<f16, bf16, bf16, 16>);
  static_assert(!gpu::mma_conformable<float, f16, f16, 32>);
  static_assert(!gpu::mma_conformable<std::int32_t, fp8_e4m3, fp8_e4m3, 32>);
}

TEST_CASE("fault: a lane that does not take part, lanes that multiply other types") {
  auto const absent = [](auto&) {
    gpu::fragment_a<f16, 16> const a{};
    gpu::fragment_b<f16, 16> const b{};
    if (gpu::lane_rank() != 5) (void)gpu::mma(a, b, gpu::fragment_c<float>{});
  };
  CHECK(holds(fault_of(32, absent), "[DS-EMULATED-DEADLOCK]",
              "at m16n8k16.row.col.f32.f16.f16.f32 31 of 32 threads"));
  auto const mixed = [](auto&) {
    gpu::fragment_c<float> const c{};
    if (gpu::lane_rank() < 16)
      (void)gpu::mma(gpu::fragment_a<f16, 8>{}, gpu::fragment_b<f16, 8>{}, c);
    else (void)gpu::mma(gpu::fragment_a<f16, 16>{}, gpu::fragment_b<f16, 16>{}, c);
  };
  CHECK(holds(fault_of(32, mixed), "[DS-EMULATED-DIVERGED] probe: thread 16",
              "comes to a m16n8k16.row.col.f32.f16.f16.f32 while thread 0",
              "in a m16n8k8.row.col.f32.f16.f16.f32"));
}
