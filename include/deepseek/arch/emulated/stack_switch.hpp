// SPDX-License-Identifier: Apache-2.0
/// @file stack_switch: tells AddressSanitizer which stack runs, so that it watches those of emulated
/// threads too. Without the sanitizer all of it is empty.
#pragma once
#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define DEEPSEEK_WATCHED_STACKS
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DEEPSEEK_WATCHED_STACKS
#endif
#endif

#if defined(DEEPSEEK_WATCHED_STACKS)
#include <sanitizer/common_interface_defs.h>
#endif

namespace deepseek::arch::emulated {

/// stack_range: memory of a stack.
struct stack_range {
  void const* bottom = nullptr;
  std::size_t bytes = 0;
};

/// stack_switch: one switch away from the stack that runs, and back to it.
class stack_switch {
 public:
  /// Before the switch to `next`.
  void leave([[maybe_unused]] stack_range const& next) {
#if defined(DEEPSEEK_WATCHED_STACKS)
    __sanitizer_start_switch_fiber(&kept_, next.bottom, next.bytes);
#endif
  }
  /// After it, back on this stack.
  void back() { arrive(kept_); }

  /// Instead of leave on a stack that will not run again.
  static void leave_for_good([[maybe_unused]] stack_range const& next) {
#if defined(DEEPSEEK_WATCHED_STACKS)
    __sanitizer_start_switch_fiber(nullptr, next.bottom, next.bytes);
#endif
  }
  /// The first thing on a new stack: where the one is that it came from.
  static stack_range begin() { return arrive(nullptr); }

 private:
  static stack_range arrive([[maybe_unused]] void* kept) {
    stack_range from;
#if defined(DEEPSEEK_WATCHED_STACKS)
    __sanitizer_finish_switch_fiber(kept, &from.bottom, &from.bytes);
#endif
    return from;
  }
  void* kept_ = nullptr;
};

}  // namespace deepseek::arch::emulated

#undef DEEPSEEK_WATCHED_STACKS
