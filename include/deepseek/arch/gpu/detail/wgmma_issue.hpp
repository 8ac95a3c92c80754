// SPDX-License-Identifier: Apache-2.0
/// @file wgmma.mma_async for every number of accumulator registers: asm wants each of them written out.
///
/// A list of registers is whole tens, then an even part of the next ten. A row of the table is the number
/// of registers, which is the number of the first operand after them, the seven numbers that follow it,
/// the tens, their digits, and the part.
#pragma once
#include <cstdint>

#include <deepseek/base/config.hpp>

#if DEEPSEEK_DEVICE_PASS
namespace deepseek::arch::gpu::detail {

// clang-format off
// Numbers of operands: TEXT_2(3) is "%30, %31".
#define TEXT_2(ten) "%" #ten "0, %" #ten "1"
#define TEXT_4(ten) TEXT_2(ten) ", %" #ten "2, %" #ten "3"
#define TEXT_6(ten) TEXT_4(ten) ", %" #ten "4, %" #ten "5"
#define TEXT_8(ten) TEXT_6(ten) ", %" #ten "6, %" #ten "7"
#define TEXT_10(ten) TEXT_8(ten) ", %" #ten "8, %" #ten "9"
#define TEXT_TENS_0
#define TEXT_TENS_1 TEXT_TENS_0 TEXT_10() ", "
#define TEXT_TENS_2 TEXT_TENS_1 TEXT_10(1) ", "
#define TEXT_TENS_3 TEXT_TENS_2 TEXT_10(2) ", "
#define TEXT_TENS_4 TEXT_TENS_3 TEXT_10(3) ", "
#define TEXT_TENS_5 TEXT_TENS_4 TEXT_10(4) ", "
#define TEXT_TENS_6 TEXT_TENS_5 TEXT_10(5) ", "
#define TEXT_TENS_7 TEXT_TENS_6 TEXT_10(6) ", "
#define TEXT_TENS_8 TEXT_TENS_7 TEXT_10(7) ", "
#define TEXT_TENS_9 TEXT_TENS_8 TEXT_10(8) ", "
#define TEXT_TENS_10 TEXT_TENS_9 TEXT_10(9) ", "
#define TEXT_TENS_11 TEXT_TENS_10 TEXT_10(10) ", "
#define TEXT_TENS_12 TEXT_TENS_11 TEXT_10(11) ", "
// Operands that are read and written: REGISTERS_2(kind, 3) is kind(d[30]), kind(d[31]).
#define REGISTERS_2(kind, ten) kind(d[ten##0]), kind(d[ten##1])
#define REGISTERS_4(kind, ten) REGISTERS_2(kind, ten), kind(d[ten##2]), kind(d[ten##3])
#define REGISTERS_6(kind, ten) REGISTERS_4(kind, ten), kind(d[ten##4]), kind(d[ten##5])
#define REGISTERS_8(kind, ten) REGISTERS_6(kind, ten), kind(d[ten##6]), kind(d[ten##7])
#define REGISTERS_10(kind, ten) REGISTERS_8(kind, ten), kind(d[ten##8]), kind(d[ten##9])
#define REGISTERS_TENS_0(kind)
#define REGISTERS_TENS_1(kind) REGISTERS_TENS_0(kind) REGISTERS_10(kind, ),
#define REGISTERS_TENS_2(kind) REGISTERS_TENS_1(kind) REGISTERS_10(kind, 1),
#define REGISTERS_TENS_3(kind) REGISTERS_TENS_2(kind) REGISTERS_10(kind, 2),
#define REGISTERS_TENS_4(kind) REGISTERS_TENS_3(kind) REGISTERS_10(kind, 3),
#define REGISTERS_TENS_5(kind) REGISTERS_TENS_4(kind) REGISTERS_10(kind, 4),
#define REGISTERS_TENS_6(kind) REGISTERS_TENS_5(kind) REGISTERS_10(kind, 5),
#define REGISTERS_TENS_7(kind) REGISTERS_TENS_6(kind) REGISTERS_10(kind, 6),
#define REGISTERS_TENS_8(kind) REGISTERS_TENS_7(kind) REGISTERS_10(kind, 7),
#define REGISTERS_TENS_9(kind) REGISTERS_TENS_8(kind) REGISTERS_10(kind, 8),
#define REGISTERS_TENS_10(kind) REGISTERS_TENS_9(kind) REGISTERS_10(kind, 9),
#define REGISTERS_TENS_11(kind) REGISTERS_TENS_10(kind) REGISTERS_10(kind, 10),
#define REGISTERS_TENS_12(kind) REGISTERS_TENS_11(kind) REGISTERS_10(kind, 11),

// f32 and s32 have N / 2 registers, f16 N / 4.
#define MULTIPLES_OF_4(issue, kind) \
  issue(kind, 4, 5, 6, 7, 8, 9, 10, 11, 0, , 4) \
  issue(kind, 8, 9, 10, 11, 12, 13, 14, 15, 0, , 8) \
  issue(kind, 12, 13, 14, 15, 16, 17, 18, 19, 1, 1, 2) \
  issue(kind, 16, 17, 18, 19, 20, 21, 22, 23, 1, 1, 6) \
  issue(kind, 20, 21, 22, 23, 24, 25, 26, 27, 1, 1, 10) \
  issue(kind, 24, 25, 26, 27, 28, 29, 30, 31, 2, 2, 4) \
  issue(kind, 28, 29, 30, 31, 32, 33, 34, 35, 2, 2, 8) \
  issue(kind, 32, 33, 34, 35, 36, 37, 38, 39, 3, 3, 2) \
  issue(kind, 36, 37, 38, 39, 40, 41, 42, 43, 3, 3, 6) \
  issue(kind, 40, 41, 42, 43, 44, 45, 46, 47, 3, 3, 10) \
  issue(kind, 44, 45, 46, 47, 48, 49, 50, 51, 4, 4, 4) \
  issue(kind, 48, 49, 50, 51, 52, 53, 54, 55, 4, 4, 8) \
  issue(kind, 52, 53, 54, 55, 56, 57, 58, 59, 5, 5, 2) \
  issue(kind, 56, 57, 58, 59, 60, 61, 62, 63, 5, 5, 6) \
  issue(kind, 60, 61, 62, 63, 64, 65, 66, 67, 5, 5, 10) \
  issue(kind, 64, 65, 66, 67, 68, 69, 70, 71, 6, 6, 4) \
  issue(kind, 68, 69, 70, 71, 72, 73, 74, 75, 6, 6, 8) \
  issue(kind, 72, 73, 74, 75, 76, 77, 78, 79, 7, 7, 2) \
  issue(kind, 76, 77, 78, 79, 80, 81, 82, 83, 7, 7, 6) \
  issue(kind, 80, 81, 82, 83, 84, 85, 86, 87, 7, 7, 10) \
  issue(kind, 84, 85, 86, 87, 88, 89, 90, 91, 8, 8, 4) \
  issue(kind, 88, 89, 90, 91, 92, 93, 94, 95, 8, 8, 8) \
  issue(kind, 92, 93, 94, 95, 96, 97, 98, 99, 9, 9, 2) \
  issue(kind, 96, 97, 98, 99, 100, 101, 102, 103, 9, 9, 6) \
  issue(kind, 100, 101, 102, 103, 104, 105, 106, 107, 9, 9, 10) \
  issue(kind, 104, 105, 106, 107, 108, 109, 110, 111, 10, 10, 4) \
  issue(kind, 108, 109, 110, 111, 112, 113, 114, 115, 10, 10, 8) \
  issue(kind, 112, 113, 114, 115, 116, 117, 118, 119, 11, 11, 2) \
  issue(kind, 116, 117, 118, 119, 120, 121, 122, 123, 11, 11, 6) \
  issue(kind, 120, 121, 122, 123, 124, 125, 126, 127, 11, 11, 10) \
  issue(kind, 124, 125, 126, 127, 128, 129, 130, 131, 12, 12, 4) \
  issue(kind, 128, 129, 130, 131, 132, 133, 134, 135, 12, 12, 8)
#define OTHER_MULTIPLES_OF_2(issue, kind) \
  issue(kind, 2, 3, 4, 5, 6, 7, 8, 9, 0, , 2) \
  issue(kind, 6, 7, 8, 9, 10, 11, 12, 13, 0, , 6) \
  issue(kind, 10, 11, 12, 13, 14, 15, 16, 17, 0, , 10) \
  issue(kind, 14, 15, 16, 17, 18, 19, 20, 21, 1, 1, 4) \
  issue(kind, 18, 19, 20, 21, 22, 23, 24, 25, 1, 1, 8) \
  issue(kind, 22, 23, 24, 25, 26, 27, 28, 29, 2, 2, 2) \
  issue(kind, 26, 27, 28, 29, 30, 31, 32, 33, 2, 2, 6) \
  issue(kind, 30, 31, 32, 33, 34, 35, 36, 37, 2, 2, 10) \
  issue(kind, 34, 35, 36, 37, 38, 39, 40, 41, 3, 3, 4) \
  issue(kind, 38, 39, 40, 41, 42, 43, 44, 45, 3, 3, 8) \
  issue(kind, 42, 43, 44, 45, 46, 47, 48, 49, 4, 4, 2) \
  issue(kind, 46, 47, 48, 49, 50, 51, 52, 53, 4, 4, 6) \
  issue(kind, 50, 51, 52, 53, 54, 55, 56, 57, 4, 4, 10) \
  issue(kind, 54, 55, 56, 57, 58, 59, 60, 61, 5, 5, 4) \
  issue(kind, 58, 59, 60, 61, 62, 63, 64, 65, 5, 5, 8) \
  issue(kind, 62, 63, 64, 65, 66, 67, 68, 69, 6, 6, 2)

#define FROM_SHARED(kind, n0, n1, n2, n3, n4, n5, n6, n7, tens, ten, part) \
  if constexpr (Count == n0) \
    asm volatile("{ .reg .pred p; setp.ne.b32 p, %" #n2 ", 0; wgmma.mma_async.sync.aligned.%" #n3 \
                 " {" TEXT_TENS_##tens TEXT_##part(ten) "}, %" #n0 ", %" #n1 ", p%" #n4 "; }" \
                 : REGISTERS_TENS_##tens(kind) REGISTERS_##part(kind, ten) \
                 : "l"(a), "l"(b), "r"(add), "C"(Name::value), "C"(Signs::value)); \
  else
#define FROM_REGISTERS(kind, n0, n1, n2, n3, n4, n5, n6, n7, tens, ten, part) \
  if constexpr (Count == n0) \
    asm volatile("{ .reg .pred p; setp.ne.b32 p, %" #n5 ", 0; wgmma.mma_async.sync.aligned.%" #n6 \
                 " {" TEXT_TENS_##tens TEXT_##part(ten) "}, {%" #n0 ", %" #n1 ", %" #n2 ", %" #n3 \
                 "}, %" #n4 ", p%" #n7 "; }" \
                 : REGISTERS_TENS_##tens(kind) REGISTERS_##part(kind, ten) \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(add), "C"(Name::value), \
                   "C"(Signs::value)); \
  else
// clang-format on

/// issue_wgmma<Name, Signs>(d, a, b, add): Name: what follows "wgmma.mma_async.sync.aligned.", with shape and
/// types; Signs: what follows the predicate. d = a b, or with `add` d + a b; a: a descriptor, or registers.
template <class Name, class Signs, int Count>
DEEPSEEK_INLINE __device__ void issue_wgmma(float (&d)[Count], std::uint64_t a, std::uint64_t b,
                                            int add) {
  MULTIPLES_OF_4(FROM_SHARED, "+f")
  static_assert(Count == 0, "[DS-WGMMA-REGISTERS] N / 2 registers, N a multiple of 8 up to 256.");
}
template <class Name, class Signs, int Count>
DEEPSEEK_INLINE __device__ void issue_wgmma(float (&d)[Count], std::uint32_t const (&a)[4],
                                            std::uint64_t b, int add) {
  MULTIPLES_OF_4(FROM_REGISTERS, "+f")
  static_assert(Count == 0, "[DS-WGMMA-REGISTERS] N / 2 registers, N a multiple of 8 up to 256.");
}
template <class Name, class Signs, class Word, int Count>
DEEPSEEK_INLINE __device__ void issue_wgmma(Word (&d)[Count], std::uint64_t a, std::uint64_t b,
                                            int add) {
  MULTIPLES_OF_4(FROM_SHARED, "+r")
  OTHER_MULTIPLES_OF_2(FROM_SHARED, "+r")
  static_assert(Count == 0, "[DS-WGMMA-REGISTERS] N / 2 or N / 4 registers.");
}
template <class Name, class Signs, class Word, int Count>
DEEPSEEK_INLINE __device__ void issue_wgmma(Word (&d)[Count], std::uint32_t const (&a)[4],
                                            std::uint64_t b, int add) {
  MULTIPLES_OF_4(FROM_REGISTERS, "+r")
  OTHER_MULTIPLES_OF_2(FROM_REGISTERS, "+r")
  static_assert(Count == 0, "[DS-WGMMA-REGISTERS] N / 2 or N / 4 registers.");
}

#undef TEXT_2
#undef TEXT_4
#undef TEXT_6
#undef TEXT_8
#undef TEXT_10
#undef TEXT_TENS_0
#undef TEXT_TENS_1
#undef TEXT_TENS_2
#undef TEXT_TENS_3
#undef TEXT_TENS_4
#undef TEXT_TENS_5
#undef TEXT_TENS_6
#undef TEXT_TENS_7
#undef TEXT_TENS_8
#undef TEXT_TENS_9
#undef TEXT_TENS_10
#undef TEXT_TENS_11
#undef TEXT_TENS_12
#undef REGISTERS_2
#undef REGISTERS_4
#undef REGISTERS_6
#undef REGISTERS_8
#undef REGISTERS_10
#undef REGISTERS_TENS_0
#undef REGISTERS_TENS_1
#undef REGISTERS_TENS_2
#undef REGISTERS_TENS_3
#undef REGISTERS_TENS_4
#undef REGISTERS_TENS_5
#undef REGISTERS_TENS_6
#undef REGISTERS_TENS_7
#undef REGISTERS_TENS_8
#undef REGISTERS_TENS_9
#undef REGISTERS_TENS_10
#undef REGISTERS_TENS_11
#undef REGISTERS_TENS_12
#undef MULTIPLES_OF_4
#undef OTHER_MULTIPLES_OF_2
#undef FROM_SHARED
#undef FROM_REGISTERS

}  // namespace deepseek::arch::gpu::detail
#endif
