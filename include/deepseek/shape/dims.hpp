// SPDX-License-Identifier: Apache-2.0
/// @file dims<E...>: the extents of a tensor, each known when compiling or only when running.
#pragma once
#include <concepts>
#include <cstdint>
#include <utility>

#include <deepseek/base/config.hpp>
#include <deepseek/base/error.hpp>

namespace deepseek {

/// dyn: in dims<...>, an extent that is known only when running.
inline constexpr std::int64_t dyn = -1;

/// max_rank: the largest number of axes a tensor or an expression may have.
inline constexpr int max_rank = 8;

namespace detail {
template <int Count> struct dynamic_extents {
  std::int64_t value[static_cast<std::size_t>(Count)] = {};
};
template <> struct dynamic_extents<0> {};

/// The product of the extents that are above 0 (so that strides beside an empty axis exist too) fits in
/// 64 bits.
constexpr bool elements_countable(std::int64_t const* extent, int rank) {
  std::int64_t product = 1;
  for (int axis = 0; axis < rank; ++axis) {
    std::int64_t const n = extent[axis] > 0 ? extent[axis] : 1;
    bool const small = ((product | n) >> 31) == 0;  // saves a division
    if (!small && product > INT64_MAX / n) return false;
    product *= n;
  }
  return true;
}
template <std::int64_t... E> constexpr bool elements_countable_of() {
  std::int64_t const extent[] = {E..., 1};
  return elements_countable(extent, sizeof...(E));
}
}  // namespace detail

/// dims<E...>: extents, outermost axis first; `dims<dyn, 1024>{8}` is [8, 1024].
///
/// @shape   rank = sizeof...(E), 0 to 8; each E >= 0 or dyn
/// @units   elements
/// @cost    only the dynamic extents are stored
/// @fails   shape_error [DS-DIMS-STATIC] an extent given at run time differs from its static value
///          · shape_error [DS-DIMS-NEGATIVE] an extent below 0 · [DS-DIMS-SIZE] static, or shape_error:
///          more elements than 64 bits can count
template <std::int64_t... E> class dims {
 public:
  static constexpr int rank = sizeof...(E);
  static constexpr int dynamic_count = (0 + ... + (E == dyn ? 1 : 0));
  static_assert(rank <= max_rank, "[DS-DIMS-RANK] dims<E...>: more than 8 axes. Fix: merge axes.");
  static_assert(((E >= 0 || E == dyn) && ...),
                "[DS-DIMS-NEGATIVE] dims<E...>: an extent is below 0.");
  static_assert(detail::elements_countable_of<E...>(),
                "[DS-DIMS-SIZE] dims<E...>: more elements than 64 bits can count.");

  /// static_extent(axis): the extent when compiling, or dyn.
  DEEPSEEK_HOST_DEVICE static constexpr std::int64_t static_extent(int axis) {
    constexpr std::int64_t pattern[] = {E..., 0};
    return pattern[axis];
  }

  constexpr dims() = default;

  /// dims(n...): the dynamic extents in order, or all extents in order.
  template <std::integral... N>
  requires(sizeof...(N) > 0 && (sizeof...(N) == dynamic_count ||
                                sizeof...(N) == rank)) constexpr explicit(false) dims(N... extent) {
    std::int64_t const given[] = {static_cast<std::int64_t>(extent)...};
    if constexpr (sizeof...(N) == dynamic_count) {
      for (int i = 0; i < dynamic_count; ++i) set_dynamic(i, given[i]);
      check_size();
    } else {
      assign(given);
    }
  }

  /// from_array(extents): all extents in order.
  static constexpr dims from_array(std::int64_t const* extent) {
    dims result;
    result.assign(extent);
    return result;
  }

  DEEPSEEK_HOST_DEVICE constexpr std::int64_t operator[](int axis) const {
    std::int64_t const fixed = static_extent(axis);
    if constexpr (dynamic_count == 0) {
      return fixed;
    } else {
      return fixed == dyn ? dynamic_.value[dynamic_index(axis)] : fixed;
    }
  }

  /// size(): the number of elements, product of the extents; 1 for rank 0.
  DEEPSEEK_HOST_DEVICE constexpr std::int64_t size() const {
    std::int64_t n = 1;
    for (int axis = 0; axis < rank; ++axis) n *= (*this)[axis];
    return n;
  }

  template <std::int64_t... F>
  friend DEEPSEEK_HOST_DEVICE constexpr bool operator==(dims const& a, dims<F...> const& b) {
    if constexpr (sizeof...(F) != rank) {
      return false;
    } else {
      for (int axis = 0; axis < rank; ++axis)
        if (a[axis] != b[axis]) return false;
      return true;
    }
  }

 private:
  DEEPSEEK_HOST_DEVICE static constexpr int dynamic_index(int axis) {
    int index = 0;
    for (int i = 0; i < axis; ++i) index += static_extent(i) == dyn ? 1 : 0;
    return index;
  }
  constexpr void set_dynamic([[maybe_unused]] int index, std::int64_t extent) {
    if (extent < 0) fail_negative(extent);
    if constexpr (dynamic_count > 0) dynamic_.value[index] = extent;
  }
  constexpr void assign(std::int64_t const* extent) {
    int index = 0;
    for (int axis = 0; axis < rank; ++axis) {
      if (static_extent(axis) == dyn) set_dynamic(index++, extent[axis]);
      else if (static_extent(axis) != extent[axis]) fail_static(axis, extent[axis]);
    }
    check_size();
  }
  constexpr void check_size() const {
    if constexpr (dynamic_count > 0 && rank > 1) {
      std::int64_t extent[rank] = {};
      for (int axis = 0; axis < rank; ++axis) extent[axis] = (*this)[axis];
      if (!detail::elements_countable(extent, rank)) fail_size(extent);
    }
  }
  [[noreturn]] DEEPSEEK_NOINLINE static void fail_size(std::int64_t const* extent) {
    text shape;
    for (int axis = 0; axis < rank; ++axis) shape << (axis > 0 ? ", " : "") << extent[axis];
    throw shape_error(text{} << "[DS-DIMS-SIZE] dims: [" << shape
                             << "] has more elements than 64 bits can count.");
  }
  [[noreturn]] DEEPSEEK_NOINLINE static void fail_negative(std::int64_t extent) {
    throw shape_error(text{} << "[DS-DIMS-NEGATIVE] dims: extent " << extent << " is below 0.");
  }
  [[noreturn]] DEEPSEEK_NOINLINE static void fail_static(int axis, std::int64_t extent) {
    throw shape_error(text{} << "[DS-DIMS-STATIC] dims: axis " << axis << " is "
                             << static_extent(axis) << " in the type but " << extent
                             << " was given. Fix: give " << static_extent(axis)
                             << " or make the axis dyn.");
  }

  DEEPSEEK_EMPTY detail::dynamic_extents<dynamic_count> dynamic_;
};

namespace detail {
template <class Sequence> struct dynamic_dims_of;
template <int... I> struct dynamic_dims_of<std::integer_sequence<int, I...>> {
  using type = dims<(dyn + 0 * I)...>;
};
template <class T> inline constexpr bool is_dims = false;
template <std::int64_t... E> inline constexpr bool is_dims<dims<E...>> = true;
}  // namespace detail

/// dynamic_dims<R>: dims of rank R with every extent dynamic.
template <int Rank>
using dynamic_dims = typename detail::dynamic_dims_of<std::make_integer_sequence<int, Rank>>::type;

/// extents_type: a concept for dims<...>.
template <class T>
concept extents_type = detail::is_dims<T>;

/// operator<<(text, dims): "[8, 1024]", as every error message prints a shape.
template <std::int64_t... E> text& operator<<(text& out, dims<E...> const& d) {
  out << "[";
  for (int axis = 0; axis < d.rank; ++axis) {
    if (axis > 0) out << ", ";
    out << d[axis];
  }
  return out << "]";
}
template <std::int64_t... E> text&& operator<<(text&& out, dims<E...> const& d) {
  out << d;
  return static_cast<text&&>(out);
}

}  // namespace deepseek
