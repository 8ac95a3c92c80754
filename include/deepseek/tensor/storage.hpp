// SPDX-License-Identifier: Apache-2.0
/// @file storage: a counted block of memory, aligned for the widest vector, on the host or a device.
#pragma once
#include <sys/mman.h>  // madvise
#include <unistd.h>    // sysconf

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

#include <deepseek/base/config.hpp>
#include <deepseek/base/error.hpp>

namespace deepseek {

/// memory_space: who may follow the pointer.
enum class memory_space : unsigned char { host, device };

/// huge_pages: whether to ask the system for 2 MiB pages. They save a large tensor most of its TLB
/// misses and page faults (a triad runs 1.1 to 1.2 times as fast); `automatic` asks from 8 MiB on.
enum class huge_pages : unsigned char { automatic, no, yes };

/// host_memory: how a host tensor gets its memory.
struct host_memory {
  huge_pages pages = huge_pages::automatic;
};

/// storage_alignment_bytes: every block starts at a multiple of it; one cache line, one AVX-512 vector.
inline constexpr std::size_t storage_alignment_bytes = 64;

/// storage: shares one block; the last owner frees it. Copying a storage copies no element.
///
/// @cost   one allocation; copies are one atomic increment
/// @fails  memory_error [DS-STORAGE-MEMORY] the system has no such block; nothing is leaked
class storage {
 public:
  /// release_function: frees data; called once, by the last owner.
  using release_function = void (*)(void* data, void* context) noexcept;

  storage() = default;

  /// storage(bytes, memory): a new block on the host; its content is undefined.
  explicit storage(std::int64_t bytes, host_memory memory = {}) {
    if (bytes == 0) return;
    std::size_t const alignment = alignment_of(bytes, memory);
    std::size_t const rounded = (std::size_t(bytes) + alignment - 1) / alignment * alignment;
    void* const data = bytes < 0 || rounded > std::size_t{PTRDIFF_MAX}
                           ? nullptr
                           : std::aligned_alloc(alignment, rounded);
    if (data == nullptr) fail_memory(bytes);
    if (wants_huge_pages(bytes, memory)) (void)madvise(data, rounded, MADV_HUGEPAGE);
    adopt(
        data, bytes, memory_space::host, [](void* p, void*) noexcept { std::free(p); }, nullptr);
  }

  /// adopted(data, bytes, space, release, context): owns memory that somebody else made; releases it
  /// also when it throws.
  static storage adopted(void* data, std::int64_t bytes, memory_space space,
                         release_function release, void* context) {
    storage result;
    result.adopt(data, bytes, space, release, context);
    return result;
  }

  // What is copied and destroyed implicitly is so for both sides; nothing of it runs on a GPU.
  DEEPSEEK_ANY_SIDE
  DEEPSEEK_HOST_DEVICE storage(storage const& other) noexcept : block_{other.block_} {
#if !DEEPSEEK_DEVICE_PASS
    if (block_ != nullptr) __atomic_add_fetch(&block_->owners, 1, __ATOMIC_RELAXED);
#endif
  }
  DEEPSEEK_ANY_SIDE
  DEEPSEEK_HOST_DEVICE storage(storage&& other) noexcept : block_{other.block_} {
    other.block_ = nullptr;
  }
  storage& operator=(storage other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  DEEPSEEK_ANY_SIDE
  DEEPSEEK_HOST_DEVICE ~storage() {
#if !DEEPSEEK_DEVICE_PASS
    if (block_ != nullptr && __atomic_sub_fetch(&block_->owners, 1, __ATOMIC_ACQ_REL) == 0)
      release_block(block_);
#endif
  }

  [[nodiscard]] void* data() const { return block_ == nullptr ? nullptr : block_->data; }
  [[nodiscard]] std::int64_t bytes() const { return block_ == nullptr ? 0 : block_->bytes; }
  [[nodiscard]] memory_space space() const {
    return block_ == nullptr ? memory_space::host : block_->space;
  }
  [[nodiscard]] int owners() const {
    return block_ == nullptr ? 0 : __atomic_load_n(&block_->owners, __ATOMIC_RELAXED);
  }

 private:
  struct block {
    void* data;
    void* context;
    release_function release;
    std::int64_t bytes;
    int owners;
    memory_space space;
  };

  /// Apart from the destructor: g++ 12 takes the last owner's release, inlined, for a use after free.
  DEEPSEEK_NOINLINE static void release_block(block* last) noexcept {
    last->release(last->data, last->context);
    delete last;
  }

  static constexpr std::int64_t huge_page_bytes = std::int64_t{1} << 21;
  static bool wants_huge_pages(std::int64_t bytes, host_memory memory) {
    if (memory.pages == huge_pages::automatic) return bytes >= 4 * huge_page_bytes;
    return memory.pages == huge_pages::yes && bytes >= huge_page_bytes;
  }
  static std::size_t alignment_of(std::int64_t bytes, host_memory memory) {
    return wants_huge_pages(bytes, memory) ? std::size_t(huge_page_bytes) : storage_alignment_bytes;
  }

  void adopt(void* data, std::int64_t bytes, memory_space space, release_function release,
             void* context) {
    block_ = new (std::nothrow) block{data, context, release, bytes, 1, space};
    if (block_ == nullptr) {
      release(data, context);
      fail_memory(sizeof(block));
    }
  }

  [[noreturn]] DEEPSEEK_NOINLINE static void fail_memory(std::int64_t bytes) {
    std::int64_t const free_bytes =
        std::int64_t(sysconf(_SC_AVPHYS_PAGES)) * std::int64_t(sysconf(_SC_PAGESIZE));
    throw memory_error(text{} << "[DS-STORAGE-MEMORY] no block of " << bytes
                              << " bytes on the host; " << free_bytes
                              << " bytes are free. Fix: smaller extents, or free tensors first.");
  }

  block* block_ = nullptr;
};

}  // namespace deepseek
