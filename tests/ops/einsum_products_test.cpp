// SPDX-License-Identifier: Apache-2.0
/// @file einsum where it is a matrix product: NumPy's values, one kernel.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/einsum.hpp>

#include <doctest/doctest.h>

#include "einsum_cases.hpp"

namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

TEST_CASE("two operands: products of matrices, in any order of the result") {
  check_two<"ij,jk->ik", 2, 2>();
  check_two<"ij,jk->ki", 2, 2>();
  check_two<"bhqd,bhkd->bhqk", 4, 4>();
  check_two<"bhqk,bkhd->bqhd", 4, 4>();
  check_two<"btd,dk->btk", 3, 2>();
  check_two<"btd,ehd->bteh", 3, 3>();
  check_two<"jki,jl", 3, 2>();
  check_expressions<"bhqk,bkhd->bqhd", 4, 4>();
}

TEST_CASE("two operands: several axes are summed up, as one where they lie so, else of a copy") {
  check_two<"bhqd,hdo->bqo", 4, 3>();
  check_expressions<"bqhd,hdo->bqo", 4, 3>();
  check_two<"dahb,hcd->abc", 4, 3>();
  check_two<"iijk,jkl->il", 4, 3>();
}

TEST_CASE(
    "one kernel, with what stands above it, in any order; operands that lie so are not copied") {
  ds::tensor<float, dims<2, 3, 4, 5>> q, k;
  auto const turned = ds::reshape<2, 3, 5, 4>(k);
  auto const scores = ds::einsum<"bhqd,bhkd->bhqk">(q, k);
  auto const sideways = ds::einsum<"bqhd,bkhd->bhqk">(q, k);
  auto const back = ds::einsum<"bhqk,bhkd->bqhd">(q, turned) * 2.f + 1.f;
  auto const merged = ds::einsum<"xbij,zij->xbz">(q, ds::reshape<6, 4, 5>(k));
  static_assert(ds::kernel_count<decltype(scores)> == 1);
  static_assert(ds::kernel_count<decltype(sideways)> == 1);
  static_assert(ds::kernel_count<decltype(back)> == 1);
  static_assert(ds::kernel_count<decltype(merged)> == 1);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(scores)>::dims_type, dims<2, 3, 4, 4>>);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(merged)>::dims_type, dims<2, 3, 6>>);
}
