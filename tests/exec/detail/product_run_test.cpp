// SPDX-License-Identifier: Apache-2.0
/// @file What of a product with its epilogue is one kernel, and the extents that kernels count in 32 bits.
#include <deepseek/exec/detail/product_run.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/softmax.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace ds = deepseek;
using ds::bf16;
using ds::dims;
using ds::dyn;
using matrix = ds::tensor<float, dims<dyn, dyn>>;

namespace {

/// Whether the root of y = e, a product in it, is one kernel.
template <class Y, class E> bool is_one_kernel(Y& y, E const& e) {
  auto const root =
      ds::detail::with_targets(e, ds::make_arguments(y.as_view()), ds::memory_space::host);
  using Root = std::remove_cvref_t<decltype(root)>;
  if constexpr (!ds::plan::is_epilogue<Root>()) return false;
  else {
    using Leaf = ds::detail::held_product<ds::plan::product_t<Root>>;
    using Held = decltype(ds::plan::with_leaf(root, std::declval<Leaf const&>()));
    return ds::detail::fits_product_kernel<ds::plan::isolated_t<Held>>() &&
           ds::detail::covers(root, ds::plan::the_product(root).extents());
  }
}

}  // namespace

TEST_CASE("maps of elements are part of the kernel, whatever else they read") {
  matrix a(4, 5), b(5, 6), y(4, 6), bias(1, 6), column(4, 1);
  CHECK(is_one_kernel(y, ds::gelu(ds::matmul(a, b) * 2.f + bias) + column));
  CHECK(is_one_kernel(
      y, ds::matmul(a, b) + ds::transpose(ds::matmul(ds::transpose(b), ds::transpose(a)))));
}

TEST_CASE("reductions of the product, and other places of it, are not") {
  matrix a(4, 5), b(5, 4), y(4, 4);
  CHECK(!is_one_kernel(y, ds::softmax(ds::matmul(a, b))));
  CHECK(!is_one_kernel(y, ds::transpose(ds::matmul(a, b)) + 1.f));
  matrix single(1, 5), wide(4, 4);
  CHECK(!is_one_kernel(wide, ds::matmul(single, b) + y));  // broadcast
}

TEST_CASE("what products are summed up in") {
  using ds::detail::sum_of;
  ds::tensor<bf16, dims<dyn, dyn>> x(2, 2);
  ds::tensor<std::int8_t, dims<dyn, dyn>> i(2, 2);
  ds::tensor<double, dims<dyn, dyn>> d(2, 2);
  CHECK(std::is_same_v<sum_of<decltype(ds::matmul(x, x))>, float>);
  CHECK(std::is_same_v<sum_of<decltype(ds::matmul(i, i))>, std::int32_t>);
  CHECK(std::is_same_v<sum_of<decltype(ds::matmul(d, x))>, double>);
}

TEST_CASE("extents of 31 bits") {
  using ds::detail::check_product_extents;
  std::int64_t const large = std::int64_t{1} << 31;
  CHECK_NOTHROW(check_product_extents(dims<dyn, dyn>{8, 9}, 0));
  CHECK_THROWS_WITH_AS(check_product_extents(dims<dyn, dyn>{8, 9}, large),
                       doctest::Contains("[DS-GPU-MATMUL-EXTENT]"), ds::shape_error);
  CHECK_THROWS_AS(check_product_extents(dims<dyn, dyn>{large, 9}, 1), ds::shape_error);
  CHECK_THROWS_AS(check_product_extents(dims<dyn, dyn, dyn, dyn>{large / 4, 8, 2, 2}, 1),
                  ds::shape_error);
}
