// SPDX-License-Identifier: Apache-2.0
/// @file Elements that end where memory ends: one step further is a fault.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

namespace test {

/// Room for `count` elements of T with an inaccessible page right before and right behind it.
template <class T> class guarded_memory {
 public:
  explicit guarded_memory(std::size_t count)
      : page_(std::size_t(sysconf(_SC_PAGESIZE))), count_(count) {
    base_ =
        static_cast<char*>(mmap(nullptr, 3 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base_ + page_, page_, PROT_READ | PROT_WRITE);
    std::memset(base_ + page_, 0xa5, page_);
  }
  guarded_memory(guarded_memory const&) = delete;
  guarded_memory& operator=(guarded_memory const&) = delete;
  ~guarded_memory() { munmap(base_, 3 * page_); }

  /// The last `count` elements of the page; behind them is no memory.
  T* data() { return reinterpret_cast<T*>(base_ + 2 * page_) - count_; }
  /// The first elements of the page; before them is no memory.
  T* front() { return reinterpret_cast<T*>(base_ + page_); }

 private:
  std::size_t page_, count_;
  char* base_;
};

}  // namespace test
