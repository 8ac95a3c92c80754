// SPDX-License-Identifier: Apache-2.0
/// @file What must hold for `y = e`, checked before anything runs.
#pragma once
#include <deepseek/expr/bind.hpp>
#include <deepseek/expr/call.hpp>
#include <deepseek/expr/map.hpp>
#include <deepseek/shape/broadcast.hpp>

namespace deepseek {

namespace why {
template <bool Holds, class... Facts> struct assigned_extents {
  static_assert(
      Holds,
      "[DS-ASSIGN-STATIC] y = e: e does not broadcast to the extents of y; the values are in "
      "extents_of<target, ...> and extents_of<first, ...>. Fix: a y of e's extents.");
};
template <bool Holds, class... Facts> struct assigned_dtype {
  static_assert(
      Holds,
      "[DS-ASSIGN-DTYPE] y = e: e is floating and y holds integers; dtype_is<...> is that of y, "
      "then that of e. Fix: cast<T>(e).");
};
template <class Operand, int Value> struct count_of;
template <bool Holds, class... Facts> struct result_count {
  static_assert(Holds,
                "[DS-TIE-COUNT] tie(y...) = outputs(e...): as many results as tensors are needed; "
                "the numbers "
                "are in count_of<target, tensors> and count_of<first, results>. Fix: a tensor for "
                "each result.");
};
}  // namespace why

/// assignable_extents<Y, E>: static extents of E broadcast to those of Y.
template <class Y, class E>
concept assignable_extents = broadcast_conformable_to<E, Y>;

/// assignable_dtype<T, V>: V is written to T without an explicit cast: never floating to integer.
template <class T, class V>
concept assignable_dtype = floating_element<T> || !floating_element<V>;

namespace detail {

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_assign(text const& shapes) {
  throw shape_error(text{} << "[DS-ASSIGN-EXTENTS] y = e: " << shapes
                           << ", which do not broadcast to y. Fix: a y of e's extents.");
}
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_space(memory_space wanted) {
  if (wanted == memory_space::device)
    throw device_error(
        "[DS-CUDA-SPACE] a tensor in host memory in an assignment that runs on a GPU. Fix: copy it "
        "to device memory first, or run on host{}.");
  throw device_error(
      "[DS-HOST-SPACE] a tensor in device memory in an assignment that runs on the "
      "host. Fix: copy it to a host tensor first, or run on its device.");
}

template <class Y, class E> void check_extents(Y const& y, E const& e) {
  for (int axis = 0; axis < E::rank; ++axis) {
    std::int64_t const own = e[axis];
    std::int64_t const target = y[axis + Y::rank - E::rank];
    if (own != 1 && own != target) fail_assign(text{} << "y is " << y << " and e is " << e);
  }
}

template <class View> [[noreturn]] DEEPSEEK_NOINLINE void fail_overlap(View const& v) {
  text strides;
  for (int axis = 0; axis < View::rank; ++axis) strides << (axis > 0 ? ", " : "") << v.stride(axis);
  throw shape_error(
      text{} << "[DS-ASSIGN-OVERLAP] y = e: elements of y share memory: y is " << v.extents()
             << " with strides [" << strides
             << "]. Fix: assign to the memory itself, not to an expanded view of it.");
}

/// check_overlap(v): no two elements of v lie at one place, so that it can be written to. Every axis,
/// from the smallest stride on, must step over what the axes before it reach.
template <class View> void check_overlap(View const& v) {
  if constexpr (!std::is_same_v<typename View::layout_type, row_major>) {
    if (v.size() == 0) return;
    auto const distance = [&](int axis) {
      return v.stride(axis) < 0 ? -v.stride(axis) : v.stride(axis);
    };
    for (int axis = 0; axis < View::rank; ++axis) {
      if (v.extent(axis) == 1) continue;
      std::int64_t reach = 0;
      for (int other = 0; other < View::rank; ++other) {
        bool const below =
            distance(other) < distance(axis) || (distance(other) == distance(axis) && other > axis);
        if (below) reach += (v.extent(other) - 1) * distance(other);
      }
      if (reach >= distance(axis)) fail_overlap(v);
    }
  }
}

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_moved() {
  throw argument_error(
      "[DS-TENSOR-MOVED] a tensor or view without memory in an assignment: it was moved from. Fix: "
      "assign a tensor to it first, or use the one it was moved to.");
}

/// targets_of(destination): the views that an assignment writes.
template <class Destination> auto targets_of(Destination const& destination) {
  if constexpr (view_like<Destination>) return make_arguments(destination);
  else return destination.views;
}

/// check_memory(v, wanted): v has memory, which who runs the assignment may use.
template <class View> void check_memory(View const& v, memory_space wanted = memory_space::host) {
  if (v.space() != wanted) fail_space(wanted);
  if (v.data() == nullptr && v.size() > 0) fail_moved();
}
/// check_space(e, wanted): the same for every leaf of e.
template <class E> void check_space(E const& e, memory_space wanted = memory_space::host) {
  if constexpr (expr::detail::is_leaf<E>) check_memory(e.source, wanted);
  if constexpr (expr::detail::is_call<E>) {
    if constexpr (requires { e.rule.reads(); }) check_space(e.rule.reads(), wanted);
  }
  expr::for_each_operand(e, [&](auto const& operand) { check_space(operand, wanted); });
}

}  // namespace detail
}  // namespace deepseek
