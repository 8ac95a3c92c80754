// SPDX-License-Identifier: Apache-2.0
/// @file segment_sum, segment_mean, segment_max, segment_min: PyTorch's segment_reduce.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/exponential.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/segment.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "tests/support/golden_ops.hpp"
#include "view_cases.hpp"

namespace ds = deepseek;
namespace test = deepseek::test;
using ds::dims;
using ds::dyn;

namespace {

template <class Y> void check(Y const& y, test::golden_array const& expected, double error) {
  auto const wanted = expected.as<double>();
  REQUIRE(static_cast<std::size_t>(y.size()) == wanted.size());
  for (std::int64_t i = 0; i < y.size(); ++i) {
    double const is = y.data()[i], to_be = wanted[static_cast<std::size_t>(i)];
    CAPTURE(i);
    if (std::isnan(to_be) || std::isinf(to_be)) CHECK(test::same_element(is, to_be));
    else CHECK(std::abs(is - to_be) <= error);
  }
}

/// Longer segments than one part, short ones and empty ones: of 0 … n.
ds::tensor<std::int32_t, dims<dyn>> some_offsets(std::int32_t n) {
  std::int32_t const at[] = {1, 1, 4, 4 + n / 2, n - 7, n - 7, n - 6, n};
  ds::tensor<std::int32_t, dims<dyn>> offsets{dims<dyn>{8}};
  for (int i = 0; i < 8; ++i) offsets(i) = at[i];
  return offsets;
}

}  // namespace

TEST_CASE("PyTorch's, of rows and of one axis, of offsets that begin later and end before") {
  auto const golden = test::read_golden_arrays("calls/segment.safetensors");
  auto const x = test::tensor_of<float, 2>(golden.at("x"));
  auto const offsets = test::tensor_of<std::int64_t, 1>(golden.at("offsets"));
  double const error = 300 * 4 * 0x1p-24;  // slices of some units, each sum rounded once
  check(ds::eval(ds::segment_sum(x, offsets)), golden.at("x_sum"), error * 20);
  check(ds::eval(ds::segment_mean(x, offsets)), golden.at("x_mean"), error);
  check(ds::eval(ds::segment_max(x, offsets)), golden.at("x_max"), 0);
  check(ds::eval(ds::segment_min(x, offsets)), golden.at("x_min"), 0);
  auto const line = test::tensor_of<float, 1>(golden.at("x1"));
  auto const ends = test::tensor_of<std::int64_t, 1>(golden.at("offsets1"));
  check(ds::eval(ds::segment_sum(line, ends)), golden.at("x1_sum"), error * 60);
  check(ds::eval(ds::segment_mean(line, ends)), golden.at("x1_mean"), error);
  check(ds::eval(ds::segment_max(line, ends)), golden.at("x1_max"), 0);
  check(ds::eval(ds::segment_min(line, ends)), golden.at("x1_min"), 0);
  // of a permuted view, of an expression, inside one
  ds::tensor<float, dims<dyn, dyn>> const turned = ds::eval(ds::permute<1, 0>(x) + 0.f);
  check(ds::eval(ds::segment_max(ds::permute<1, 0>(turned), offsets)), golden.at("x_max"), 0);
  check(ds::eval(ds::segment_min(x * 2.f, offsets) * 0.5f), golden.at("x_min"), 0);
}

TEST_CASE(
    "a segment of no slice is neutral; sums of integers are int64, extremes keep their dtype") {
  ds::tensor<std::int8_t, dims<5>> x;
  ds::tensor<bool, dims<5>> truth;
  for (int i = 0; i < 5; ++i) {
    x(i) = static_cast<std::int8_t>(100 + i);
    truth(i) = i != 1;
  }
  ds::tensor<std::uint8_t, dims<4>> offsets;
  for (int i = 0; i < 4; ++i) offsets(i) = i < 2 ? 0 : i == 2 ? 3 : 5;
  auto const sums = ds::eval(ds::segment_sum(x, offsets));
  static_assert(std::is_same_v<decltype(sums)::value_type, std::int64_t>);
  static_assert(decltype(sums)::dims_type::static_extent(0) == 3);
  CHECK(sums(0) == 0);
  CHECK(sums(1) == 303);
  CHECK(sums(2) == 207);
  auto const most = ds::eval(ds::segment_max(x, offsets));
  static_assert(std::is_same_v<decltype(most)::value_type, std::int8_t>);
  CHECK(most(0) == -128);
  CHECK(most(2) == 104);
  CHECK(ds::eval(ds::segment_min(x, offsets))(0) == 127);
  CHECK(ds::eval(ds::segment_sum(truth, offsets))(1) == 2);
  CHECK(ds::eval(ds::segment_max(truth, offsets))(2) == 1);
  auto const means = ds::eval(ds::segment_mean(x, offsets));
  static_assert(std::is_same_v<decltype(means)::value_type, float>);
  CHECK(std::isnan(means(0)));
  CHECK(means(1) == 101);
  ds::tensor<ds::bf16, dims<300>> ones;
  for (int i = 0; i < 300; ++i) ones(i) = static_cast<ds::bf16>(1.f);
  ds::tensor<std::int64_t, dims<2>> all;
  all(0) = 0;
  all(1) = 300;
  CHECK(static_cast<float>(ds::eval(ds::segment_sum(ones, all))(0)) == 300);
  CHECK(std::isinf(
      static_cast<float>(ds::eval(ds::segment_min(ones, ds::eval(all * std::int64_t{0})))(0))));
}

