// SPDX-License-Identifier: Apache-2.0
/// @file view: memory with a shape that somebody else owns.
#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/base/dtype.hpp>
#include <deepseek/shape/dims.hpp>
#include <deepseek/shape/layout.hpp>
#include <deepseek/tensor/assignment.hpp>
#include <deepseek/tensor/storage.hpp>  // memory_space

namespace deepseek {

/// view<T, Dims, Layout>: a pointer, extents and strides; copying it copies no element.
///
/// @shape   Dims; T is const for memory that may only be read
/// @layout  row_major, or strided<rank> with any strides
/// @life    valid as long as the memory is
///
///   (slice(y, range{0, 4}) = x + 1).run(host{});   // writes elements; so does a named view but for
///   v = slice(y, range{4, 8});                     // a view of its own type, which it views instead
template <class T, extents_type Dims, class Layout = row_major> class view {
 public:
  using element_type = T;
  using value_type = std::remove_const_t<T>;
  using dims_type = Dims;
  using layout_type = Layout;
  static constexpr int rank = Dims::rank;
  static_assert(element<value_type>, "[DS-VIEW-DTYPE] view<T>: T is no dtype of the library.");

  constexpr view() = default;
  constexpr view(T* data, Dims const& extents, Layout const& layout = {},
                 memory_space space = memory_space::host)
      : data_{data}, extents_{extents}, layout_{layout}, space_{space} {}
  /// A view that may write is also one that may read.
  template <class U>
  requires(std::is_const_v<T>&& std::same_as<U, value_type>) constexpr view(
      view<U, Dims, Layout> const& other)
      : view{other.data(), other.extents(), other.layout(), other.space()} {}

  constexpr view(view const&) = default;
  constexpr view(view&&) = default;
  /// v = w for a named v: v views what w does. (A view that a verb returns is assigned to, below.)
  constexpr view& operator=(view const&) & = default;
  constexpr view& operator=(view&&) & = default;

  [[nodiscard]] constexpr T* data() const { return data_; }
  [[nodiscard]] constexpr Dims const& extents() const { return extents_; }
  [[nodiscard]] constexpr Layout const& layout() const { return layout_; }
  [[nodiscard]] constexpr memory_space space() const { return space_; }
  [[nodiscard]] constexpr std::int64_t extent(int axis) const { return extents_[axis]; }
  [[nodiscard]] constexpr std::int64_t stride(int axis) const {
    return layout_.stride(extents_, axis);
  }
  [[nodiscard]] constexpr std::int64_t size() const { return extents_.size(); }
  [[nodiscard]] constexpr bool contiguous() const { return is_contiguous(extents_, layout_); }

  /// v(i, j, ...): one element. Checked; for loops over elements write an expression.
  template <std::integral... Index>
  requires(sizeof...(Index) == rank) [[nodiscard]] constexpr T& operator()(Index... index) const {
    if (space_ != memory_space::host) fail_element();
    std::int64_t const at[] = {static_cast<std::int64_t>(index)..., 0};
    std::int64_t offset = 0;
    for (int axis = 0; axis < rank; ++axis) {
      if (at[axis] < 0 || at[axis] >= extents_[axis]) fail_index(axis, at[axis]);
      offset += at[axis] * stride(axis);
    }
    return data_[offset];
  }

  /// v = e: what to compute and where to; nothing runs before `.run(executor)`.
  template <assignable E>
  requires(!std::is_const_v<T> && !std::same_as<std::remove_cvref_t<E>, view>)
      [[nodiscard]] constexpr auto
      operator=(E&& e) const {
    return make_assignment(*this, static_cast<E&&>(e));
  }
  template <class E>
  requires(!std::is_const_v<T> && std::same_as<std::remove_cvref_t<E>, view>)
      [[nodiscard]] constexpr auto
      operator=(E&& e) const&& {
    return make_assignment(*this, static_cast<E&&>(e));
  }

 private:
  [[noreturn]] DEEPSEEK_NOINLINE static void fail_element() {
    throw device_error(
        "[DS-VIEW-SPACE] an element of device memory is read or written on the host. Fix: "
        "to_host(t, pool).");
  }
  [[noreturn]] DEEPSEEK_NOINLINE void fail_index(int axis, std::int64_t index) const {
    throw shape_error(text{} << "[DS-VIEW-INDEX] index " << index << " of axis " << axis
                             << " is outside " << extents_ << ".");
  }

  T* data_ = nullptr;
  DEEPSEEK_EMPTY Dims extents_;
  DEEPSEEK_EMPTY Layout layout_;
  memory_space space_ = memory_space::host;
};

namespace detail {
template <class V> inline constexpr bool is_view = false;
template <class T, class D, class L> inline constexpr bool is_view<view<T, D, L>> = true;
}  // namespace detail

}  // namespace deepseek
