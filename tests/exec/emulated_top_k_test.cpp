// SPDX-License-Identifier: Apache-2.0
/// @file top_k by every kernel that it may choose, on the emulator: the values and places of the host.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/slice.hpp>
#include <deepseek/ops/top_k.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <random>

namespace {

namespace ds = deepseek;
using ds::dims;
using ds::dyn;

template <class T, int Rank>
ds::tensor<T, ds::dynamic_dims<Rank>> random_tensor(std::initializer_list<std::int64_t> extents) {
  ds::tensor<T, ds::dynamic_dims<Rank>> x{ds::dynamic_dims<Rank>::from_array(extents.begin())};
  std::mt19937 random(3);
  for (std::int64_t i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<T>(static_cast<float>(random() % 2000) / 8 - 100);
  return x;
}

template <class E> void check(E const& call) {
  auto const [values, places] = call;
  using V = ds::tensor<typename decltype(values)::value_type, typename decltype(values)::dims_type>;
  using P = ds::tensor<std::int64_t, typename decltype(values)::dims_type>;
  V value{values.extents()}, wanted_value{values.extents()};
  P place{values.extents()}, wanted_place{values.extents()};
  std::memset(static_cast<void*>(value.data()), 0x5a,
              static_cast<std::size_t>(value.size()) * sizeof(*value.data()));
  (ds::tie(wanted_value, wanted_place) = call).run(ds::host{});
  (ds::tie(value, place) = call).run(ds::emulated{});
  int wrong = 0;
  for (std::int64_t i = 0; i < value.size(); ++i) {
    wrong += place.data()[i] == wanted_place.data()[i] ? 0 : 1;
    wrong +=
        std::memcmp(value.data() + i, wanted_value.data() + i, sizeof(*value.data())) == 0 ? 0 : 1;
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("short rows by warps, longer ones by blocks, one long one by many, k = 1") {
  auto const experts = random_tensor<float, 2>({33, 60});
  check(ds::top_k(experts, 6));
  check(ds::top_k(experts, 60, {.largest = false}));
  check(ds::top_k(random_tensor<ds::bf16, 2>({9, 250}), 8, {.sorted = false}));
  auto const rows = random_tensor<float, 2>({3, 3001});
  check(ds::top_k(rows, 1));
  check(ds::top_k(rows, 40));
  check(ds::top_k(rows, 2048, {.largest = false, .sorted = false}));
  auto const long_row = random_tensor<float, 1>({100003});
  check(ds::top_k(long_row, 17));
  check(ds::top_k(long_row, 1, {.largest = false}));
}

TEST_CASE("other axes, strided rows, expressions, every result into memory of its own kind") {
  auto const x = random_tensor<float, 3>({4, 70, 6});
  check(ds::top_k(x, 5, {}, ds::axes<1>));
  check(ds::top_k(x, 2, {}, ds::axes<0>));
  check(ds::top_k(ds::slice(x, ds::range{0, 4}, ds::range{1, 70, 3}, ds::range{1, 5}), 3));
  check(ds::top_k(x * 2.f - 1.f, 3));
  auto const e = ds::let(ds::top_k(x, 3), [](auto t) { return ds::get<0>(t) + ds::get<1>(t); });
  auto const wanted = ds::eval(e);
  ds::tensor<float, decltype(wanted)::dims_type> y{wanted.extents()};
  (y = e).run(ds::emulated{});
  for (std::int64_t i = 0; i < y.size(); ++i) CHECK(y.data()[i] == wanted.data()[i]);
}

TEST_CASE("no rows; k beyond what a block chooses, by a sort") {
  check(ds::top_k(random_tensor<float, 2>({0, 9}), 3));
  auto const x = random_tensor<float, 2>({2, 5003});
  check(ds::top_k(x, 2049));
  check(ds::top_k(x, 4999, {.largest = false, .sorted = false}));
}
