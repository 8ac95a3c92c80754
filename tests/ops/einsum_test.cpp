// SPDX-License-Identifier: Apache-2.0
/// @file einsum of one operand, and where it is no matrix product: NumPy's values; what is wrong with a text.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/einsum.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <type_traits>

#include "einsum_cases.hpp"

namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

TEST_CASE("one operand: order, sums, diagonals, the result that is not said") {
  check_one<"ij->ji", 2>();
  check_one<"ijk->ki", 3>();
  check_one<"ij->", 2>();
  check_one<"ii->i", 2>();
  check_one<"iji->j", 3>();
  check_one<"ba", 2>();
  check_one<"ii", 2>();
}

TEST_CASE("two operands: no matrix product") {
  check_two<"ij,j->i", 2, 1>();
  check_two<"ij,i->j", 2, 1>();
  check_two<"i,i->", 1, 1>();
  check_two<"i,j->ji", 1, 1>();
  check_two<"bi,bi->bi", 2, 2>();
  check_two<"bi,bi->b", 2, 2>();
  check_two<"ijk,il->l", 3, 2>();
  check_two<"ij,kl->", 2, 2>();
  check_two<"ijk,k->i", 3, 1>();
  check_expressions<"ij,j->i", 2, 1>();
}

TEST_CASE("what a text says: spaces, the result that is not said, what has no meaning") {
  constexpr auto named = [](char const* of) {
    ds::detail::letters some;
    for (; *of != 0; ++of) some.add(*of);
    return some;
  };
  constexpr auto two = ds::detail::subscripts_of(ds::fixed_string{" ij , jk -> k i"});
  static_assert(two.operands == 2 && two.operand[0] == named("ij") &&
                two.operand[1] == named("jk"));
  static_assert(two.result == named("ki") && two.wrong == 0 && two.stray() == 0);
  static_assert(ds::detail::subscripts_of(ds::fixed_string{"ba,Cb"}).result == named("Ca"));
  static_assert(ds::detail::subscripts_of(ds::fixed_string{"...i->i"}).wrong == '.');
  static_assert(ds::detail::subscripts_of(ds::fixed_string{"i->i->i"}).wrong == '-');
  static_assert(ds::detail::subscripts_of(ds::fixed_string{"i->i,i"}).wrong == ',');
  static_assert(ds::detail::subscripts_of(ds::fixed_string{"ij->ik"}).stray() == 'k');
  static_assert(ds::detail::subscripts_of(ds::fixed_string{"ij->ii"}).stray() == 'i');
}

TEST_CASE("integers keep their type, and a scalar is a result") {
  ds::tensor<std::int8_t, dims<3>> a, b;
  for (int i = 0; i < 3; ++i) a(i) = b(i) = static_cast<std::int8_t>(i + 7);
  auto const y = ds::eval(ds::einsum<"i,i->">(a, b));
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(y)>, ds::tensor<std::int8_t, dims<>>>);
  CHECK(y.data()[0] == static_cast<std::int8_t>(49 + 64 + 81));
}

TEST_CASE("extents of a letter that differ: the letter, both extents, before anything runs") {
  ds::tensor<float, dims<dyn, dyn>> const a(3, 4), b(5, 2), c(1, 2);
  auto const said = [](auto const& f) {
    try {
      (void)f();
    } catch (ds::shape_error const& error) {
      return std::string{error.what()};
    }
    return std::string{};
  };
  CHECK(
      said([&] { return ds::einsum<"ij,jk->ik">(a, b); })
          .find("[DS-EINSUM-EXTENT] einsum<\"ij,jk->ik\">: operands are [3, 4] and [5, 2]; j is 4 "
                "and 5") == 0);
  CHECK(said([&] { return ds::einsum<"ii->i">(a); }).find("i is 3 and 4") != std::string::npos);
  CHECK(said([&] { return ds::einsum<"ij,jk->ik">(a, c); }).find("j is 4 and 1") !=
        std::string::npos);
}
