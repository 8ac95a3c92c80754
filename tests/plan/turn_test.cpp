// SPDX-License-Identifier: Apache-2.0
/// @file A product in another order of axes, with what stands above it, is one kernel of the product.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/softmax.hpp>
#include <deepseek/ops/sum.hpp>
#include <deepseek/plan/turn.hpp>

#include <doctest/doctest.h>

#include "../exec/random_products.hpp"

namespace ds = deepseek;
namespace plan = deepseek::plan;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

namespace {
template <class E> using bare = std::remove_cvref_t<E>;
using cube = ds::tensor<float, dims<dyn, dyn, dyn>>;

/// The product of a and b, whose elements are few whole numbers, so that any order gives it.
float entry(cube const& a, matrix<float> const& b, int x, int i, int j) {
  float sum = 0;
  for (int k = 0; k < a.extent(2); ++k) sum += a(x, i, k) * b(k, j);
  return sum;
}
template <class X> void fill_whole(X& x, int step) {
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i * step % 7 - 3);
}
}  // namespace

TEST_CASE("the order of a view of a product; not of a part of it, nor of anything else") {
  cube a;
  matrix<float> b;
  auto const product = ds::matmul(a, b);
  using P = bare<decltype(product)>;
  using T = bare<decltype(ds::permute<2, 0, 1>(product))>;
  static_assert(!plan::is_turned_product<P>() && plan::is_turned_product<T>());
  static_assert(!plan::is_turned_product<bare<decltype(ds::permute<2, 0, 1>(-product))>>());
  static_assert(std::is_same_v<plan::turn_of<bare<decltype(-(-ds::permute<2, 0, 1>(product)))>>,
                               T::map_type>);
  static_assert(std::is_void_v<plan::turn_of<P>>);
  // What is above a product in its own order needs no turn.
  static_assert(!plan::turns<bare<decltype(-product)>>());
  static_assert(plan::turns<bare<decltype(-ds::permute<2, 0, 1>(product))>>());
}

TEST_CASE("turned_extents, turned_view: axis k of the product is axis Map(k); missing axes are 1") {
  using Map = plan::axis_map<2, 0, 1>;
  auto const all = plan::turned_extents<Map>(dims<3, dyn, 5>{4});
  static_assert(std::is_same_v<bare<decltype(all)>, dims<5, 3, dyn>>);
  CHECK(all == dims<5, 3, 4>{});
  static_assert(
      std::is_same_v<bare<decltype(plan::turned_extents<Map>(dims<4, 5>{}))>, dims<5, 1, 4>>);
  cube x(2, 3, 4);
  auto const v = plan::turned_view<Map>(x.as_view());
  CHECK(v.extents() == dims<dyn, dyn, dyn>{4, 2, 3});
  CHECK(&v(3, 1, 2) == &x(1, 2, 3));
}

TEST_CASE(
    "with rules, operands of fewer axes and reductions above it: one kernel, the same values") {
  cube a(3, 5, 4), gate(6, 3, 5), y(6, 3, 5);
  matrix<float> b(4, 6), row(3, 5);
  ds::tensor<float, dims<dyn>> bias(5);
  fill_whole(a, 3);
  fill_whole(b, 5);
  fill_whole(gate, 2);
  fill_whole(row, 4);
  fill_whole(bias, 6);
  fill_whole(y, 1);
  auto const product = ds::permute<2, 0, 1>(ds::matmul(a, b));
  static_assert(ds::kernel_count<bare<decltype(product)>> == 1);
  (y = product).run(ds::host{2});
  auto const each = [&](auto const& wanted) {
    for (int j = 0; j < 6; ++j)
      for (int x = 0; x < 3; ++x)
        for (int i = 0; i < 5; ++i) CHECK(y(j, x, i) == wanted(j, x, i));
  };
  each([&](int j, int x, int i) { return entry(a, b, x, i, j); });
  auto const above = (product + bias) * gate - row * 2.f;
  static_assert(ds::kernel_count<bare<decltype(above)>> == 1);
  (y = above).run(ds::host{2});
  each([&](int j, int x, int i) {
    return (entry(a, b, x, i, j) + bias(i)) * gate(j, x, i) - row(x, i) * 2.f;
  });
  // Along the product's columns, which are the first axis here.
  auto const shares = product - ds::sum(product * 1.f, ds::axes<0>);
  auto const total = ds::sum(product, ds::axes<0>);
  static_assert(ds::kernel_count<bare<decltype(total)>> == 1);
  cube sums(1, 3, 5);
  (sums = total).run(ds::host{2});
  (y = shares).run(ds::host{2});
  each([&](int j, int x, int i) {
    float sum = 0;
    for (int n = 0; n < 6; ++n) sum += entry(a, b, x, i, n);
    CHECK(sums(0, x, i) == sum);
    return entry(a, b, x, i, j) - sum;
  });
}

TEST_CASE("in the memory of an operand; a result with more axes") {
  matrix<float> a(5, 5), b(5, 5);
  fill_whole(a, 3);
  fill_whole(b, 5);
  matrix<float> const before = a;
  (a = ds::transpose(ds::matmul(a, b)) + 1.f).run(ds::host{1});
  matrix<float> plain = before;
  (plain = ds::transpose(ds::matmul(plain, b))).run(ds::host{1});
  cube many(2, 5, 5);
  (many = ds::transpose(ds::matmul(before, b))).run(ds::host{1});
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 5; ++j) {
      float sum = 0;
      for (int k = 0; k < 5; ++k) sum += before(i, k) * b(k, j);
      CHECK(a(j, i) == sum + 1.f);
      CHECK(plain(j, i) == sum);
      CHECK(many(0, j, i) == sum);
      CHECK(many(1, j, i) == sum);
    }
}
