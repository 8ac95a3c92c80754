// SPDX-License-Identifier: Apache-2.0
/// @file Laws of softmax and log_softmax.
#include <deepseek/ops/softmax.hpp>

#include <limits>

#include "reduce_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;
using ds::let;
using ds::tensor;

TEST_CASE("softmax: golden") {
  CHECK(run_rows<ds::bf16, ds::f16>("softmax", [](auto const&, auto const& x, auto along) {
          return ds::softmax(x, along);
        }) == 22);
}
TEST_CASE("log_softmax: golden") {
  CHECK(run_rows<ds::bf16, ds::f16>("log_softmax", [](auto const&, auto const& x, auto along) {
          return ds::log_softmax(x, along);
        }) == 22);
}

TEST_CASE("softmax: one kernel, with what is under it and over it") {
  tensor<float, dims<dyn, 33>> x(17), bias(17);
  float const scale = 0.5f;
  static_assert(ds::kernel_count<decltype(ds::softmax(x))> == 1);
  static_assert(ds::kernel_count<decltype(ds::log_softmax(x))> == 1);
  static_assert(ds::kernel_count<decltype(ds::softmax(x * scale + bias))> == 1);
  static_assert(ds::kernel_count<decltype(ds::softmax(x, axes<0>) * 2.f)> == 1);
  static_assert(ds::kernel_count<decltype(ds::softmax(x, axes<0, 1>))> == 1);
  static_assert(ds::kernel_count<decltype(ds::softmax(ds::softmax(x)))> == 1);
  static_assert(ds::kernel_count<decltype(ds::sum(ds::softmax(x) * ds::log_softmax(x), last))> ==
                1);
}
TEST_CASE("softmax(x * gain + bias), entropy: golden") {
  int count = 0;
  for (auto const& one : golden_cases("composition")) {
    if (one.name == "softmax_affine") {
      auto const x = loaded<float, 2>(one.inputs[0]);
      auto const gain = loaded<float, 1>(one.inputs[1]);
      auto const bias = loaded<float, 1>(one.inputs[2]);
      expect(one, evaluated(ds::softmax(x * gain + bias)));
      ++count;
    } else if (one.name == "entropy") {
      auto const x = loaded<float, 2>(one.inputs[0]);
      auto const y = evaluated(-ds::sum(ds::softmax(x) * ds::log_softmax(x), last));
      REQUIRE(one.expected.bytes.size() / sizeof(double) == static_cast<std::size_t>(y.size()));
      expect(one, y);
      ++count;
    }
  }
  CHECK(count == 2);
}
TEST_CASE("softmax: written out with let it has the same bits") {
  for_shared_shapes([](auto const& x) {
    auto const written = let(x, [](auto v) {
      return let(ds::exp(v - ds::max(v, last)),
                 [](auto e) { return e * (1.f / ds::sum(e, last)); });
    });
    auto const a = evaluated(ds::softmax(x));
    auto const b = evaluated(written);
    CHECK(std::memcmp(a.data(), b.data(), bytes_of(a)) == 0);
  });
}
TEST_CASE("softmax: right however the work is cut") {
  for_shared_shapes([](auto const& x) {
    auto const y = evaluated(ds::softmax(x));
    auto const z = evaluated(ds::softmax(x, axes<0>));
    for (std::int64_t i = 0; i < x.extent(0); i += 1 + x.extent(0) / 7) {
      double sum = 0;
      for (std::int64_t j = 0; j < x.extent(1); ++j) sum += std::exp(static_cast<double>(x(i, j)));
      double worst = 0;
      for (std::int64_t j = 0; j < x.extent(1); ++j) {
        double const expected = std::exp(static_cast<double>(x(i, j))) / sum;
        worst = std::max(worst, std::abs(y(i, j) - expected) / expected);
      }
      CHECK(worst < 1e-6);
    }
    for (std::int64_t j = 0; j < x.extent(1); j += 1 + x.extent(1) / 7) {
      double sum = 0;
      for (std::int64_t i = 0; i < x.extent(0); ++i) sum += z(i, j);
      CHECK(std::abs(sum - 1) < 1e-5);
    }
  });
}
TEST_CASE("softmax: in place") {
  auto x = sequence<float>(65, 129);
  auto const expected = ds::eval(ds::softmax(x));
  (x = ds::softmax(x)).run(ds::host{2});
  CHECK(std::memcmp(x.data(), expected.data(), bytes_of(x)) == 0);
  auto z = sequence<float>(65, 129);
  auto const columns = ds::eval(ds::softmax(z, axes<0>));
  (z = ds::softmax(z, axes<0>)).run(ds::host{2});
  CHECK(std::memcmp(z.data(), columns.data(), bytes_of(z)) == 0);
}
TEST_CASE("softmax: bf16 is accumulated in f32 and rounded once") {
  tensor<ds::bf16, dims<1, 4096>> x;
  for (auto* p = x.data(); p != x.data() + 4096; ++p) *p = ds::bf16(3.f);
  auto const y = ds::eval(ds::softmax(x));
  static_assert(std::is_same_v<decltype(y)::value_type, ds::bf16>);
  CHECK(static_cast<float>(y(0, 0)) == 0x1p-12f);  // a sum in bf16 would stop at 256
  CHECK(static_cast<float>(y(0, 4095)) == 0x1p-12f);
}
TEST_CASE("softmax: large magnitudes neither overflow nor vanish; log_softmax keeps small shares") {
  tensor<float, dims<3>> const x({3e38f, 3e38f, -3e38f});
  auto const y = ds::eval(ds::softmax(x));
  CHECK((y(0) == 0.5f && y(1) == 0.5f && y(2) == 0));
  tensor<float, dims<2>> const far({0, -1000});
  CHECK(ds::eval(ds::log_softmax(far))(1) == -1000.f);
}
TEST_CASE("softmax: NaN stays in its row") {
  tensor<float, dims<3, 5>> x;
  for (int i = 0; i < 15; ++i) x.data()[i] = 1;
  x(1, 3) = std::numeric_limits<float>::quiet_NaN();
  auto const y = ds::eval(ds::softmax(x));
  for (int j = 0; j < 5; ++j) {
    CHECK(y(0, j) == 0.2f);
    CHECK(std::isnan(y(1, j)));
    CHECK(y(2, j) == 0.2f);
  }
}
TEST_CASE("softmax: no elements, and rows of none") {
  tensor<float, dims<dyn, dyn>> const none(0, 7), empty_rows(7, 0);
  CHECK(ds::eval(ds::softmax(none)).size() == 0);
  CHECK(ds::eval(ds::softmax(empty_rows)).size() == 0);
}
