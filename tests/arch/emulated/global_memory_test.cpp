// SPDX-License-Identifier: Apache-2.0
/// @file What global_memory says of an access: inside an operand, or which is nearest and by how much.
#include <deepseek/arch/emulated/global_memory.hpp>

#include <doctest/doctest.h>

#include <string>

using deepseek::arch::emulated::global_memory;

namespace {
alignas(64) unsigned char memory[256];
std::string fault(global_memory const& g, int offset, int bytes, bool write = false) {
  return g.fault(memory + offset, bytes, write).c_str();
}
}  // namespace

TEST_CASE("global_memory: operands, their ends, what may be written") {
  global_memory g;
  CHECK(fault(g, 0, 4) == "of global memory, and the kernel has no operands");
  g.add({memory, 100, false, "x"});
  g.add({memory + 128, 64, true, "y"});
  CHECK(fault(g, 0, 16) == "");
  CHECK(fault(g, 96, 4) == "");
  CHECK(fault(g, 96, 8) == "at byte 96 of x, which has 100");
  CHECK(fault(g, 100, 4) == "at byte 100 of x, which has 100");
  CHECK(fault(g, 124, 4) == "at byte -4 of y, which has 64");
  CHECK(fault(g, 192, 1) == "at byte 64 of y, which has 64");
  CHECK(fault(g, 128, 16, true) == "");
  CHECK(fault(g, 0, 4, true) == "at byte 0 of x, which is only to be read");
}

TEST_CASE("global_memory: an access wider than its address is aligned") {
  global_memory g;
  g.add({memory, 256, true, "x"});
  CHECK(fault(g, 2, 2) == "");
  CHECK(fault(g, 2, 4).find("not a multiple") != std::string::npos);
  CHECK(fault(g, 8, 16, true).find("Fix: choose the width") != std::string::npos);
}

TEST_CASE("global_memory: one operand inside another") {
  global_memory g;
  g.add({memory, 256, false, "x"});
  g.add({memory + 64, 64, true, "part of x"});
  CHECK(fault(g, 64, 16, true) == "");
  CHECK(fault(g, 32, 16, true) == "at byte 32 of x, which is only to be read");
}

TEST_CASE("global_memory: long accesses, wherever they begin") {
  global_memory g;
  g.add({memory, 200, false, "x"});
  CHECK(g.outside(memory + 3, 197, false).empty());
  CHECK(std::string{g.outside(memory + 3, 198, false).c_str()} == "at byte 3 of x, which has 200");
  CHECK(std::string{g.outside(memory + 8, 64, true).c_str()} ==
        "at byte 8 of x, which is only to be read");
}
