// SPDX-License-Identifier: Apache-2.0
/// @file What goes wrong with wgmma: registers and operands touched too early, fences that are missing, warps
/// that do not come.
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/bulk_copy.hpp>
#include <deepseek/arch/gpu/wgmma.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>
#include <string>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::f16;
using deepseek::test::fault_of;
using deepseek::test::holds;

namespace {

/// a: 64 x 16, b: 16 x 16, each in rows of 32 bytes.
struct operands {
  alignas(1024) gpu::shared_array<f16, 1024> a;
  alignas(1024) gpu::shared_array<f16, 256> b;
};
constexpr gpu::matrix_strides rows_of_32{16, 256, gpu::swizzle::bytes_32};
using sums = gpu::wgmma_sum<float, 16>;

/// All of the operands, written by generic stores, each thread a share.
void write(operands& shared) {
  for (int i = gpu::thread_rank(); i < 1024; i += gpu::block_threads()) shared.a[i] = f16{1.f};
  for (int i = gpu::thread_rank(); i < 256; i += gpu::block_threads()) shared.b[i] = f16{2.f};
}
void fill(operands& shared) {
  write(shared);
  gpu::fence_async();
  gpu::sync_block();
}
void start(operands& shared, sums& d) {
  gpu::wgmma<f16>(d, gpu::describe(shared.a[0], rows_of_32),
                  gpu::describe(shared.b[0], rows_of_32));
}
/// Everything up to the commit.
void multiply(operands& shared, sums& d) {
  fill(shared);
  gpu::wgmma_fence(d);
  start(shared, d);
  gpu::wgmma_commit();
}

}  // namespace

TEST_CASE("no fault: one group goes on while the one before it is used") {
  CHECK(fault_of<operands>(128, [](operands& shared) {
          sums first{{}};
          sums second{{}};
          multiply(shared, first);
          gpu::wgmma_fence(second);
          start(shared, second);
          gpu::wgmma_commit();
          gpu::wgmma_wait<1>(first, second);
          CHECK(first[0] == 32.f);
          gpu::wgmma_wait<0>(second);
          CHECK(second[7] == 32.f);
          gpu::wgmma_fence(second);  // it was read
          start(shared, second);
          start(shared, second);  // the same registers again, without a fence
          gpu::wgmma_commit();
          gpu::wgmma_wait<0>(second);
          CHECK(second[7] == 96.f);
          gpu::sync_block();
          write(shared);
        }) == "");
}

TEST_CASE("no fault: a sum over many groups, of which one is always on its way") {
  CHECK(fault_of<operands>(128, [](operands& shared) {
          sums d{{}};
          fill(shared);
          for (int step = 0; step < 5; ++step) {
            gpu::wgmma_fence(d);
            start(shared, d);
            gpu::wgmma_commit();
            gpu::wgmma_wait<1>(d);
          }
          gpu::wgmma_wait<0>(d);
          CHECK(d[0] == 5 * 32.f);
        }) == "");
}

TEST_CASE("no fault: two times four warps, each with its own product") {
  CHECK(fault_of<operands>(256, [](operands& shared) {
          sums d{{}};
          multiply(shared, d);
          gpu::wgmma_wait<0>(d);
          CHECK(d[5] == 32.f);
        }) == "");
}

TEST_CASE("fault: registers that no wgmma_fence has named since they were touched") {
  std::string const code = "[DS-EMULATED-WGMMA-FENCE] probe: thread";
  auto const none = [](operands& shared) {
    fill(shared);
    sums d{{}};
    start(shared, d);
  };
  CHECK(holds(fault_of<operands>(128, none), code, "of block (0, 0, 0) multiplies with registers",
              "Fix: wgmma_fence(registers)"));
  auto const touched = [](operands& shared) {
    fill(shared);
    sums d{{}};
    gpu::wgmma_fence(d);
    d.set(3, 1.f);
    start(shared, d);
  };
  CHECK(holds(fault_of<operands>(128, touched), code));
  auto const read_between = [](operands& shared) {
    sums d{{}};
    multiply(shared, d);
    gpu::wgmma_wait<0>(d);
    if (gpu::thread_rank() == 77) CHECK(d[0] == 32.f);
    start(shared, d);
  };
  CHECK(holds(fault_of<operands>(128, read_between), "[DS-EMULATED-WGMMA-FENCE] probe: thread 77"));
  auto const of_a = [](operands& shared) {
    fill(shared);
    sums d{{}};
    gpu::wgmma_a<f16> a{{}};
    gpu::wgmma_fence(d);
    gpu::wgmma<f16>(d, a, gpu::describe(shared.b[0], rows_of_32));
  };
  CHECK(holds(fault_of<operands>(128, of_a), code));
}

