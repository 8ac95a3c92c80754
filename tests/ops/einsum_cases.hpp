// SPDX-License-Identifier: Apache-2.0
/// @file The golden cases of einsum: results of numpy.einsum of small whole numbers.
#pragma once
#include <deepseek/ops/einsum.hpp>

#include <map>
#include <string>

#include "view_cases.hpp"

namespace deepseek::test {

inline golden_array const& einsum_golden(std::string const& name) {
  static auto const arrays = read_golden_arrays("calls/einsum.safetensors");
  return arrays.at(name);
}

/// einsum<Text> of the golden operands.
template <fixed_string Text, int A> void check_one() {
  std::string const name = Text.c_str();
  CAPTURE(name);
  auto const a = tensor_of<float, A>(einsum_golden(name + " a"));
  check_same(einsum<Text>(a), einsum_golden(name));
}
template <fixed_string Text, int A, int B> void check_two() {
  std::string const name = Text.c_str();
  CAPTURE(name);
  auto const a = tensor_of<float, A>(einsum_golden(name + " a"));
  auto const b = tensor_of<float, B>(einsum_golden(name + " b"));
  check_same(einsum<Text>(a, b), einsum_golden(name));
}
/// Of expressions, with one above them; 0 has no sign here.
template <fixed_string Text, int A, int B> void check_expressions() {
  std::string const name = Text.c_str();
  CAPTURE(name);
  auto const a = tensor_of<float, A>(einsum_golden(name + " a"));
  auto const b = tensor_of<float, B>(einsum_golden(name + " b"));
  check_same(einsum<Text>(a + 0.f, -b) * -1.f + 0.f, einsum_golden(name));
}

}  // namespace deepseek::test
