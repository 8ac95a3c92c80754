// SPDX-License-Identifier: Apache-2.0
/// @file Products by kernels of product_operands on the emulator, against sums in double.
#pragma once
#include <deepseek/exec/detail/emulated_grid.hpp>
#include <deepseek/kernel/product_epilogue.hpp>
#include <deepseek/kernel/product_operands.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

namespace deepseek::test {

/// factor<T>: matrices of random numbers, with NaN (of integers a large number) in everything that is not
/// part of one.
template <class T> struct factor {
  std::vector<T> storage;
  T* data;
  kernel::product_matrix<T> matrix;
  std::int64_t count;

  /// `rows` of `k`: lines of `line` elements with neighbours along k or along rows, `matrices` of them;
  /// shift: elements behind an address of 16 bytes at which they begin.
  factor(int rows, int k, bool along_k, std::int64_t line, int matrices, int shift, unsigned seed) {
    std::int64_t const lines = along_k ? rows : k;
    count = matrices * lines * line;
    T poison{};
    if constexpr (std::is_integral_v<T>) poison = T{111};
    else poison = T{std::numeric_limits<float>::quiet_NaN()};
    storage.assign(static_cast<std::size_t>(count) + 64, poison);
    auto const at = reinterpret_cast<std::uintptr_t>(storage.data());
    data = reinterpret_cast<T*>((at + 15) / 16 * 16) + shift;
    matrix = {data, along_k ? line : 1, along_k ? 1 : line};
    matrix_step = lines * line;
    std::mt19937 engine{seed};
    std::uniform_real_distribution<double> any{-1, 1};
    for (int x = 0; x < matrices; ++x)
      for (int r = 0; r < rows; ++r)
        for (int i = 0; i < k; ++i)
          if constexpr (std::is_integral_v<T>)
            at_of(x, r, i) = static_cast<T>(std::lround(
                any(engine) * (std::is_signed_v<T> ? 100 : 0) + (std::is_signed_v<T> ? 0 : 99)));
          else at_of(x, r, i) = T(static_cast<float>(any(engine)));
  }
  std::int64_t matrix_step;
  T& at_of(int x, int r, int i) {
    return data[x * matrix_step + r * matrix.step + i * matrix.k_step];
  }
};

/// product_case: sizes, and how operands lie in memory: with neighbours along k, lines of so many elements
/// more than there are, rounded up to a multiple of `round`, and how far behind an aligned address.
struct product_case {
  int m, n, k;
  bool a_along_k = true;
  bool b_along_k = false;
  int round = 16;
  int shift = 0;
  int matrices = 1;
  bool b_shared = false;  ///< all of a batch are multiplied with one b
};

/// plain_product<A, B, C, Sum>: runs one and compares: run(operands, epilogue, memory).
template <class A, class B, class C, int Width, class Run>
void check_product(product_case const& s, double relative, Run const& run) {
  CAPTURE(s.m);
  CAPTURE(s.n);
  CAPTURE(s.k);
  CAPTURE(s.a_along_k);
  CAPTURE(s.b_along_k);
  auto const line = [&](int n) { return std::int64_t{(n + s.round) / s.round} * s.round; };
  factor<A> a{s.m, s.k, s.a_along_k, line(s.a_along_k ? s.k : s.m), s.matrices, s.shift, 7};
  factor<B> b{s.n,     s.k, s.b_along_k, line(s.b_along_k ? s.k : s.n), s.b_shared ? 1 : s.matrices,
              s.shift, 11};
  kernel::product_operands<A, B> const operands{
      a.matrix,
      b.matrix,
      {s.m, s.n, s.k},
      {1, {s.matrices}, {a.matrix_step}, {s.b_shared ? 0 : b.matrix_step}}};
  auto const unwritten = static_cast<C>(-77);
  std::int64_t const row = (s.n + 15) / 8 * 8;
  std::vector<C> storage(static_cast<std::size_t>(s.matrices * s.m * row) + 16, unwritten);
  C* const c =
      reinterpret_cast<C*>((reinterpret_cast<std::uintptr_t>(storage.data()) + 15) / 16 * 16);
  kernel::product_store<C, Width> const epilogue{c, s.m * row, row, 1, s.n};
  arch::emulated::global_memory memory;
  auto const bytes = [](std::int64_t n, std::size_t size) {
    return static_cast<std::size_t>(n) * size;
  };
  memory.add({a.data, bytes(a.count, sizeof(A)), false, "a", int{sizeof(A)}});
  memory.add({b.data, bytes(b.count, sizeof(B)), false, "b", int{sizeof(B)}});
  memory.add({c, bytes(s.matrices * s.m * row, sizeof(C)), true, "c", int{sizeof(C)}});
  run(operands, epilogue, memory);

  int wrong = 0;
  double worst = 0;
  for (int x = 0; x < s.matrices; ++x)
    for (int i = 0; i < s.m; ++i) {
      C const* const got = c + (std::int64_t{x} * s.m + i) * row;
      for (int j = 0; j < s.n; ++j) {
        double exact = 0;
        double sizes = 0;
        for (int d = 0; d < s.k; ++d) {
          double const p = static_cast<double>(a.at_of(x, i, d)) *
                           static_cast<double>(b.at_of(s.b_shared ? 0 : x, j, d));
          exact += p;
          sizes += std::fabs(p);
        }
        double const error = std::fabs(static_cast<double>(got[j]) - exact);
        worst = error > worst ? error : worst;
        wrong += !(error <= relative * sizes);
      }
      for (std::int64_t j = s.n; j < row; ++j) wrong += got[j] != unwritten;
    }
  CAPTURE(worst);
  CHECK(wrong == 0);
}

}  // namespace deepseek::test
