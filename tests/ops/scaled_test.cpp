// SPDX-License-Identifier: Apache-2.0
/// @file Products of scaled fp8 and int8 on the host, beside PyTorch's in f64 of the same numbers;
/// scales that do not suit.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/scaled.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <type_traits>

#include "scaled_cases.hpp"

namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

TEST_CASE("scales of rows and columns, and of all: one kernel, with what stands above it") {
  scaled_operands const s;
  auto const e = ds::matmul(ds::scaled(s.a, s.a_row), ds::scaled(s.b, s.b_column));
  static_assert(ds::kernel_count<std::remove_cvref_t<decltype(e)>> == 1);
  static_assert(ds::kernel_count<std::remove_cvref_t<decltype(ds::silu(e))>> == 1);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(e)>::value_type, float>);
  CHECK(s.worst(ds::eval(e), "rows") <= 1e-6);
  CHECK(s.worst(ds::eval(ds::matmul(ds::scaled(s.a, 0.5f), ds::scaled(s.b, 0.25f))), "all") <=
        1e-6);
  CHECK(s.worst(ds::eval(
                    ds::matmul(ds::scaled(s.bytes, s.a_row), ds::scaled(s.more_bytes, s.b_column))),
                "bytes") <= 1e-6);
}

TEST_CASE("scales of blocks of 128, the last one of fewer; one side alone") {
  scaled_operands const s;
  auto const e = ds::matmul(ds::scaled<128>(s.a, s.a_block), ds::scaled<128>(s.b, s.b_block));
  CHECK(s.worst(ds::eval(e), "blocks") <= 1e-6);
  CHECK(s.worst(ds::eval(ds::matmul(ds::scaled<128>(s.a, s.a_block), s.b)), "left") <= 1e-6);
  CHECK(s.worst(ds::eval(ds::matmul(s.a, ds::scaled<128>(s.b, s.b_block)) * 1.f), "right") <= 1e-6);
}

TEST_CASE(
    "blocks whose first numbers no double times 1 / block gives: each element has its own scale") {
  constexpr int block = 49;
  constexpr int n = 3 * block;
  ds::tensor<ds::fp8_e4m3, dims<dyn, dyn>> x{dims<dyn, dyn>{1, n}};
  ds::tensor<float, dims<dyn, dyn>> s{dims<dyn, dyn>{1, 3}};
  ds::tensor<float, dims<dyn, dyn>> same{dims<dyn, dyn>{n, n}};
  for (int i = 0; i < n; ++i) x.data()[i] = ds::fp8_e4m3{1.F};
  for (int i = 0; i < 3; ++i) s.data()[i] = static_cast<float>(i + 1);
  for (int i = 0; i < n * n; ++i) same.data()[i] = i % (n + 1) == 0 ? 1.F : 0.F;
  auto const y = ds::eval(ds::matmul(ds::scaled<block>(x, s), same));
  for (int i = 0; i < n; ++i) CHECK(y.data()[i] == static_cast<float>(i / block + 1));
}

TEST_CASE("scales that do not suit: both shapes, and what would") {
  scaled_operands const s;
  auto const said = [](auto const& f) {
    try {
      f();
    } catch (ds::shape_error const& error) {
      return std::string{error.what()};
    }
    return std::string{};
  };
  CHECK(said([&] {
          (void)ds::matmul(ds::scaled(s.a, s.a_block), s.b);
        }).find("[DS-SCALED-LEFT] matmul(scaled(a, s), b): a is [9, 300] and s is [9, 3]") == 0);
  CHECK(said([&] {
          (void)ds::matmul(s.a, ds::scaled<128>(s.b, s.a_block));
        }).find("b is [300, 140] and s is [9, 3]. Fix: s [..., k / 128, n / 128]") !=
        std::string::npos);
  static_assert(ds::scales_conformable<128, dims<3, 300>, dims<3, 3>, true>);
  static_assert(!ds::scales_conformable<128, dims<3, 300>, dims<3, 2>, true>);
  static_assert(ds::scales_conformable<128, dims<300, 129>, dims<3, 2>, false>);
  static_assert(!ds::scales_conformable<0, dims<300, 129>, dims<300, 1>, false>);
  static_assert(ds::scales_conformable<0, dims<300, 129>, dims<>, false>);
}
