// SPDX-License-Identifier: Apache-2.0
/// @file copy_groups: the asynchronous copies that one thread has started, in groups.
#pragma once
#include <cstddef>
#include <cstring>
#include <deque>
#include <utility>
#include <vector>

namespace deepseek::arch::emulated {

/// started_copy: `valid` bytes, then zeros up to `bytes`.
struct started_copy {
  char* to;
  void const* from;
  int bytes;
  int valid;
};

/// copy_groups: bytes move when they are waited for, which is as late as a GPU may move them.
class copy_groups {
 public:
  void start(started_copy const& copy) { open_.push_back(copy); }
  void commit() {
    groups_.push_back(std::move(open_));
    open_.clear();
  }
  /// Ends all groups but the last `left`: done(copy) for each copy, oldest first.
  template <class Done> void wait(int left, Done const& done) {
    for (; groups_.size() > static_cast<std::size_t>(left); groups_.pop_front())
      for (started_copy const& c : groups_.front()) {
        std::memcpy(c.to, c.from, static_cast<std::size_t>(c.valid));
        std::memset(c.to + c.valid, 0, static_cast<std::size_t>(c.bytes - c.valid));
        done(c);
      }
  }

 private:
  std::vector<started_copy> open_;  ///< of no group yet
  std::deque<std::vector<started_copy>> groups_;
};

}  // namespace deepseek::arch::emulated
