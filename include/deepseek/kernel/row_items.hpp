// SPDX-License-Identifier: Apache-2.0
/// @file row_items: a row's elements as ranked items, read in accesses of 16 bytes whatever the
/// row's address.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/base/radix_key.hpp>
#include <deepseek/kernel/radix_prefix.hpp>
#include <deepseek/tile/stream_row.hpp>

namespace deepseek::kernel {

/// extreme: which end of the order comes first.
enum class extreme : unsigned char { largest, smallest };

/// row_items<T>: the elements begin … end - 1 of a row, with keys in the order that is wanted.
template <deepseek::element T> struct row_items {
  using key = radix_key_t<T>;

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
    tile::stream_row(row, begin, end, arch::gpu::thread_rank(), arch::gpu::block_threads(),
                     [&](T value, int index) DEEPSEEK_INLINE_LAMBDA { f(item(value, index)); });
  }
};

}  // namespace deepseek::kernel
