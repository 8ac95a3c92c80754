// SPDX-License-Identifier: Apache-2.0
/// @file What can be an epilogue or a prologue of a product.
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/expand.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/reshape.hpp>
#include <deepseek/ops/softmax.hpp>
#include <deepseek/ops/sum.hpp>
#include <deepseek/plan/fuse.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace {
namespace ds = deepseek;
namespace plan = ds::plan;
using ds::dims;
using ds::dyn;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;
using batches = ds::tensor<float, dims<dyn, dyn, dyn>>;

matrix const a(4, 8), w(8, 8);
batches const many(3, 4, 8);
template <class E> constexpr bool epilogue(E const&) { return plan::is_epilogue<E>(); }
template <class E> constexpr bool rows(E const&) { return plan::is_rows_prologue<E>(); }
template <class E> constexpr bool blocks(E const&) { return plan::is_block_prologue<E>(); }

TEST_CASE("epilogues: rules, broadcasts, reductions along rows") {
  CHECK(epilogue(ds::matmul(a, w) + 1.f));
  CHECK(epilogue(ds::matmul(many, w) * a));
  CHECK(epilogue(ds::softmax(ds::matmul(a, w), last)));
  CHECK(epilogue(ds::let(ds::matmul(a, w), [](auto y) { return y / ds::sum(y, last); })));
}

TEST_CASE("no epilogues: a product alone, none, one with fewer axes, other axes, other places") {
  CHECK(!epilogue(ds::matmul(a, w)));
  CHECK(!epilogue(a + 1.f));
  CHECK(!epilogue(ds::matmul(a, w) + many));
  CHECK(!epilogue(ds::sum(ds::matmul(a, w), ds::axes<0>)));
  CHECK(!epilogue(ds::transpose(ds::matmul(a, w)) + 1.f));
  CHECK(!epilogue(ds::reshape<dyn>(ds::matmul(a, w)) + 1.f));
  CHECK(!epilogue(ds::let(ds::matmul(w, w), [](auto y) { return y + ds::transpose(y); })));
  CHECK(!epilogue(ds::let(ds::matmul(a, w), [](auto y) { return ds::matmul(y, w) + y; })));
}

TEST_CASE("prologues: rows of a by any kernel along rows, blocks of b by rules") {
  CHECK(rows(a * 2.f));
  CHECK(rows(ds::softmax(a, last)));
  CHECK(blocks(a * 2.f));
  CHECK(blocks(ds::transpose(a * 2.f)));
  CHECK(!rows(ds::as_expression(a)));
  CHECK(!rows(ds::matmul(a, w) * 2.f));
  CHECK(!rows(a - ds::sum(a, ds::axes<0>)));
  CHECK(!blocks(ds::softmax(a, last)));
}

TEST_CASE("the first product is found, and a leaf takes its place") {
  auto const first = ds::matmul(w, w);
  auto const e = ds::let(first * 2.f, [](auto v) { return v + ds::matmul(w, w); });
  using Product = std::remove_cvref_t<decltype(first)>;
  static_assert(std::is_same_v<plan::product_t<std::remove_cvref_t<decltype(e)>>, Product>);
  CHECK(plan::the_product(e).extents() == first.extents());
  using Leaf = plan::product_leaf<Product>;
  auto const over = plan::with_leaf(e, Leaf{Leaf::view_type{nullptr, first.extents()}});
  CHECK(plan::leaf_count<std::remove_cvref_t<decltype(over)>, Leaf>() == 1);
}
}  // namespace
