// SPDX-License-Identifier: Apache-2.0
/// @file Which uses of an element by two blocks are a conflict, and that the order of calls does not matter.
#include <deepseek/arch/emulated/grid_traffic.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace emulated = deepseek::arch::emulated;
using emulated::global_access;
using emulated::grid_traffic;

namespace {

alignas(16) unsigned char memory[64];

struct use {
  int block;
  global_access how;
  int offset = 0;
  int bytes = 4;
};
grid_traffic::conflict conflict_of(std::vector<use> const& uses) {
  grid_traffic traffic;
  traffic.add({memory, 30, true, "y", 4});
  traffic.add({memory + 32, 32, false, "x", 4});
  for (use const& u : uses) traffic.note(u.block, u.how, memory + u.offset, u.bytes);
  return traffic.find();
}
bool conflicts(std::vector<use> const& uses) { return conflict_of(uses).operand != nullptr; }

constexpr auto reads = global_access::read;
constexpr auto writes = global_access::write;
constexpr auto atomic = global_access::atomic;

}  // namespace

TEST_CASE("grid_traffic: two blocks conflict unless both read or both are atomic") {
  constexpr global_access all[] = {reads, writes, atomic};
  for (auto const a : all)
    for (auto const b : all) {
      CHECK(!conflicts({{3, a}, {3, b}}));
      CHECK(conflicts({{3, a}, {4, b}}) == !(a == b && a != writes));
    }
}

TEST_CASE("grid_traffic: a conflict is found by any of many blocks, in any order of them") {
  std::vector<use> uses{{0, reads}, {4, reads}, {4, writes}, {9, reads}};
  do {
    auto const found = conflict_of(uses);
    REQUIRE(found.operand != nullptr);
    CHECK(found.block[0] == 4);
    CHECK(found.block[1] == 9);
    CHECK(found.access[0] == writes);
    CHECK(found.access[1] == reads);
  } while (std::next_permutation(uses.begin(), uses.end(), [](use const& a, use const& b) {
    return a.block != b.block ? a.block < b.block : a.how < b.how;
  }));
}

TEST_CASE("grid_traffic: elements, not neighbours; the first one; the rest of an operand") {
  CHECK(!conflicts({{0, writes, 0}, {1, writes, 4}}));
  CHECK(conflicts({{0, writes, 2, 1}, {1, writes, 3, 1}}));
  auto const wide = conflict_of({{0, writes, 0, 16}, {1, writes, 8, 16}});
  CHECK(std::string{wide.operand} == "y");
  CHECK(wide.offset == 8);
  CHECK(wide.bytes == 4);
  auto const end = conflict_of({{0, writes, 28, 2}, {1, writes, 28, 8}});
  CHECK(end.offset == 28);
  CHECK(end.bytes == 2);
}

TEST_CASE("grid_traffic: what only is to be read is not traced") {
  CHECK(!conflicts({{0, writes, 32}, {1, writes, 32}}));
}
