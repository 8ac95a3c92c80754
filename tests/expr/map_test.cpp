// SPDX-License-Identifier: Apache-2.0
/// @file Maps: the dtype of a result, what a rule is given, and user rules of numbers or of packs.
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/map.hpp>
#include <deepseek/ops/arithmetic.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

namespace {
namespace ds = deepseek;
using ds::dims;
template <class T> using vector = ds::tensor<T, dims<ds::dyn>>;
template <class E> using value_of = typename std::remove_cvref_t<E>::value_type;
template <class A, class B>
using sum_of = value_of<decltype(std::declval<A&>() + std::declval<B>())>;

TEST_CASE("the dtype of a map is the common one of its tensors") {
  static_assert(std::is_same_v<sum_of<vector<float>, vector<double>&>, double>);
  static_assert(std::is_same_v<sum_of<vector<ds::f16>, vector<float>&>, float>);
  static_assert(std::is_same_v<sum_of<vector<std::int8_t>, vector<std::int32_t>&>, std::int32_t>);
  static_assert(std::is_same_v<sum_of<vector<bool>, vector<bool>&>, std::int32_t>);
}

TEST_CASE("a number takes part by its kind, not its width") {
  static_assert(std::is_same_v<sum_of<vector<ds::f16>, double>, ds::f16>);
  static_assert(std::is_same_v<sum_of<vector<ds::bf16>, int>, ds::bf16>);
  static_assert(std::is_same_v<sum_of<vector<std::int32_t>, double>, float>);
  static_assert(std::is_same_v<sum_of<vector<std::int8_t>, int>, std::int8_t>);
  static_assert(std::is_same_v<sum_of<vector<std::int8_t>, std::int64_t>, std::int8_t>);
  static_assert(std::is_same_v<sum_of<vector<bool>, int>, std::int32_t>);
  static_assert(std::is_same_v<sum_of<vector<float>, bool>, float>);
}

TEST_CASE("the rules of dtypes: arithmetic, floating, comparison, logic") {
  using namespace ds::expr;
  static_assert(std::is_same_v<arithmetic_rule::value<std::int8_t, std::int16_t>, std::int16_t>);
  static_assert(std::is_same_v<arithmetic_rule::operand<0, ds::f16>, float>);
  static_assert(std::is_same_v<floating_rule::value<std::int64_t>, float>);
  static_assert(std::is_same_v<floating_rule::value<double>, double>);
  static_assert(std::is_same_v<comparison_rule::value<float, int>, bool>);
  static_assert(std::is_same_v<comparison_rule::operand<1, float, double>, double>);
  static_assert(std::is_same_v<logic_rule::operand<0, float>, bool>);
}

struct halves : ds::expr::floating_rule {  // packs and numbers
  static constexpr char const* name = "halves";
  static constexpr int flops = 1;
  template <class V> V operator()(V a) const { return a * V(0.5f); }
};
struct weighted {  // numbers only, with operands of different dtypes and a state
  static constexpr char const* name = "weighted";
  static constexpr int flops = 2;
  template <class... V> using value = double;
  template <int I, class... V> using operand = std::conditional_t<I == 0, double, std::int64_t>;
  double weight;
  double operator()(double a, std::int64_t n) const { return weight * a * double(n); }
};

TEST_CASE("user rules: of packs, of numbers, with a state of their own") {
  vector<float> x(37);
  vector<std::int16_t> n(37);
  for (int i = 0; i < 37; ++i) x.data()[i] = float(i), n.data()[i] = std::int16_t(i - 20);
  auto const half = ds::eval(ds::expr::map_of(halves{}, x));
  auto const product = ds::eval(ds::expr::map_of(weighted{3.0}, x, n));
  static_assert(std::is_same_v<value_of<decltype(product)>, double>);
  for (int i = 0; i < 37; ++i) {
    CHECK(half.data()[i] == 0.5f * float(i));
    CHECK(product.data()[i] == 3.0 * i * (i - 20));
  }
}

TEST_CASE("two rules of one type with different state stay two") {
  vector<float> x(5);
  vector<std::int32_t> n(5);
  for (int i = 0; i < 5; ++i) x.data()[i] = 1.f, n.data()[i] = 1;
  auto const y =
      ds::eval(ds::expr::map_of(weighted{3.0}, x, n) - ds::expr::map_of(weighted{5.0}, x, n));
  for (int i = 0; i < 5; ++i) CHECK(y.data()[i] == -2.0);
}

TEST_CASE("extents broadcast, static ones when compiling") {
  ds::tensor<float, dims<4, 1>> a;
  ds::tensor<float, dims<ds::dyn>> b(3);
  auto const e = a + b;
  static_assert(std::remove_cvref_t<decltype(e)>::dims_type::static_extent(0) == 4);
  static_assert(std::remove_cvref_t<decltype(e)>::dims_type::static_extent(1) == ds::dyn);
  CHECK(e.extents()[1] == 3);
}

TEST_CASE("dynamic extents that do not broadcast: both shapes in the text") {
  ds::tensor<float, ds::dims<ds::dyn, ds::dyn>> a(2, 3), b(2, 4);
  try {
    (void)(a + b);
    FAIL("no error");
  } catch (ds::shape_error const& error) {
    CHECK(std::string(error.what()).find("[2, 3] and [2, 4]") != std::string::npos);
  }
}

TEST_CASE("the result of a broken law is passed on") {
  ds::why::invalid broken;
  vector<float> x(3);
  static_assert(!ds::valid<decltype(x + broken)>);
  static_assert(!ds::valid<decltype(ds::expr::make_map(halves{}, broken))>);
}
}  // namespace
