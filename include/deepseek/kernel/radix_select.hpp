// SPDX-License-Identifier: Apache-2.0
/// @file The k items of a source that are ranked first, by one block.
///
/// Digit by digit from the top: count the items with each next digit among those with the digits so
/// far, find the digit of the last item that is chosen. As soon as the items with its prefix fit
/// into shared memory they are gathered there, and the source is not read again: most sources are
/// read once for each digit until then, and once more. If all of them fit from the start it is read
/// once.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/atomic.hpp>
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/kernel/radix_prefix.hpp>
#include <deepseek/tile/block_scan.hpp>

namespace deepseek::kernel {

/// radix_select_plan<Key, Capacity, DigitBits>: shared memory; chosen items lie at the front of the
/// arrays, those that still may be at their end.
template <class Key, int Capacity, int DigitBits> struct radix_select_plan {
  static constexpr int capacity = Capacity;
  static constexpr int bins = 1 << DigitBits;

  arch::gpu::shared_array<Key, Capacity> key;
  arch::gpu::shared_array<std::uint32_t, Capacity> index;
  arch::gpu::shared_array<std::uint32_t, bins> bin;
  tile::block_scan_scratch<std::uint32_t> scan;
  arch::gpu::shared_value<std::uint32_t> chosen;  ///< how many lie at the front
  arch::gpu::shared_value<std::uint32_t> gathered;
  arch::gpu::shared_value<std::uint32_t> digit;  ///< of the last item that is chosen
  arch::gpu::shared_value<std::uint32_t> above;  ///< items with a larger digit
  arch::gpu::shared_value<std::uint32_t> equal;  ///< items with that digit

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE ranked<Key> item(int i) { return {key[i], index[i]}; }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void put(int i, ranked<Key> const& item) {
    key[i] = item.key;
    index[i] = item.index;
  }
};

namespace detail {

/// Of the gathered items at the end of the plan's arrays, each is one thread's.
template <class Plan> struct gathered_items {
  Plan& shared;
  int count;
  DEEPSEEK_ANY_SIDE
  template <class F> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void for_each(F const& f) const {
    for (int i = arch::gpu::thread_rank(); i < count; i += arch::gpu::block_threads())
      f(shared.item(Plan::capacity - 1 - i));
  }
};

/// bin[d] = items of the source with the prefix and the next digit d; seen by all threads.
template <class Source, class Prefix, class Plan>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void count_digits(Source const& source, Prefix const& prefix,
                                                       Plan& shared) {
  for (int b = arch::gpu::thread_rank(); b < Plan::bins; b += arch::gpu::block_threads())
    shared.bin[b] = 0;
  arch::gpu::sync_block();
  source.for_each([&](auto const& item) DEEPSEEK_INLINE_LAMBDA {
    if (prefix.compare(item) == 0) arch::gpu::atomic_add(shared.bin[prefix.digit(item)], 1u);
  });
  arch::gpu::sync_block();
}

/// The digit of the item that is ranked `wanted`-th among those counted, with how many have a
/// larger one and how many have that one: in shared memory, seen by all threads.
template <class Plan>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void find_digit(std::uint32_t wanted, Plan& shared) {
  int const threads = arch::gpu::block_threads();
  int const each = (Plan::bins + threads - 1) / threads;
  int const top =
      Plan::bins - 1 - arch::gpu::thread_rank() * each;  // this thread's bins, downwards
  std::uint32_t own = 0;
  for (int b = top; b > top - each && b >= 0; --b) own += shared.bin[b];
  auto const add = [](std::uint32_t a, std::uint32_t b) DEEPSEEK_INLINE_LAMBDA { return a + b; };
  std::uint32_t above = tile::block_exclusive_scan(own, 0u, add, shared.scan).value;
  if (above < wanted && wanted <= above + own) {
    int b = top;
    for (; above + shared.bin[b] < wanted; --b) above += shared.bin[b];
    shared.digit = static_cast<std::uint32_t>(b);
    shared.above = above;
    shared.equal = shared.bin[b];
  }
  arch::gpu::sync_block();
}

/// Items above the prefix go to the front; those with the prefix too, or to the end. Seen by all
/// threads.
template <bool WithPrefixToo, class Source, class Prefix, class Plan>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void sort_out(Source const& source, Prefix const& prefix,
                                                   Plan& shared) {
  source.for_each([&](auto const& item) DEEPSEEK_INLINE_LAMBDA {
    int const side = prefix.compare(item);
    if (side > 0 || (WithPrefixToo && side == 0)) {
      shared.put(static_cast<int>(arch::gpu::atomic_add(shared.chosen.one[0], 1u)), item);
    } else if (!WithPrefixToo && side == 0) {
      auto const i = static_cast<int>(arch::gpu::atomic_add(shared.gathered.one[0], 1u));
      shared.put(Plan::capacity - 1 - i, item);
    }
  });
  arch::gpu::sync_block();
}

}  // namespace detail

/// radix_select(source, n, k, key_bits, index_bits, shared): the k first of n items, 1 <= k <= n, k
/// < Capacity, are items 0 … k - 1 of the plan, in any order, seen by all threads of the block, all
/// of which call it.
///
/// source.for_each(f) calls f(item) for each item, by one thread each; all threads call it, and it
/// is the same each time. key_bits and index_bits are the lower bits of keys and indices that can
/// be set.
template <class Source, class Key, int Capacity, int DigitBits>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void radix_select(
    Source const& source, int n, int k, int key_bits, int index_bits,
    radix_select_plan<Key, Capacity, DigitBits>& shared) {
  detail::gathered_items<radix_select_plan<Key, Capacity, DigitBits>> gathered{shared, 0};
  radix_prefix<Key, DigitBits> prefix{key_bits, index_bits};
  auto wanted = static_cast<std::uint32_t>(k);
  auto equal = static_cast<std::uint32_t>(n);  // items with the prefix
  bool in_shared = false;
  if (arch::gpu::thread_rank() == 0) {
    shared.chosen = 0;
    shared.gathered = 0;
  }
  arch::gpu::sync_block();
  while (equal > wanted) {
    if (!in_shared && equal <= static_cast<std::uint32_t>(Capacity - k)) {
      detail::sort_out<false>(source, prefix, shared);
      gathered.count = static_cast<int>(equal);
      in_shared = true;
    }
    if (in_shared) detail::count_digits(gathered, prefix, shared);
    else detail::count_digits(source, prefix, shared);
    detail::find_digit(wanted, shared);
    prefix.extend(static_cast<int>(static_cast<std::uint32_t>(shared.digit)));
    wanted -= shared.above;
    equal = shared.equal;
  }
  if (in_shared) detail::sort_out<true>(gathered, prefix, shared);
  else detail::sort_out<true>(source, prefix, shared);
}

}  // namespace deepseek::kernel
