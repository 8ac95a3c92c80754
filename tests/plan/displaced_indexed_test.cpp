// SPDX-License-Identifier: Apache-2.0
/// @file Reductions and scans under pads, gathers and reshapes: evaluated into memory first.
#include <deepseek/ops/pad.hpp>
#include <deepseek/ops/reshape.hpp>
#include <deepseek/ops/squeeze.hpp>
#include <deepseek/ops/take.hpp>

#include "displaced.hpp"

using namespace deepseek;
using namespace deepseek::test::displaced;

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
