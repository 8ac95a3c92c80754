// SPDX-License-Identifier: Apache-2.0
/// @file The main function of every test: doctest's, after a look whether this machine can run it.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>
#include <cstring>

/// Why the test cannot run here (`nullptr` when it can); GPU tests link a definition.
extern "C" char const* deepseek_test_skip_reason() __attribute__((weak));

namespace {

/// "--needs=x86-64-v3" stands before a test that was compiled for a machine with more instructions.
bool machine_has([[maybe_unused]] char const* needs) {
#if defined(__x86_64__)
  if (std::strcmp(needs, "x86-64-v3") == 0) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi2");
  }
  return std::strcmp(needs, "x86-64") == 0;
#else
  return false;
#endif
}

}  // namespace

int main(int count, char** values) {
  for (int i = 1; i < count; ++i) {
    if (std::strncmp(values[i], "--needs=", 8) == 0 && !machine_has(values[i] + 8)) {
      std::printf("skipped: this machine is no %s\n", values[i] + 8);
      return 0;
    }
  }
  if (deepseek_test_skip_reason != nullptr && deepseek_test_skip_reason() != nullptr) {
    std::printf("skipped: %s\n", deepseek_test_skip_reason());
    return 0;
  }
  doctest::Context context(count, values);
  int const failed = context.run();
  if (failed != 0 || context.shouldExit()) return failed;
  return 0;
}
