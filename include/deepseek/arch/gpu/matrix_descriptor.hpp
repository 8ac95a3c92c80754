// SPDX-License-Identifier: Apache-2.0
/// @file matrix_descriptor: where wgmma finds an operand in shared memory, in 64 bits, and where each of its
/// elements is.
///
/// An operand has rows (m of a, n of b) and k. It is made of chunks, 16 bytes along its major axis, and of
/// core matrices, 8 chunks that lie one after the other, or with a swizzle at the same place of 8 rows of
/// that pattern. One instruction reads 32 bytes of k.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/swizzle.hpp>

namespace deepseek::arch::gpu {

/// major_axis: along which an operand's elements are neighbours in memory. Along rows (mn) only elements of
/// two bytes are.
enum class major_axis : unsigned char { k, mn };

/// matrix_strides: the two distances between an operand's parts, in bytes, multiples of 16.
///
///   major axis, swizzle | leading_bytes                        | stride_bytes
///   k, none             | from a chunk to the next along k     | from 8 rows to the next 8 rows
///   k, 32 to 128 bytes  | is not looked at                     | from 8 rows to the next 8 rows
///   mn, none            | from 8 k to the next 8 k             | from 8 rows (a chunk) to the next 8 rows
///   mn, 32 to 128 bytes | from a pattern's row to the next one | from 8 k to the next 8 k
///                       | along rows                           |
struct matrix_strides {
  int leading_bytes = 16;
  int stride_bytes = 16;
  swizzle pattern = swizzle::none;
  /// Number of the 128-byte line where the pattern begins, modulo 8: 0 if the operand starts at a multiple
  /// of the pattern's period.
  int first_line = 0;
};

/// matrix_descriptor: bits 0-13 start, 16-29 leading, 32-45 stride, all in units of 16 bytes; 49-51 first
/// line; 62-63 swizzle: 0 none, 1 of 128, 2 of 64, 3 of 32 bytes.
struct matrix_descriptor {
  std::uint64_t bits = 0;

  /// of(address, strides): of an operand that starts at that address of shared memory.
  DEEPSEEK_HOST_DEVICE static constexpr matrix_descriptor of(std::uint32_t address,
                                                             matrix_strides const& strides) {
    return {field(address) | field(static_cast<std::uint32_t>(strides.leading_bytes)) << 16 |
            field(static_cast<std::uint32_t>(strides.stride_bytes)) << 32 |
            static_cast<std::uint64_t>(strides.first_line & 7) << 49 |
            static_cast<std::uint64_t>(-static_cast<int>(strides.pattern) & 3) << 62};
  }
  /// advanced(bytes): the operand that starts so much later; the pattern stays where it is.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr matrix_descriptor advanced(int bytes) const {
    // The start is in the low word, which it does not leave: half of an addition of 64 bits.
    auto const low = static_cast<std::uint32_t>(bits) + static_cast<std::uint32_t>(bytes / 16);
    return {(bits >> 32 << 32) | low};
  }

  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr std::uint32_t address() const { return bytes(0); }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr std::uint32_t leading_bytes() const {
    return bytes(16);
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr std::uint32_t stride_bytes() const {
    return bytes(32);
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr std::uint32_t first_line() const {
    return static_cast<std::uint32_t>(bits >> 49 & 7);
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr swizzle pattern() const {
    return static_cast<swizzle>(-static_cast<int>(bits >> 62) & 3);
  }

  /// at(major, element_bytes, row, k): the address of an element.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr std::uint32_t at(major_axis major, int element_bytes,
                                                                int row, int k) const {
    auto const size = static_cast<std::uint32_t>(element_bytes);
    auto const r = static_cast<std::uint32_t>(row);
    auto const c = static_cast<std::uint32_t>(k);
    std::uint32_t const chunk = 16 / size;
    auto const row_bytes = static_cast<std::uint32_t>(swizzle_bytes(pattern()));
    std::uint32_t const in_row = row_bytes / size;
    bool const plain = pattern() == swizzle::none;
    std::uint32_t offset = 0;
    if (major == major_axis::k)
      offset = r % 8 * row_bytes + r / 8 * stride_bytes() +
               c / chunk * (plain ? leading_bytes() : 16) + c % chunk * size;
    else if (plain)
      offset = r % chunk * size + r / chunk * stride_bytes() + c % 8 * 16 + c / 8 * leading_bytes();
    else
      offset = r % in_row * size + r / in_row * leading_bytes() + c % 8 * row_bytes +
               c / 8 * stride_bytes();
    return swizzled(pattern(), address() + offset, first_line());
  }

  friend constexpr bool operator==(matrix_descriptor const&, matrix_descriptor const&) = default;

 private:
  DEEPSEEK_HOST_DEVICE static constexpr std::uint64_t field(std::uint32_t bytes) {
    return (bytes & 0x3ffff) >> 4;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr std::uint32_t bytes(int first_bit) const {
    return static_cast<std::uint32_t>(bits >> first_bit & 0x3fff) << 4;
  }
};

/// describe(start, strides): the descriptor of an operand in the block's shared memory.
template <class T>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE matrix_descriptor
describe(shared_element<T> start, matrix_strides const& strides) {
#if DEEPSEEK_DEVICE_PASS
  return matrix_descriptor::of(detail::shared_address(start.address()), strides);
#else
  return matrix_descriptor::of(this_machine().shared_address(start.address()), strides);
#endif
}

}  // namespace deepseek::arch::gpu
