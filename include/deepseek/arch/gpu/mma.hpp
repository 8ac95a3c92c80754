// SPDX-License-Identifier: Apache-2.0
/// @file mma: the product of two small matrices that a warp holds in its registers, on tensor cores.
///
///   d[i, j] = sum_k a[i, k] b[k, j] + c[i, j]         a: 16 x K, b: K x 8, c and d: 16 x 8
///
/// K has 32 or 16 bytes of elements. From sm_80 on; fp8 from sm_89 on, and on sm_90 by conversions to f16:
/// wgmma has fp8 there.
#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/detail/instruction_text.hpp>
#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/matrix_fragment.hpp>
#include <deepseek/arch/gpu/thread.hpp>

namespace deepseek::arch::gpu {

namespace detail {
template <class T> inline constexpr bool is_byte_integer = sizeof(T) == 1 && std::integral<T>;
template <class T>
inline constexpr bool is_fp8 = std::same_as<T, fp8_e4m3> || std::same_as<T, fp8_e5m2>;
}  // namespace detail

/// mma_factors<A, B>: the same type, or both integers of 8 bits, or both fp8.
template <class A, class B>
concept mma_factors = factor_element<A> && factor_element<B> &&
    (std::same_as<A, B> || (detail::is_byte_integer<A> && detail::is_byte_integer<B>) ||
     (detail::is_fp8<A> && detail::is_fp8<B>));
/// mma_sum<T, A>: products of A are summed in T: integers in 32 bits, all others in float, f16 in f16 too.
template <class T, class A>
concept mma_sum = (detail::is_byte_integer<A> && std::same_as<T, std::int32_t>) ||
                  (!detail::is_byte_integer<A> && std::same_as<T, float>) ||
                  (std::same_as<A, f16> && std::same_as<T, f16>);

/// mma_conformable<T, A, B, K>: there is such an instruction.
template <class T, class A, class B, int K>
concept mma_conformable = mma_factors<A, B> && mma_sum<T, A> &&
    (K * sizeof(A) == 32 || K * sizeof(A) == 16);

namespace detail {

/// mma_text::value: what follows "mma.sync.aligned." in the instruction's name.
template <class T, class A, class B, int K, fixed_string End>
using mma_text = spelled<joined<"m16n8k", number<K>(), ".row.col", End, ".", type_text<T>(), ".",
                                type_text<A>(), ".", type_text<B>(), ".", type_text<T>()>()>;

#if DEEPSEEK_DEVICE_PASS
/// The instruction, by how many registers it takes and of which kind.
template <class T, class A, class B, int K, fixed_string End>
DEEPSEEK_INLINE __device__ fragment_c<T> mma(fragment_a<A, K> const& a, fragment_b<B, K> const& b,
                                             fragment_c<T> const& c) {
  using name = mma_text<T, A, B, K, End>;
  fragment_c<T> d;
  auto& to = d.word;
  auto const& x = a.word;
  auto const& y = b.word;
  auto const& z = c.word;
  if constexpr (std::same_as<T, f16> && a.registers == 4)
    asm volatile("mma.sync.aligned.%10 {%0, %1}, {%2, %3, %4, %5}, {%6, %7}, {%8, %9};"
                 : "=r"(to[0]), "=r"(to[1])
                 : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]), "r"(z[0]),
                   "r"(z[1]), "C"(name::value));
  else if constexpr (std::same_as<T, f16>)
    asm volatile("mma.sync.aligned.%7 {%0, %1}, {%2, %3}, {%4}, {%5, %6};"
                 : "=r"(to[0]), "=r"(to[1])
                 : "r"(x[0]), "r"(x[1]), "r"(y[0]), "r"(z[0]), "r"(z[1]), "C"(name::value));
  else if constexpr (std::same_as<T, float> && a.registers == 4)
    asm volatile(
        "mma.sync.aligned.%14 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%10, %11, %12, %13};"
        : "=f"(to[0]), "=f"(to[1]), "=f"(to[2]), "=f"(to[3])
        : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]), "f"(z[0]), "f"(z[1]),
          "f"(z[2]), "f"(z[3]), "C"(name::value));
  else if constexpr (std::same_as<T, float>)
    asm volatile("mma.sync.aligned.%11 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%7, %8, %9, %10};"
                 : "=f"(to[0]), "=f"(to[1]), "=f"(to[2]), "=f"(to[3])
                 : "r"(x[0]), "r"(x[1]), "r"(y[0]), "f"(z[0]), "f"(z[1]), "f"(z[2]), "f"(z[3]),
                   "C"(name::value));
  else if constexpr (a.registers == 4)
    asm volatile(
        "mma.sync.aligned.%14 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%10, %11, %12, %13};"
        : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
        : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]), "r"(z[0]), "r"(z[1]),
          "r"(z[2]), "r"(z[3]), "C"(name::value));
  else
    asm volatile("mma.sync.aligned.%11 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%7, %8, %9, %10};"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(x[0]), "r"(x[1]), "r"(y[0]), "r"(z[0]), "r"(z[1]), "r"(z[2]), "r"(z[3]),
                   "C"(name::value));
  return d;
}
#else
/// What a product is summed in, before it becomes a T: integers are exact until then, and floats are
/// rounded at each addition.
template <class A> using mma_wide = std::conditional_t<is_byte_integer<A>, std::int64_t, float>;

