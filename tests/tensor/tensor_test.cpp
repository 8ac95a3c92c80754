// SPDX-License-Identifier: Apache-2.0
/// @file tensor: owned memory: what copies, what moves, what an expression keeps alive.
#include <deepseek/tensor/tensor.hpp>

#include <limits>
#include <type_traits>
#include <utility>

#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <doctest/doctest.h>

using namespace deepseek;

namespace {
using matrix = tensor<float, dims<dyn, 3>>;

matrix counted(std::int64_t rows) {
  matrix t{rows};
  for (std::int64_t i = 0; i < t.size(); ++i) t.data()[i] = static_cast<float>(i);
  return t;
}
}  // namespace

TEST_CASE("tensor: made from extents, from numbers, and from elements") {
  matrix const a{dims<dyn, 3>{2}};
  matrix const b{2};
  matrix const c{2, 3};
  CHECK(a.extents() == b.extents());
  CHECK(b.extents() == c.extents());
  CHECK(reinterpret_cast<std::uintptr_t>(a.data()) % storage_alignment_bytes == 0);
  tensor<int, dims<2, 2>> const d{{1, 2, 3, 4}};
  CHECK(d(1, 0) == 3);
  tensor<int, dims<dyn>> const e{dims<dyn>{3}, {7, 8, 9}};
  CHECK(e(2) == 9);
  CHECK(e.stride(0) == 1);
  CHECK(a.stride(0) == 3);
  tensor<double, dims<>> scalar;
  scalar() = 2.5;
  CHECK(scalar.size() == 1);
  tensor<float, dims<1, 1, 1, 1, 1, 1, 1, 2>> const eight;
  CHECK(eight.size() == 2);
}

TEST_CASE("tensor: without elements there is no memory, and nothing to run") {
  matrix empty;
  CHECK(empty.size() == 0);
  CHECK(empty.data() == nullptr);
  matrix const zero_rows{0};
  tensor<float, dims<dyn, dyn>> const zero_columns{4, 0};
  CHECK(zero_columns.extent(0) == 4);
  CHECK(zero_columns.size() == 0);
  (empty = zero_rows + 1.f).run(host{});
  CHECK(eval(zero_columns * 2.f).extent(0) == 4);
  matrix const copy = zero_rows;
  CHECK(copy.size() == 0);
}

TEST_CASE("tensor: a copy has elements of its own") {
  matrix const a = counted(4);
  matrix b = a;
  CHECK(b.data() != a.data());
  CHECK(b(3, 2) == 11.f);
  b(3, 2) = -1;
  CHECK(a(3, 2) == 11.f);
  auto const& same = b;
  b = same;
  CHECK(b(3, 2) == -1.f);
}

TEST_CASE("tensor: assigning a tensor keeps the memory where it fits and nobody shares it") {
  matrix const a = counted(4);
  matrix b{4};
  float const* const memory = b.data();
  b = a;
  CHECK(b.data() == memory);
  CHECK(b(3, 2) == 11.f);
  b = counted(2);
  CHECK(b.extent(0) == 2);
  CHECK(b(1, 2) == 5.f);
  b = a;
  CHECK(b.extent(0) == 4);
  CHECK(a.memory().owners() == 1);
}

TEST_CASE("tensor: memory that others hold is left to them when a tensor is assigned") {
  matrix a = counted(4);
  storage const held = a.memory();
  matrix shares{held, dims<dyn, 3>{2}};
  CHECK(shares.data() == a.data());
  shares(0, 0) = 100;
  CHECK(a(0, 0) == 100.f);  // made to share
  matrix const fresh = counted(4);
  a = fresh;
  CHECK(a.data() != held.data());
  CHECK(shares(0, 0) == 100.f);
  CHECK(a(0, 0) == 0.f);
}

TEST_CASE("tensor: moving moves no element; what was moved from can be assigned to") {
  matrix a = counted(4);
  float const* const memory = a.data();
  matrix b = std::move(a);
  CHECK(b.data() == memory);
  static_assert(std::is_nothrow_move_constructible_v<matrix>);
  CHECK(a.data() == nullptr);  // NOLINT(bugprone-use-after-move): that is the question
  CHECK_THROWS_WITH_AS((void)eval(a + 1.f), doctest::Contains("[DS-TENSOR-MOVED]"), argument_error);
  CHECK_THROWS_WITH_AS((a = b + 1.f).run(host{}), doctest::Contains("[DS-TENSOR-MOVED]"),
                       argument_error);
  a = b;
  CHECK(a(3, 2) == 11.f);
  a = std::move(b);
  CHECK(a.data() == memory);
}

TEST_CASE("tensor: an expression keeps an rvalue tensor alive and only views an lvalue") {
  auto const e = counted(4) * 2.f + counted(4);
  CHECK(eval(e)(3, 2) == 33.f);
  auto copy = e;
  CHECK(eval(copy)(3, 2) == 33.f);
  matrix a = counted(4);
  auto const seen = a + 0.f;
  a(0, 0) = 50;
  CHECK(eval(seen)(0, 0) == 50.f);
  CHECK(a.memory().owners() == 1);
  auto const kept = std::move(a) + 0.f;
  CHECK(a.memory().owners() == 2);  // NOLINT(bugprone-use-after-move): it is shared, not emptied
  CHECK(eval(kept)(0, 0) == 50.f);
}

TEST_CASE("tensor: views of it, for reading and for writing") {
  matrix a = counted(2);
  view<float, dims<dyn, 3>> const v = a;
  view<float const, dims<dyn, 3>> const r = std::as_const(a);
  v(1, 1) = 9;
  CHECK(r(1, 1) == 9.f);
  CHECK(a.as_view().contiguous());
  static_assert(std::is_same_v<decltype(std::as_const(a)(0, 0)), float const&>);
}

TEST_CASE("tensor: extents and elements that do not fit are errors with both") {
  CHECK_THROWS_WITH_AS((tensor<int, dims<dyn>>{dims<dyn>{3}, {1, 2}}),
                       doctest::Contains("[DS-TENSOR-VALUES] 2 values for a tensor of shape [3]"),
                       shape_error);
  CHECK_THROWS_WITH_AS((matrix{storage{11}, dims<dyn, 3>{1}}),
                       doctest::Contains("shape [1, 3] needs 12 bytes; the storage has 11"),
                       shape_error);
  CHECK_THROWS_AS((tensor<double, dims<dyn>>{std::numeric_limits<std::int64_t>::max()}),
                  shape_error);
  CHECK_THROWS_AS(matrix{-1}, shape_error);
  matrix const a = counted(2);
  CHECK_THROWS_WITH_AS((void)a(2, 0), doctest::Contains("outside [2, 3]"), shape_error);
}
