// SPDX-License-Identifier: Apache-2.0
/// @file blocks: y[..., b, i] = x[..., b * size + i], a view that can be written.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/blocks.hpp>
#include <deepseek/ops/slice.hpp>

#include <doctest/doctest.h>

namespace ds = deepseek;
using ds::dims;
using ds::dyn;

namespace {
ds::tensor<float, dims<3, dyn>> counting() {
  ds::tensor<float, dims<3, dyn>> x{dims<3, dyn>{8}};
  for (int i = 0; i < 24; ++i) x.data()[i] = static_cast<float>(i);
  return x;
}
}  // namespace

TEST_CASE("of a tensor, a strided view, an expression, a tensor of its own") {
  auto const x = counting();
  auto const check = [&](auto const& e, float factor) {
    CHECK(e.extents()[1] == 2);
    CHECK(e.extents()[2] == 4);
    auto const y = ds::eval(e);
    for (int r = 0; r < 3; ++r)
      for (int b = 0; b < 2; ++b)
        for (int i = 0; i < 4; ++i) CHECK(y(r, b, i) == factor * x(r, b * 4 + i));
  };
  check(ds::blocks<4>(x), 1);
  check(ds::blocks<4>(x * 2.f), 2);
  check(ds::blocks<4>(counting()), 1);
  auto const every_second = ds::blocks<2>(ds::slice(x, ds::range{0, 3}, ds::range{1, 8, 2}));
  auto const y = ds::eval(every_second);
  CHECK(y(2, 1, 0) == x(2, 5));
  static_assert(
      std::is_same_v<decltype(ds::blocks<4>(ds::tensor<float, dims<8>>{} + 1.f))::dims_type,
                     dims<2, 4>>);
}

TEST_CASE("written through; a size that does not divide") {
  ds::tensor<float, dims<8>> x;
  (ds::blocks<4>(x) = ds::blocks<4>(x) * 0.f + 3.f).run(ds::host{});
  for (int i = 0; i < 8; ++i) x(i) = 0;
  ds::tensor<float, dims<2, 1>> of_block;
  of_block(0, 0) = 1;
  of_block(1, 0) = 2;
  (ds::blocks<4>(x) = of_block).run(ds::host{});
  for (int i = 0; i < 8; ++i) CHECK(x(i) == 1 + i / 4);
  auto const y = counting();
  CHECK_THROWS_WITH_AS((void)ds::blocks<3>(y),
                       "[DS-BLOCKS-SIZE] blocks<3>(x): x is [3, 8], whose last extent 3 does not "
                       "divide. Fix: pad(x), or another size.",
                       ds::shape_error);
}
