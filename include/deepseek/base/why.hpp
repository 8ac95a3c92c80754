// SPDX-License-Identifier: Apache-2.0
/// @file The words of compile-time errors: facts a compiler prints, and the result that absorbs.
#pragma once

#include <cstdint>
#include <type_traits>

namespace deepseek {
/// A base in this namespace, so that the operators of tensors are found for the result of a broken call.
struct found_among_verbs {};
}  // namespace deepseek

/// A law that does not hold instantiates a class of this namespace whose name is the problem and
/// whose arguments are facts; the compiler prints both:
///
///   template <bool Holds, class... Facts> struct matmul_inner_extents {
///     static_assert(Holds, "[DS-MATMUL-K] matmul(A[m,k], B[k,n]): k differs; … Fix: …");
///   };
///   … else { (void)sizeof(why::matmul_inner_extents<false, why::extent_of<why::first, 128>,
///                                                   why::extent_of<why::second, 64>>);
///            return why::invalid{}; }
///
/// The classes are declared only: they are names to print, never objects.
namespace deepseek::why {

/// What a call that broke a law returns. Every verb that is given one returns one, without a further
/// word, so one mistake is one error.
struct invalid : found_among_verbs {
  static constexpr int rank = 0;
};

/// Operands by place.
struct first;
struct second;
struct third;
struct fourth;
struct target;  ///< what is assigned to

// clang-format off
/// Facts. -1 among the extents is `dyn`.
template <class Operand, std::int64_t... Extents> struct extents_of;
template <class Operand, std::int64_t Value> struct extent_of;
template <class Operand, int Value> struct rank_of;
template <class Operand, class Element> struct element_of;
template <std::int64_t Value> struct axis_is;
template <int Value> struct rank_is;
template <class Element> struct dtype_is;
template <class Type> struct type_is;
// clang-format on

}  // namespace deepseek::why

namespace deepseek {

/// valid: not the result of a call that broke a law.
template <class Result>
concept valid = !std::is_same_v<std::remove_cvref_t<Result>, why::invalid>;

}  // namespace deepseek
