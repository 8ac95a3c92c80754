// SPDX-License-Identifier: Apache-2.0
/// @file assignment: y = e is a value; an executor gives it a meaning.
#include <deepseek/tensor/assignment.hpp>

#include <type_traits>
#include <vector>

#include <deepseek/expr/leaf.hpp>
#include <deepseek/tensor/tensor.hpp>
#include <doctest/doctest.h>

namespace elsewhere {
/// An executor that only looks.
struct looker {
  int* runs;
};
template <class Destination, class E>
int execute(looker const& executor, deepseek::assignment<Destination, E> const& a) {
  ++*executor.runs;
  return Destination::rank * 10 + std::remove_cvref_t<decltype(a.expression)>::rank;
}
}  // namespace elsewhere

using namespace deepseek;

TEST_CASE("assignable: tensors, views, expressions and numbers stand on the right") {
  static_assert(assignable<tensor<float, dims<2>>>);
  static_assert(assignable<tensor<float, dims<2>>&>);
  static_assert(assignable<tensor<float, dims<2>> const&>);
  static_assert(assignable<view<int const, dims<2>, strided<1>>>);
  static_assert(assignable<expr::scalar<float>>);
  static_assert(assignable<int> && assignable<double> && assignable<bool> && assignable<float16>);
  static_assert(!assignable<std::vector<float>> && !assignable<float*> && !assignable<dims<2>>);
  CHECK(assignable<tensor<bool, dims<>>>);
}

TEST_CASE("assignment: making it writes nothing; run calls the executor's execute and passes on") {
  tensor<float, dims<2, 3>> y;
  tensor<float, dims<3>> x{{1, 2, 3}};
  y.data()[0] = 42;
  int runs = 0;
  auto const a = (y = x);
  CHECK(runs == 0);
  CHECK(a.run(elsewhere::looker{&runs}) == 21);
  CHECK((y = 5).run(elsewhere::looker{&runs}) == 20);
  CHECK((y.as_view() = x).run(elsewhere::looker{&runs}) == 21);
  CHECK(runs == 3);
  CHECK(y.data()[0] == 42.f);
}

TEST_CASE(
    "assignment: a tensor assigned to one of another type is an assignment, to its own a copy") {
  tensor<float, dims<dyn>> y{3};
  tensor<float, dims<3>> x{{1, 2, 3}};
  static_assert(!std::is_same_v<decltype(y = x), decltype(y)&>);
  static_assert(std::is_same_v<decltype(y = y), decltype(y)&>);
  CHECK((y = x).destination.data() == y.data());
}

TEST_CASE("assignment: it holds an rvalue tensor, and views an lvalue one") {
  tensor<float, dims<2>> y;
  int runs = 0;
  auto const held = (y = tensor<float, dims<1>>{{4}});
  CHECK(held.expression.source.data()[0] == 4.f);
  CHECK(held.expression.owner.owners() == 1);
  tensor<float, dims<1>> x{{5}};
  auto const seen = (y = x);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(seen.expression.owner)>, expr::nobody>);
  CHECK(seen.expression.source.data() == x.data());
  (void)seen.run(elsewhere::looker{&runs});
}
