// SPDX-License-Identifier: Apache-2.0
/// @file access_fault: what shared_memory found, as a sentence.
#pragma once
#include <cstddef>

#include <deepseek/arch/emulated/shared_memory.hpp>
#include <deepseek/base/text.hpp>

namespace deepseek::arch::emulated {

/// access_code(mistake): the id that its message begins with.
inline char const* access_code(shared_memory::mistake what) {
  using mistake = shared_memory::mistake;
  switch (what) {
    case mistake::outside: return "[DS-EMULATED-SHARED-RANGE]";
    case mistake::misaligned: return "[DS-EMULATED-SHARED-ALIGN]";
    case mistake::undefined: return "[DS-EMULATED-SHARED-UNDEFINED]";
    case mistake::in_flight:
    case mistake::bulk_write:
    case mistake::bulk_read: return "[DS-EMULATED-SHARED-COPY]";
    case mistake::unfenced: return "[DS-EMULATED-FENCE]";
    default: return "[DS-EMULATED-SHARED-RACE]";
  }
}

/// largest_access: bytes of one access of a thread; more are a bulk copy.
inline constexpr int largest_access = 16;

/// access_fault(found, who, verb, bytes, place, other, size): who "reads" bytes of a place, "shared memory",
/// of that size; other names the thread that the access is not ordered with.
inline text access_fault(shared_memory::finding const& found, text const& who, char const* verb,
                         int bytes, text const& place, text const& other, std::size_t size) {
  using mistake = shared_memory::mistake;
  text message;
  message << access_code(found.what) << " " << who << " " << verb << " " << bytes
          << " bytes at byte " << found.offset << " of " << place;
  switch (found.what) {
    case mistake::outside: message << ", which has " << size << "."; break;
    case mistake::misaligned:
      message << ", which is not a multiple of " << (bytes > largest_access ? "16." : "it.");
      break;
    case mistake::undefined: message << " that nobody has written."; break;
    case mistake::in_flight:
      message << " that a copy of " << other
              << " is on its way to. Fix: wait_copies(), then a barrier for other threads.";
      break;
    case mistake::bulk_write:
      message
          << " that a bulk copy is on its way to, for all that this thread knows. Fix: wait() for "
             "the phase of its mbarrier.";
      break;
    case mistake::bulk_read:
      message
          << " that a bulk copy or a product reads, for all that this thread knows. Fix: "
             "wait_bulk_read() or wgmma_wait() by the threads that started it, then a barrier for "
             "other threads.";
      break;
    case mistake::unfenced:
      message << " that " << other
              << " wrote, with no fence_async() between. Fix: fence_async() by the threads that "
                 "write, then a barrier, then the copy.";
      break;
    default:
      message << " that " << other << (found.what == mistake::after_write ? " wrote" : " read")
              << ", with no barrier between. Fix: sync_block() or sync_warp() between them.";
  }
  return message;
}

}  // namespace deepseek::arch::emulated
