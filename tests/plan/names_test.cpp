// SPDX-License-Identifier: Apache-2.0
/// @file Named operands become lets around the expression.
#include <deepseek/plan/names.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

#include "../exec/engine_verbs.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::plan;
using ds::dims;
using ds::dyn;
using ds::test::library;
using vector = ds::tensor<float, dims<dyn>>;
vector const x(4), y(4);
vector const longer(5);
template <class E> using plain = std::remove_cvref_t<E>;

TEST_CASE("an expression without names is itself") {
  auto const e = x + y;
  static_assert(std::is_same_v<decltype(resolve_names(e)), plain<decltype(e)>>);
}

TEST_CASE("each name becomes one let, the first one outermost") {
  auto const e = ds::named<"a">(x) + ds::named<"b">(y) * ds::named<"a">(x);
  using E = plain<decltype(resolve_names(e))>;
  static_assert(ds::expr::detail::is_let<E>);
  static_assert(std::is_same_v<E::id_type, ds::expr::detail::named_id<"a">>);
  using Inner = ds::expr::operand_t<E, 1>;
  static_assert(std::is_same_v<Inner::id_type, ds::expr::detail::named_id<"b">>);
  static_assert(std::is_void_v<first_name<E>::type>);
  CHECK(ds::get<0>(resolve_names(e).operands).source.data() == x.data());
}

TEST_CASE("names are found under reductions, views, lets and inside outputs") {
  auto const e = ds::let(library::sum(ds::named<"a">(x), ds::last),
                         [](auto s) { return ds::outputs(s * 2.f, ds::named<"b">(y) + s); });
  using E = plain<decltype(resolve_names(e))>;
  static_assert(std::is_void_v<first_name<E>::type>);
  static_assert(ds::expr::detail::is_let<ds::expr::operand_t<E, 1>>);
}

TEST_CASE("one name for two tensors: another pointer, other extents or other strides") {
  CHECK_THROWS_AS((void)resolve_names(ds::named<"a">(x) + ds::named<"a">(y)), ds::argument_error);
  float memory[10] = {};
  ds::view<float const, dims<dyn>, ds::strided<1>> const near{memory, dims<dyn>{5}, {{1}}};
  ds::view<float const, dims<dyn>, ds::strided<1>> const far{memory, dims<dyn>{5}, {{2}}};
  ds::view<float const, dims<dyn>, ds::strided<1>> const one{memory, dims<dyn>{1}, {{1}}};
  CHECK_THROWS_AS((void)resolve_names(ds::named<"a">(near) + ds::named<"a">(far)),
                  ds::argument_error);
  CHECK_THROWS_AS((void)resolve_names(ds::named<"a">(near) + ds::named<"a">(one)),
                  ds::argument_error);
  CHECK_NOTHROW((void)resolve_names(ds::named<"a">(near) + ds::named<"a">(near)));
}
}  // namespace
