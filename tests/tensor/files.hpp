// SPDX-License-Identifier: Apache-2.0
/// @file What tests of file formats share: files that vanish, and the text of an error.
#pragma once

#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>

#include "../support/golden.hpp"

namespace deepseek::test {

inline std::string bytes_of(std::string const& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// A file that is gone at the end.
struct scratch_file {
  explicit scratch_file(std::string const& name) : path{temporary_path(name)} {}
  scratch_file(std::string const& name, std::string const& bytes) : scratch_file{name} {
    std::ofstream{path, std::ios::binary} << bytes;
  }
  scratch_file(scratch_file const&) = delete;
  scratch_file& operator=(scratch_file const&) = delete;
  ~scratch_file() { std::remove(path.c_str()); }
  std::string path;
};

/// The text of the Error that `action` throws; says so if it throws another or none.
template <class Error> std::string message_of(auto const& action) {
  try {
    action();
  } catch (Error const& failure) {
    return failure.what();
  } catch (std::exception const& failure) {
    return std::string{"another error: "} + failure.what();
  }
  return "no error";
}

inline bool contains(std::string const& where, std::string const& what) {
  return where.find(what) != std::string::npos;
}

}  // namespace deepseek::test
