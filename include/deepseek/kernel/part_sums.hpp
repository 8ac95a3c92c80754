// SPDX-License-Identifier: Apache-2.0
/// @file part_sums: what blocks sum up of parts of a row, in global memory, for the launches after theirs.
///
///   memory[pass][row][part][word],  pass = 1 … Root::level, a sum in words of 4 bytes
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/base/config.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// part_sums<Root>: of `rows` rows in `parts` parts each.
template <class Root> struct part_sums {
  using word = std::uint32_t;
  template <int Pass> using acc = typename Root::template acc<Pass>;
  template <int Pass>
  static constexpr int words = (int{sizeof(acc<Pass>)} + int{sizeof(word)} - 1) / int{sizeof(word)};
  /// Words of passes 1 … Pass of one part.
  template <int Pass> static DEEPSEEK_HOST_DEVICE constexpr int words_up_to() {
    if constexpr (Pass == 0) return 0;
    else return words_up_to<Pass - 1>() + words<Pass>;
  }
  static constexpr std::int64_t bytes_of_part = words_up_to<Root::level>() * int{sizeof(word)};

  word* memory;
  std::int64_t rows;
  int parts;

  template <int Pass>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void put(std::int64_t row, int part,
                                                acc<Pass> const& sum) const {
    word value[words<Pass>] = {};
    __builtin_memcpy(value, &sum, sizeof(sum));
    word* const to = place<Pass>(row, part);
    tile::unrolled<words<Pass>>([&](auto w)
                                    DEEPSEEK_INLINE_LAMBDA { arch::gpu::store(to + w, value[w]); });
  }
  template <int Pass>
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE acc<Pass> get(std::int64_t row,
                                                                   int part) const {
    word value[words<Pass>];
    word const* const from = place<Pass>(row, part);
    tile::unrolled<words<Pass>>(
        [&](auto w) DEEPSEEK_INLINE_LAMBDA { value[w] = arch::gpu::load(from + w); });
    acc<Pass> sum;
    __builtin_memcpy(&sum, value, sizeof(sum));
    return sum;
  }

 private:
  template <int Pass>
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE word* place(std::int64_t row, int part) const {
    constexpr std::int64_t before = words_up_to<Pass - 1>();
    return memory + rows * parts * before + (row * parts + part) * words<Pass>;
  }
};

}  // namespace deepseek::kernel
