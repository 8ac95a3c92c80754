// SPDX-License-Identifier: Apache-2.0
/// @file squeeze and unsqueeze: the elements stay, axes of extent 1 go and come.
#include <deepseek/ops/squeeze.hpp>

#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/sum.hpp>

#include "view_cases.hpp"

using namespace deepseek;
using namespace deepseek::test;

TEST_CASE("squeeze: the named axes go, of a tensor, a strided view and an expression") {
  auto const x = counted(dims<1, dyn, dyn, 5>{3, 1});
  auto const check = [&](auto const& e) {
    auto const y = eval(e);
    static_assert(std::is_same_v<decltype(y), tensor<float, dims<dyn, 5>> const>);
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 5; ++j) REQUIRE(y(i, j) == x(0, i, 0, j));
  };
  check(squeeze<0, 2>(x));
  check(squeeze<-2, 0>(x * 1.f));
  check(permute<1, 0>(squeeze<0, 1>(permute<0, 2, 3, 1>(x))));
}

TEST_CASE("unsqueeze: an axis of extent 1 at each place, counted from either end") {
  auto const x = counted(dims<dyn, 4>{3});
  static_assert(std::is_same_v<decltype(unsqueeze<0>(x))::dims_type, dims<1, dyn, 4>>);
  static_assert(std::is_same_v<decltype(unsqueeze<1>(x))::dims_type, dims<dyn, 1, 4>>);
  static_assert(std::is_same_v<decltype(unsqueeze<2>(x))::dims_type, dims<dyn, 4, 1>>);
  static_assert(std::is_same_v<decltype(unsqueeze<-1>(x))::dims_type, dims<dyn, 4, 1>>);
  static_assert(std::is_same_v<decltype(unsqueeze<-3>(x))::dims_type, dims<1, dyn, 4>>);
  auto const pairs = eval(unsqueeze<1>(x) - unsqueeze<0>(x + 0.f));
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 4; ++k) REQUIRE(pairs(i, j, k) == x(i, k) - x(j, k));
}

TEST_CASE("squeeze undoes unsqueeze, and row-major memory stays row-major") {
  auto x = counted(dims<dyn, 4>{3});
  auto const back = squeeze<1>(unsqueeze<1>(x));
  static_assert(std::is_same_v<std::remove_const_t<decltype(back)>, view<float, dims<dyn, 4>>>);
  CHECK(back.data() == x.data());
  (unsqueeze<2>(x) = 7.f).run(host{});
  CHECK(x(2, 3) == 7.f);
}

TEST_CASE("squeeze of a reduction is NumPy's sum(axis): still one kernel") {
  auto const x = counted(dims<dyn, dyn>{7, 37});
  auto const e = squeeze<1>(sum(x, axes<1>)) + 1.f;
  static_assert(kernel_count<decltype(e)> == 1 && decltype(e)::rank == 1);
  auto const rows = eval(e);
  auto const columns = eval(squeeze<0>(sum(x, axes<0>)));
  auto const all = eval(squeeze<0, 1>(sum(x)));
  for (int i = 0; i < 7; ++i) REQUIRE(rows(i) == float(37 * 37 * i + 37 * 18 + 1));
  for (int j = 0; j < 37; ++j) REQUIRE(columns(j) == float(37 * 21 + 7 * j));
  CHECK(all() == float(259 * 258 / 2));
}

TEST_CASE("squeeze: an extent other than 1 is an error with the shape") {
  auto const x = counted(dims<dyn, dyn>{2, 3});
  CHECK(thrown([&] { (void)squeeze<1>(x); }).find("axis 1 of [2, 3] has extent 3, not 1") !=
        std::string::npos);
}
