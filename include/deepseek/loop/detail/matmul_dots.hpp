// SPDX-License-Identifier: Apache-2.0
/// @file Innermost loops by dot products: two bf16 or four int8 a lane, where the processor has them.
#pragma once
#include <cstdint>
#include <cstring>

#include <deepseek/arch/cpu/pack_dot.hpp>
#include <deepseek/loop/detail/matmul_kernel.hpp>

namespace deepseek::loop::detail {

/// dot_kernel<Element, Sum>: what kernels of 32-bit words have in common.
template <class Element, class Sum> struct dot_kernel {
  using sum = Sum;
  using word = std::int32_t;
  static constexpr int group = 4 / int(sizeof(Element));
  static constexpr int lanes = multiply_add<float>::lanes;
  static constexpr int vectors = multiply_add<float>::vectors;
  static constexpr int columns = multiply_add<float>::columns;
  static constexpr int rows = multiply_add<float>::rows;
  using pack = arch::pack<Sum, lanes>;
  using words = arch::pack<word, lanes>;
  using bits = std::conditional_t<sizeof(Element) == 2, std::uint16_t, std::uint8_t>;

  static DEEPSEEK_INLINE words load(Element const* from) {
    words x;
    __builtin_memcpy(&x.v, from, sizeof x.v);
    return x;
  }
  static DEEPSEEK_INLINE words load_n(Element const* from, int count) {
    Element part[lanes * group] = {};
    std::memcpy(part, from, std::size_t(count) * sizeof(Element));
    return load(part);
  }
  static DEEPSEEK_INLINE word gather(Element const* from, std::int64_t stride, int count) {
    Element part[group] = {};
    for (int g = 0; g < count; ++g) part[g] = from[g * stride];
    word x;
    __builtin_memcpy(&x, part, sizeof x);
    return x;
  }
  static DEEPSEEK_INLINE words load_columns(Element const* from, std::int64_t stride,
                                            int rows_there, int columns_there) {
    words x(0);
    if (columns_there <= 0) return x;
    for (int g = 0; g < rows_there; ++g) {
      auto const* const row = reinterpret_cast<bits const*>(from + g * stride);
      auto const part =
          columns_there >= lanes ? arch::load<lanes>(row) : arch::load_n<lanes>(row, columns_there);
      x = x | arch::convert<word>(part) << words(g * 8 * int(sizeof(Element)));
    }
    return x;
  }
};

struct bf16_dots : dot_kernel<bf16, float> {
  static constexpr bool starts_with_sums = false;
  static DEEPSEEK_INLINE pack step(words a, words b, pack sum) { return arch::dot_bf16(sum, a, b); }
  static DEEPSEEK_INLINE words of_a(words x) { return x; }
};

/// The instruction takes bytes of a as unsigned: they are packed with 128 added, and the sums of a panel
/// begin with -128 times the sum of each column of b.
struct int8_dots : dot_kernel<std::int8_t, std::int32_t> {
  static constexpr bool starts_with_sums = true;
  static DEEPSEEK_INLINE pack step(words a, words b, pack sum) {
    return arch::dot_bytes(sum, a, b);
  }
  static DEEPSEEK_INLINE words of_a(words x) {
    return x ^ words(static_cast<std::int32_t>(0x80808080u));
  }
  static void write_starts(std::int32_t* panel, std::int64_t groups) {
    words sum[vectors];
    for (auto& s : sum) s = words(0);
    words const ones(0x01010101);
    for (std::int64_t p = 0; p < groups; ++p)
      for (int v = 0; v < vectors; ++v)
        sum[v] = arch::dot_bytes(sum[v], ones, arch::load<lanes>(panel + p * columns + v * lanes));
    for (int v = 0; v < vectors; ++v)
      arch::store(panel + groups * columns + v * lanes, sum[v] * words(-128));
  }
};

/// kernel_of<Compute, A, B>: the innermost loop for operands of A and B.
template <class Compute, class A, class B> struct kernel_for {
  using type = multiply_add<Compute>;
};
template <> struct kernel_for<float, bf16, bf16> {
  using type = std::conditional_t<arch::has_bf16_dots, bf16_dots, multiply_add<float>>;
};
template <> struct kernel_for<std::int32_t, std::int8_t, std::int8_t> {
  using type = std::conditional_t<arch::has_byte_dots, int8_dots, multiply_add<std::int32_t>>;
};
template <class Compute, class A, class B>
using kernel_of =
    typename kernel_for<Compute, std::remove_const_t<A>, std::remove_const_t<B>>::type;

}  // namespace deepseek::loop::detail
