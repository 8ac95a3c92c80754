// SPDX-License-Identifier: Apache-2.0
/// @file storage: aligned blocks, counted owners, memory from elsewhere.
#include <deepseek/tensor/storage.hpp>

#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using namespace deepseek;

namespace {
bool no_memory_for_blocks = false;

bool is_aligned(storage const& s, std::size_t bytes) {
  return reinterpret_cast<std::uintptr_t>(s.data()) % bytes == 0;
}
/// Counts its releases.
struct owner {
  int releases = 0;
  static void release(void*, void* self) noexcept { ++static_cast<owner*>(self)->releases; }
};
constexpr std::size_t huge_page_bytes = std::size_t{1} << 21;
}  // namespace

// storage's own bookkeeping asks for memory like this.
void* operator new(std::size_t bytes, std::nothrow_t const&) noexcept {
  return no_memory_for_blocks ? nullptr : std::malloc(bytes);
}
void operator delete(void* data, std::nothrow_t const&) noexcept { std::free(data); }

TEST_CASE("storage: every block starts at a multiple of 64 and can be written to its end") {
  for (std::int64_t bytes : {1, 7, 63, 64, 65, 4095, 1 << 20, (1 << 23) - 1}) {
    storage const s{bytes};
    CAPTURE(bytes);
    CHECK(is_aligned(s, storage_alignment_bytes));
    CHECK(s.bytes() == bytes);
    CHECK(s.space() == memory_space::host);
    std::memset(s.data(), 0x5a, static_cast<std::size_t>(bytes));
  }
}

TEST_CASE(
    "storage: huge pages from 2 MiB when asked for, from 8 MiB when it is up to the library") {
  constexpr std::int64_t mib = 1 << 20;
  for (std::int64_t bytes : {2 * mib, 8 * mib, 9 * mib + 3}) {
    storage const s{bytes, {huge_pages::yes}};
    CAPTURE(bytes);
    CHECK(is_aligned(s, huge_page_bytes));
    std::memset(s.data(), 1, static_cast<std::size_t>(bytes));
  }
  CHECK(is_aligned(storage{8 * mib}, huge_page_bytes));
  storage const small{mib, {huge_pages::yes}};  // there is no page to fill
  CHECK(is_aligned(small, storage_alignment_bytes));
  storage const without{16 * mib, {huge_pages::no}};
  CHECK(is_aligned(without, storage_alignment_bytes));
  std::memset(without.data(), 1, 16 * mib);
}

TEST_CASE("storage: no bytes, no block") {
  storage const nothing{0};
  CHECK(nothing.data() == nullptr);
  CHECK(nothing.bytes() == 0);
  CHECK(nothing.owners() == 0);
  CHECK(storage{}.data() == nullptr);
}

TEST_CASE("storage: copies share the block, the last owner releases it, once") {
  owner counter;
  char room[64];
  {
    storage a = storage::adopted(room, 64, memory_space::device, &owner::release, &counter);
    CHECK(a.owners() == 1);
    CHECK(a.space() == memory_space::device);
    storage b = a;
    CHECK(a.owners() == 2);
    CHECK(b.data() == a.data());
    storage c;
    c = b;
    CHECK(c.owners() == 3);
    auto const& same = c;
    c = same;
    CHECK(c.owners() == 3);
    a = storage{};
    b = storage{8};
    CHECK(c.owners() == 1);
    CHECK(counter.releases == 0);
  }
  CHECK(counter.releases == 1);
}

TEST_CASE("storage: what was moved from is empty and can be assigned to") {
  storage a{64};
  void* const data = a.data();
  storage b = std::move(a);
  CHECK(b.data() == data);
  CHECK(b.owners() == 1);
  CHECK(a.data() == nullptr);  // NOLINT(bugprone-use-after-move): that is the question
  a = std::move(b);
  CHECK(a.data() == data);
}

TEST_CASE("storage: owners in several threads are counted right") {
  owner counter;
  char room[64];
  {
    storage const shared =
        storage::adopted(room, 64, memory_space::host, &owner::release, &counter);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([shared] {
        for (int i = 0; i < 20000; ++i) {
          storage copy = shared;
          storage moved = std::move(copy);
          copy = moved;
        }
      });
    for (auto& thread : threads) thread.join();
    threads.clear();
    CHECK(shared.owners() == 1);
    CHECK(counter.releases == 0);
  }
  CHECK(counter.releases == 1);
}

TEST_CASE("storage: what the system has not is a memory_error with the bytes") {
  CHECK_THROWS_WITH_AS(
      storage{std::int64_t{1} << 60},
      doctest::Contains("[DS-STORAGE-MEMORY] no block of 1152921504606846976 bytes"), memory_error);
  CHECK_THROWS_AS(storage{-1}, memory_error);
  CHECK_THROWS_AS(storage{std::numeric_limits<std::int64_t>::max()}, memory_error);
}

TEST_CASE("storage: memory that cannot be counted is released at once") {
  owner counter;
  char room[64];
  no_memory_for_blocks = true;
  CHECK_THROWS_AS((void)storage::adopted(room, 64, memory_space::host, &owner::release, &counter),
                  memory_error);
  no_memory_for_blocks = false;
  CHECK(counter.releases == 1);
}
