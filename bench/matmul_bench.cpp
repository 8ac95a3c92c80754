// SPDX-License-Identifier: Apache-2.0
/// @file Products through the library, on the cases of matmul_cases.inc; run_matmul.py runs it.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>

#include <cstdint>
#include <optional>
#include <type_traits>

#include "matmul_program.hpp"

namespace ds = deepseek;

namespace {

template <class T> using matrix = ds::view<T, ds::dims<ds::dyn, ds::dyn>>;
using vector = ds::view<float const, ds::dims<ds::dyn>>;

template <class T>
matrix<T> matrix_at(bench::buffer const& memory, std::int64_t m, std::int64_t n) {
  return {reinterpret_cast<T*>(memory.data()), ds::dims<ds::dyn, ds::dyn>{m, n}};
}

/// y = law(a b), where b is an expression: the matrix or its transpose.
template <class Y, class A, class B>
bench::work multiply(bench::request const& asked, bench::matmul_case const& c,
                     bench::matmul_operands const& data, A const& a, B const& b) {
  auto const y = matrix_at<Y>(data.y, c.m, c.n);
  ds::host const host{asked.threads};
  if constexpr (std::is_same_v<Y, float>) {
    vector const bias{data.bias.data(), ds::dims<ds::dyn>{c.n}};
    if (c.law == bench::matmul_law::bias_gelu)
      return [=] { (y = ds::gelu(ds::matmul(a, b) + bias)).run(host); };
  }
  return [=] { (y = ds::matmul(a, b)).run(host); };
}

template <class T, class Y>
bench::work of_type(bench::request const& asked, bench::matmul_case const& c,
                    bench::matmul_operands const& data) {
  auto const a = matrix_at<T const>(data.a, c.m, c.k);
  if (c.b == bench::lies::plain)
    return multiply<Y>(asked, c, data, a, matrix_at<T const>(data.b, c.k, c.n));
  return multiply<Y>(asked, c, data, a, ds::transpose(matrix_at<T const>(data.b, c.n, c.k)));
}

std::optional<bench::work> make(bench::request const& asked, bench::matmul_case const& c,
                                bench::matmul_operands& data) {
  switch (c.type) {
    case bench::element::bf16: return of_type<ds::bf16, ds::bf16>(asked, c, data);
    case bench::element::int8: return of_type<std::int8_t, std::int32_t>(asked, c, data);
    default: return of_type<float, float>(asked, c, data);
  }
}

}  // namespace

int main(int count, char** values) { return bench::matmul_main(count, values, "deepseek", make); }
