// SPDX-License-Identifier: Apache-2.0
/// @file sector_count: how many sectors of 32 bytes the accesses of warps touch: what a GPU moves for them.
#pragma once
#include <deepseek/arch/emulated/grid_traffic.hpp>
#include <deepseek/arch/gpu/thread.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <utility>

namespace deepseek::test {

/// sector_count: of kernels in which the lanes of a warp that access memory do so equally often; the n-th
/// accesses of all lanes are one instruction.
class sector_count : public arch::emulated::grid_traffic {
 public:
  static constexpr std::int64_t sector_bytes = 32;
  using access = arch::emulated::global_access;

  void note(int block, access, void const* at, std::int64_t bytes) override {
    int const warp = arch::gpu::warp_rank();
    std::int64_t const number = made_[{block, arch::gpu::thread_rank()}]++;
    auto const first = reinterpret_cast<std::uintptr_t>(at);
    auto& sectors = touched_[{{block, warp}, number}];
    for (std::uintptr_t a = first / sector_bytes; a <= (first + bytes - 1) / sector_bytes; ++a)
      sectors.insert(a);
    bytes_ += bytes;
  }
  /// Of all accesses, over those that the same bytes need at least.
  [[nodiscard]] double times_least() const {
    double n = 0;
    for (auto const& [who, sectors] : touched_) n += static_cast<double>(sectors.size());
    return n * sector_bytes / static_cast<double>(bytes_);
  }

 private:
  using place = std::pair<int, int>;
  std::map<place, std::int64_t> made_;
  std::map<std::pair<place, std::int64_t>, std::set<std::uintptr_t>> touched_;
  std::int64_t bytes_ = 0;
};

}  // namespace deepseek::test
