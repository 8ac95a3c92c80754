// SPDX-License-Identifier: Apache-2.0
/// @file The golden products of scaled operands: PyTorch's, in f64 of the numbers that they stand for.
#pragma once
#include <cmath>
#include <map>
#include <string>

#include <deepseek/ops/scaled.hpp>
#include <deepseek/tensor/tensor.hpp>

#include "tests/support/golden_ops.hpp"
#include "view_cases.hpp"

namespace deepseek::test {

/// scaled_operands: a [9, 300], b [300, 140] and its transpose w, with scales of rows, columns and blocks.
struct scaled_operands {
  std::map<std::string, golden_array> golden = read_golden_arrays("calls/scaled.safetensors");
  tensor<fp8_e4m3, dims<dyn, dyn>> a = tensor_of<fp8_e4m3, 2>(golden.at("a"));
  tensor<fp8_e4m3, dims<dyn, dyn>> b = tensor_of<fp8_e4m3, 2>(golden.at("b"));
  tensor<fp8_e4m3, dims<dyn, dyn>> w = tensor_of<fp8_e4m3, 2>(golden.at("w"));
  tensor<std::int8_t, dims<dyn, dyn>> bytes = tensor_of<std::int8_t, 2>(golden.at("bytes a"));
  tensor<std::int8_t, dims<dyn, dyn>> more_bytes = tensor_of<std::int8_t, 2>(golden.at("bytes b"));
  tensor<float, dims<dyn, dyn>> a_row = tensor_of<float, 2>(golden.at("a row"));
  tensor<float, dims<dyn, dyn>> b_column = tensor_of<float, 2>(golden.at("b column"));
  tensor<float, dims<dyn, dyn>> a_block = tensor_of<float, 2>(golden.at("a block"));
  tensor<float, dims<dyn, dyn>> b_block = tensor_of<float, 2>(golden.at("b block"));
  tensor<float, dims<dyn, dyn>> w_block = tensor_of<float, 2>(golden.at("w block"));

  /// worst(y, name): the worst error of y, in units of the sum of the sizes of what is summed up.
  template <class Y> [[nodiscard]] double worst(Y const& y, std::string const& name) const {
    auto const wanted = golden.at(name).as<double>();
    auto const sizes = golden.at(name + " sizes").as<double>();
    double most = 0;
    REQUIRE(static_cast<std::size_t>(y.size()) == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      double const error = std::fabs(static_cast<double>(y.data()[i]) - wanted[i]) / sizes[i];
      most = error <= most ? most : error;
    }
    return most;
  }
};

}  // namespace deepseek::test
