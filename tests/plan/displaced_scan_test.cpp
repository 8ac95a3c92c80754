// SPDX-License-Identifier: Apache-2.0
/// @file Scans under permutations, slices and flips: in place, or evaluated into memory first.
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/slice.hpp>
#include <deepseek/ops/squeeze.hpp>

#include "displaced.hpp"

using namespace deepseek;
using namespace deepseek::test::displaced;

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
