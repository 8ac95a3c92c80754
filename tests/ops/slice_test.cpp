// SPDX-License-Identifier: Apache-2.0
/// @file slice, at and flip against NumPy's values and rules.
#include <deepseek/ops/slice.hpp>

#include "view_cases.hpp"

using namespace deepseek;
using namespace deepseek::test;

namespace {

template <class X> auto golden_slice(X const& x, golden_case const& c) {
  auto const begin = c.list("begin"), end = c.list("end"), step = c.list("step");
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return slice(x, range{begin[I], end[I], step[I]}...);
  }
  (std::make_index_sequence<std::size_t{std::remove_cvref_t<X>::rank}>{});
}

/// The indices that NumPy's arange(n)[start:stop:step] gives, by its own definition: walked one by one.
std::vector<std::int64_t> walked(range r, std::int64_t n) {
  bool const down = r.step < 0;
  auto const bound = [&](std::int64_t b, std::int64_t otherwise) {
    if (b == omitted) return otherwise;
    if (b < 0) b += n;
    return std::min(std::max(b, std::int64_t{down ? -1 : 0}), down ? n - 1 : n);
  };
  std::int64_t const stop = bound(r.stop, down ? -1 : n);
  std::vector<std::int64_t> out;
  for (std::int64_t i = bound(r.start, down ? n - 1 : 0); down ? i > stop : i < stop; i += r.step)
    out.push_back(i);
  return out;
}

}  // namespace

TEST_CASE("slice has NumPy's values, of a tensor and of an expression") {
  for (auto const& c : golden_cases("slice")) {
    CAPTURE(c.name);
    with_tensor(c.inputs[0], [&](auto const& x) {
      check_same(golden_slice(x, c), c.expected);
      auto const node = as_node(x);
      check_same(golden_slice(node, c), c.expected);
      static_assert(kernel_count<decltype(golden_slice(node, c))> == 1);
    });
  }
}

TEST_CASE(
    "slice: bounds follow NumPy's rules for every sign, beyond either end, and when omitted") {
  auto const numbers = [](std::int64_t from, std::int64_t to) {
    std::vector<std::int64_t> out{omitted};
    for (std::int64_t i = from; i <= to; ++i) out.push_back(i);
    return out;
  };
  for (std::int64_t n : {0, 1, 2, 5})
    for (std::int64_t start : numbers(-n - 2, n + 2))
      for (std::int64_t stop : numbers(-n - 2, n + 2))
        for (std::int64_t step : {-7, -3, -2, -1, 1, 2, 3, 7}) {
          auto const expected = walked({start, stop, step}, n);
          auto const taken = detail::take_range({start, stop, step}, n);
          CAPTURE(n);
          CAPTURE(start);
          CAPTURE(stop);
          CAPTURE(step);
          REQUIRE(taken.extent == std::int64_t(expected.size()));
          for (std::int64_t i = 0; i < taken.extent; ++i)
            REQUIRE(taken.indices.start + i * taken.indices.step == expected[std::size_t(i)]);
        }
}

TEST_CASE("slice: the largest steps take one element and do not overflow") {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  auto const x = counted(dims<dyn>{7});
  for (std::int64_t step : {most, -most, omitted}) {
    auto const y = eval(slice(x, range{.start = 3, .step = step}));
    REQUIRE(y.size() == 1);
    CHECK(y(0) == 3.f);
  }
}

TEST_CASE("slice: an integer removes its axis, parts that are missing are whole") {
  auto const x = counted(dims<2, 3, 4>{});
  auto const row = eval(slice(x, 1, -1));
  static_assert(std::is_same_v<decltype(row), tensor<float, dims<4>> const>);
  for (int k = 0; k < 4; ++k) CHECK(row(k) == x(1, 2, k));
  auto const column = eval(slice(as_node(x), every, 2, 1));
  static_assert(std::is_same_v<decltype(column), tensor<float, dims<2>> const>);
  for (int i = 0; i < 2; ++i) CHECK(column(i) == x(i, 2, 1));
  CHECK(eval(slice(x, 1, 2, 3))() == 23.f);
  auto const named = eval(slice(x, axes<-1, 0>, range{1, 3}, 1));
  for (int j = 0; j < 3; ++j)
    for (int k = 0; k < 2; ++k) CHECK(named(j, k) == x(1, j, k + 1));
}

