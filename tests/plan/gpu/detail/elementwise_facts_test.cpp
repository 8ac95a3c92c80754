// SPDX-License-Identifier: Apache-2.0
/// @file What types say of a program without reductions: its size, and whether anything may be turned.
#include <deepseek/plan/gpu/detail/elementwise_facts.hpp>

#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <cstdint>

#include "../../../exec/engine_verbs.hpp"

namespace {
namespace ds = deepseek;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::plan::gpu::reorders;
using ds::plan::gpu::turned_types;
using ds::test::library;
template <class T, std::int64_t... N> using some = ds::tensor<T, dims<N...>>;

template <class... V, class E> auto root_of(E const& e, V const&... targets) {
  return ds::detail::with_targets(ds::as_expression(e), ds::make_arguments(targets...),
                                  ds::memory_space::host);
}
template <class V, class E> turned_types turned(V const& target, E const& e) {
  return ds::plan::gpu::turned_in<decltype(root_of(e, target))>();
}
template <class V, class E> std::int64_t elements(V const& target, E const& e) {
  return ds::plan::gpu::static_elements<decltype(root_of(e, target))>();
}

TEST_CASE("the size of the one result, if all its extents are known") {
  some<float, 4, 8> x, y;
  some<float, dyn, 8> a(4);
  CHECK(elements(y.as_view(), x + 1.f) == 32);
  CHECK(elements(y.as_view(), a + 1.f) == 32);
  CHECK(elements(a.as_view(), x + 1.f) == dyn);
  CHECK(elements(y.as_view(), library::let(x * 2.f, [](auto v) { return v * v; })) == 32);
}

TEST_CASE(
    "operands in rows are not turned; views in another order and layouts of any stride may be") {
  some<float, dyn, dyn> x(4, 8), y(4, 8), t(8, 4);
  some<double, dyn, dyn> d(8, 4);
  some<float, dyn> line(8);
  auto const turn = [](auto const& e) { return library::permute(e, axes<1, 0>); };
  CHECK_FALSE(turned(y.as_view(), x + line * 2.f).any());
  CHECK_FALSE(turned(y.as_view(), library::repeat(line * 2.f, axes<0>, 4)).any());
  CHECK(turned(y.as_view(), turn(t)).operand_bytes == 4);
  CHECK(turned(y.as_view(), turn(t * 2.f) + x).operand_bytes == 4);
  CHECK(turned(y.as_view(), turn(t) + turn(d)).operand_bytes == 8);
  CHECK(turned(y.as_view(), turn(t)).result_bytes == 0);
  ds::view<float, dims<dyn, dyn>, ds::strided<2>> const z{t.data(), dims<dyn, dyn>{4, 8},
                                                          ds::strided<2>{{1, 4}}};
  CHECK(turned(z, x).result_bytes == 4);
  CHECK(turned(z, x).operand_bytes == 0);
  CHECK(turned(z, x).bytes() == 4);
}

TEST_CASE("pads and gathers are read anywhere") {
  some<float, dyn, dyn> x(4, 8), y(4, 8);
  auto const reads = [](auto const& target, auto const& e) {
    return ds::plan::gpu::reads_anywhere<decltype(root_of(e, target))>();
  };
  CHECK_FALSE(reads(y.as_view(), x * 2.f));
  CHECK(reads(y.as_view(),
              x + library::pad(library::slice(x, ds::last, 0, 1, 6), ds::last, 1, 1, 7.f) * 2.f));
}

TEST_CASE("maps that change the order of axes") {
  using ds::expr::axis_map;
  CHECK(reorders<axis_map<1, 0>>());
  CHECK(reorders<axis_map<0, 3, -1, 2>>());
  CHECK_FALSE(reorders<axis_map<0, -1, 1>>());
  CHECK_FALSE(reorders<axis_map<>>());
}

}  // namespace