/// sum_as<T, Saturates>(x): the T that a lane keeps.
template <class T, bool Saturates> T sum_as(std::int64_t x) {
  constexpr std::int64_t most = 2147483647;
  if constexpr (Saturates) x = x > most ? most : x < -most - 1 ? -most - 1 : x;
  return static_cast<T>(static_cast<std::uint32_t>(x));
}
template <class T, bool> T sum_as(float x) { return static_cast<T>(x); }

/// Each lane puts in its parts of a and b, and computes its part of d, in the order of k, c first.
template <class T, class A, class B, int K, fixed_string End>
fragment_c<T> mma(fragment_a<A, K> const& a, fragment_b<B, K> const& b, fragment_c<T> const& c) {
  using wide = mma_wide<A>;
  struct factors {
    fragment_a<A, K> a;
    fragment_b<B, K> b;
  };
  factors const mine{a, b};
  lane_values const& all =
      this_machine().collect(all_lanes, mma_text<T, A, B, K, End>::value, &mine, sizeof mine);
  factors of[warp_size];
  for (int lane = 0; lane < warp_size; ++lane)
    __builtin_memcpy(&of[lane], all.of[lane], sizeof(factors));

  fragment_c<T> d{};
  for (int i = 0; i < d.elements; ++i) {
    matrix_place const at = fragment_c<T>::place(lane_rank(), i);
    wide sum = static_cast<wide>(c[i]);
    for (int k = 0; k < K; ++k) {
      fragment_place const left = fragment_a<A, K>::holder(at.row, k);
      fragment_place const right = fragment_b<B, K>::holder(k, at.column);
      sum += static_cast<wide>(of[left.lane].a[left.element]) *
             static_cast<wide>(of[right.lane].b[right.element]);
    }
    d.set(i, sum_as<T, End.size() != 0>(sum));
  }
  return d;
}
#endif

template <class Here, class A> DEEPSEEK_HOST_DEVICE constexpr void needs_tensor_cores() {
#if DEEPSEEK_DEVICE_PASS
  static_assert(architecture<Here> >= (is_fp8<A> ? 89 : 80),
                "[DS-ARCH-MMA] mma needs sm_80 or later, of fp8 sm_89 or later.");
#endif
}

}  // namespace detail

/// mma(a, b, c): a b + c. All lanes of the warp take part. A sum of integers wraps around.
/// The order in which a GPU adds is its own, and so is its rounding: results differ from the emulator's
/// in the last bits.
template <class T, class A, class B, int K, class Here = void>
requires mma_conformable<T, A, B, K>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE fragment_c<T> mma(fragment_a<A, K> const& a,
                                                                     fragment_b<B, K> const& b,
                                                                     fragment_c<T> const& c) {
  detail::needs_tensor_cores<Here, A>();
  return detail::mma<T, A, B, K, "">(a, b, c);
}

/// mma_saturated(a, b, c): a b + c of integers; a sum out of range is the nearest that is not.
template <class A, class B, int K, class Here = void>
requires mma_conformable<std::int32_t, A, B, K>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE fragment_c<std::int32_t> mma_saturated(
    fragment_a<A, K> const& a, fragment_b<B, K> const& b, fragment_c<std::int32_t> const& c) {
  detail::needs_tensor_cores<Here, A>();
  return detail::mma<std::int32_t, A, B, K, ".satfinite">(a, b, c);
}

}  // namespace deepseek::arch::gpu
