// SPDX-License-Identifier: Apache-2.0
/// @file Reductions under permutations, slices and flips: lowered right, without memory of their own.
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/slice.hpp>
#include <deepseek/ops/squeeze.hpp>

#include "displaced.hpp"

using namespace deepseek;
using namespace deepseek::test::displaced;

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