TEST_CASE("fault: registers touched before a wgmma_wait that names them") {
  std::string const code = "[DS-EMULATED-WGMMA-WAIT] probe: thread";
  auto const read = [](operands& shared) {
    sums d{{}};
    multiply(shared, d);
    [[maybe_unused]] float const early = d[0];
  };
  CHECK(holds(fault_of<operands>(128, read), code, "uses registers of a product",
              "Fix: wgmma_commit(), then wgmma_wait<Left>(registers)"));
  auto const one_group_early = [](operands& shared) {
    sums d{{}};
    multiply(shared, d);
    gpu::wgmma_wait<1>(d);
    d.set(0, 0.f);
  };
  CHECK(holds(fault_of<operands>(128, one_group_early), code));
  auto const not_committed = [](operands& shared) {
    fill(shared);
    sums d{{}};
    gpu::wgmma_fence(d);
    start(shared, d);
    gpu::wgmma_wait<0>(d);
    sums const copy{d};
  };
  CHECK(holds(fault_of<operands>(128, not_committed), code));
  auto const not_named = [](operands& shared) {
    sums d{{}};
    multiply(shared, d);
    gpu::wgmma_wait<0>();
    [[maybe_unused]] float const early = d[0];
  };
  CHECK(holds(fault_of<operands>(128, not_named), code));
  auto const of_a = [](operands& shared) {
    fill(shared);
    sums d{{}};
    gpu::wgmma_a<f16> a{{}};
    gpu::wgmma_fence(d, a);
    gpu::wgmma<f16>(d, a, gpu::describe(shared.b[0], rows_of_32));
    gpu::wgmma_commit();
    a.set(0, f16{1.f});
  };
  CHECK(holds(fault_of<operands>(128, of_a), code));
}

TEST_CASE(
    "fault: operands written before the wait, or after it by a thread that the others have not "
    "met") {
  auto const by_itself = [](operands& shared) {
    sums d{{}};
    multiply(shared, d);
    if (gpu::thread_rank() == 9) shared.b[0] = f16{0.f};
    gpu::wgmma_wait<0>(d);
  };
  CHECK(holds(fault_of<operands>(128, by_itself), "[DS-EMULATED-SHARED-COPY] probe: thread 9",
              "writes 2 bytes at byte 2048", "wgmma_wait()"));
  for (int const writer :
       {0, 32, 40, 64, 96}) {  // of four warps, those who check the first chunk too
    auto const no_barrier = [&](operands& shared) {
      sums d{{}};
      multiply(shared, d);
      gpu::wgmma_wait<0>(d);
      if (gpu::thread_rank() == writer) shared.b[0] = f16{0.f};
    };
    CHECK(holds(fault_of<operands>(128, no_barrier), "[DS-EMULATED-SHARED-COPY] probe: thread",
                "writes 2 bytes at byte 2048"));
  }
  auto const never_waited = [](operands& shared) {
    sums d{{}};
    multiply(shared, d);
  };
  CHECK(holds(fault_of<operands>(128, never_waited), "[DS-EMULATED-CLUSTER] probe: thread",
              "or a product, which nobody waits for before the block ends"));
  auto const of_a = [](operands& shared) {
    sums d{{}};
    multiply(shared, d);
    gpu::wgmma_wait<0>(d);
    shared.a[(gpu::thread_rank() * 8 + 512) % 1024] = f16{0.f};  // another warp's rows
  };
  CHECK(holds(fault_of<operands>(128, of_a), "[DS-EMULATED-SHARED-COPY] probe: thread"));
}

