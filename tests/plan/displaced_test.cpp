// SPDX-License-Identifier: Apache-2.0
/// @file Reductions and scans under slices, flips, permutations, pads and gathers: lowered right, or
/// evaluated into memory first.
#include <cmath>
#include <vector>

#include <deepseek/arch/cpu/math_exp.hpp>
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/exponential.hpp>
#include <deepseek/ops/extremum.hpp>
#include <deepseek/ops/pad.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/reshape.hpp>
#include <deepseek/ops/slice.hpp>
#include <deepseek/ops/squeeze.hpp>
#include <deepseek/ops/sum.hpp>
#include <deepseek/ops/take.hpp>
#include <doctest/doctest.h>

using namespace deepseek;

namespace {

using matrix = tensor<float, dims<dyn, dyn>>;

/// Numbers without a pattern, from -2 to 2.
matrix numbers(std::int64_t rows, std::int64_t columns) {
  matrix x{rows, columns};
  std::uint32_t state = 12345;
  for (std::int64_t i = 0; i < x.size(); ++i) {
    state = state * 1664525u + 1013904223u;
    x.data()[i] = static_cast<float>(state >> 8) * 0x1p-22f - 2.f;
  }
  return x;
}

auto const soft = [](auto const& x, auto axis) {
  return let(x, [axis](auto v) {
    return let(exp(v - max(v, axis)), [axis](auto e) { return e / sum(e, axis); });
  });
};
auto const running = [](auto const& x, auto axis) { return expr::scan<rules::sum>(x, axis); };

/// The same in double: softmax along the rows of a matrix.
std::vector<double> soft_rows(matrix const& x) {
  std::vector<double> y(static_cast<std::size_t>(x.size()));
  std::int64_t const columns = x.extent(1);
  for (std::int64_t i = 0; i < x.extent(0); ++i) {
    double total = 0;
    for (std::int64_t j = 0; j < columns; ++j) total += std::exp(double(x(i, j)));
    for (std::int64_t j = 0; j < columns; ++j)
      y[static_cast<std::size_t>(i * columns + j)] = std::exp(double(x(i, j))) / total;
  }
  return y;
}
/// Running sums along the rows.
std::vector<double> running_rows(matrix const& x) {
  std::vector<double> y;
  for (std::int64_t i = 0; i < x.extent(0); ++i) {
    double total = 0;
    for (std::int64_t j = 0; j < x.extent(1); ++j) y.push_back(total += x(i, j));
  }
  return y;
}

/// e[i, j] is wanted(i, j).
template <class E, class F> void check(E const& e, F const& wanted) {
  auto const y = eval(e);
  double worst = 0;
  for (std::int64_t i = 0; i < y.extent(0); ++i)
    for (std::int64_t j = 0; j < y.extent(1); ++j)
      worst = std::fmax(worst, std::fabs(double(y(i, j)) - wanted(i, j)));
  CHECK(worst < 1e-5);
}

struct extents {
  std::int64_t rows, columns;
};
constexpr extents shapes[] = {{1, 1}, {3, 5}, {7, 16}, {16, 7}, {5, 70}, {70, 5}};

}  // namespace

TEST_CASE("permute over reductions along either axis: one kernel") {
  for (auto const [m, n] : shapes) {
    auto const x = numbers(m, n);
    auto const s = soft_rows(x);
    auto const at = [&, columns = n](auto i, auto j) { return s[std::size_t(i * columns + j)]; };
    auto const rows = permute<1, 0>(soft(x, last));
    auto const columns = soft(permute<1, 0>(x), axes<0>);
    static_assert(kernel_count<decltype(rows)> == 1 && kernel_count<decltype(columns)> == 1);
    check(rows, [&](auto i, auto j) { return at(j, i); });
    check(columns, [&](auto i, auto j) { return at(j, i); });
    check(permute<1, 0>(soft(x * 1.f, last)) + 0.f, [&](auto i, auto j) { return at(j, i); });
    check(sum(permute<1, 0>(x), axes<0>), [&](auto, auto j) {
      double total = 0;
      for (std::int64_t k = 0; k < x.extent(1); ++k) total += x(j, k);
      return total;
    });
  }
}

TEST_CASE("slice and flip over reductions: the reduction sees the whole row; one kernel") {
  for (auto const [m, n] : shapes) {
    auto const x = numbers(m, n);
    auto const s = soft_rows(x);
    auto const at = [&, columns = n](auto i, auto j) { return s[std::size_t(i * columns + j)]; };
    auto const flipped = flip(soft(x, last));
    static_assert(kernel_count<decltype(flipped)> == 1);
    check(flipped, [&](auto i, auto j) { return at(x.extent(0) - 1 - i, x.extent(1) - 1 - j); });
    check(slice(soft(x, last), range{.start = m / 2}, range{n / 3, n, 2}),
          [&](auto i, auto j) { return at(i + x.extent(0) / 2, x.extent(1) / 3 + 2 * j); });
    check(slice(soft(x, last), every, range{.stop = 1}), [&](auto i, auto) { return at(i, 0); });
    check(unsqueeze<0>(deepseek::at(soft(x, last), axes<1>, n / 2)),
          [&](auto, auto i) { return at(i, x.extent(1) / 2); });
    check(flip(permute<1, 0>(soft(flip(x, axes<1>), last)), axes<0>),
          [&](auto i, auto j) { return at(j, i); });
    check(slice(x - max(x, axes<0>), range{.step = -1}), [&](auto i, auto j) {
      double most = -10;
      for (std::int64_t k = 0; k < x.extent(0); ++k) most = std::fmax(most, x(k, j));
      return x(x.extent(0) - 1 - i, j) - most;
    });
  }
}

