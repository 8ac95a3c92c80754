// SPDX-License-Identifier: Apache-2.0
/// @file row_room: shared memory in which threads keep what later passes read of a row again: registers that
/// did not fit. Nobody reads what another thread has put there, so that nobody waits.
///
///   room[piece][operand][access of up to 16 bytes][thread]
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/global.hpp>  // vec
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// row_share: how a launch shares rows that are longer than registers.
struct row_share {
  int kept =
      0;  ///< pieces of a row, of each block, that stay in its room; the others are read in each pass
  int blocks = 1;  ///< of a cluster, which have a row together
};

/// of_pass(P): a set of passes; passes are numbered from 1.
DEEPSEEK_HOST_DEVICE constexpr unsigned of_pass(int pass) { return 1u << pass; }

/// read_in<Passes, Before>: the passes of a program in which an operand is read; and how many bytes operands
/// before it have in the room for each element.
template <unsigned Passes, int Before = 0> struct read_in {
  static constexpr unsigned passes = Passes;
  static constexpr int before = Before;
  static constexpr bool again = (Passes & (Passes - 1)) != 0;  ///< in more than one pass
  static DEEPSEEK_HOST_DEVICE constexpr bool in(int pass) { return (Passes & of_pass(pass)) != 0; }
  static DEEPSEEK_HOST_DEVICE constexpr bool first_in(int pass) {
    return in(pass) && (Passes & (of_pass(pass) - 1)) == 0;
  }
};

/// row_room<Threads, Elements>: of a piece of a row of which each thread has so many elements of every
/// operand.
template <int Threads, int Elements> class row_room {
 public:
  static constexpr int alignment = 16;
  /// Of a piece, for operands whose elements together have so many bytes.
  static DEEPSEEK_HOST_DEVICE constexpr std::int64_t bytes_of(int element_bytes) {
    return std::int64_t{Threads} * Elements * element_bytes;
  }

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE explicit row_room(unsigned char* piece) : piece_{piece} {}

  /// put<Before>(held), get<Before>(held): the thread's elements of the operand behind others of Before
  /// bytes.
  template <int Before, class T>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void put(T const (&held)[Elements]) const {
    tile::unrolled<accesses<T>>([&](auto a) DEEPSEEK_INLINE_LAMBDA {
      word<T> w;
      __builtin_memcpy(&w, held + a * part<T>, sizeof(w));
      place<Before, T>(a) = w;
    });
  }
  template <int Before, class T>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void get(T (&held)[Elements]) const {
    tile::unrolled<accesses<T>>([&](auto a) DEEPSEEK_INLINE_LAMBDA {
      word<T> const w = place<Before, T>(a);
      __builtin_memcpy(held + a * part<T>, &w, sizeof(w));
    });
  }

 private:
  template <class T>
  static constexpr int part = Elements* int(sizeof(T)) >= 16 ? 16 / int(sizeof(T)) : Elements;
  template <class T> static constexpr int accesses = Elements / part<T>;
  template <int Bytes> static constexpr auto word_of() {
    if constexpr (Bytes >= 4) return arch::gpu::vec<std::uint32_t, Bytes / 4>{};
    else if constexpr (Bytes == 2) return std::uint16_t{};
    else return std::uint8_t{};
  }
  template <class T> using word = decltype(word_of<part<T>* int(sizeof(T))>());

  template <int Before, class T>
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE arch::gpu::shared_element<word<T>> place(
      int access) const {
    auto* const of_operand = reinterpret_cast<word<T>*>(piece_ + bytes_of(Before));
    return arch::gpu::shared_element<word<T>>{of_operand + access * Threads +
                                              arch::gpu::thread_rank()};
  }

  unsigned char* piece_;
};

}  // namespace deepseek::kernel
