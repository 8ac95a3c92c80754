// SPDX-License-Identifier: Apache-2.0
/// @file expand against PyTorch's values.
#include <deepseek/ops/expand.hpp>

#include <deepseek/ops/sum.hpp>

#include "view_cases.hpp"

using namespace deepseek;
using namespace deepseek::test;

namespace {
template <int Rank, class X> void check_expanded(X const& x, golden_case const& c) {
  auto const shape = c.list("shape");
  if constexpr (X::rank <= Rank) {
    if (shape.size() != Rank) return;
    auto const to = dynamic_dims<Rank>::from_array(shape.data());
    check_same(expand(x, to), c.expected);
    check_same(expand(as_node(x), to), c.expected);
    static_assert(kernel_count<decltype(expand(as_node(x), to))> == 1);
  }
}
}  // namespace

TEST_CASE("expand has PyTorch's values, of a tensor and of an expression") {
  for (auto const& c : golden_cases("expand")) {
    CAPTURE(c.name);
    with_tensor(c.inputs[0], [&](auto const& x) {
      check_expanded<2>(x, c);
      check_expanded<3>(x, c);
      check_expanded<4>(x, c);
    });
  }
}

TEST_CASE("expand takes no memory: the elements are those of x, with stride 0") {
  auto const x = counted(dims<3, 1>{});
  auto const wide = expand(x, dims<2, 3, 1000>{});
  CHECK(wide.data() == x.data());
  CHECK(wide.stride(0) == 0);
  CHECK(wide.stride(2) == 0);
  CHECK(wide(1, 2, 999) == 2.f);
}

TEST_CASE("expand of a reduction is read like the reduction: one kernel") {
  auto const x = counted(dims<dyn, dyn>{5, 40});
  auto const e = expand(sum(x, axes<1>), dims<dyn, dyn>{5, 40}) - x;
  static_assert(kernel_count<decltype(e)> == 1);
  auto const y = eval(e);
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 40; ++j) REQUIRE(y(i, j) == float(40 * 40 * i + 39 * 20) - x(i, j));
}

TEST_CASE("expand to an extent of 0 has no elements") {
  auto const x = counted(dims<1, 4>{});
  CHECK(eval(expand(x, dims<dyn, 4>{0})).size() == 0);
}

TEST_CASE("expand: extents that do not broadcast are an error with both shapes") {
  auto const x = counted(dims<dyn, dyn>{2, 3});
  CHECK(thrown([&] {
          (void)expand(x, dims<dyn, dyn>{2, 4});
        }).find("[DS-EXPAND-EXTENTS] expand(x, dims): x is [2, 3] and dims is [2, 4]") == 0);
}

TEST_CASE("expand: assigning to repeated elements is an error, and nothing is written") {
  auto y = counted(dims<1, 3>{});
  auto const x = counted(dims<4, 3>{});
  CHECK(thrown([&] {
          (expand(y, dims<4, 3>{}) = x + 1.f).run(host{});
        }).find("[DS-ASSIGN-OVERLAP]") == 0);
  CHECK(y(0, 2) == 2.f);
  (expand(y, dims<1, 3>{}) = x(3, 0)).run(host{});
  CHECK(y(0, 2) == 9.f);
}

TEST_CASE("a target whose elements share memory is an error; one whose axes interleave is none") {
  auto y = counted(dims<12>{});
  auto const assign = [&](auto const& extents, auto const& layout) {
    using Dims = std::remove_cvref_t<decltype(extents)>;
    view<float, Dims, strided<Dims::rank>> const target{y.data() + 5, extents, layout};
    return thrown([&] { (target = 1.f).run(host{}); });
  };
  CHECK(assign(dims<3, 3>{}, strided<2>{{1, 1}}).find("strides [1, 1]") != std::string::npos);
  CHECK(assign(dims<2, 2>{}, strided<2>{{2, -2}}).find("[DS-ASSIGN-OVERLAP]") == 0);
  CHECK(assign(dims<4>{}, strided<1>{{0}}).find("[DS-ASSIGN-OVERLAP]") == 0);
  CHECK(assign(dims<2, 3>{}, strided<2>{{3, 1}}).empty());
  CHECK(assign(dims<2, 3>{}, strided<2>{{-1, 2}}).empty());
  CHECK(assign(dims<1, 4>{}, strided<2>{{0, 1}}).empty());  // one index: its stride does not matter
  CHECK(assign(dims<0, 4>{}, strided<2>{{0, 0}}).empty());
}
