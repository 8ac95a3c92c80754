// SPDX-License-Identifier: Apache-2.0
/// @file reduce_segments: of rows of any strides, against three plain loops; sums that are exact.
#include <deepseek/loop/segments.hpp>
#include <deepseek/ops/segment.hpp>
#include <deepseek/tensor/view.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace ds = deepseek;
namespace loop = deepseek::loop;
using ds::dims;
using ds::dyn;

namespace {

/// [n, a, b], of which every `step`-th element of the last axis is one of x.
template <class T>
void check(std::int64_t n, std::int64_t a, std::int64_t b, std::int64_t step, int threads) {
  CAPTURE(n);
  CAPTURE(b);
  using Dims = dims<dyn, dyn, dyn>;
  std::mt19937 random(2);
  std::vector<T> memory(static_cast<std::size_t>(n * a * b * step) + 1);
  for (auto& v : memory) v = static_cast<T>(static_cast<float>(random() % 64) - 20);
  std::vector<std::int64_t> offset{0};
  while (offset.back() < n) {
    std::int64_t const next = offset.back() + random() % 3 * (random() % 90);
    offset.push_back(next < n ? next : n);
  }
  auto const segments = static_cast<std::int64_t>(offset.size()) - 1;
  using View = ds::view<T const, Dims, ds::strided<3>>;
  View const x{memory.data(), Dims{n, a, b}, ds::strided<3>{{a * b * step, b * step, step}}};
  std::vector<float> y(static_cast<std::size_t>(segments * a * b), -77.f);
  auto const to = ds::view<float, Dims>{y.data(), Dims{segments, a, b}};
  auto const compare = [&](bool largest) {
    int wrong = 0;
    for (std::int64_t s = 0; s < segments; ++s)
      for (std::int64_t i = 0; i < a; ++i)
        for (std::int64_t k = 0; k < b; ++k) {
          double joined = largest ? -1e300 : 0;
          for (auto j = offset[std::size_t(s)]; j < offset[std::size_t(s) + 1]; ++j) {
            double const v = static_cast<double>(static_cast<float>(x(j, i, k)));
            joined = largest ? (v > joined ? v : joined) : joined + v;
          }
          float const is = y[static_cast<std::size_t>((s * a + i) * b + k)];
          wrong += is == static_cast<float>(joined) ? 0 : 1;
        }
    CHECK(wrong == 0);
  };
  loop::reduce_segments<ds::rules::segment_sum>(loop::rows_of(x, 0), offset.data(), segments,
                                                loop::rows_of(to, 0), threads);
  compare(false);
  if constexpr (std::is_same_v<T, float>) {
    loop::reduce_segments<ds::rules::segment_max>(loop::rows_of(x, 0), offset.data(), segments,
                                                  loop::rows_of(to, 0), threads);
    compare(true);
  }
}

}  // namespace

TEST_CASE("widths around those of vectors, steps, several runs of a slice") {
  for (std::int64_t const width : {1, 2, 15, 16, 17, 63, 64, 65, 130, 257, 336}) {
    check<float>(400, 1, width, 1, 2);
    check<ds::bf16>(90, 2, width, 1, 1);
    check<float>(50, 3, width, 2, 3);
  }
  check<std::int16_t>(500, 1, 1, 1, 2);
  check<double>(5, 1, 7, 1, 5);
}

TEST_CASE("one long segment that is cut") {
  std::vector<std::int8_t> x(1000003, 1);
  x[77777] = 5;
  std::int64_t const offset[] = {3, 3, 1000003};
  std::int64_t y[2] = {-1, -1};
  using Dims = dims<dyn>;
  for (int const threads : {1, 3}) {
    loop::reduce_segments<ds::rules::segment_sum>(
        loop::rows_of(ds::view<std::int8_t const, Dims>{x.data(), Dims{1000003}}, 0), offset, 2,
        loop::rows_of(ds::view<std::int64_t, Dims>{y, Dims{2}}, 0), threads);
    CHECK(y[0] == 0);
    CHECK(y[1] == 1000004);
  }
}
