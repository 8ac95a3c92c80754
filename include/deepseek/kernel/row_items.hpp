// SPDX-License-Identifier: Apache-2.0
/// @file row_items: a row's elements as ranked items, read in accesses of 16 bytes whatever the
/// row's address.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/kernel/radix_key.hpp>
#include <deepseek/kernel/radix_prefix.hpp>
#include <deepseek/tile/unrolled.hpp>
#include <deepseek/tile/vector_access.hpp>

namespace deepseek::kernel {

/// extreme: which end of the order comes first.
enum class extreme : unsigned char { largest, smallest };

/// row_items<T>: the elements begin … end - 1 of a row, with keys in the order that is wanted.
template <element T> struct row_items {
  using key = radix_key_t<T>;
  static constexpr int per_access = tile::widest_access_bytes / static_cast<int>(sizeof(T));
  /// Accesses that are under way at once: 16 elements, so that there is not too much code for bytes.
  static constexpr int accesses = per_access >= 16 ? 1 : 16 / per_access > 4 ? 4 : 16 / per_access;

  T const* row;
  int begin;
  int end;
  extreme which;

  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE ranked<key> item(T value, int index) const {
    constexpr key all = static_cast<key>(~std::uint64_t{0} >> (64 - radix_key_bits<T>));
    key const k = radix_key(value);
    return {which == extreme::largest ? k : all - k, static_cast<std::uint32_t>(index)};
  }

  /// for_each(f): f(item) for each element, by one thread of the block each; all threads call it.
  DEEPSEEK_ANY_SIDE
  template <class F> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void for_each(F const& f) const {
    using piece = arch::gpu::vec<T, per_access>;
    int const rank = arch::gpu::thread_rank();
    int const threads = arch::gpu::block_threads();
    int const first = aligned_begin();
    int const pieces = (end - first) / per_access;
    auto const* const whole = reinterpret_cast<piece const*>(row + first);
    for (int p = rank; p < pieces; p += threads * accesses) {
      piece held[accesses];
      tile::unrolled<accesses>([&](auto a) DEEPSEEK_INLINE_LAMBDA {
        if (p + a * threads < pieces) held[a] = arch::gpu::load(whole + p + a * threads);
      });
      tile::unrolled<accesses>([&](auto a) DEEPSEEK_INLINE_LAMBDA {
        if (p + a * threads >= pieces) return;
        int const index = first + (p + a * threads) * per_access;
        tile::unrolled<per_access>([&](auto e)
                                       DEEPSEEK_INLINE_LAMBDA { f(item(held[a][e], index + e)); });
      });
    }
    // What lies before the first aligned place and after the last whole piece.
    int const before = first - begin;
    int const after = first + pieces * per_access;
    for (int i = rank; i < before + end - after; i += threads) {
      int const index = i < before ? begin + i : after + i - before;
      f(item(arch::gpu::load(row + index), index));
    }
  }

 private:
  /// The first element whose address is a multiple of 16, or the end.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int aligned_begin() const {
    constexpr auto bytes = static_cast<std::uintptr_t>(tile::widest_access_bytes);
    std::uintptr_t const over = reinterpret_cast<std::uintptr_t>(row + begin) % bytes;
    int const missing = over == 0 ? 0 : static_cast<int>((bytes - over) / sizeof(T));
    return missing < end - begin ? begin + missing : end;
  }
};

}  // namespace deepseek::kernel
