// SPDX-License-Identifier: Apache-2.0
/// @file take, gather and embedding against the values of NumPy and PyTorch.
#include <deepseek/ops/take.hpp>

#include <deepseek/ops/slice.hpp>
#include <deepseek/ops/squeeze.hpp>

#include "view_cases.hpp"

using namespace deepseek;
using namespace deepseek::test;

namespace {
using index_vector = tensor<std::int64_t, dims<dyn>>;

template <int Axis, class X> void check_taken(X const& x, golden_case const& c) {
  if constexpr (Axis < X::rank) {
    if (c.number("axis") != Axis) return;
    if (c.inputs[1].shape.size() == 1) {
      auto const indices = tensor_of<std::int64_t, 1>(c.inputs[1]);
      check_same(take(x, axes<Axis>, indices), c.expected);
      check_same(take(as_node(x), axes<Axis - X::rank>, indices), c.expected);
    } else {
      auto const indices = tensor_of<std::int64_t, 2>(c.inputs[1]);
      check_same(take(x, axes<Axis>, indices), c.expected);
    }
  }
}
template <int Axis, class X> void check_gathered(X const& x, golden_case const& c) {
  if constexpr (Axis < X::rank) {
    if (c.number("axis") != Axis) return;
    auto const indices = tensor_of<std::int64_t, X::rank>(c.inputs[1]);
    check_same(gather(x, axes<Axis>, indices), c.expected);
    check_same(-gather(-x, axes<Axis - X::rank>, -(-indices)), c.expected);
  }
}
}  // namespace

TEST_CASE("take has NumPy's values, of a tensor and of an expression") {
  for (auto const& c : golden_cases("take")) {
    CAPTURE(c.name);
    with_tensor(c.inputs[0], [&](auto const& x) {
      check_taken<0>(x, c);
      check_taken<1>(x, c);
      check_taken<2>(x, c);
    });
  }
}

TEST_CASE("gather has PyTorch's values, of tensors and of expressions") {
  for (auto const& c : golden_cases("gather")) {
    CAPTURE(c.name);
    if (c.inputs[0].shape.size() == 2) {
      auto const x = tensor_of<float, 2>(c.inputs[0]);
      check_gathered<0>(x, c);
      check_gathered<1>(x, c);
    } else {
      auto const x = tensor_of<float, 3>(c.inputs[0]);
      check_gathered<1>(x, c);
      check_gathered<2>(x, c);
    }
  }
}

TEST_CASE("take of memory fuses with what stands around it") {
  auto const table = counted(dims<dyn, 40>{9});
  index_vector const tokens{{3}, {8, 0, 8}};
  auto const e = take(table, axes<0>, tokens) * 2.f + 1.f;
  static_assert(kernel_count<decltype(e)> == 1);
  static_assert(std::is_same_v<decltype(e)::dims_type, dims<dyn, 40>>);
  static_assert(kernel_count<decltype(take(table + 1.f, axes<0>, tokens))> == 2);
  static_assert(kernel_count<decltype(take(table, axes<0>, tokens + tokens))> == 2);
  auto const y = eval(e);
  for (int i = 0; i < 3; ++i)
    for (int k = 0; k < 40; ++k) REQUIRE(y(i, k) == 2 * table(tokens(i), k) + 1);
}

TEST_CASE("take reads a table that fused or named introduces where it lies") {
  auto const table = counted(dims<9, 4>{});
  tensor<std::uint8_t, dims<2, 2>> const tokens{{1, 2, 3, 8}};
  auto const look_up = fused([](auto t, auto i) { return embedding(t, i); });
  auto const e = look_up(table, tokens);
  static_assert(kernel_count<decltype(e)> == 1);
  auto const named_table = named<"table">(table);
  static_assert(kernel_count<decltype(embedding(named_table, tokens))> == 1);
  auto const y = eval(e);
  auto const z = eval(embedding(named_table, tokens));
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j)
      for (int k = 0; k < 4; ++k) {
        REQUIRE(y(i, j, k) == table(tokens(i, j), k));
        REQUIRE(z(i, j, k) == table(tokens(i, j), k));
      }
}

TEST_CASE("take of strided memory and by strided indices") {
  auto const x = counted(dims<dyn, dyn>{6, 10});
  index_vector const indices{{6}, {5, 9, 0, 9, 3, 9}};
  auto const y =
      eval(take(slice(x, every, range{.step = -3}), axes<0>, slice(indices, range{0, 6, 2})));
  for (int i = 0; i < 3; ++i)
    for (int k = 0; k < 4; ++k) REQUIRE(y(i, k) == x(indices(2 * i), 9 - 3 * k));
}

