// SPDX-License-Identifier: Apache-2.0
/// @file Views to and from cuda::std::mdspan. A header of its own: the include costs seconds.
#pragma once

#include <deepseek/tensor/view.hpp>

#if __has_include(<cuda/std/mdspan>)

#include <cuda/std/array>
#include <cuda/std/mdspan>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace deepseek {

namespace detail {

template <class Dims> struct mdspan_extents;
template <std::int64_t... E> struct mdspan_extents<dims<E...>> {
  using type = cuda::std::extents<std::int64_t, (E == dyn ? cuda::std::dynamic_extent
                                                          : static_cast<std::size_t>(E))...>;
};

template <class Extents> struct dims_of_mdspan;
template <class Index, std::size_t... E> struct dims_of_mdspan<cuda::std::extents<Index, E...>> {
  using type = dims<(E == cuda::std::dynamic_extent ? dyn : static_cast<std::int64_t>(E))...>;
};

template <class Layout>
inline constexpr bool is_mdspan_layout = std::is_same_v<Layout, cuda::std::layout_right> ||
                                         std::is_same_v<Layout, cuda::std::layout_left> ||
                                         std::is_same_v<Layout, cuda::std::layout_stride>;

template <class Dims, std::size_t... Axis>
constexpr auto extents_to_mdspan(Dims const& extents, std::index_sequence<Axis...>) {
  using result = typename mdspan_extents<Dims>::type;
  return result{extents[static_cast<int>(Axis)]...};
}

}  // namespace detail

/// to_mdspan(x): the elements of a tensor or a view as a cuda::std::mdspan; extents that are static
/// stay so. Row-major gives layout_right, strided gives layout_stride.
///
/// @units  index type std::int64_t, strides in elements   @cost none: pointer and extents
/// @life   valid as long as the memory
/// @fails  shape_error [DS-MDSPAN-STRIDE] a stride below 1, which mdspan does not have
template <class T, extents_type Dims, class Layout>
[[nodiscard]] constexpr auto to_mdspan(view<T, Dims, Layout> const& x) {
  using extents_type = typename detail::mdspan_extents<Dims>::type;
  extents_type const extents =
      detail::extents_to_mdspan(x.extents(), std::make_index_sequence<std::size_t{Dims::rank}>{});
  if constexpr (std::is_same_v<Layout, row_major>) {
    return cuda::std::mdspan<T, extents_type, cuda::std::layout_right>{x.data(), extents};
  } else {
    cuda::std::array<std::int64_t, std::size_t{Dims::rank}> strides{};
    for (int axis = 0; axis < Dims::rank; ++axis) {
      strides[static_cast<std::size_t>(axis)] = x.stride(axis);
      if (x.stride(axis) < 1)
        throw shape_error(text{} << "[DS-MDSPAN-STRIDE] to_mdspan: axis " << axis << " has stride "
                                 << x.stride(axis) << "; an mdspan's strides are above 0.");
    }
    using mapping = typename cuda::std::layout_stride::template mapping<extents_type>;
    return cuda::std::mdspan<T, extents_type, cuda::std::layout_stride>{x.data(),
                                                                        mapping{extents, strides}};
  }
}
template <class X>
requires std::derived_from<std::remove_cvref_t<X>, tensor_base>
[[nodiscard]] constexpr auto to_mdspan(X& x) { return to_mdspan(x.as_view()); }

/// from_mdspan(x, space): the elements of a cuda::std::mdspan as a view; static extents stay so.
/// layout_right gives row-major, layout_left and layout_stride give strided.
template <class T, class Extents, class Layout, class Accessor>
requires detail::is_mdspan_layout<Layout> && element<std::remove_const_t<T>> &&
    std::is_same_v<Accessor, cuda::std::default_accessor<T>>
[[nodiscard]] constexpr auto from_mdspan(cuda::std::mdspan<T, Extents, Layout, Accessor> const& x,
                                         memory_space space = memory_space::host) {
  using dims_type = typename detail::dims_of_mdspan<Extents>::type;
  constexpr int rank = dims_type::rank;
  std::int64_t extent[rank + 1] = {};
  for (int axis = 0; axis < rank; ++axis)
    extent[axis] = static_cast<std::int64_t>(x.extent(static_cast<std::size_t>(axis)));
  dims_type const extents = dims_type::from_array(extent);
  if constexpr (std::is_same_v<Layout, cuda::std::layout_right>) {
    return view<T, dims_type, row_major>{x.data_handle(), extents, {}, space};
  } else {
    strided<rank> layout;
    if constexpr (rank > 0)
      for (int axis = 0; axis < rank; ++axis)
        layout.value[axis] = static_cast<std::int64_t>(x.stride(static_cast<std::size_t>(axis)));
    return view<T, dims_type, strided<rank>>{x.data_handle(), extents, layout, space};
  }
}

}  // namespace deepseek

#else

namespace deepseek {

namespace detail {
template <class> inline constexpr bool has_cuda_mdspan = false;
}

template <class X> void to_mdspan(X const&) {
  static_assert(
      detail::has_cuda_mdspan<X>,
      "[DS-MDSPAN-HEADER] to_mdspan needs <cuda/std/mdspan>. Fix: add libcu++ (CCCL), which "
      "comes with the CUDA toolkit, to the include path.");
}
template <class X> void from_mdspan(X const&) {
  static_assert(detail::has_cuda_mdspan<X>,
                "[DS-MDSPAN-HEADER] from_mdspan needs <cuda/std/mdspan>. Fix: add libcu++ (CCCL), "
                "which comes with the CUDA toolkit, to the include path.");
}

}  // namespace deepseek

#endif
