// SPDX-License-Identifier: Apache-2.0
/// @file Fragments: the part of a matrix that one lane of a warp holds for tensor cores, and which part
/// that is.
///
/// A product a b + c of a warp has a: 16 x K, b: K x 8, c: 16 x 8 or wider. All element types share one
/// layout each for a, b and c: a register has 4 bytes of neighbours along K (in c: two neighbours of a
/// row), lane l is member l % 4 of group l / 4, and a group has one row of a, one column of b.
#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/tf32.hpp>
#include <deepseek/base/dtype.hpp>

namespace deepseek::arch::gpu {

/// matrix_place: where an element is in its matrix.
struct matrix_place {
  int row = 0;
  int column = 0;
  friend constexpr bool operator==(matrix_place const&, matrix_place const&) = default;
};
/// fragment_place: which lane of the warp holds an element, and as the how manieth of its own.
struct fragment_place {
  int lane = 0;
  int element = 0;
  friend constexpr bool operator==(fragment_place const&, fragment_place const&) = default;
};

/// factor_element<T>: what a and b are made of. sum_element<T>: what c is made of.
template <class T>
concept factor_element = std::same_as<T, f16> || std::same_as<T, bf16> || std::same_as<T, tf32> ||
    std::same_as<T, std::int8_t> || std::same_as<T, std::uint8_t> || std::same_as<T, fp8_e4m3> ||
    std::same_as<T, fp8_e5m2>;
template <class T>
concept sum_element =
    std::same_as<T, float> || std::same_as<T, f16> || std::same_as<T, std::int32_t>;

namespace detail {
inline constexpr int group_lanes = 4;  // lanes that share a row of a, or a column of b
inline constexpr int group_rows = 8;   // groups of a warp

/// Unsigned of as many bytes.
template <int Bytes>
using bits_of_size =
    std::conditional_t<Bytes == 1, std::uint8_t,
                       std::conditional_t<Bytes == 2, std::uint16_t, std::uint32_t>>;
}  // namespace detail

/// fragment_registers<T, Elements>: elements of a lane in 4-byte registers, the first in the low bits.
template <class T, int Elements> struct fragment_registers {
  static constexpr int elements = Elements;
  static constexpr int packed = 4 / static_cast<int>(sizeof(T));  ///< elements of a register
  static constexpr int registers = Elements / packed;
  static_assert(Elements % packed == 0 && registers > 0,
                "[DS-FRAGMENT-SIZE] fragment_registers<T, Elements>: whole registers.");
  using element_type = T;
  /// What instructions take.
  using register_type =
      std::conditional_t<std::same_as<T, float> || std::same_as<T, std::int32_t>, T, std::uint32_t>;

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T operator[](int i) const {
    if constexpr (packed == 1) return __builtin_bit_cast(T, word[i]);
    else
      return __builtin_bit_cast(
          T, static_cast<detail::bits_of_size<sizeof(T)>>(word[i / packed] >> shift(i)));
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void set(int i, T value) {
    if constexpr (packed == 1) {
      word[i] = __builtin_bit_cast(register_type, value);
    } else {
      constexpr std::uint32_t ones = (1u << (32 / packed)) - 1;
      std::uint32_t const bits = __builtin_bit_cast(detail::bits_of_size<sizeof(T)>, value);
      word[i / packed] = (word[i / packed] & ~(ones << shift(i))) | (bits << shift(i));
    }
  }

  register_type word[registers];

 private:
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE static constexpr int shift(int i) {
    return i % packed * (32 / packed);
  }
};

/// fragment_a<T, K>: of a, 16 x K.
template <factor_element T, int K> struct fragment_a : fragment_registers<T, 16 * K / warp_size> {
  using fragment_registers<T, 16 * K / warp_size>::packed;
  static constexpr int rows = 16;
  static constexpr int columns = K;
  static constexpr int span = packed * detail::group_lanes;  ///< columns of a register of all lanes

  /// place(lane, i): of element i of a lane.
  DEEPSEEK_HOST_DEVICE static constexpr matrix_place place(int lane, int i) {
    int const lower = i / packed % 2;  // odd registers are of the lower rows
    int const step = i / packed / 2;
    return {lane / detail::group_lanes + lower * detail::group_rows,
            step * span + lane % detail::group_lanes * packed + i % packed};
  }
  /// holder(row, column): who has the element.
  DEEPSEEK_HOST_DEVICE static constexpr fragment_place holder(int row, int column) {
    return {row % detail::group_rows * detail::group_lanes + column % span / packed,
            (column / span * 2 + row / detail::group_rows) * packed + column % packed};
  }
};

/// fragment_b<T, K>: of b, K x 8.
template <factor_element T, int K> struct fragment_b : fragment_registers<T, K * 8 / warp_size> {
  using fragment_registers<T, K * 8 / warp_size>::packed;
  static constexpr int rows = K;
  static constexpr int columns = 8;
  static constexpr int span = packed * detail::group_lanes;  ///< rows of a register of all lanes

  DEEPSEEK_HOST_DEVICE static constexpr matrix_place place(int lane, int i) {
    return {i / packed * span + lane % detail::group_lanes * packed + i % packed,
            lane / detail::group_lanes};
  }
  DEEPSEEK_HOST_DEVICE static constexpr fragment_place holder(int row, int column) {
    return {column * detail::group_lanes + row % span / packed, row / span * packed + row % packed};
  }
};

/// fragment_c<T, N>: of c and of the result, 16 x N, N a multiple of 8: a lane has two neighbours of two
/// rows, of every 8 columns.
template <sum_element T, int N = 8> struct fragment_c : fragment_registers<T, 16 * N / warp_size> {
  static_assert(N > 0 && N % 8 == 0, "[DS-FRAGMENT-COLUMNS] fragment_c<T, N>: a multiple of 8.");
  static constexpr int rows = 16;
  static constexpr int columns = N;

  DEEPSEEK_HOST_DEVICE static constexpr matrix_place place(int lane, int i) {
    return {lane / detail::group_lanes + i / 2 % 2 * detail::group_rows,
            i / 4 * 8 + lane % detail::group_lanes * 2 + i % 2};
  }
  DEEPSEEK_HOST_DEVICE static constexpr fragment_place holder(int row, int column) {
    return {row % detail::group_rows * detail::group_lanes + column % 8 / 2,
            column / 8 * 4 + row / detail::group_rows * 2 + column % 2};
  }
};

}  // namespace deepseek::arch::gpu
