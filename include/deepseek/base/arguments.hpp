// SPDX-License-Identifier: Apache-2.0
/// @file arguments<T...>: a tuple that is an aggregate and that GPU code may read.
///
/// `std::tuple` is not used inside expressions: its accessors are not callable in device code, it is
/// not trivially copyable, and its instantiation is a large part of an expression's compile time.
#pragma once
#include <cstddef>
#include <utility>

#include <deepseek/base/config.hpp>

namespace deepseek {

namespace detail {
template <std::size_t I, class T> struct argument_slot {
  T value;  // DEEPSEEK_EMPTY here makes nvcc 13.0 fail with an internal error
};

template <class Indices, class... T> struct argument_slots;
template <std::size_t... I, class... T>
struct argument_slots<std::index_sequence<I...>, T...> : argument_slot<I, T>... {};

template <std::size_t I, class T>
DEEPSEEK_HOST_DEVICE constexpr T& slot_value(argument_slot<I, T>& slot) {
  return slot.value;
}
template <std::size_t I, class T>
DEEPSEEK_HOST_DEVICE constexpr T const& slot_value(argument_slot<I, T> const& slot) {
  return slot.value;
}
}  // namespace detail

/// arguments<T...>: `arguments<int, float>{{{1}, {2.f}}}`, or `make_arguments(1, 2.f)`.
template <class... T>
struct arguments : detail::argument_slots<std::index_sequence_for<T...>, T...> {
  static constexpr std::size_t count = sizeof...(T);
};

/// make_arguments(v...): holds copies of v.
template <class... T> DEEPSEEK_HOST_DEVICE constexpr arguments<T...> make_arguments(T... value) {
  return {{{value}...}};
}

/// get<I>(a): the I-th member.
template <std::size_t I, class... T> DEEPSEEK_HOST_DEVICE constexpr auto& get(arguments<T...>& a) {
  return detail::slot_value<I>(a);
}
template <std::size_t I, class... T>
DEEPSEEK_HOST_DEVICE constexpr auto const& get(arguments<T...> const& a) {
  return detail::slot_value<I>(a);
}

namespace detail {
DEEPSEEK_ANY_SIDE
template <class F, class Arguments, std::size_t... I>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE constexpr decltype(auto) apply_indexed(
    F&& f, Arguments& a, std::index_sequence<I...>) {
  return f(get<I>(a)...);
}
}  // namespace detail

/// apply(f, a): f(a0, a1, ...).
DEEPSEEK_ANY_SIDE
template <class F, class... T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE constexpr decltype(auto) apply(F&& f, arguments<T...>& a) {
  return detail::apply_indexed(f, a, std::index_sequence_for<T...>{});
}
DEEPSEEK_ANY_SIDE
template <class F, class... T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE constexpr decltype(auto) apply(F&& f,
                                                                    arguments<T...> const& a) {
  return detail::apply_indexed(f, a, std::index_sequence_for<T...>{});
}

}  // namespace deepseek
