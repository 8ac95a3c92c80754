// SPDX-License-Identifier: Apache-2.0
/// @file Laws of rms_norm.
#include <deepseek/ops/rms_norm.hpp>

#include <limits>

#include "reduce_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;
using ds::tensor;

TEST_CASE("rms_norm: golden") {
  int count = 0;
  auto const plain = [&](golden_case const& one, auto const& x, auto along) {
    expect(one, evaluated(ds::rms_norm(x, along, one.number("epsilon"))));
    ++count;
  };
  auto const scaled = [&](golden_case const& one, auto const& x, auto) {
    auto const gain = loaded<float, 1>(one.inputs[1]);
    expect(one, evaluated(ds::rms_norm(x, gain, one.number("epsilon"))));
    ++count;
  };
  for (auto const& one : golden_cases("rms_norm")) {
    CAPTURE(one.name);
    bool const ran = one.inputs.size() == 2               ? along_last<float>(one, scaled)
                     : has_dtype<ds::bf16>(one.inputs[0]) ? along_last<ds::bf16>(one, plain)
                     : has_dtype<ds::f16>(one.inputs[0])  ? along_last<ds::f16>(one, plain)
                                                          : along_one_axis<float>(one, plain);
    CHECK(ran);
  }
  CHECK(count == 24);
}
TEST_CASE("rms_norm(x + residual, gain): golden, one kernel") {
  int count = 0;
  for (auto const& one : golden_cases("composition")) {
    if (one.name != "rms_norm_residual") continue;
    auto const x = loaded<float, 2>(one.inputs[0]);
    auto const residual = loaded<float, 2>(one.inputs[1]);
    auto const gain = loaded<float, 1>(one.inputs[2]);
    auto const e = ds::rms_norm(x + residual, gain, 1e-6f);
    static_assert(ds::kernel_count<decltype(e)> == 1);
    expect(one, evaluated(e));
    ++count;
  }
  CHECK(count == 1);
}

TEST_CASE("rms_norm: one kernel") {
  tensor<float, dims<17, 33>> x;
  static_assert(ds::kernel_count<decltype(ds::rms_norm(x))> == 1);
  static_assert(ds::kernel_count<decltype(ds::rms_norm(x, axes<0>))> == 1);
  static_assert(ds::kernel_count<decltype(ds::rms_norm(x * 2.f) + x)> == 1);
}
TEST_CASE("rms_norm: epsilon and axes in either order, or left out") {
  auto const x = sequence<float>(5, 33);
  tensor<float, dims<33>> gain;
  for (int i = 0; i < 33; ++i) gain(i) = 1.f + static_cast<float>(i);
  auto const same = [](auto const& a, auto const& b) {
    auto const u = ds::eval(a), v = ds::eval(b);
    return std::memcmp(u.data(), v.data(), bytes_of(u)) == 0;
  };
  CHECK(same(ds::rms_norm(x), ds::rms_norm(x, last, 1e-6)));
  CHECK(same(ds::rms_norm(x, 0.5), ds::rms_norm(x, last, 0.5)));
  CHECK(!same(ds::rms_norm(x, 0.5), ds::rms_norm(x)));
  CHECK(same(ds::rms_norm(x, gain, 0.5), ds::rms_norm(x, gain, last, 0.5)));
  CHECK(same(ds::rms_norm(x, gain), ds::rms_norm(x) * gain));
}
TEST_CASE("rms_norm: the same bits for any number of threads; the mean square is 1") {
  for_shared_shapes([](auto const& x) {
    auto const y = evaluated(ds::rms_norm(x));
    double square = 0;
    for (std::int64_t j = 0; j < x.extent(1); ++j) square += static_cast<double>(y(0, j)) * y(0, j);
    CHECK(std::abs(square / static_cast<double>(x.extent(1)) - 1) < 1e-4);
    (void)evaluated(ds::rms_norm(x, axes<0>));
  });
}
TEST_CASE("rms_norm: zeros stay, epsilon counts in f16, a NaN stays in its row") {
  tensor<ds::f16, dims<1, 4>> small;
  for (int j = 0; j < 4; ++j) small(0, j) = ds::f16(0x1p-14f);  // its square is below f16
  CHECK(static_cast<float>(ds::eval(ds::rms_norm(small, last, 1e-12))(0, 1)) == 1.f);
  tensor<float, dims<3, 5>> x;
  for (int i = 0; i < 15; ++i) x.data()[i] = 0;
  x(1, 3) = std::numeric_limits<float>::quiet_NaN();
  auto const y = ds::eval(ds::rms_norm(x));
  for (int j = 0; j < 5; ++j) CHECK((y(0, j) == 0 && std::isnan(y(1, j)) && y(2, j) == 0));
}
