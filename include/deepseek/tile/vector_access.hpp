// SPDX-License-Identifier: Apache-2.0
/// @file Rows of global memory in accesses of several elements: how many fit is decided before the
/// launch, by addresses, strides and extents; the end of a row is not read beyond.
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/base/config.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::tile {

/// widest_access_bytes: of one instruction.
inline constexpr int widest_access_bytes = 16;

/// access_elements(p, extent, stride…): the most elements, a power of two, that one access may have
/// in all rows of an operand: rows begin at p and multiples of the strides (in elements) from it
/// and have `extent` elements; accesses begin at multiples of the result within a row. Of several
/// operands: the least.
template <class T, std::convertible_to<std::int64_t>... Strides>
[[nodiscard]] inline int access_elements(T const* p, std::int64_t extent, Strides... stride) {
  constexpr auto bytes = static_cast<std::uintptr_t>(sizeof(T));
  std::uintptr_t offsets =
      reinterpret_cast<std::uintptr_t>(p) | std::uintptr_t{widest_access_bytes};
  ((offsets |= static_cast<std::uintptr_t>(static_cast<std::int64_t>(stride)) * bytes), ...);
  int elements = static_cast<int>((offsets & (~offsets + 1)) / bytes);
  while (elements > 1 && elements > extent) elements /= 2;
  return elements < 1 ? 1 : elements;
}

/// held<T, N>: N elements that a thread has in registers.
template <class T, int N> struct held {
  static constexpr int size = N;
  T value[N];
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T& operator[](int i) { return value[i]; }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T const& operator[](int i) const { return value[i]; }
};

/// load_row<N, Width>(row, first, step, extent, fill): N elements in accesses of Width: those from
/// first on, from first + step on …; an access may be cut by the row's end, what is beyond is
/// `fill` and not read. The accesses' beginnings are aligned to Width elements.
template <int N, int Width, arch::gpu::reuse Reuse = arch::gpu::reuse::usual, class T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE held<T, N> load_row(T const* row, std::int64_t first,
                                                         std::int64_t step, std::int64_t extent,
                                                         std::type_identity_t<T> const& fill) {
  static_assert(N % Width == 0, "[DS-ACCESS-WIDTH] load_row<N, Width>: N is a multiple of Width.");
  using piece = arch::gpu::vec<T, Width>;
  held<T, N> result;
  unrolled<N / Width>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
    std::int64_t const at = first + v * step;
    if (at + Width <= extent) {
      auto const whole = arch::gpu::load<Reuse>(reinterpret_cast<piece const*>(row + at));
      unrolled<Width>([&](auto k) DEEPSEEK_INLINE_LAMBDA { result[v * Width + k] = whole[k]; });
    } else {
      unrolled<Width>([&](auto k) DEEPSEEK_INLINE_LAMBDA {
        result[v * Width + k] = at + k < extent ? arch::gpu::load<Reuse>(row + at + k) : fill;
      });
    }
  });
  return result;
}

/// store_row<Width>(row, first, step, extent, elements): the same places; nothing is written beyond
/// the end.
template <int Width, arch::gpu::reuse Reuse = arch::gpu::reuse::usual, class T, int N>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void store_row(T* row, std::int64_t first, std::int64_t step,
                                                    std::int64_t extent,
                                                    held<T, N> const& elements) {
  static_assert(N % Width == 0, "[DS-ACCESS-WIDTH] store_row<Width>: N is a multiple of Width.");
  using piece = arch::gpu::vec<T, Width>;
  unrolled<N / Width>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
    std::int64_t const at = first + v * step;
    if (at + Width <= extent) {
      piece whole;
      unrolled<Width>([&](auto k) DEEPSEEK_INLINE_LAMBDA { whole[k] = elements[v * Width + k]; });
      arch::gpu::store<Reuse>(reinterpret_cast<piece*>(row + at), whole);
    } else {
      unrolled<Width>([&](auto k) DEEPSEEK_INLINE_LAMBDA {
        if (at + k < extent) arch::gpu::store<Reuse>(row + at + k, elements[v * Width + k]);
      });
    }
  });
}

}  // namespace deepseek::tile
