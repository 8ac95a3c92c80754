// SPDX-License-Identifier: Apache-2.0
/// @file Where a test finds its golden files, under Bazel, CMake and by hand.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace deepseek::test {

/// golden_path("softmax/rows.safetensors"): the file of that name below tests/golden/.
///
/// Looked for in Bazel's runfiles, then where CMake says the source is (DEEPSEEK_SOURCE_DIR), then
/// from the current folder.
/// @fails std::runtime_error when it is in none of them, with the folders in the text.
inline std::string golden_path(std::string const& name) {
  namespace fs = std::filesystem;
  std::string tried;
  auto const exists_below = [&](fs::path const& root) {
    fs::path const file = root / "tests" / "golden" / name;
    tried += "\n  " + file.string();
    return fs::exists(file) ? file.string() : std::string{};
  };
  if (char const* runfiles = std::getenv("TEST_SRCDIR")) {
    char const* workspace = std::getenv("TEST_WORKSPACE");
    auto found = exists_below(fs::path{runfiles} / (workspace != nullptr ? workspace : "deepseek"));
    if (!found.empty()) return found;
  }
#ifdef DEEPSEEK_SOURCE_DIR
  if (auto found = exists_below(DEEPSEEK_SOURCE_DIR); !found.empty()) return found;
#endif
  if (auto found = exists_below("."); !found.empty()) return found;
  throw std::runtime_error("no golden file " + name + "; looked at" + tried);
}

/// temporary_path("a.npy"): a file name that this test alone may write to.
inline std::string temporary_path(std::string const& name) {
  namespace fs = std::filesystem;
  char const* folder = std::getenv("TEST_TMPDIR");
  fs::path const root = folder != nullptr ? fs::path{folder} : fs::temp_directory_path();
  return (root / ("deepseek-" + std::to_string(getpid()) + "-" + name)).string();
}

}  // namespace deepseek::test