TEST_CASE("a part of a row beside its whole: reductions of both") {
  for (auto const [m, n] : shapes) {
    auto const x = numbers(m, n);
    auto const e = let(x * 1.f, [n = n](auto v) {
      return v - sum(slice(v, every, range{n / 2, n}), last) + max(v, last);
    });
    check(e, [&](auto i, auto j) {
      double part = 0, most = -10;
      for (std::int64_t k = 0; k < x.extent(1); ++k) {
        if (k >= x.extent(1) / 2) part += x(i, k);
        most = std::fmax(most, x(i, k));
      }
      return x(i, j) - part + most;
    });
  }
}

TEST_CASE("scans: in place under permutations, in memory under slices and flips") {
  for (auto const [m, n] : shapes) {
    auto const x = numbers(m, n);
    auto const s = running_rows(x);
    auto const at = [&, columns = n](auto i, auto j) { return s[std::size_t(i * columns + j)]; };
    auto const turned = permute<1, 0>(running(x, last));
    auto const flipped = flip(running(x, last), axes<1>);
    auto const part = slice(running(x * 1.f, last), every, range{n / 2, n});
    static_assert(kernel_count<decltype(turned)> == 1);
    static_assert(kernel_count<decltype(flipped)> == 2 && kernel_count<decltype(part)> == 2);
    check(turned, [&](auto i, auto j) { return at(j, i); });
    check(flipped, [&](auto i, auto j) { return at(i, x.extent(1) - 1 - j); });
    check(part, [&](auto i, auto j) { return at(i, j + x.extent(1) / 2); });
    check(unsqueeze<1>(deepseek::at(running(x, last), axes<1>, n - 1)),
          [&](auto i, auto) { return at(i, x.extent(1) - 1); });
    check(let(running(x, last), [](auto c) { return flip(c) + c; }),
          [&](auto i, auto j) { return at(i, j) + at(x.extent(0) - 1 - i, x.extent(1) - 1 - j); });
    check(running(flip(x, axes<1>), last), [&](auto i, auto j) {
      double total = 0;
      for (std::int64_t k = 0; k <= j; ++k) total += x(i, x.extent(1) - 1 - k);
      return total;
    });
  }
}

TEST_CASE("pad over reductions and scans: rows of the border are never read") {
  for (auto const [m, n] : shapes) {
    auto const x = numbers(m, n);
    auto const s = soft_rows(x);
    auto const r = running_rows(x);
    auto const bordered = [&](std::vector<double> const& v, auto i, auto j) {
      bool const inside = i >= 1 && i < x.extent(0) + 1 && j >= 2 && j < x.extent(1) + 2;
      return inside ? v[std::size_t((i - 1) * x.extent(1) + j - 2)] : -1.0;
    };
    auto const e = pad(soft(x, last), {{1, 2}, {2, 1}}, -1.f);
    static_assert(kernel_count<decltype(e)> == 2);
    check(e, [&](auto i, auto j) { return bordered(s, i, j); });
    check(pad(running(x, last), {{1, 2}, {2, 1}}, -1.f) * 1.f,
          [&](auto i, auto j) { return bordered(r, i, j); });
    check(let(x / sum(x * 0.f + 1.f, last),
              [](auto v) {
                return pad(v, {{1, 0}, {2, 0}}, 0.f);
              }),
          [&](auto i, auto j) {
            return i < 1 || j < 2 ? 0.0 : double(x(i - 1, j - 2)) / double(x.extent(1));
          });
  }
}

TEST_CASE("take from reductions and scans, and by an index that is a reduction") {
  for (auto const [m, n] : shapes) {
    auto const x = numbers(m, n);
    auto const s = soft_rows(x);
    auto const r = running_rows(x);
    tensor<std::int64_t, dims<dyn>> indices{3};
    for (int k = 0; k < 3; ++k) indices(k) = (7 * k + 2) % n;
    auto const at = [&](std::vector<double> const& v, auto i, auto k) {
      return v[std::size_t(i * x.extent(1) + indices(k))];
    };
    auto const e = take(soft(x, last), axes<1>, indices);
    static_assert(kernel_count<decltype(e)> == 2);
    check(e, [&](auto i, auto k) { return at(s, i, k); });
    check(take(running(x, last), axes<1>, indices), [&](auto i, auto k) { return at(r, i, k); });
    check(take(x, axes<1>, squeeze<0>(max(unsqueeze<0>(indices), axes<0>))),
          [&](auto i, auto k) { return double(x(i, indices(k))); });
    check(take(x, axes<1>, running(indices * 0, axes<0>)),
          [&](auto i, auto) { return double(x(i, 0)); });
    check(soft(take(x, axes<1>, indices), last), [&](auto i, auto k) {
      double total = 0;
      for (int q = 0; q < 3; ++q) total += std::exp(double(x(i, indices(q))));
      return std::exp(double(x(i, indices(k)))) / total;
    });
  }
}

TEST_CASE("reshape between reductions: a normalisation by groups") {
  auto const x = numbers(6, 24);
  auto const groups = reshape<dyn, 4, 6>(x * 2.f);
  auto const e = reshape<dyn, 24>(let(groups, [](auto v) { return v - sum(v, last) / 6.f; }));
  static_assert(kernel_count<decltype(e)> == 2);
  check(e, [&](auto i, auto j) {
    double total = 0;
    for (std::int64_t k = j / 6 * 6; k < j / 6 * 6 + 6; ++k) total += 2.0 * x(i, k);
    return 2.0 * x(i, j) - total / 6;
  });
}
