// SPDX-License-Identifier: Apache-2.0
/// @file The executor that runs GPU kernels on this machine: values, several results, places, errors.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/arg_extremum.hpp>
#include <deepseek/ops/map_function.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include "engine_verbs.hpp"
#include "exact_tensors.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::emulated;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;

TEST_CASE("several results: of whole rows and of one value a row, from one kernel") {
  for (std::int64_t const columns : {6, 40, 700, 5000}) {
    CAPTURE(columns);
    matrix x(5, columns), p(5, columns), sums(5, 1), p_host(5, columns), sums_host(5, 1);
    fill(x);
    overwrite(p);
    overwrite(sums);
    auto const e = ds::let(library::exp(x - library::max(x, last)), [](auto v) {
      return ds::outputs(v * 2.f, library::sum(library::less(v, 0.5f), last) * 1.f);
    });
    (ds::tie(p, sums) = e).run(emulated{2});
    (ds::tie(p_host, sums_host) = e).run(ds::host{1});
    CHECK(same_bits(sums, sums_host));
    bool right = true;
    for (std::int64_t i = 0; i < p.size(); ++i)
      right &= std::abs(p.data()[i] - p_host.data()[i]) <= 1e-6f;
    CHECK(right);
  }
}

TEST_CASE("in place; and over an operand that others still need") {
  matrix x(20, 20), y(20, 20), wanted(20, 20);
  fill(x);
  fill(y);
  (wanted = x - library::max(x, last)).run(ds::host{1});
  (x = x - library::max(x, last)).run(emulated{2});
  CHECK(same_bits(x, wanted));
  (wanted = library::permute(y, axes<1, 0>) * 2.f).run(ds::host{1});
  (y = library::permute(y, axes<1, 0>) * 2.f).run(emulated{2});
  CHECK(same_bits(y, wanted));
}

TEST_CASE("zero extents: nothing is written, a sum of nothing is 0, a maximum -infinity") {
  matrix none(0, 5), x(3, 0), y(3, 1);
  (none = none * 2.f).run(emulated{});
  (x = softmax(x)).run(emulated{});
  overwrite(y);
  (y = library::sum(x, last)).run(emulated{});
  for (int i = 0; i < 3; ++i) CHECK(y.data()[i] == 0.f);
  overwrite(y);
  (y = library::max(x, last) + 1.f).run(emulated{});
  for (int i = 0; i < 3; ++i) CHECK(y.data()[i] == -std::numeric_limits<float>::infinity());
}

TEST_CASE("a number, a smaller operand, a scalar result") {
  matrix y(3, 11);
  overwrite(y);
  (y = 2.5f).run(emulated{});
  for (int i = 0; i < 33; ++i) CHECK(y.data()[i] == 2.5f);
  ds::tensor<float, dims<dyn>> row(11);
  fill(row);
  (y = row).run(emulated{});
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 11; ++c) CHECK(y(r, c) == row(c));
  ds::tensor<float, dims<>> one, two;
  one.data()[0] = 3.f;
  (two = one + 2.f).run(emulated{});
  CHECK(two.data()[0] == 5.f);
}

TEST_CASE("NaN and infinity follow IEEE 754, in held and in streamed rows") {
  float const inf = std::numeric_limits<float>::infinity();
  for (std::int64_t const columns : {20, 17000}) {
    matrix x(3, columns), least(3, 1), y(3, columns);
    fill(x);
    x(0, 3) = std::numeric_limits<float>::quiet_NaN();
    x(1, 0) = inf;
    x(2, columns - 1) = -inf;
    (least = library::min(x, last)).run(emulated{2});
    CHECK(std::isnan(least(0, 0)));
    CHECK(least(1, 0) == -2.75f);
    CHECK(least(2, 0) == -inf);
    (y = softmax(x)).run(emulated{2});
    CHECK(std::isnan(y(0, columns - 1)));
    CHECK(std::isnan(y(1, 1)));
    CHECK(y(2, columns - 1) == 0.f);
  }
}

TEST_CASE("the index of an extremum: the first, whichever thread has it") {
  for (std::int64_t const columns : {5, 33, 600, 5000, 16500}) {
    CAPTURE(columns);
    matrix x(3, columns);
    fill(x);
    ds::tensor<std::int64_t, dims<dyn, dyn>> at(3, 1), at_host(3, 1);
    overwrite(at);
    (at = ds::argmax(x, last)).run(emulated{2});
    (at_host = ds::argmax(x, last)).run(ds::host{1});
    CHECK(same_bits(at, at_host));
  }
}

TEST_CASE("several kernels: what the first writes is what the second reads") {
  matrix x(6, 30), y(6, 1), wanted(6, 1);
  fill(x);
  auto const e = library::sum(x - library::max(x, axes<0>), last);
  static_assert(ds::kernel_count<std::remove_cvref_t<decltype(e)>> == 2);
  (y = e).run(emulated{2});
  (wanted = e).run(ds::host{1});
  CHECK(same_bits(y, wanted));
}

TEST_CASE("a function of the user runs in a thread of a kernel, which says where it is") {
  matrix x(2, 300), y(2, 300);
  fill(x);
  auto const place = [](float) {
    auto const& here = ds::arch::gpu::this_machine().place();
    return static_cast<float>(here.block.x * 1000 + here.thread);
  };
  (y = ds::map(place, x)).run(emulated{2});  // 600 elements, four to a thread
  for (int i = 0; i < 600; ++i) REQUIRE(y.data()[i] == static_cast<float>(i / 4));
}

TEST_CASE("errors are the host's, before anything is written") {
  matrix x(3, 5), y(3, 6);
  overwrite(y);
  matrix const before = y;
  CHECK(holds(message_of([&] { (y = x + 1.f).run(emulated{}); }), "[DS-ASSIGN-EXTENTS]"));
  ds::tensor<std::int64_t, dims<dyn>> index(2);
  index(0) = 1;
  index(1) = 3;
  matrix taken(2, 5);
  CHECK(holds(message_of([&] { (taken = library::take(x, index, axes<0>)).run(emulated{}); }),
              "[DS-TAKE-RANGE]"));
  CHECK(same_bits(y, before));
}

TEST_CASE("what a function throws comes to the caller") {
  matrix x(2, 300), y(2, 300);
  fill(x);
  struct wrong {};
  auto const f = [](float v) {
    if (v > 2.f) throw wrong{};
    return v;
  };
  CHECK_THROWS_AS((y = ds::map(f, x)).run(emulated{2}), wrong);
}

}  // namespace
