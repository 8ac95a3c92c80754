// SPDX-License-Identifier: Apache-2.0
/// @file access_fault: each mistake as a sentence.
#include <deepseek/arch/emulated/access_fault.hpp>

#include <doctest/doctest.h>

#include <string>

namespace {
using mistake = deepseek::arch::emulated::shared_memory::mistake;
std::string sentence(mistake what) {
  return deepseek::arch::emulated::access_fault({what, 12, 3}, "k: thread 1", "reads", 4,
                                                "shared memory", "thread 3", 64)
      .c_str();
}
}  // namespace

TEST_CASE("access_fault: who, what, where, and what to do") {
  CHECK(
      sentence(mistake::outside) ==
      "[DS-EMULATED-SHARED-RANGE] k: thread 1 reads 4 bytes at byte 12 of shared memory, which has "
      "64.");
  CHECK(
      sentence(mistake::misaligned) ==
      "[DS-EMULATED-SHARED-ALIGN] k: thread 1 reads 4 bytes at byte 12 of shared memory, which is "
      "not a multiple of it.");
  CHECK(sentence(mistake::undefined) ==
        "[DS-EMULATED-SHARED-UNDEFINED] k: thread 1 reads 4 bytes at byte 12 of shared memory that "
        "nobody has written.");
  CHECK(
      sentence(mistake::in_flight) ==
      "[DS-EMULATED-SHARED-COPY] k: thread 1 reads 4 bytes at byte 12 of shared memory that a copy "
      "of thread 3 is on its way to. Fix: wait_copies(), then a barrier for other threads.");
  CHECK(
      sentence(mistake::after_write) ==
      "[DS-EMULATED-SHARED-RACE] k: thread 1 reads 4 bytes at byte 12 of shared memory that thread "
      "3 wrote, with no barrier between. Fix: sync_block() or sync_warp() between them.");
  CHECK(sentence(mistake::after_read).find("that thread 3 read, with") != std::string::npos);
  CHECK(
      sentence(mistake::bulk_write) ==
      "[DS-EMULATED-SHARED-COPY] k: thread 1 reads 4 bytes at byte 12 of shared memory that a bulk "
      "copy is on its way to, for all that this thread knows. Fix: wait() for the phase of its "
      "mbarrier.");
  CHECK(
      sentence(mistake::bulk_read) ==
      "[DS-EMULATED-SHARED-COPY] k: thread 1 reads 4 bytes at byte 12 of shared memory that a bulk "
      "copy or a product reads, for all that this thread knows. Fix: wait_bulk_read() or "
      "wgmma_wait() by the threads that started it, then a barrier for other threads.");
  CHECK(
      sentence(mistake::unfenced) ==
      "[DS-EMULATED-FENCE] k: thread 1 reads 4 bytes at byte 12 of shared memory that thread 3 "
      "wrote, with no fence_async() between. Fix: fence_async() by the threads that write, then a "
      "barrier, then the copy.");
}
