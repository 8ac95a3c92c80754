// SPDX-License-Identifier: Apache-2.0
/// @file wgmma_operand: what copies bring lies where wgmma looks for it, along k and along rows, of one block
/// and of two that share; and what a map is told.
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/cluster.hpp>
#include <deepseek/kernel/detail/wgmma_operand.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "../../arch/emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::bf16;
using deepseek::kernel::wgmma_matrices;
using deepseek::kernel::wgmma_operand;
using deepseek::test::fault_of_cluster;
using gpu::major_axis;

namespace {

constexpr int rows = 128;
constexpr int depth = 64;

struct plan {
  alignas(1024) gpu::shared_array<unsigned char, rows * 128> tile;
  gpu::mbarrier full;
};

/// Elements are their numbers, of two matrices on each of two axes; which are at (row, k)?
template <major_axis Major, int Shares> void tile_is_at(int row, int k, int inner, int outer) {
  using operand = wgmma_operand<bf16, rows, Major, Shares>;
  constexpr bool along_k = Major == major_axis::k;
  constexpr int all_rows = 200;
  constexpr int all_k = 96;
  std::vector<bf16> storage(4 * all_rows * all_k + 64);
  auto* const base =
      reinterpret_cast<bf16*>((reinterpret_cast<std::uintptr_t>(storage.data()) + 15) / 16 * 16);
  for (int i = 0; i < 4 * all_rows * all_k; ++i)
    base[i] = bf16::from_bits(static_cast<std::uint16_t>(i * 7 + 1));
  wgmma_matrices<bf16> const m{base, all_rows,         all_k, along_k ? all_k : all_rows,
                               2,    all_rows * all_k, 2,     2 * all_rows * all_k};
  auto const description = operand::description(m);
  REQUIRE(gpu::tensor_fault(description).empty());
  gpu::tensor_map const map = gpu::described(description);
  deepseek::arch::emulated::global_memory memory;
  memory.add({base, std::size_t{4 * all_rows * all_k * 2}, false, "operand"});
  int wrong = 0;
  CHECK(fault_of_cluster<plan>(Shares, 32, memory, [&](plan& shared) {
          if (gpu::thread_rank() == 0) {
            gpu::init(shared.full, 1);
            gpu::fence_async();
          }
          gpu::sync_cluster();
          if (gpu::thread_rank() == 0) {
            gpu::arrive(shared.full, operand::bytes);
            operand::load(shared.tile, 0, map, shared.full, gpu::cluster_rank(), row, k, inner,
                          outer);
          }
          gpu::wait(shared.full, 0);
          for (int i = gpu::thread_rank(); i < rows * depth; i += 32) {
            int const r = i / depth;
            int const c = i % depth;
            auto const d = operand::descriptor(shared.tile[0], r / 64 * 64);
            constexpr int of_step = 16;  // k of one product
            auto const step = d.advanced(c / of_step * operand::step_bytes);
            auto* const at = static_cast<bf16*>(
                gpu::this_machine().shared_place(step.at(Major, 2, r % 64, c % of_step)));
            std::uint16_t const got = static_cast<bf16>(gpu::shared_element<bf16>{at}).bits;
            bool const inside = row + r < all_rows && k + c < all_k;
            int const number = (2 * outer + inner) * all_rows * all_k +
                               (along_k ? (row + r) * all_k + k + c : (k + c) * all_rows + row + r);
            wrong += got != (inside ? static_cast<std::uint16_t>(number * 7 + 1) : 0);
          }
          gpu::sync_cluster();
        }) == "");
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("along k: lines of 64 k; what is outside is zero") {
  tile_is_at<major_axis::k, 1>(0, 0, 0, 0);
  tile_is_at<major_axis::k, 1>(128, 64, 1, 0);
}
TEST_CASE("along rows: panels of 64 rows") {
  tile_is_at<major_axis::mn, 1>(0, 0, 0, 1);
  tile_is_at<major_axis::mn, 1>(128, 64, 1, 1);
}
TEST_CASE("two blocks bring each other halves") {
  tile_is_at<major_axis::k, 2>(128, 0, 1, 1);
  tile_is_at<major_axis::mn, 2>(0, 64, 1, 0);
}

TEST_CASE("description: extents, strides and boxes of four axes") {
  bf16 const* const base = nullptr;
  auto const d = wgmma_operand<bf16, 256, major_axis::k, 2>::description(
      {base, 300, 100, 104, 3, 40000, 2, 120000});
  std::uint64_t const extent[] = {100, 300, 3, 2};
  std::uint64_t const stride[] = {208, 80000, 240000};
  std::uint16_t const box[] = {64, 128, 1, 1};
  for (int axis = 0; axis < 4; ++axis) {
    CHECK(d.extent[axis] == extent[axis]);
    CHECK(d.box[axis] == box[axis]);
    if (axis < 3) CHECK(d.stride_bytes[axis] == stride[axis]);
  }
  auto const e = wgmma_operand<bf16, 256, major_axis::mn, 1>::description({base, 300, 100, 304});
  CHECK(e.extent[0] == 300);
  CHECK(e.extent[1] == 100);
  CHECK(e.box[0] == 64);
  CHECK(e.box[1] == 64);
  CHECK(e.stride_bytes[0] == 608);
}
