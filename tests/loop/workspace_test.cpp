// SPDX-License-Identifier: Apache-2.0
/// @file Scratch blocks: aligned, kept between uses, one for each purpose, own ones when nested.
#include <deepseek/loop/workspace.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <thread>

namespace {
namespace ds = deepseek;
using ds::loop::workspace;

TEST_CASE("blocks are aligned to 64 bytes and can be written whole") {
  workspace w;
  for (std::int64_t const bytes : {1, 63, 64, 65, 100000}) {
    void* const block = w.take(workspace::accumulators, bytes);
    CHECK(reinterpret_cast<std::uintptr_t>(block) % 64 == 0);
    std::memset(block, 0x5a, std::size_t(bytes));
  }
}

TEST_CASE("purposes have blocks of their own") {
  workspace w;
  auto* const a = static_cast<char*>(w.take(workspace::accumulators, 1000));
  auto* const b = static_cast<char*>(w.take(workspace::kept_values, 1000));
  std::memset(a, 1, 1000);
  std::memset(b, 2, 1000);
  CHECK(a[999] == 1);
  CHECK(b[0] == 2);
}

TEST_CASE("a smaller request reuses the block, also in a later workspace of the thread") {
  void* first = nullptr;
  {
    workspace w;
    first = w.take(workspace::block_results, 5000);
    CHECK(w.take(workspace::block_results, 100) == first);
  }
  workspace again;
  CHECK(again.take(workspace::block_results, 5000) == first);
}

TEST_CASE("a workspace inside another leaves its blocks alone") {
  workspace outer;
  auto* const block = static_cast<char*>(outer.take(workspace::accumulators, 256));
  std::memset(block, 7, 256);
  {
    workspace inner;
    auto* const own = static_cast<char*>(inner.take(workspace::accumulators, 256));
    CHECK(own != block);
    std::memset(own, 9, 256);
  }
  for (int i = 0; i < 256; ++i) CHECK(block[i] == 7);
  CHECK(outer.take(workspace::accumulators, 256) == block);
}

TEST_CASE("threads do not share blocks") {
  workspace mine;
  void* const block = mine.take(workspace::accumulators, 64);
  void* other = nullptr;
  std::thread([&] {
    workspace w;
    other = w.take(workspace::accumulators, 64);
  }).join();
  CHECK(other != nullptr);
  CHECK(other != block);
}

TEST_CASE("more memory than there is: an error, and the workspace can be used again") {
  workspace w;
  CHECK_THROWS_AS((void)w.take(workspace::kept_values, std::int64_t{1} << 60), ds::memory_error);
  CHECK(w.take(workspace::kept_values, 64) != nullptr);
}
}  // namespace
