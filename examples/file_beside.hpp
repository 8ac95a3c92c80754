// SPDX-License-Identifier: Apache-2.0
/// @file Where a file of an example lies: beside its source, or among the files that Bazel keeps.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace deepseek::example {

/// file_beside(__FILE__, name, id): the file of that name in the folder of a source, or among the files that
/// Bazel keeps for a test (RUNFILES_DIR) or beside a program.
/// @fails  std::runtime_error that begins with id, with the places where it is not
inline std::filesystem::path file_beside(std::filesystem::path const& source,
                                         std::string const& name, std::string const& id) {
  namespace fs = std::filesystem;
  fs::path const beside = source.parent_path() / name;
  std::error_code unknown;  // a program whose own path the system does not tell
  fs::path const of_program = fs::read_symlink("/proc/self/exe", unknown).string() + ".runfiles";
  char const* const variable = std::getenv("RUNFILES_DIR");
  fs::path const of_test = variable != nullptr ? variable : of_program;
  std::string tried;
  for (fs::path const& place : {beside, of_test / "deepseek" / beside, of_test / "_main" / beside,
                                of_program / "deepseek" / beside, of_program / "_main" / beside}) {
    if (fs::exists(place)) return place;
    tried += "\n  " + place.string();
  }
  throw std::runtime_error(id + " no " + name + "; looked at" + tried);
}

}  // namespace deepseek::example
