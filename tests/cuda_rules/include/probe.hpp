// SPDX-License-Identifier: Apache-2.0
/// @file What probe.cu was compiled with, told to a test that a C++ compiler makes.
#pragma once

#include <string>

struct probe {
  std::string architectures;  // as nvcc lists them, "800,900"
  int define, local_define, device_option, host_option;
  int cub_version, thrust_version;
};

probe ask_probe();
