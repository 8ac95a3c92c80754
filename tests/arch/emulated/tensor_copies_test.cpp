// SPDX-License-Identifier: Apache-2.0
/// @file tensor_copies: boxes to and from shared memory, without a kernel; kernels are in
/// ../gpu/tensor_copy_test.cpp.
#include <deepseek/arch/emulated/tensor_copies.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "one_cluster.hpp"

namespace emulated = deepseek::arch::emulated;
namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_in;

namespace {

/// 3 rows of 4 words, 32 bytes apart; a box of 4 columns and 2 rows.
struct words {
  alignas(16) std::uint32_t word[3 * 8] = {};
  gpu::tensor_description description;
  words() {
    for (std::uint32_t i = 0; i < 24; ++i) word[i] = i + 1;
    description.base = word;
    description.element = gpu::tensor_element::u32;
    description.rank = 2;
    description.extent[0] = 4;
    description.extent[1] = 3;
    description.stride_bytes[0] = 32;
    description.box[0] = 4;
    description.box[1] = 2;
  }
};

}  // namespace

TEST_CASE("tensor_copies: a load and a store of a box that reaches over the last row") {
  words of;
  deepseek::test::one_cluster cluster;
  cluster.operands.add({of.word, sizeof of.word, true, "words"});
  emulated::bulk_copies bulk{cluster.parts, 0};
  emulated::tensor_copies copies{cluster.parts, bulk, 0};
  cluster.parts.memory(0).write(cluster.order, 0, cluster.at(0, 240), 8);
  cluster.phases.make(0, cluster.at(0, 240), 1);
  cluster.order.fence(0);
  gpu::tensor_map const map = gpu::described(of.description);
  int const last_row[] = {0, 2};
  copies.load(cluster.at(0, 128), map, {last_row, 2}, cluster.at(0, 240), gpu::own_block);
  auto const* const got = reinterpret_cast<std::uint32_t const*>(cluster.at(0, 128));
  std::uint32_t const wanted[] = {17, 18, 19, 20, 0, 0, 0, 0};
  for (int i = 0; i < 8; ++i) CHECK(got[i] == wanted[i]);
  auto const& phase = cluster.phases.running(0, cluster.at(0, 240));
  CHECK(phase.missing_bytes() == -32);
  cluster.order.learn(0, phase.source(), phase.phase());
  int const above[] = {0, -1};
  copies.store(map, {above, 2}, cluster.at(0, 128), gpu::tensor_write::replace, nullptr);
  for (std::uint32_t i = 0; i < 8; ++i) CHECK(of.word[i] == (i < 4 ? 0 : i + 1));
}

TEST_CASE("tensor_copies: maps, points and places that do not fit") {
  words of;
  deepseek::test::one_cluster cluster;
  emulated::bulk_copies bulk{cluster.parts, 0};
  emulated::tensor_copies copies{cluster.parts, bulk, 0};
  int const point[] = {0, 0, 0};
  auto const load = [&](int offset, int rank) {
    return fault_in([&] {
      copies.load(cluster.at(0, offset), gpu::described(of.description), {point, rank},
                  cluster.at(0, 240), gpu::own_block);
    });
  };
  CHECK(
      load(128, 3) ==
      "[DS-EMULATED-TENSOR] probe: thread 0 of block (0, 0, 0) names a point of 3 axes in a tensor "
      "of 2.");
  CHECK(load(64, 2) ==
        "[DS-EMULATED-TENSOR] probe: thread 0 of block (0, 0, 0) copies a box at byte 64 of shared "
        "memory. Fix: a multiple of 128.");
  CHECK(load(128, 2).find("[DS-EMULATED-GLOBAL]") == 0);  // no operand
  of.description.stride_bytes[0] = 24;
  CHECK(load(128, 2).find("uses a map that no tensor has. [DS-TENSOR-MAP-STRIDE]") !=
        std::string::npos);
}
