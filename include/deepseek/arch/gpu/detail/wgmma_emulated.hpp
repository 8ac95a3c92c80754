// SPDX-License-Identifier: Apache-2.0
/// @file wgmma in host code: each thread checks its part of what the four warps read, meets the others, and
/// computes its part of the result.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/wgmma_types.hpp>
#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/arch/gpu/warpgroup_fragment.hpp>

#if !DEEPSEEK_DEVICE_PASS
namespace deepseek::arch::gpu::detail {

/// What a thread puts in.
struct wgmma_part {
  std::uint64_t a;  ///< descriptor; 0 if a is in registers
  std::uint64_t b;
  std::uint32_t add;
  std::uint32_t left[4];  ///< registers of a; else 0
};

template <class Fragment> void check_fenced(Fragment const& fragment) {
  if (!fragment.use().fenced)
    this_machine().fault(
        "[DS-EMULATED-WGMMA-FENCE]",
        "multiplies with registers that it has touched since the last wgmma_fence() "
        "that names them, or that none has named. Fix: wgmma_fence(registers) before "
        "the first wgmma.");
}

/// A chunk of 16 bytes that the warp reads.
inline void read_chunk(matrix_descriptor const& of, major_axis major, int element_bytes, int row,
                       int k) {
  this_machine().product_read(this_machine().shared_place(of.at(major, element_bytes, row, k)), 16);
}
/// Every warp reads its 16 rows of a: a chunk each lane.
template <class A> void read_left(matrix_descriptor const& a, major_axis major) {
  constexpr int chunk = 16 / static_cast<int>(sizeof(A));
  int const first = warp_rank() % 4 * 16;
  int const lane = lane_rank();
  if (major == major_axis::k) read_chunk(a, major, sizeof(A), first + lane / 2, lane % 2 * chunk);
  else read_chunk(a, major, sizeof(A), first + lane % 2 * chunk, lane / 2);
}
/// Every warp reads all of b: 2 N chunks.
template <class B, int N> void read_right(matrix_descriptor const& b, major_axis major) {
  constexpr int chunk = 16 / static_cast<int>(sizeof(B));
  constexpr int chunks = N < chunk ? 1 : N / chunk;  // of a row along rows
  for (int i = lane_rank(); i < 2 * N; i += warp_size) {
    if (major == major_axis::k) read_chunk(b, major, sizeof(B), i / 2, i % 2 * chunk);
    else read_chunk(b, major, sizeof(B), i % chunks * chunk, i / chunks);
  }
}
/// The element of an operand, which has been checked.
template <class T> T element_of(matrix_descriptor const& of, major_axis major, int row, int k) {
  T value;
  __builtin_memcpy(&value, this_machine().shared_place(of.at(major, sizeof(T), row, k)), sizeof(T));
  return value;
}

/// All four warps have come with the same operands and the same `add`.
inline wgmma_part const* meet(char const* what, wgmma_part const& mine) {
  auto const* const all =
      static_cast<wgmma_part const*>(this_machine().collect_warpgroup(what, &mine, sizeof mine));
  for (int i = 0; i < warpgroup_threads; ++i)
    if (all[i].a != mine.a || all[i].b != mine.b || all[i].add != mine.add)
      this_machine().fault(
          "[DS-EMULATED-WGMMA-DIFFERS]",
          "multiplies other operands than another thread of its four warps, or "
          "adds where that does not. Fix: the same descriptors and the same `add`.");
  return all;
}

/// d = a b, or d + a b: in the order of k, d first; integers exactly, others in float.
template <class A, class B, wgmma_options Options, class T, int N, class Left>
void multiply(wgmma_sum<T, N>& d, Left const& left, matrix_descriptor const& b, bool add) {
  constexpr bool from_registers = !std::is_same_v<Left, matrix_descriptor>;
  constexpr int depth = wgmma_k<A>;
  using wide = mma_wide<A>;
  machine& here = this_machine();
  check_fenced(d);
  wgmma_part mine{0, b.bits, add, {}};
  if constexpr (from_registers) {
    check_fenced(left);
    __builtin_memcpy(mine.left, left.registers().word, sizeof mine.left);
  } else {
    mine.a = left.bits;
    read_left<A>(left, Options.a);
  }
  read_right<B, N>(b, Options.b);
  constexpr char const* what =
      spelled<joined<"wgmma ", wgmma_name_text<T, A, B, N, Options>(),
                     wgmma_signs_text<A, Options, from_registers>()>()>::value;
  wgmma_part const* const all = meet(what, mine);

  auto const of_a = [&](int row, int k) {
    if constexpr (from_registers) {
      fragment_place const holder = Left::holder(row, k);
      fragment_a<A, depth> part;
      __builtin_memcpy(part.word, all[holder.lane].left, sizeof part.word);
      return static_cast<wide>(part[holder.element]);
    } else {
      return static_cast<wide>(element_of<A>(left, Options.a, row, k));
    }
  };
  wide rows[2][depth];
  for (int half = 0; half < 2; ++half)
    for (int k = 0; k < depth; ++k)
      rows[half][k] = of_a(wgmma_sum<T, N>::place(thread_rank(), half * 2).row, k);
  auto& sums = d.registers();
  constexpr bool negative = Options.negate_a != Options.negate_b;
  for (int i = 0; i < sums.elements; ++i) {
    int const column = wgmma_sum<T, N>::place(thread_rank(), i).column;
    wide sum = add ? static_cast<wide>(sums[i]) : wide{0};
    for (int k = 0; k < depth; ++k) {
      wide const product =
          rows[i / 2 % 2][k] * static_cast<wide>(element_of<B>(b, Options.b, column, k));
      sum += negative ? -product : product;
    }
    sums.set(i, sum_as<T, Options.saturate>(sum));
  }
  int const group = here.products().open;
  d.use().group = group;
  if constexpr (from_registers) left.use().group = group;
}

}  // namespace deepseek::arch::gpu::detail
#endif
