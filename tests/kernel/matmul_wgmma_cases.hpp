// SPDX-License-Identifier: Apache-2.0
/// @file Products by matmul_wgmma on the emulator, against sums in double.
#pragma once
#include <deepseek/exec/detail/emulated_grid.hpp>
#include <deepseek/kernel/matmul_wgmma.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

namespace deepseek::test {

namespace gpu = arch::gpu;
using gpu::major_axis;
using kernel::matmul_wgmma_config;

/// wide_writer<Sum, Width>: writes sums as they are, Width at once where the row has so many.
template <class Sum, int Width> struct wide_writer {
  static constexpr int width = Width;
  Sum* c;
  std::int64_t matrix_stride;
  std::int64_t stride;
  int columns;
  template <class Values>
  DEEPSEEK_HOST_DEVICE void write(int matrix, int row, int column, Values const& v) const {
    Sum* const to = c + matrix * matrix_stride + row * stride + column;
    for (int i = 0; i < Width && column + i < columns; ++i) gpu::store(to + i, v[i]);
  }
};

/// aligned_buffer<T>: elements that begin at a multiple of 1024 bytes, all of the same value first.
template <class T> struct aligned_buffer {
  std::vector<T> storage;
  T* data;
  std::int64_t size;
  aligned_buffer(std::int64_t count, T value)
      : storage(static_cast<std::size_t>(count) + 1024 / sizeof(T), value), size{count} {
    auto const at = reinterpret_cast<std::uintptr_t>(storage.data());
    data = reinterpret_cast<T*>((at + 1023) / 1024 * 1024);
  }
};

/// poison<T>(): what spoils every sum that it is part of.
template <class T> T poison() {
  if constexpr (std::is_integral_v<T>) return T{113};
  else return T{std::numeric_limits<float>::quiet_NaN()};
}

/// product_size: matrices along two axes; an operand has an axis or is the same along it.
struct product_size {
  int m = 1;
  int n = 1;
  int k = 1;
  int outer = 1;
  int inner = 1;
  bool a_outer = true;
  bool a_inner = true;
  bool b_outer = true;
  bool b_inner = true;
};

/// factor_matrices<T>: an operand of random numbers, rows of lines padded to 16 bytes and one chunk more, in
/// which there is poison.
template <class T> struct factor_matrices {
  bool along_k;
  std::int64_t rows, k, line, inner, outer;
  aligned_buffer<T> buffer;

  factor_matrices(bool of_k, std::int64_t r, std::int64_t depth, std::int64_t in, std::int64_t out)
      : along_k{of_k},
        rows{r},
        k{depth},
        line{line_of(of_k ? depth : r)},
        inner{in},
        outer{out},
        buffer{outer * inner * lines() * line, poison<T>()} {}
  static std::int64_t line_of(std::int64_t elements) {
    constexpr std::int64_t chunk = 16 / sizeof(T);
    return (elements + chunk - 1) / chunk * chunk + chunk;
  }
  [[nodiscard]] std::int64_t lines() const { return along_k ? rows : k; }
  [[nodiscard]] T& at(std::int64_t x, std::int64_t y, std::int64_t row, std::int64_t i) {
    std::int64_t const matrix = (outer > 1 ? x : 0) * inner + (inner > 1 ? y : 0);
    return buffer.data[matrix * lines() * line + (along_k ? row * line + i : i * line + row)];
  }
  void fill(std::mt19937& engine, double most) {
    std::uniform_real_distribution<double> any{-most, most};
    for (std::int64_t x = 0; x < outer; ++x)
      for (std::int64_t y = 0; y < inner; ++y)
        for (std::int64_t r = 0; r < rows; ++r)
          for (std::int64_t i = 0; i < k; ++i)
            if constexpr (std::is_integral_v<T>)
              at(x, y, r, i) = static_cast<T>(std::lround(any(engine)));
            else at(x, y, r, i) = T{static_cast<float>(any(engine))};
  }
  [[nodiscard]] kernel::wgmma_matrices<T> matrices() const {
    return {buffer.data, rows, k, line, inner, lines() * line, outer, inner * lines() * line};
  }
};

/// factor_pair<A>: both operands of a product.
template <class A> struct factor_pair {
  factor_matrices<A> a;
  factor_matrices<A> b;
  factor_pair(product_size const& s, bool a_along_k, bool b_along_k, double most)
      : a{a_along_k, s.m, s.k, s.a_inner ? s.inner : 1, s.a_outer ? s.outer : 1},
        b{b_along_k, s.n, s.k, s.b_inner ? s.inner : 1, s.b_outer ? s.outer : 1} {
    std::mt19937 engine{static_cast<unsigned>(s.m * 31 + s.n * 7 + s.k)};
    a.fill(engine, most);
    b.fill(engine, most);
  }
};

/// run_product<K>(size, blocks, a, b, memory, epilogue, scales...): memory: of what the last two use.
template <class K, class A, class... Scales>
void run_product(product_size const& s, int blocks, factor_matrices<A> const& a,
                 factor_matrices<A> const& b, arch::emulated::global_memory& memory,
                 decltype(K::epilogue) const& epilogue, Scales const&... scales) {
  auto const of_a = K::left::description(a.matrices());
  auto const of_b = K::right::description(b.matrices());
  REQUIRE(gpu::tensor_fault(of_a).empty());
  REQUIRE(gpu::tensor_fault(of_b).empty());
  auto const tiles = [](int extent, int tile) { return (extent + tile - 1) / tile; };
  K const kernel{
      gpu::described(of_a),
      gpu::described(of_b),
      {tiles(s.m, K::cluster_tile_rows), tiles(s.n, K::cluster_tile_columns), s.outer * s.inner, 2},
      {s.inner, s.a_inner, s.a_outer, s.b_inner, s.b_outer},
      s.m,
      s.n,
      s.k,
      epilogue,
      scales...};
  auto const bytes = [](auto const& buffer) {
    return static_cast<std::size_t>(buffer.size) * sizeof(*buffer.data);
  };
  memory.add({a.buffer.data, bytes(a.buffer), false, "a"});
  memory.add({b.buffer.data, bytes(b.buffer), false, "b"});
  detail::run_emulated(kernel, {blocks, 1, 1}, memory, 1);
}

/// sum_of: a product in double, and the sum of the sizes of what it is a sum of. scale(d): of element d of k.
struct sum_of {
  double exact = 0;
  double sizes = 0;
  template <class A, class Scale>
  sum_of(factor_matrices<A>& a, factor_matrices<A>& b, int x, int y, int i, int j,
         Scale const& scale) {
    for (int d = 0; d < a.k; ++d) {
      double const product = static_cast<double>(static_cast<float>(a.at(x, y, i, d))) *
                             static_cast<double>(static_cast<float>(b.at(x, y, j, d))) * scale(d);
      exact += product;
      sizes += std::fabs(product);
    }
  }
  /// Twice the roundings of k sums in float.
  [[nodiscard]] double bound(int k) const { return 2 * sizes * k * std::ldexp(1., -24); }
};

/// check_product<A, Config, MajorA, MajorB>(size, blocks): on so many blocks; bits for integers, else within
/// twice the roundings of a sum of k numbers in float.
template <class A, matmul_wgmma_config Config, major_axis MajorA = major_axis::k,
          major_axis MajorB = major_axis::k, int Width = 8>
void check_product(product_size const& s, int blocks, double most = 1) {
  CAPTURE(s.m);
  CAPTURE(s.n);
  CAPTURE(s.k);
  using Sum = std::conditional_t<std::is_integral_v<A>, std::int32_t, float>;
  using K = kernel::matmul_wgmma<A, A, wide_writer<Sum, Width>, Config, MajorA, MajorB>;
  factor_pair<A> f{s, MajorA == major_axis::k, MajorB == major_axis::k, most};
  auto const unwritten = static_cast<Sum>(-77777);
  std::int64_t const stride = s.n + 5;
  std::vector<Sum> c(static_cast<std::size_t>(s.outer * s.inner * s.m * stride), unwritten);
  arch::emulated::global_memory memory;
  memory.add({c.data(), c.size() * sizeof(Sum), true, "c"});
  run_product<K>(s, blocks, f.a, f.b, memory, {c.data(), s.m * stride, stride, s.n});

  int wrong = 0;
  for (int x = 0; x < s.outer; ++x)
    for (int y = 0; y < s.inner; ++y)
      for (int i = 0; i < s.m; ++i) {
        Sum const* const row = c.data() + ((x * s.inner + y) * s.m + i) * stride;
        for (int j = 0; j < s.n; ++j) {
          sum_of const sum{f.a, f.b, x, y, i, j, [](int) { return 1.; }};
          double const error = std::fabs(static_cast<double>(row[j]) - sum.exact);
          wrong += !(error <= (std::is_integral_v<A> ? 0 : sum.bound(s.k)));
        }
        for (int j = s.n; j < stride; ++j) wrong += row[j] != unwritten;
      }
  CHECK(wrong == 0);
}

}  // namespace deepseek::test
