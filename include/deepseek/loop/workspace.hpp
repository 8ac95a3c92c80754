// SPDX-License-Identifier: Apache-2.0
/// @file workspace: a thread's scratch memory, kept between runs so that a small kernel allocates nothing.
#pragma once
#include <cstdint>
#include <cstdlib>

#include <deepseek/base/error.hpp>

namespace deepseek::loop {

/// workspace: one growing block for each purpose. A thread has one set, which the first workspace on
/// its stack uses; one made while that is alive (a kernel run from inside a user's function) gets its
/// own.
class workspace {
 public:
  enum purpose : int {
    accumulators,
    kept_values,
    block_results,
    shared_partials,
    flat_values,
    matmul_panels,
    matmul_rows,     ///< rows of a that were evaluated
    matmul_columns,  ///< a block of b that was
    matmul_sums,     ///< a piece of the result
    attention_tiles,
    attention_parts,  ///< of rows whose keys are shared out
    matmul_turned,    ///< the same with its columns as rows
    purposes
  };

  workspace() : blocks_{claim()} {}
  ~workspace() {
    if (blocks_ == &own_) own_.release();
    else blocks_->taken = false;
  }
  workspace(workspace const&) = delete;
  workspace& operator=(workspace const&) = delete;

  /// take(purpose, bytes): at least that many bytes, aligned to 64, undefined; what the same purpose
  /// had before is gone.
  void* take(purpose use, std::int64_t bytes) { return blocks_->take(use, bytes); }

 private:
  struct blocks {
    void* memory[purposes] = {};
    std::int64_t size[purposes] = {};
    bool taken = false;

    void* take(int use, std::int64_t bytes) {
      if (bytes <= size[use]) return memory[use];
      constexpr std::int64_t alignment = 64;
      std::int64_t const rounded = (bytes + alignment - 1) / alignment * alignment;
      std::free(memory[use]);
      size[use] = 0;
      memory[use] = std::aligned_alloc(std::size_t(alignment), std::size_t(rounded));
      if (memory[use] == nullptr)
        throw memory_error(text{} << "[DS-WORKSPACE-MEMORY] no scratch block of " << rounded
                                  << " bytes on the host.");
      size[use] = rounded;
      return memory[use];
    }
    void release() {
      for (int use = 0; use < purposes; ++use) {
        std::free(memory[use]);
        memory[use] = nullptr;
        size[use] = 0;
      }
    }
  };
  struct blocks_of_thread : blocks {
    ~blocks_of_thread() { this->release(); }
  };

  blocks* claim() {
    static thread_local blocks_of_thread mine;
    if (mine.taken) return &own_;
    mine.taken = true;
    return &mine;
  }

  blocks own_;
  blocks* blocks_;
};

}  // namespace deepseek::loop
