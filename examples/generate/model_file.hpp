// SPDX-License-Identifier: Apache-2.0
/// @file Where the language model's weights lie: beside this source, or among the files that Bazel keeps.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace deepseek::example {

/// model_file(): model.safetensors.
/// @fails  std::runtime_error with the places where it is not
inline std::string model_file() {
  namespace fs = std::filesystem;
  fs::path const beside = fs::path{__FILE__}.parent_path() / "model.safetensors";
  std::error_code unknown;  // a program whose own path the system does not tell
  fs::path const of_program = fs::read_symlink("/proc/self/exe", unknown).string() + ".runfiles";
  char const* const variable = std::getenv("RUNFILES_DIR");
  fs::path const of_test = variable != nullptr ? variable : of_program;
  std::string tried;
  for (fs::path const& place : {beside, of_test / "deepseek" / beside, of_test / "_main" / beside,
                                of_program / "deepseek" / beside, of_program / "_main" / beside}) {
    if (fs::exists(place)) return place.string();
    tried += "\n  " + place.string();
  }
  throw std::runtime_error("[DS-EXAMPLE-WEIGHTS] no model.safetensors; looked at" + tried);
}

}  // namespace deepseek::example
