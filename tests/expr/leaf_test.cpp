// SPDX-License-Identifier: Apache-2.0
/// @file Tensors, views and numbers as expressions: what is viewed, what is owned, what dtype it has.
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/leaf.hpp>
#include <deepseek/ops/arithmetic.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace {
namespace ds = deepseek;
using vector = ds::tensor<float, ds::dims<ds::dyn>>;

vector made(float value) {
  vector x(3);
  for (int i = 0; i < 3; ++i) x.data()[i] = value + float(i);
  return x;
}
auto sum_of_temporaries() { return made(1.f) + made(10.f); }

TEST_CASE("an lvalue tensor is viewed: later changes are seen") {
  vector x = made(0.f);
  auto const e = x + 1.f;
  CHECK(ds::get<0>(e.operands).source.data() == x.data());
  x.data()[2] = 40.f;
  CHECK(ds::eval(e).data()[2] == 41.f);
}

TEST_CASE("an rvalue tensor is owned: nothing dangles") {
  auto const e = sum_of_temporaries();
  auto const y = ds::eval(e);
  for (int i = 0; i < 3; ++i) CHECK(y.data()[i] == 11.f + 2.f * float(i));
}

TEST_CASE("a copy of an expression shares the memory of an owned tensor") {
  auto const e = ds::as_expression(made(5.f));
  auto const copy = e;
  CHECK(copy.source.data() == e.source.data());
  CHECK(copy.owner.owners() == 2);
}

TEST_CASE("a view keeps its strides and its memory space") {
  float memory[6] = {1, 2, 3, 4, 5, 6};
  ds::view<float, ds::dims<3>, ds::strided<1>> const every_second{memory, ds::dims<3>{}, {{2}}};
  auto const e = ds::as_expression(every_second);
  CHECK(e.source.stride(0) == 2);
  CHECK(e.source.space() == ds::memory_space::host);
  CHECK(ds::eval(e).data()[2] == 5.f);
  static_assert(std::is_const_v<std::remove_reference_t<decltype(*e.source.data())>>);
}

TEST_CASE("an expression is itself") {
  vector x = made(0.f);
  auto const e = x + x;
  static_assert(std::is_same_v<ds::expression_t<decltype(e)>, std::remove_const_t<decltype(e)>>);
}

TEST_CASE("numbers: every C++ arithmetic type has a dtype") {
  static_assert(std::is_same_v<ds::expr::number_element_t<double>, double>);
  static_assert(std::is_same_v<ds::expr::number_element_t<long double>, double>);
  static_assert(std::is_same_v<ds::expr::number_element_t<float>, float>);
  static_assert(std::is_same_v<ds::expr::number_element_t<bool>, bool>);
  static_assert(std::is_same_v<ds::expr::number_element_t<unsigned short>, std::int32_t>);
  static_assert(std::is_same_v<ds::expr::number_element_t<unsigned long>, std::int64_t>);
  static_assert(std::is_same_v<ds::expr::number_element_t<ds::bf16 const&>, ds::bf16>);
  CHECK(ds::as_expression(2.5).value == 2.5);
  static_assert(decltype(ds::as_expression(2.5))::rank == 0);
}

TEST_CASE("two numbers of one type are two values") {
  vector x = made(1.f);
  auto const e = x * 2.f + x * 3.f;
  using Sum = decltype(e);
  static_assert(std::is_same_v<ds::expr::operand_t<Sum, 0>, ds::expr::operand_t<Sum, 1>>);
  CHECK(ds::eval(e).data()[0] == 5.f);
}

TEST_CASE("operand, number: what a verb takes") {
  static_assert(ds::operand<vector&>);
  static_assert(ds::operand<ds::why::invalid>);  // passed on, not complained about again
  static_assert(!ds::operand<float>);
  static_assert(ds::operand_or_number<float>);
  static_assert(!ds::operand_or_number<char const*>);
  static_assert(!ds::expr::number<vector>);
}
}  // namespace
