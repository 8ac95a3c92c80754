// SPDX-License-Identifier: Apache-2.0
/// @file Laws of mdspan: the same element at the same index, static extents kept, both ways.
#include <deepseek/tensor/mdspan.hpp>
#include <deepseek/tensor/tensor.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>

namespace ds = deepseek;
using ds::dims;
using ds::dyn;

#if __has_include(<cuda/std/mdspan>)

namespace {

template <class Mdspan, class View> void check_same_elements(Mdspan const& span, View const& view) {
  for (std::int64_t i = 0; i < view.extent(0); ++i)
    for (std::int64_t j = 0; j < view.extent(1); ++j) CHECK(&span(i, j) == &view(i, j));
}

}  // namespace

TEST_CASE("mdspan: a row-major tensor is layout_right, static extents stay static") {
  ds::tensor<float, dims<dyn, 4>> x{3};
  auto const span = ds::to_mdspan(x);
  using span_type = std::remove_const_t<decltype(span)>;
  static_assert(std::is_same_v<span_type::layout_type, cuda::std::layout_right>);
  static_assert(std::is_same_v<span_type::index_type, std::int64_t>);
  static_assert(span_type::static_extent(0) == cuda::std::dynamic_extent);
  static_assert(span_type::static_extent(1) == 4);
  CHECK(span.extent(0) == 3);
  check_same_elements(span, x.as_view());

  auto const back = ds::from_mdspan(span);
  static_assert(std::is_same_v<decltype(back), ds::view<float, dims<dyn, 4>, ds::row_major> const>);
  check_same_elements(span, back);
}

TEST_CASE("mdspan: a const tensor gives const elements") {
  ds::tensor<float, dims<2, 2>> const x{1, 2, 3, 4};
  auto const span = ds::to_mdspan(x);
  static_assert(std::is_same_v<decltype(span)::element_type, float const>);
  CHECK(span(1, 0) == 3.0F);
}

TEST_CASE("mdspan: a strided view is layout_stride") {
  ds::tensor<float, dims<3, 4>> x;
  ds::view<float, dims<4, dyn>, ds::strided<2>> const transposed{
      x.data(), {3}, ds::strided<2>{{1, 4}}};
  auto const span = ds::to_mdspan(transposed);
  static_assert(
      std::is_same_v<std::remove_const_t<decltype(span)>::layout_type, cuda::std::layout_stride>);
  check_same_elements(span, transposed);
  auto const back = ds::from_mdspan(span);
  static_assert(
      std::is_same_v<decltype(back), ds::view<float, dims<4, dyn>, ds::strided<2>> const>);
  check_same_elements(span, back);
}

TEST_CASE("mdspan: strides that an mdspan cannot have are refused") {
  ds::tensor<float, dims<4>> x;
  using strided_view = ds::view<float, dims<2>, ds::strided<1>>;
  CHECK_THROWS_AS((void)ds::to_mdspan(strided_view{x.data(), {}, ds::strided<1>{{0}}}),
                  ds::shape_error);
  CHECK_THROWS_AS((void)ds::to_mdspan(strided_view{x.data() + 1, {}, ds::strided<1>{{-1}}}),
                  ds::shape_error);
}

TEST_CASE("mdspan: layout_left, other index types and device memory come in") {
  float data[6] = {0, 1, 2, 3, 4, 5};
  cuda::std::mdspan<float, cuda::std::extents<int, 2, cuda::std::dynamic_extent>,
                    cuda::std::layout_left> const span{data, 3};
  auto const view = ds::from_mdspan(span, ds::memory_space::device);
  static_assert(
      std::is_same_v<decltype(view), ds::view<float, dims<2, dyn>, ds::strided<2>> const>);
  CHECK(view.space() == ds::memory_space::device);
  check_same_elements(span, view);
}

TEST_CASE("mdspan: rank 0") {
  ds::tensor<float, dims<>> x{7.5F};
  auto const span = ds::to_mdspan(x);
  static_assert(decltype(span)::rank() == 0);
  CHECK(*span.data_handle() == 7.5F);
  CHECK(ds::from_mdspan(span)() == 7.5F);
}

#endif
