// SPDX-License-Identifier: Apache-2.0
/// @file ldmatrix, stmatrix: matrices of 8 x 8 two-byte elements between shared memory and the registers of
/// a warp.
///
/// A row of a matrix is 16 bytes anywhere in shared memory, at a multiple of 16. Matrix m of Count has the
/// addresses that lanes 8 m … 8 m + 7 pass; those of other lanes do not count. Lane l then holds of each
/// matrix, in a register of its own, the elements (l / 4, l % 4 * 2) and the next one of the row;
/// transposed: (l % 4 * 2, l / 4) and the next one of the column. ldmatrix from sm_75, stmatrix from
/// sm_90 on.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/detail/instruction_text.hpp>
#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>

namespace deepseek::arch::gpu {

/// matrix_registers<Count>: of each matrix, two elements, the first in the low half.
template <int Count> struct matrix_registers {
  static_assert(Count == 1 || Count == 2 || Count == 4,
                "[DS-LDMATRIX-COUNT] matrix_registers<Count>: 1, 2 or 4 matrices.");
  std::uint32_t word[Count];
};

namespace detail {
/// The end of the instruction's name, after the number of matrices.
template <bool Transposed> DEEPSEEK_HOST_DEVICE constexpr auto end() {
  if constexpr (Transposed) return fixed_string{".trans"};
  else return fixed_string{""};
}

#if DEEPSEEK_DEVICE_PASS
template <int Count, bool Transposed>
DEEPSEEK_INLINE __device__ matrix_registers<Count> load_matrices(void* row) {
  using name = spelled<joined<"x", number<Count>(), end<Transposed>(), ".shared.b16">()>;
  matrix_registers<Count> to;
  unsigned const from = shared_address(row);
  auto& w = to.word;
  if constexpr (Count == 1)
    asm volatile("ldmatrix.sync.aligned.m8n8.%2 {%0}, [%1];"
                 : "=r"(w[0])
                 : "r"(from), "C"(name::value)
                 : "memory");
  else if constexpr (Count == 2)
    asm volatile("ldmatrix.sync.aligned.m8n8.%3 {%0, %1}, [%2];"
                 : "=r"(w[0]), "=r"(w[1])
                 : "r"(from), "C"(name::value)
                 : "memory");
  else
    asm volatile("ldmatrix.sync.aligned.m8n8.%5 {%0, %1, %2, %3}, [%4];"
                 : "=r"(w[0]), "=r"(w[1]), "=r"(w[2]), "=r"(w[3])
                 : "r"(from), "C"(name::value)
                 : "memory");
  return to;
}
template <int Count, bool Transposed>
DEEPSEEK_INLINE __device__ void store_matrices(void* row, matrix_registers<Count> const& from) {
#if __CUDA_ARCH__ >= 900
  using name = spelled<joined<"x", number<Count>(), end<Transposed>(), ".shared.b16">()>;
  unsigned const to = shared_address(row);
  auto const& w = from.word;
  if constexpr (Count == 1)
    asm volatile("stmatrix.sync.aligned.m8n8.%2 [%0], {%1};" ::"r"(to), "r"(w[0]), "C"(name::value)
                 : "memory");
  else if constexpr (Count == 2)
    asm volatile("stmatrix.sync.aligned.m8n8.%3 [%0], {%1, %2};" ::"r"(to), "r"(w[0]), "r"(w[1]),
                 "C"(name::value)
                 : "memory");
  else
    asm volatile("stmatrix.sync.aligned.m8n8.%5 [%0], {%1, %2, %3, %4};" ::"r"(to), "r"(w[0]),
                 "r"(w[1]), "r"(w[2]), "r"(w[3]), "C"(name::value)
                 : "memory");
#endif
}
#else
inline constexpr int matrix_rows = 8;
inline constexpr int matrix_row_bytes = 16;

/// What a lane puts in: where its row is, and for a store its registers.
template <int Count> struct matrix_part {
  unsigned char* row;
  matrix_registers<Count> registers;
};
/// The parts of all lanes, after those that count have been checked.
template <int Count> struct matrix_parts {
  matrix_part<Count> of[warp_size];
  matrix_parts(char const* what, matrix_part<Count> const& mine) {
    lane_values const& all = this_machine().collect(all_lanes, what, &mine, sizeof mine);
    for (int lane = 0; lane < warp_size; ++lane)
      __builtin_memcpy(&of[lane], all.of[lane], sizeof mine);
  }
};
/// Does the lane pass the address of a row?
template <int Count> bool passes_row() { return lane_rank() < matrix_rows * Count; }

template <int Count, bool Transposed> matrix_registers<Count> load_matrices(void* row) {
  constexpr char const* what =
      spelled<joined<"ldmatrix.x", number<Count>(), end<Transposed>()>()>::value;
  if (passes_row<Count>()) this_machine().shared_read(row, matrix_row_bytes);
  matrix_parts<Count> const all{what, {static_cast<unsigned char*>(row), {}}};
  int const lane = lane_rank();
  matrix_registers<Count> to;
  for (int m = 0; m < Count; ++m) {
    std::uint16_t pair[2];
    for (int i = 0; i < 2; ++i) {
      int const r = Transposed ? lane % 4 * 2 + i : lane / 4;
      int const c = Transposed ? lane / 4 : lane % 4 * 2 + i;
      // The element comes to this lane, so its writer must be known to it too.
      unsigned char const* const at = all.of[m * matrix_rows + r].row + c * 2;
      this_machine().shared_read(at, 2);
      __builtin_memcpy(&pair[i], at, 2);
    }
    to.word[m] = pair[0] | std::uint32_t{pair[1]} << 16;
  }
  return to;
}
/// The lane that passes a row's address writes it, with what the others have put in.
template <int Count, bool Transposed>
void store_matrices(void* row, matrix_registers<Count> const& from) {
  constexpr char const* what =
      spelled<joined<"stmatrix.x", number<Count>(), end<Transposed>()>()>::value;
  if (passes_row<Count>()) this_machine().shared_write(row, matrix_row_bytes);
  matrix_parts<Count> const all{what, {static_cast<unsigned char*>(row), from}};
  if (!passes_row<Count>()) return;
  int const m = lane_rank() / matrix_rows;
  int const r = lane_rank() % matrix_rows;
  for (int c = 0; c < 8; ++c) {
    int const holder = Transposed ? c * 4 + r / 2 : r * 4 + c / 2;
    int const half = Transposed ? r % 2 : c % 2;
    auto const element =
        static_cast<std::uint16_t>(all.of[holder].registers.word[m] >> (16 * half));
    __builtin_memcpy(static_cast<unsigned char*>(row) + c * 2, &element, 2);
  }
}
#endif

template <class Here> DEEPSEEK_HOST_DEVICE constexpr void needs_ldmatrix() {
#if DEEPSEEK_DEVICE_PASS
  static_assert(architecture<Here> >= 75, "[DS-ARCH-LDMATRIX] ldmatrix needs sm_75 or later.");
#endif
}
template <class Here> DEEPSEEK_HOST_DEVICE constexpr void needs_stmatrix() {
#if DEEPSEEK_DEVICE_PASS
  static_assert(architecture<Here> >= 90, "[DS-ARCH-STMATRIX] stmatrix needs sm_90 or later.");
#endif
}
}  // namespace detail

/// ldmatrix<Count>(row): by all lanes of the warp, each with the address of its row.
template <int Count, class T, class Here = void>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE matrix_registers<Count> ldmatrix(
    shared_element<T> row) {
  detail::needs_ldmatrix<Here>();
  return detail::load_matrices<Count, false>(row.address());
}
/// ldmatrix_transposed<Count>(row): the same, each matrix transposed on the way.
template <int Count, class T, class Here = void>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE matrix_registers<Count> ldmatrix_transposed(
    shared_element<T> row) {
  detail::needs_ldmatrix<Here>();
  return detail::load_matrices<Count, true>(row.address());
}

/// stmatrix(row, registers): what ldmatrix would load. Other lanes see it after sync_warp().
template <int Count, class T, class Here = void>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void stmatrix(shared_element<T> row,
                                                   matrix_registers<Count> const& registers) {
  detail::needs_stmatrix<Here>();
  detail::store_matrices<Count, false>(row.address(), registers);
}
/// stmatrix_transposed(row, registers): what ldmatrix_transposed would load.
template <int Count, class T, class Here = void>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void stmatrix_transposed(
    shared_element<T> row, matrix_registers<Count> const& registers) {
  detail::needs_stmatrix<Here>();
  detail::store_matrices<Count, true>(row.address(), registers);
}

}  // namespace deepseek::arch::gpu