TEST_CASE("long segments in parts: right, and the same bits for any number of threads") {
  std::mt19937 random(3);
  for (std::int64_t const width :
       {std::int64_t{1}, std::int64_t{3}, std::int64_t{37}, std::int64_t{129}}) {
    CAPTURE(width);
    std::int64_t const n = 300000 / (width * (width == 1 ? 1 : 3));
    ds::tensor<float, dims<dyn, dyn>> x{dims<dyn, dyn>{n, width}};
    for (std::int64_t i = 0; i < x.size(); ++i)
      x.data()[i] = static_cast<float>(random() % 2048) / 8 - 100;
    auto const offsets = some_offsets(static_cast<std::int32_t>(n));
    ds::tensor<float, dims<dyn, dyn>> first{dims<dyn, dyn>{7, width}};
    (first = ds::segment_mean(x, offsets)).run(ds::host{1});
    for (std::int64_t s = 0; s < 7; ++s)
      for (std::int64_t k = 0; k < width; ++k) {
        double sum = 0;
        for (std::int32_t j = offsets(s); j < offsets(s + 1); ++j) sum += x(j, k);
        double const wanted = sum / (offsets(s + 1) - offsets(s));
        if (offsets(s + 1) == offsets(s)) CHECK(std::isnan(first(s, k)));
        else CHECK(std::abs(first(s, k) - wanted) <= 1e-4);
      }
    for (int const threads : {2, 7}) {
      ds::tensor<float, dims<dyn, dyn>> y{first.extents()};
      (y = ds::segment_mean(x, offsets)).run(ds::host{threads});
      CHECK(std::memcmp(y.data(), first.data(), sizeof(float) * std::size_t(y.size())) == 0);
    }
  }
}

TEST_CASE("offsets that decrease or end outside: nothing is written; no offsets") {
  ds::tensor<float, dims<dyn, 2>> x{dims<dyn, 2>{4}}, y{dims<dyn, 2>{2}};
  for (std::int64_t i = 0; i < 8; ++i) x.data()[i] = 1;
  ds::tensor<std::int64_t, dims<dyn>> offsets{dims<dyn>{3}};
  auto const with = [&](std::int64_t a, std::int64_t b, std::int64_t c) {
    offsets(0) = a;
    offsets(1) = b;
    offsets(2) = c;
    y(0, 0) = -5;
    return test::thrown([&] { (y = ds::segment_sum(x, offsets)).run(ds::host{}); });
  };
  CHECK(with(0, 3, 2) ==
        "[DS-SEGMENT-OFFSETS] segment_sum: offset 2 at [2] of the offsets is not in 3 … 4. Fix: "
        "offsets that do not decrease, from 0 to the 4 slices of x.");
  CHECK(y(0, 0) == -5);
  CHECK(with(-1, 3, 4).find("offset -1 at [0]") != std::string::npos);
  CHECK(with(0, 3, 5).find("offset 5 at [2]") != std::string::npos);
  CHECK(with(0, 4, 4) == "");
  CHECK(y(0, 1) == 4);
  ds::tensor<std::int64_t, dims<dyn>> none{dims<dyn>{0}};
  CHECK(test::thrown([&] { (void)ds::segment_max(x, none); }).find("[DS-SEGMENT-COUNT]") == 0);
  ds::tensor<float, dims<0, 3>> empty;
  offsets(1) = offsets(2) = 0;
  CHECK(ds::eval(ds::segment_sum(empty, offsets))(1, 2) == 0);
}
