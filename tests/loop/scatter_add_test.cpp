// SPDX-License-Identifier: Apache-2.0
/// @file scatter_add_rows: every slice added to its target, in order, along every axis.
#include <deepseek/loop/scatter_add.hpp>
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

/// [a, b, c] with `count` slices added along Axis, against three plain loops.
template <int Axis> void check(int a, int b, int c, int count, int threads) {
  CAPTURE(Axis);
  CAPTURE(threads);
  using Dims = dims<dyn, dyn, dyn>;
  std::int64_t const extent[3] = {a, b, c};
  std::int64_t of_source[3] = {a, b, c};
  of_source[Axis] = count;
  Dims const own = Dims::from_array(extent), others = Dims::from_array(of_source);
  std::mt19937 random(2);
  auto const values = [&](std::int64_t n) {
    std::vector<float> v(static_cast<std::size_t>(n));
    for (auto& x : v) x = static_cast<float>(random() % 1000) / 7;
    return v;
  };
  auto const x = values(own.size()), source = values(others.size());
  std::vector<std::int64_t> index(static_cast<std::size_t>(count));
  for (auto& i : index)
    i = static_cast<std::int64_t>(random() % static_cast<unsigned>(extent[Axis]));
  auto wanted = x;
  ds::row_major const layout;
  auto const at = [&](Dims const& d, std::int64_t const* i) {
    return static_cast<std::size_t>(i[0] * layout.stride(d, 0) + i[1] * layout.stride(d, 1) + i[2]);
  };
  for (std::int64_t i[3] = {0, 0, 0}; i[0] < of_source[0]; ++i[0])
    for (i[1] = 0; i[1] < of_source[1]; ++i[1])
      for (i[2] = 0; i[2] < of_source[2]; ++i[2]) {
        std::int64_t to[3] = {i[0], i[1], i[2]};
        to[Axis] = index[static_cast<std::size_t>(i[Axis])];
        wanted[at(own, to)] += source[at(others, i)];
      }
  std::vector<float> y(x.size(), -77.f);
  loop::scatter_add_rows(loop::rows_of(ds::view<float const, Dims>{x.data(), own}, Axis),
                         index.data(),
                         loop::rows_of(ds::view<float const, Dims>{source.data(), others}, Axis),
                         loop::rows_of(ds::view<float, Dims>{y.data(), own}, Axis), threads);
  CHECK(y == wanted);
}

}  // namespace

TEST_CASE("along each axis, more slices than targets and fewer, for any number of threads") {
  for (int const threads : {1, 2, 5}) {
    check<0>(7, 3, 5, 100, threads);
    check<1>(3, 7, 5, 100, threads);
    check<2>(3, 5, 7, 100, threads);
    check<0>(1000, 2, 33, 10, threads);
    check<1>(2, 1, 1, 3, threads);
    check<2>(4, 3, 9, 0, threads);
  }
}
