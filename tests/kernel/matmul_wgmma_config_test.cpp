// SPDX-License-Identifier: Apache-2.0
/// @file matmul_wgmma_config: what a configuration takes, and which there are not.
#include <deepseek/kernel/matmul_wgmma_config.hpp>

#include <doctest/doctest.h>

#include <string>

using deepseek::kernel::matmul_wgmma_config;
using deepseek::kernel::matmul_wgmma_fault;
using deepseek::kernel::wgmma_sums;

namespace {
std::string fault(matmul_wgmma_config const& c) {
  char const* const why = matmul_wgmma_fault(c);
  return why == nullptr ? "" : why;
}
}  // namespace

TEST_CASE("a tile of 128 x 256 in four stages: threads, shared memory, registers") {
  constexpr matmul_wgmma_config c{.rows = 128, .columns = 256, .stages = 4};
  CHECK(c.threads() == 384);
  CHECK(c.stage_bytes() == 49152);
  CHECK(c.piece_bytes() == 4096);  // 16 rows of 64 floats
  // Four stages, 8 warps' pieces, 8 + 2 barriers; whole kilobytes.
  CHECK(c.shared_bytes() == (4 * 49152 + 8 * 4096 + 80 + 1023) / 1024 * 1024);
  CHECK(c.shared_bytes() <= 232448);
  CHECK(c.sum_registers() == 128);  // 64 x 256 of 128 threads
  CHECK(fault(c) == "");
  // What registers there are: 65536 of 3 warpgroups.
  CHECK(128 * c.producer_registers + 256 * c.consumer_registers <= 65536);
}

TEST_CASE("what there is not") {
  CHECK(fault({.rows = 128, .columns = 256, .stages = 5}) ==
        "at most 232448 bytes of shared memory");
  CHECK(fault({.rows = 256, .columns = 256}) == "at most 128 registers of sums in each thread");
  CHECK(fault({.rows = 96, .columns = 64}) ==
        "rows: 64 of each consumer, or a multiple, up to 256");
  CHECK(fault({.rows = 128, .columns = 24}) == "columns: a multiple of 32, up to 256");
  CHECK(fault({.stages = 1}) == "2 stages or more");
  CHECK(fault({.rows = 64, .columns = 64, .consumers = 1, .alternate = true}) ==
        "two consumers take turns");
  CHECK(fault({.rows = 192, .columns = 32, .consumers = 3}) == "1 or 2 consumers");
  CHECK(fault({.columns = 64, .cluster_rows = 2, .cluster_columns = 2}) ==
        "a cluster of up to 8 blocks, in one direction");
  CHECK(fault({.rows = 256, .columns = 64, .sums = wgmma_sums::promoted}) ==
        "promoted sums: 64 rows of each consumer, 32, 64 or 128 columns");
}
