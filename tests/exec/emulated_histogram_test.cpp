// SPDX-License-Identifier: Apache-2.0
/// @file histogram and bincount by the kernel of the GPU, on the emulator: the counts of the host.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/histogram.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/slice.hpp>

#include <doctest/doctest.h>

#include <random>

namespace {

namespace ds = deepseek;
using ds::dims;
using ds::dyn;

template <class E> void check(E const& e) {
  ds::tensor<std::int64_t, dims<dyn>> y{e.extents()}, wanted{e.extents()};
  for (std::int64_t i = 0; i < y.size(); ++i) y(i) = -3;
  (wanted = e).run(ds::host{});
  (y = e).run(ds::emulated{});
  for (std::int64_t i = 0; i < y.size(); ++i) CHECK(y(i) == wanted(i));
}

}  // namespace

TEST_CASE("tensors, strided rows, permuted views, expressions; more than one block") {
  ds::tensor<float, dims<dyn, dyn>> x{dims<dyn, dyn>{7, 3001}};
  std::mt19937 random(5);
  std::normal_distribution<float> normal;
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = normal(random);
  check(ds::histogram(x, 20, -2, 2));
  check(ds::histogram(x * 3.f, 4096, -2, 2));
  check(ds::histogram(ds::slice(x, ds::range{1, 4}, ds::range{3, 300}), 5, -1, 1));
  check(ds::histogram(ds::permute<1, 0>(x), 9, -2, 2));
  ds::tensor<std::int32_t, dims<1000>> ids;
  for (int i = 0; i < 1000; ++i) ids(i) = static_cast<std::int32_t>(random() % 70);
  check(ds::bincount(ids, 60));
  ds::tensor<std::int32_t, dims<0>> none;
  check(ds::bincount(none, 3));
}

TEST_CASE("more bins than a block has room for") {
  ds::tensor<double, dims<dyn>> x{dims<dyn>{20000}};
  std::mt19937 random(6);
  for (auto i = x.size(); i-- > 0;) x(i) = random() % 9 == 0 ? 0.25 : double(random()) / 4e9;
  check(ds::histogram(x, 5000, 0, 1));
  check(ds::histogram(x, 200000, 0.1, 0.9));
}
