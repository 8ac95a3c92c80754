// SPDX-License-Identifier: Apache-2.0
/// @file Where a let's variable is used, and whether two uses can share one computation.
#include <deepseek/plan/uses.hpp>

#include <doctest/doctest.h>

#include <type_traits>

#include "../exec/engine_verbs.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using namespace deepseek::plan;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;

ds::tensor<float, dims<dyn, dyn>> const x(3, 4);
/// The map of the first use, outside of any slice, of the variable of a let.
template <class Let, int Rank = Let::rank>
using use = typename decltype(use_map<ds::expr::operand_t<Let, 1>, typename Let::id_type,
                                      identity_map<Rank>, unmoved, unmoved, Rank>())::type;

TEST_CASE("a use where the body stands has the body's axes") {
  auto const e = ds::let(x * 2.f, [](auto v) { return v + v; });
  static_assert(std::is_same_v<use<std::remove_cvref_t<decltype(e)>>, axis_map<0, 1>>);
}

TEST_CASE("a use under a reduction and beside it is one use") {
  auto const e = ds::let(x * 2.f, [](auto v) { return library::sum(v, last) + v; });
  static_assert(std::is_same_v<use<std::remove_cvref_t<decltype(e)>>, axis_map<0, 1>>);
}

TEST_CASE("a transposed use has its axes exchanged") {
  auto const e = ds::let(x * 2.f, [](auto v) { return library::permute(v, axes<1, 0>) * 2.f; });
  static_assert(std::is_same_v<use<std::remove_cvref_t<decltype(e)>>, axis_map<1, 0>>);
}

TEST_CASE("a use under a slice or a pad is at another place: it shares nothing") {
  auto const cut = ds::let(x * 2.f, [](auto v) { return library::slice(v, last, 3, -1, 4) + 1.f; });
  static_assert(std::is_void_v<use<std::remove_cvref_t<decltype(cut)>>>);
  auto const pad = ds::let(x * 2.f, [](auto v) { return library::pad(v, last, 1, 0, 0.f) + 1.f; });
  static_assert(std::is_void_v<use<std::remove_cvref_t<decltype(pad)>>>);
}

TEST_CASE("no use, no map") {
  auto const e = ds::let(x * 2.f, [](auto) { return x + 1.f; });
  static_assert(std::is_void_v<use<std::remove_cvref_t<decltype(e)>>>);
}

TEST_CASE("an inner let of the same identity hides the variable in its body, not in its value") {
  struct id;
  using V = ds::expr::variable<id, float, dims<dyn>>;
  using inner = ds::expr::let_node<id, V, V>;
  static_assert(shadows<inner, id>());
  static_assert(!shadows<V, id>());
  using Found = decltype(use_map<inner, id, identity_map<1>, unmoved, unmoved, 1>());
  static_assert(std::is_same_v<Found::type, axis_map<0>>);
  using Constant = ds::expr::scalar<float>;
  using hidden = ds::expr::let_node<id, Constant, V>;
  static_assert(
      std::is_void_v<decltype(use_map<hidden, id, identity_map<1>, unmoved, unmoved, 1>())::type>);
}
}  // namespace
