// SPDX-License-Identifier: Apache-2.0
/// @file A user's program, as small as one can be: built once for each way of using the library.
#include <deepseek/base/config.hpp>

#include <cstdio>

int main() {
  std::printf("deepseek %d\n", DEEPSEEK_VERSION);
  return DEEPSEEK_VERSION > 0 ? 0 : 1;
}
