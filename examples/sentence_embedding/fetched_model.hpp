// SPDX-License-Identifier: Apache-2.0
/// @file Where the model is: fetch_model.py knows, and brings it when it is not there yet.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "examples/file_beside.hpp"

namespace deepseek::example {

/// fetch_script(): fetch_model.py, beside this source, or among the files that Bazel keeps for a
/// test (RUNFILES_DIR) or beside a program.
/// @fails  std::runtime_error with the places where it is not
inline std::filesystem::path fetch_script() {
  return file_beside(__FILE__, "fetch_model.py", "[DS-EXAMPLE-SCRIPT]");
}

/// fetched_model(): the folder with model.safetensors and vocab.txt. The first call on a machine
/// downloads 80 MB.
/// @fails  std::runtime_error without network, Python or pip; the script has said which of them on the
///         standard error
inline std::string fetched_model() {
  std::string const command = "python3 '" + fetch_script().string() + "'";
  std::string output;
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe != nullptr) {
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
    if (pclose(pipe) == 0 && !output.empty()) return output.substr(0, output.find('\n'));
  }
  throw std::runtime_error(
      "[DS-EXAMPLE-MODEL] the model is not here and could not be fetched by\n  " + command);
}

}  // namespace deepseek::example
