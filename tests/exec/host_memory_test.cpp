// SPDX-License-Identifier: Apache-2.0
/// @file Results in the memory of operands, past the caches, in memory of others.
#include <deepseek/exec/host.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "engine_verbs.hpp"
#include "exact_tensors.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::host;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;
constexpr int lanes = ds::arch::vector_bytes / 4;
constexpr float poison = -12345.f;

TEST_CASE("results larger than the caches are written whole, their neighbours left alone") {
  std::int64_t const n = (std::int64_t{1} << 22) + 64;
  ds::tensor<float, dims<dyn>> x(n), y(n);
  fill(x);
  for (std::int64_t i = 0; i < n; ++i) y.data()[i] = poison;
  ds::view<float, dims<dyn>> const inside{y.data() + 16, dims<dyn>{n - 33}};
  ds::view<float const, dims<dyn>> const operand{x.data() + 16, dims<dyn>{n - 33}};
  (inside = operand * 2.f).run(host{2});
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < n; ++i)
    wrong += y.data()[i] != (i < 16 || i >= n - 17 ? poison : 2 * x.data()[i]);
  CHECK(wrong == 0);
}

TEST_CASE("y = y / sum(y), y = y * 2 + y: in place") {
  matrix y(6, 3 * lanes + 1), before(6, 3 * lanes + 1);
  fill(y);
  for (std::int64_t i = 0; i < y.size(); ++i) y.data()[i] += 8.f;
  before = y;
  (y = y / library::sum(y, last)).run(host{2});
  for (int r = 0; r < 6; ++r) {
    float sum = 0;
    for (int c = 0; c < y.extent(1); ++c) sum += before(r, c);
    for (int c = 0; c < y.extent(1); ++c) CHECK(y(r, c) == before(r, c) / sum);
  }
  before = y;
  (y = y * 2.f + y).run(host{2});
  for (std::int64_t i = 0; i < y.size(); ++i)
    CHECK(y.data()[i] == doctest::Approx(3 * before.data()[i]));
}

TEST_CASE("y = transposed y, y = y backwards, y = shifted y: computed beside y first") {
  matrix y(37, 37), before(37, 37);
  fill(y);
  before = y;
  (y = library::permute(y.as_view(), axes<1, 0>)).run(host{2});
  for (int r = 0; r < 37; ++r)
    for (int c = 0; c < 37; ++c) CHECK(y(r, c) == before(c, r));
  before = y;
  (y = library::slice(y.as_view(), last, 36, -1, 37) + 0.f).run(host{2});
  for (int r = 0; r < 37; ++r)
    for (int c = 0; c < 37; ++c) CHECK(y(r, c) == before(r, 36 - c));
  before = y;
  ds::view<float, dims<dyn>> const up{y.data() + 1, dims<dyn>{1368}};
  ds::view<float const, dims<dyn>> const down{y.data(), dims<dyn>{1368}};
  (up = down).run(host{2});
  CHECK(std::memcmp(y.data() + 1, before.data(), sizeof(float) * 1368) == 0);
  CHECK(y.data()[0] == before.data()[0]);
}

TEST_CASE("y = y - max(y, first axis), y broadcast from its own row") {
  matrix y(9, 20), before(9, 20);
  fill(y);
  before = y;
  (y = y - library::max(y, axes<0>)).run(host{2});
  for (int c = 0; c < 20; ++c) {
    float most = before(0, c);
    for (int r = 1; r < 9; ++r) most = std::fmax(most, before(r, c));
    for (int r = 0; r < 9; ++r) CHECK(y(r, c) == before(r, c) - most);
  }
  before = y;
  ds::view<float const, dims<dyn>> const second{y.data() + 20, dims<dyn>{20}};
  (y = y + second).run(host{2});
  for (int r = 0; r < 9; ++r)
    for (int c = 0; c < 20; ++c) CHECK(y(r, c) == before(r, c) + before(1, c));
}

TEST_CASE("memory of a device is refused, wherever it stands") {
  float memory[4] = {1, 2, 3, 4};
  matrix y(2, 2);
  fill(y);
  using foreign = ds::view<float, dims<2, 2>>;
  foreign const x{memory, dims<2, 2>{}, {}, ds::memory_space::device};
  CHECK_THROWS_AS((y = y + x).run(host{}), ds::device_error);
  CHECK_THROWS_AS((x = y + 1.f).run(host{}), ds::device_error);
  CHECK(memory[0] == 1);
}

}  // namespace
