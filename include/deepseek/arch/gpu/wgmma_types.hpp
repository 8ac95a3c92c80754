// SPDX-License-Identifier: Apache-2.0
/// @file Which products of a warpgroup there are, and what the instruction for each is called.
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/arch/gpu/detail/instruction_text.hpp>
#include <deepseek/arch/gpu/matrix_descriptor.hpp>
#include <deepseek/arch/gpu/mma.hpp>  // mma_factors

namespace deepseek::arch::gpu {

/// wgmma_options: what is fixed when compiling besides the types.
struct wgmma_options {
  major_axis a = major_axis::k;
  major_axis b = major_axis::k;
  bool negate_a = false;
  bool negate_b = false;
  bool saturate = false;  ///< a sum of integers out of range is the nearest that is not
};

/// wgmma_sum_of<T, A>: products of A are summed in T.
template <class T, class A>
concept wgmma_sum_of = mma_sum<T, A> ||(std::same_as<T, f16>&& detail::is_fp8<A>);
/// wgmma_columns<N, A>: 8, 16 … 256; of integers 8, 16, 24, 32, 48, 64 … 256.
template <int N, class A>
concept wgmma_columns = N >= 8 && N <= 256 && N % 8 == 0 &&
                        (!detail::is_byte_integer<A> || N <= 32 || N % 16 == 0);
/// wgmma_takes<Options, A>: along rows only elements of two bytes are neighbours; integers are not negated,
/// others not saturated.
template <wgmma_options Options, class A>
concept wgmma_takes = (sizeof(A) == 2 ||
                       (Options.a == major_axis::k && Options.b == major_axis::k)) &&
                      (detail::is_byte_integer<A> ? !Options.negate_a && !Options.negate_b
                                                  : !Options.saturate);

/// wgmma_conformable<T, A, B, N, Options>: there is such an instruction.
template <class T, class A, class B, int N, wgmma_options Options>
concept wgmma_conformable =
    mma_factors<A, B> && wgmma_sum_of<T, A> && wgmma_columns<N, A> && wgmma_takes<Options, A>;

namespace detail {

/// Elements of A along k in one product.
template <class A> inline constexpr int wgmma_k = 32 / static_cast<int>(sizeof(A));

/// wgmma_name::value: "m64n128k16.f32.bf16.bf16".
template <class T, class A, class B, int N, wgmma_options Options>
DEEPSEEK_HOST_DEVICE constexpr auto wgmma_name_text() {
  constexpr auto types = joined<"m64n", number<N>(), "k", number<wgmma_k<A>>(), ".", type_text<T>(),
                                ".", type_text<A>(), ".", type_text<B>()>();
  if constexpr (Options.saturate) return joined<types, ".satfinite">();
  else return types;
}
template <class T, class A, class B, int N, wgmma_options Options>
using wgmma_name = spelled<wgmma_name_text<T, A, B, N, Options>()>;

/// wgmma_signs::value: ", 1, -1, 0, 1": signs of a and b, then which of them (of those in shared memory) has
/// rows as its major axis.
template <class A, wgmma_options Options, bool FromRegisters>
DEEPSEEK_HOST_DEVICE constexpr auto wgmma_signs_text() {
  constexpr auto sign = [](auto negated) {
    if constexpr (decltype(negated)::value) return fixed_string{", -1"};
    else return fixed_string{", 1"};
  };
  constexpr auto axis = [](auto along_rows) {
    if constexpr (decltype(along_rows)::value) return fixed_string{", 1"};
    else return fixed_string{", 0"};
  };
  constexpr auto signs = joined<sign(std::bool_constant<Options.negate_a>{}),
                                sign(std::bool_constant<Options.negate_b>{})>();
  constexpr auto of_a = axis(std::bool_constant<Options.a == major_axis::mn>{});
  constexpr auto of_b = axis(std::bool_constant<Options.b == major_axis::mn>{});
  if constexpr (is_byte_integer<A>) return fixed_string{""};
  else if constexpr (sizeof(A) != 2) return signs;
  else if constexpr (FromRegisters) return joined<signs, of_b>();
  else return joined<signs, of_a, of_b>();
}
template <class A, wgmma_options Options, bool FromRegisters>
using wgmma_signs = spelled<wgmma_signs_text<A, Options, FromRegisters>()>;

}  // namespace detail
}  // namespace deepseek::arch::gpu