TEST_CASE("slice: static extents stay static where they are known") {
  tensor<float, dims<8, dyn>> x{dims<8, dyn>{5}};
  using Sliced = decltype(slice(x, static_range<1, -1, 3>, every));
  static_assert(std::is_same_v<Sliced::dims_type, dims<2, dyn>>);
  static_assert(std::is_same_v<decltype(slice(x, range{}))::dims_type, dims<dyn, dyn>>);
  static_assert(std::is_same_v<decltype(flip(x))::dims_type, dims<8, dyn>>);
  static_assert(std::is_same_v<decltype(at(x, axes<1>, 0))::dims_type, dims<8>>);
  CHECK(slice(x, static_range<1, -1, 3>).extent(0) == 2);
}

TEST_CASE("at and flip: one index of an axis; an axis from its end") {
  auto const x = counted(dims<dyn, dyn>{3, 37});
  auto const column = eval(at(x * 2.f, axes<-1>, -3));
  for (int i = 0; i < 3; ++i) CHECK(column(i) == 2 * x(i, 34));
  auto const both = eval(flip(x));
  auto const rows = eval(flip(as_node(x), axes<0>));
  auto const columns = eval(flip(as_node(x), axes<1>));
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 37; ++j) {
      REQUIRE(both(i, j) == x(2 - i, 36 - j));
      REQUIRE(rows(i, j) == x(2 - i, j));
      REQUIRE(columns(i, j) == x(i, 36 - j));
    }
}

TEST_CASE("slice of a tensor can be assigned to, and writes nothing else") {
  auto y = counted(dims<dyn, dyn>{5, 9});
  auto const x = counted(dims<2, 3>{});
  (slice(y, range{1, 5, 3}, range{7, 1, -2}) = x + 100.f).run(host{});
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 9; ++j) {
      bool const inside = (i == 1 || i == 4) && (j == 7 || j == 5 || j == 3);
      REQUIRE(y(i, j) == (inside ? 100.f + x(i / 3, (7 - j) / 2) : float(9 * i + j)));
    }
}

TEST_CASE(
    "slice: a part assigned to another part of the same memory is read before it is written") {
  auto y = counted(dims<dyn>{50});
  (slice(y, range{1, 50}) = slice(y, range{0, 49})).run(host{});
  CHECK(y(0) == 0.f);
  for (int i = 1; i < 50; ++i) REQUIRE(y(i) == float(i - 1));
  (flip(y) = y + 0.f).run(host{});
  for (int i = 0; i < 49; ++i) REQUIRE(y(i) == float(48 - i));
}

TEST_CASE("slice owns an rvalue tensor") {
  auto const e = slice(eval(counted(dims<dyn>{100}) + 1.f), range{.start = 90});
  auto const y = eval(e);
  for (int i = 0; i < 10; ++i) CHECK(y(i) == float(91 + i));
}

TEST_CASE("slice: an index outside and step 0 are errors with the values") {
  auto const x = counted(dims<dyn, 9>{5});
  CHECK(thrown([&] { (void)slice(x, 5); }) ==
        "[DS-SLICE-INDEX] index 5 of axis 0 is outside [5, 9]. Fix: -5 <= index < 5.");
  CHECK(thrown([&] { (void)at(x + 1.f, axes<1>, -10); }).find("index -10 of axis 1") !=
        std::string::npos);
  CHECK(thrown([&] { (void)slice(x, std::uint64_t(-1)); }).find("[DS-SLICE-INDEX]") == 0);
  CHECK(thrown([&] { (void)slice(x, range{.step = 0}); }).find("[DS-SLICE-STEP]") == 0);
}
