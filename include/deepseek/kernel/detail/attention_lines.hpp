// SPDX-License-Identifier: Apache-2.0
/// @file How a block fills a matrix_tile whose lines lie anywhere in global memory: by copies of 16 bytes, or
/// element by element through registers, where they are of another type or not aligned to that.
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/arch/gpu/async_copy.hpp>
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/convert.hpp>
#include <deepseek/tile/matrix_tile.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// fill_lines<Tile, Threads>(memory, first, width, wide, step, line_of): starts to fill the tile at byte
/// `first`. line_of(number) is {pointer, scale}; no pointer: a line of zeros. Elements from `width` on are
/// zero. wide: lines begin at multiples of 16 bytes, and neighbours are neighbours; else `step` apart.
template <class Tile, int Threads, int Bytes, class LineOf>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fill_lines(
    arch::gpu::shared_array<unsigned char, Bytes>& memory, int first, int width, bool wide,
    std::int64_t step, LineOf const& line_of) {
  using T = typename Tile::element_type;
  using sixteen = arch::gpu::vec<T, Tile::chunk>;
  static_assert(Threads % Tile::chunks == 0 && Tile::lines % (Threads / Tile::chunks) == 0,
                "[DS-ATTENTION-LINES] equal shares of the tile for all threads.");
  constexpr int line_step = Threads / Tile::chunks;
  int const thread = arch::gpu::thread_rank();
  int const chunk = thread % Tile::chunks;
  int const left = width - chunk * Tile::chunk;
  int const elements = left < 0 ? 0 : left < Tile::chunk ? left : Tile::chunk;
  auto const at = [&](int number) DEEPSEEK_INLINE_LAMBDA {
    unsigned char* const to = memory[first + Tile::place(number, chunk)].address();
    return arch::gpu::shared_element<sixteen>{reinterpret_cast<sixteen*>(to)};
  };
  using Source = std::remove_cvref_t<decltype(*line_of(0).from)>;
  if constexpr (std::same_as<Source, T>) {
    if (wide) {
      tile::unrolled<Tile::lines / line_step>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        int const number = thread / Tile::chunks + i * line_step;
        auto const line = line_of(number);
        bool const there = line.from != nullptr && elements > 0;
        auto const* const from = there ? line.from + chunk * Tile::chunk : line.any;
        arch::gpu::copy_async(at(number), reinterpret_cast<sixteen const*>(from),
                              there ? elements * int{sizeof(T)} : 0);
      });
      return;
    }
  }
#if DEEPSEEK_DEVICE_PASS
#pragma unroll 1
#endif
  for (int number = thread / Tile::chunks; number < Tile::lines; number += line_step) {
    auto const line = line_of(number);
    int const count = line.from == nullptr ? 0 : elements;
    sixteen all;
    tile::unrolled<Tile::chunk>([&](auto e) DEEPSEEK_INLINE_LAMBDA {
      T x{};
      if (e < count) {
        Source const given = arch::gpu::load(line.from + (chunk * Tile::chunk + e) * step);
        if constexpr (std::same_as<Source, T>) x = given;
        else x = convert<T>(static_cast<float>(given) * line.scale);
      }
      all[e] = x;
    });
    at(number) = all;
  }
}

/// line_in_memory<T>: what line_of gives. any: some address of the operand.
template <class T> struct line_in_memory {
  T const* from;
  T const* any;
  float scale;
};

}  // namespace deepseek::kernel
