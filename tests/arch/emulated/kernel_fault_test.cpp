// SPDX-License-Identifier: Apache-2.0
/// @file kernel_fault in the tree of errors, and how a place is written.
#include <deepseek/arch/emulated/kernel_fault.hpp>

#include <doctest/doctest.h>

#include <string>

TEST_CASE("kernel_fault: a device_error with its text") {
  try {
    throw deepseek::kernel_fault{deepseek::text{} << "[DS-EMULATED-GLOBAL] probe"};
  } catch (deepseek::device_error const& e) {
    CHECK(std::string{e.what()} == "[DS-EMULATED-GLOBAL] probe");
    CHECK(e.kind() == deepseek::error_kind::device);
  }
}

TEST_CASE("where: thread and block") {
  deepseek::arch::gpu::thread_place const place{7, 32, {1, 2, 3}, {4, 4, 4}};
  CHECK(std::string{deepseek::arch::emulated::where(place).c_str()} ==
        "thread 7 of block (1, 2, 3)");
}