TEST_CASE(
    "fault: operands that nobody has written, not fenced, written by threads not met, outside") {
  auto const undefined = [](operands& shared) {
    sums d{{}};
    gpu::wgmma_fence(d);
    start(shared, d);
  };
  CHECK(holds(fault_of<operands>(128, undefined), "[DS-EMULATED-SHARED-UNDEFINED] probe: thread 0",
              "multiplies 16 bytes at byte 0"));
  auto const not_fenced = [](operands& shared) {
    write(shared);
    gpu::sync_block();
    sums d{{}};
    gpu::wgmma_fence(d);
    start(shared, d);
  };
  CHECK(holds(fault_of<operands>(128, not_fenced), "[DS-EMULATED-FENCE] probe: thread",
              "multiplies 16 bytes", "Fix: fence_async()"));
  auto const no_barrier = [](operands& shared) {
    write(shared);
    gpu::fence_async();
    gpu::sync_warp();
    sums d{{}};
    gpu::wgmma_fence(d);
    start(shared, d);
  };
  CHECK(holds(fault_of<operands>(128, no_barrier), "[DS-EMULATED-SHARED", "multiplies 16 bytes"));
  auto const outside = [](operands& shared) {
    fill(shared);
    sums d{{}};
    gpu::wgmma_fence(d);
    auto const a = gpu::describe(shared.a[0], rows_of_32);
    gpu::wgmma<f16>(d, a, gpu::describe(shared.b[0], {16, 1024, gpu::swizzle::bytes_32}));
  };
  CHECK(holds(fault_of<operands>(128, outside), "[DS-EMULATED-SHARED-RANGE] probe: thread",
              "multiplies 16 bytes at byte", "which has 3072"));
}

TEST_CASE("fault: warps that do not come, that come to another product, with other operands") {
  auto const absent = [](operands& shared) {
    fill(shared);
    sums d{{}};
    gpu::wgmma_fence(d);
    if (gpu::warp_rank() != 2) start(shared, d);
  };
  CHECK(holds(fault_of<operands>(128, absent), "[DS-EMULATED-DEADLOCK]",
              "at wgmma m64n16k16.f32.f16.f16, 1, 1, 0, 0 96 of 128 threads"));
  auto const wider = [](operands& shared) {
    fill(shared);
    sums d{{}};
    gpu::wgmma_sum<float, 8> half{{}};
    gpu::wgmma_fence(d, half);
    auto const a = gpu::describe(shared.a[0], rows_of_32);
    auto const b = gpu::describe(shared.b[0], rows_of_32);
    if (gpu::warp_rank() == 0) gpu::wgmma<f16>(d, a, b);
    else gpu::wgmma<f16>(half, a, b);
  };
  CHECK(holds(fault_of<operands>(128, wider), "[DS-EMULATED-DIVERGED] probe: thread",
              "comes to a wgmma m64n", "of its four warps waits for it in a wgmma m64n"));
  auto const other_operand = [](operands& shared) {
    fill(shared);
    sums d{{}};
    gpu::wgmma_fence(d);
    auto const a = gpu::describe(shared.a[gpu::warp_rank() == 3 ? 16 : 0], rows_of_32);
    gpu::wgmma<f16>(d, gpu::warp_rank() == 3 ? a.advanced(-32).advanced(16) : a,
                    gpu::describe(shared.b[0], rows_of_32));
  };
  CHECK(holds(fault_of<operands>(128, other_operand), "[DS-EMULATED-WGMMA-DIFFERS] probe: thread",
              "the same descriptors"));
  auto const other_add = [](operands& shared) {
    fill(shared);
    sums d{{}};
    gpu::wgmma_fence(d);
    gpu::wgmma<f16>(d, gpu::describe(shared.a[0], rows_of_32),
                    gpu::describe(shared.b[0], rows_of_32), gpu::warp_rank() > 0);
  };
  CHECK(holds(fault_of<operands>(128, other_add), "[DS-EMULATED-WGMMA-DIFFERS]"));
}
