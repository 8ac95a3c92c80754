// SPDX-License-Identifier: Apache-2.0
/// @file tie: several results of one kernel.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/base/arguments.hpp>
#include <deepseek/base/error.hpp>
#include <deepseek/expr/bind.hpp>
#include <deepseek/shape/layout.hpp>  // offsets_of

namespace deepseek {

namespace detail {

/// What a result can be written to: a tensor with a name, or a view that may write.
template <class T> constexpr bool may_hold_result() {
  using Plain = std::remove_reference_t<T>;
  if constexpr (any_tensor<T>) return std::is_lvalue_reference_v<T> && !std::is_const_v<Plain>;
  else if constexpr (is_view<std::remove_cvref_t<T>>)
    return !std::is_const_v<typename std::remove_cvref_t<T>::element_type>;
  else return false;
}

template <class T> constexpr auto writable_view(T& target) {
  if constexpr (any_tensor<T>) return target.as_view();
  else return target;
}

/// place_in_memory: the bytes a view reaches, and its steps.
struct place_in_memory {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  std::uintptr_t first = 0;
  std::int64_t element_bytes = 0;
  std::int64_t least_step_bytes = 0;  ///< between two of its elements

  template <class View> explicit place_in_memory(View const& v) {
    constexpr std::int64_t bytes = sizeof(typename View::value_type);
    offset_range const range = offsets_of(v.extents(), v.layout());
    first = reinterpret_cast<std::uintptr_t>(v.data());
    begin = first + static_cast<std::uintptr_t>(range.lowest * bytes);
    end = first + static_cast<std::uintptr_t>((range.highest + 1) * bytes);
    element_bytes = bytes;
    for (int axis = 0; axis < View::rank; ++axis) {
      std::int64_t const stride = v.stride(axis) < 0 ? -v.stride(axis) : v.stride(axis);
      if (v.extent(axis) > 1 && (least_step_bytes == 0 || stride * bytes < least_step_bytes))
        least_step_bytes = stride * bytes;
    }
  }
};

template <class A, class B> bool equal_strides(A const& a, B const& b) {
  if constexpr (A::rank != B::rank ||
                sizeof(typename A::value_type) != sizeof(typename B::value_type)) {
    return false;
  } else {
    for (int axis = 0; axis < A::rank; ++axis)
      if ((a.extent(axis) > 1 || b.extent(axis) > 1) && a.stride(axis) != b.stride(axis))
        return false;
    return true;
  }
}

/// share_memory(a, b): an element of a may lie where one of b does. Apart are views of different bytes,
/// and those that step alike from starts less than a step apart, such as two columns of a matrix.
template <class A, class B> bool share_memory(A const& a, B const& b) {
  if (a.size() == 0 || b.size() == 0) return false;
  place_in_memory const p{a}, q{b};
  if (p.end <= q.begin || q.end <= p.begin) return false;
  if (!equal_strides(a, b)) return true;
  auto const distance =
      static_cast<std::int64_t>(p.first < q.first ? q.first - p.first : p.first - q.first);
  std::int64_t const step =
      p.least_step_bytes > q.least_step_bytes ? p.least_step_bytes : q.least_step_bytes;
  return distance < p.element_bytes || (step > 0 && distance + p.element_bytes > step);
}

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_tie(int first, int second) {
  throw argument_error(text{} << "[DS-TIE-OVERLAP] tie(y...) = outputs(e...): results " << first
                              << " and " << second
                              << " share memory. Fix: write them to different tensors.");
}
}  // namespace detail

/// tied<View...>: where the results of one kernel go; made by tie.
template <class... View> class tied {
 public:
  arguments<View...> views;

  constexpr explicit tied(View const&... view) : views{{{view}...}} {}
  tied(tied const&) = default;
  tied& operator=(tied const&) = delete;

  /// tie(y...) = outputs(e...): nothing runs before `.run(executor)`.
  template <assignable E> [[nodiscard]] constexpr auto operator=(E&& e) const {
    check_apart(std::make_integer_sequence<int, sizeof...(View)>{});
    return make_assignment(*this, static_cast<E&&>(e));
  }

 private:
  template <int... I> constexpr void check_apart(std::integer_sequence<int, I...>) const {
    (check_before<I>(std::make_integer_sequence<int, I>{}), ...);
  }
  template <int I, int... J> constexpr void check_before(std::integer_sequence<int, J...>) const {
    ((detail::share_memory(get<J>(views), get<I>(views)) ? detail::fail_tie(J, I) : void()), ...);
  }
};

/// tie(y...): several tensors or views, to which one kernel writes several results.
///
///   (tie(average, spread) = let(x, [](auto v) { return outputs(mean(v, last), var(v, last)); }))
///       .run(host{});
///
/// Each result is broadcast to its tensor, as in `y = e`. A result may lie in the memory of an operand:
/// all see the operand as it was. What the results have in common is computed once if it carries an
/// identity: let, fused or named.
///
/// @shape   each result broadcasts to its tensor; the results' axes that are not reduced agree
/// @dtype   as `y = e`, each for itself
/// @cost    operands are read once for all results
/// @life    views of y...; use it in the statement that makes it
/// @fails   [DS-TIE-COUNT] static · argument_error [DS-TIE-OVERLAP] two of y... share memory ·
///          shape_error [DS-ASSIGN-EXTENTS], [DS-TIE-EXTENTS]; nothing is written then
template <class... Target>
requires(sizeof...(Target) > 0 &&
         (detail::may_hold_result<Target>() && ...)) constexpr auto tie(Target&&... target) {
  return tied{detail::writable_view(target)...};
}

}  // namespace deepseek
