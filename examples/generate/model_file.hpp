// SPDX-License-Identifier: Apache-2.0
/// @file Where the language model's weights lie.
#pragma once
#include <string>

#include "examples/file_beside.hpp"

namespace deepseek::example {

/// model_file(): model.safetensors.
/// @fails  std::runtime_error with the places where it is not
inline std::string model_file() {
  return file_beside(__FILE__, "model.safetensors", "[DS-EXAMPLE-WEIGHTS]").string();
}

}  // namespace deepseek::example
