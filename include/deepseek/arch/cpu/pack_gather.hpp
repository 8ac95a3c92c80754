// SPDX-License-Identifier: Apache-2.0
/// @file Lanes from places apart: a fixed step, or an index for each lane.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_memory.hpp>  // detail::to_loaded
#include <deepseek/arch/cpu/pack_split.hpp>

namespace deepseek::arch {

namespace detail {

/// Built from the single lanes up, which stays in registers where an array of lanes would not.
template <int N, class T>
DEEPSEEK_INLINE pack<stored<T>, N> strided_raw(T const* p, std::ptrdiff_t stride) {
  if constexpr (N == 1) {
    pack<stored<T>, 1> lane;
    __builtin_memcpy(&lane.v, p, sizeof lane.v);
    return lane;
  } else {
    return join(strided_raw<N / 2>(p, stride), strided_raw<N / 2>(p + stride * (N / 2), stride));
  }
}

template <class T, class Index, int N>
DEEPSEEK_INLINE pack<stored<T>, N> gathered_raw(T const* p, pack<Index, N> index) {
  if constexpr (N == 1) {
    pack<stored<T>, 1> lane;
    __builtin_memcpy(&lane.v, p + get(index, 0), sizeof lane.v);
    return lane;
  } else {
    return join(gathered_raw(p, low(index)), gathered_raw(p, high(index)));
  }
}

}  // namespace detail

/// load_strided<N>(p, stride)[i] = p[i * stride]; stride in elements, 0 and negative allowed.
/// @cost one load and about one shuffle a lane
template <int N, detail::loadable T>
DEEPSEEK_INLINE pack<detail::loaded<T>, N> load_strided(T const* p, std::ptrdiff_t stride) {
  return detail::to_loaded<T>(detail::strided_raw<N>(p, stride));
}

/// gather(p, index)[i] = p[index[i]]; every index must be readable.
/// @cost as load_strided: the processors' gather instruction is not faster (docs/adr/0001-simd.md)
template <detail::loadable T, std::signed_integral Index, int N>
DEEPSEEK_INLINE pack<detail::loaded<T>, N> gather(T const* p, pack<Index, N> index) {
  return detail::to_loaded<T>(detail::gathered_raw(p, index));
}

}  // namespace deepseek::arch
