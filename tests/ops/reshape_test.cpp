// SPDX-License-Identifier: Apache-2.0
/// @file reshape against PyTorch's values.
#include <deepseek/ops/reshape.hpp>

#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/slice.hpp>
#include <deepseek/ops/sum.hpp>

#include "view_cases.hpp"

using namespace deepseek;
using namespace deepseek::test;

namespace {
template <int Rank, class X> void check_reshaped(X const& x, golden_case const& c) {
  auto const shape = c.list("shape");
  if (shape.size() != Rank) return;
  auto const to = dynamic_dims<Rank>::from_array(shape.data());
  check_same(reshape(x, to), c.expected);
  check_same(reshape(as_node(x), to), c.expected);
  check_same(reshape(slice(as_node(x), every), to), c.expected);  // is evaluated into memory
}
}  // namespace

TEST_CASE("reshape has PyTorch's values, of a tensor, a map and any expression") {
  for (auto const& c : golden_cases("reshape")) {
    CAPTURE(c.name);
    with_tensor(c.inputs[0], [&](auto const& x) {
      check_reshaped<1>(x, c);
      check_reshaped<2>(x, c);
      check_reshaped<4>(x, c);
    });
  }
}

TEST_CASE("reshape<E...> infers one extent, in the type where the size is") {
  auto const fixed = counted(dims<4, 6>{});
  auto const free = counted(dims<dyn, 6>{4});
  static_assert(std::is_same_v<decltype(reshape<dyn, 8>(fixed))::dims_type, dims<3, 8>>);
  static_assert(std::is_same_v<decltype(reshape<dyn, 8>(free))::dims_type, dims<dyn, 8>>);
  CHECK(reshape<dyn, 8>(free).extent(0) == 3);
  CHECK(reshape<24>(free)(23) == 23.f);
  auto const nothing = counted(dims<dyn, 6>{0});
  CHECK(reshape<dyn, 8>(nothing).extent(0) == 0);
}

TEST_CASE("reshape of a map of row-major operands fuses; numbers and scalars broadcast on") {
  auto const x = counted(dims<dyn, 6>{4});
  auto const a = counted(dims<4, 6>{});
  tensor<float, dims<>> const shift{dims<>{}, {5.f}};
  auto const one = reshape<dyn, 12>(x * 2.f + shift);
  auto const two = reshape<3, 8>(a * a + 1.f);
  static_assert(kernel_count<decltype(one)> == 1 && kernel_count<decltype(two)> == 1);
  auto const y = eval(one);
  auto const z = eval(two);
  for (int i = 0; i < 24; ++i) {
    REQUIRE(y.data()[i] == float(2 * i + 5));
    REQUIRE(z.data()[i] == float(i * i + 1));
  }
}

TEST_CASE("reshape of a map that broadcasts evaluates it first") {
  auto const x = counted(dims<4, 6>{});
  auto const row = counted(dims<6>{});
  auto const e = reshape<3, 8>(x + row);
  static_assert(kernel_count<decltype(e)> == 2);
  auto const y = eval(e);
  for (int i = 0; i < 24; ++i) REQUIRE(y.data()[i] == float(i + i % 6));
}

TEST_CASE("reshape of strided memory is row-major in its own order") {
  auto const x = counted(dims<dyn, dyn>{3, 4});
  auto const y = eval(reshape<2, 6>(transpose(x)));
  for (int i = 0; i < 12; ++i) REQUIRE(y.data()[i] == x(i % 3, i / 3));
  auto const rows = eval(reshape<8>(slice(x, range{1, 3})));  // lies one after the other
  for (int i = 0; i < 8; ++i) REQUIRE(rows(i) == float(4 + i));
}

TEST_CASE("reshape under and over reductions") {
  auto const x = counted(dims<dyn, 12>{5});
  auto const heads = eval(sum(reshape<dyn, 3, 4>(x * 2.f), axes<2>));
  for (int i = 0; i < 5; ++i)
    for (int h = 0; h < 3; ++h) REQUIRE(heads(i, h, 0) == float(2 * (4 * (12 * i + 4 * h) + 6)));
  auto const mean_removed = eval(reshape<dyn, 2, 6>(x - sum(x, axes<1>) / 12.f));
  for (int i = 0; i < 5; ++i)
    for (int k = 0; k < 12; ++k) REQUIRE(mean_removed(i, k / 6, k % 6) == float(k) - 5.5f);
}

TEST_CASE("reshape of a tensor can be assigned to") {
  tensor<float, dims<dyn, dyn>> y{4, 6};
  (reshape<24>(y) = counted(dims<24>{}) + 1.f).run(host{});
  for (int i = 0; i < 24; ++i) REQUIRE(y.data()[i] == float(i + 1));
}

TEST_CASE("reshape owns an rvalue tensor") {
  auto const e = reshape<dyn, 50>(counted(dims<dyn>{100}));
  CHECK(eval(e + 0.f)(1, 49) == 99.f);
}

TEST_CASE("reshape: another number of elements is an error with both shapes") {
  auto const x = counted(dims<dyn, dyn>{2, 3});
  CHECK(thrown([&] {
          (void)reshape<7>(x);
        }).find("x is [2, 3] with 6 elements and dims is [7] with 7") != std::string::npos);
  CHECK(thrown([&] { (void)reshape<dyn, 4>(x + 1.f); }).find("[DS-RESHAPE-INFER]") == 0);
}