TEST_CASE("take: views of what was taken") {
  auto const x = counted(dims<dyn, dyn>{6, 10});
  index_vector const indices{{3}, {5, 0, 2}};
  auto const last_first = eval(flip(take(x, axes<1>, indices)));
  auto const one = eval(at(take(x, axes<0>, indices), axes<0>, 2));
  for (int i = 0; i < 6; ++i)
    for (int k = 0; k < 3; ++k) REQUIRE(last_first(i, k) == x(5 - i, indices(2 - k)));
  for (int k = 0; k < 10; ++k) REQUIRE(one(k) == x(2, k));
}

TEST_CASE("take: no indices, no work, even of an empty axis") {
  tensor<float, dims<dyn, 3>> const nothing{dims<dyn, 3>{0}};
  index_vector const none{0};
  CHECK(eval(take(nothing, axes<0>, none)).size() == 0);
}

TEST_CASE(
    "take: an index outside is an error with value and position, before anything is written") {
  auto const table = counted(dims<dyn, 3>{5});
  tensor<std::int32_t, dims<2, 2>> tokens{{0, 4, 5, 1}};
  tensor<float, dims<2, 2, 3>> y;
  (y = -1.f).run(host{});
  char const* const text =
      "[DS-TAKE-RANGE] take: index 5 at [1, 0] of the indices is outside axis 0 of [5, 3]. Fix: 0 "
      "<= "
      "index < 5.";
  CHECK(thrown([&] { (y = embedding(table, tokens)).run(host{}); }) == text);
  CHECK(thrown([&] { (y = embedding(table, tokens + 0)).run(host{}); }) == text);
  CHECK(thrown([&] { (y = embedding(table + 1.f, tokens)).run(host{}); }) == text);
  CHECK(thrown([&] { (y = 1.f + embedding(named<"t">(table), named<"i">(tokens))).run(host{}); }) ==
        text);
  CHECK(thrown([&] {
          (y = embedding(table, flip(tokens, axes<0, 1>))).run(host{});
        }).find("index 5 at [0, 1]") != std::string::npos);
  tokens(1, 0) = -1;
  CHECK(thrown([&] { (y = embedding(table, tokens)).run(host{}); }).find("index -1 at [1, 0]") !=
        std::string::npos);
  for (std::int64_t i = 0; i < y.size(); ++i) REQUIRE(y.data()[i] == -1.f);
  tokens(1, 0) = 4;  // the check belongs to the run, not to the expression
  CHECK(thrown([&] { (y = embedding(table, tokens)).run(host{}); }).empty());
}

TEST_CASE("take: the first index outside is found in long lists, whichever type they have") {
  auto const table = counted(dims<dyn>{100});
  tensor<std::int64_t, dims<dyn>> indices{5000};
  (indices = 99).run(host{});
  indices(4097) = std::int64_t{1} << 32;
  indices(4999) = -5;
  CHECK(thrown([&] {
          (void)eval(take(table, axes<0>, indices));
        }).find("index 4294967296 at [4097]") != std::string::npos);
}

TEST_CASE("gather: indices that reach beyond x are an error with both shapes") {
  auto const x = counted(dims<dyn, dyn>{2, 3});
  tensor<std::int64_t, dims<dyn, dyn>> const indices{3, 1};
  CHECK(thrown([&] {
          (void)gather(x, axes<1>, indices);
        }).find("x is [2, 3] and indices are [3, 1]") != std::string::npos);
}

TEST_CASE_TEMPLATE("take, slice and permutation move elements of every dtype, bit by bit", T,
                   double, float16, bfloat16, fp8_e4m3, fp8_e5m2, std::int64_t, std::int16_t,
                   std::uint8_t, bool) {
  tensor<T, dims<dyn, 19>> x{6};
  for (std::int64_t i = 0; i < x.size(); ++i)
    x.data()[i] = convert<T>(static_cast<float>(std::is_same_v<T, bool> ? i % 3 == 0 : i % 100));
  index_vector const indices{{4}, {5, 0, 5, 3}};
  auto const y = eval(take(slice(x, every, range{.start = 18, .step = -2}), axes<0>, indices));
  auto const z = eval(gather(x, axes<1>, slice(as_node(unsqueeze<1>(indices)), range{0, 4})));
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(y(0, 0))>, T>);
  for (int i = 0; i < 4; ++i) {
    for (int k = 0; k < 10; ++k) REQUIRE(same_element(T(y(i, k)), T(x(indices(i), 18 - 2 * k))));
    REQUIRE(same_element(T(z(i, 0)), T(x(i, indices(i)))));
  }
}
