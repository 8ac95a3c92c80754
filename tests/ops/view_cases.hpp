// SPDX-License-Identifier: Apache-2.0
/// @file The golden cases of the verbs that move elements, as tensors, checked bit by bit.
#pragma once
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <doctest/doctest.h>

#include "tests/support/golden_ops.hpp"

namespace deepseek::test {

/// The tensor of a golden array, of rank Rank.
template <class T, int Rank> tensor<T, dynamic_dims<Rank>> tensor_of(golden_array const& a) {
  tensor<T, dynamic_dims<Rank>> t{dynamic_dims<Rank>::from_array(a.shape.data())};
  auto const values = a.as<T>();
  for (std::int64_t i = 0; i < t.size(); ++i) t.data()[i] = values[static_cast<std::size_t>(i)];
  return t;
}

/// f(t) for the tensor t of a golden array of f32 or int8, whose rank is 1 to 4.
template <class F> void with_tensor(golden_array const& a, F const& f) {
  auto const of_rank = [&]<class T>(T) {
    switch (a.shape.size()) {
      case 1: return f(tensor_of<T, 1>(a));
      case 2: return f(tensor_of<T, 2>(a));
      case 3: return f(tensor_of<T, 3>(a));
      case 4: return f(tensor_of<T, 4>(a));
      default: FAIL("rank ", a.shape.size());
    }
  };
  if (a.dtype == "F32") return of_rank(float{});
  REQUIRE(a.dtype == "I8");
  of_rank(std::int8_t{});
}

/// Whether two elements are the same: every bit, but any NaN is as good as another.
template <class T> bool same_element(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) && std::isnan(b)) return true;
  }
  return std::memcmp(&a, &b, sizeof a) == 0;
}

/// Writes e to poisoned memory and compares it with what is expected.
template <class E> void check_same(E const& e, golden_array const& expected) {
  using X = expression_t<E const&>;
  using T = typename X::value_type;
  REQUIRE(static_cast<std::size_t>(X::rank) == expected.shape.size());
  for (int axis = 0; axis < X::rank; ++axis)
    REQUIRE(e.extents()[axis] == expected.shape[static_cast<std::size_t>(axis)]);
  tensor<T, typename X::dims_type> result{e.extents()};
  std::memset(static_cast<void*>(result.data()), 0x5a, sizeof(T) * std::size_t(result.size()));
  (result = e).run(host{});
  auto const wanted = expected.as<T>();
  int wrong = 0;
  for (std::int64_t i = 0; i < result.size(); ++i)
    wrong += same_element(result.data()[i], wanted[static_cast<std::size_t>(i)]) ? 0 : 1;
  CHECK(wrong == 0);
}

/// The same elements as x, as an expression and no memory.
template <class X> auto as_node(X const& x) { return -(-x); }

/// A matrix of the numbers 0, 1, 2, ... in row-major order.
template <class Dims> tensor<float, Dims> counted(Dims const& extents) {
  tensor<float, Dims> t{extents};
  for (std::int64_t i = 0; i < t.size(); ++i) t.data()[i] = static_cast<float>(i);
  return t;
}

/// The text of what f throws; "" if nothing.
template <class F> std::string thrown(F const& f) {
  try {
    f();
  } catch (error const& e) {
    return e.what();
  }
  return "";
}

}  // namespace deepseek::test
