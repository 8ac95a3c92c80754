// SPDX-License-Identifier: Apache-2.0
/// @file Turned operands and results: their values, whatever the type, the extents and the alignment; and
/// that both sides are accessed along their neighbours.
#include <deepseek/kernel/elementwise_tiles.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "../exec/engine_verbs.hpp"
#include "launched.hpp"
#include "sector_count.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;

/// Elements of type T in memory that is larger, in axes that may be in another order.
template <class T, int Rank> struct placed_tensor {
  using view = ds::view<T, ds::dynamic_dims<Rank>, ds::strided<Rank>>;
  std::vector<T> memory;
  view elements;

  /// order[k]: the k-th axis in memory, outermost first; gap: elements between rows; before: the first.
  placed_tensor(std::vector<std::int64_t> const& shape, std::vector<int> const& order,
                std::int64_t gap, std::int64_t before) {
    ds::strided<Rank> layout;
    std::int64_t next = 1;
    for (int k = Rank - 1; k >= 0; --k) {
      int const axis = order[static_cast<std::size_t>(k)];
      layout.value[axis] = next;
      next *= shape[static_cast<std::size_t>(axis)];
      if (k == Rank - 1) next += gap;
    }
    memory.assign(static_cast<std::size_t>(next + before + 16), T{});
    elements =
        view{memory.data() + before, ds::dynamic_dims<Rank>::from_array(shape.data()), layout};
  }
};
template <class V> std::int64_t offset_of(V const& v, std::vector<std::int64_t> const& index) {
  std::int64_t at = 0;
  for (int a = 0; a < V::rank; ++a) at += index[static_cast<std::size_t>(a)] * v.stride(a);
  return at;
}
template <class F> void each_index(std::vector<std::int64_t> const& shape, F const& f) {
  std::vector<std::int64_t> index(shape.size(), 0);
  for (;;) {
    f(index);
    std::size_t a = shape.size();
    while (a > 0 && ++index[a - 1] == shape[a - 1]) index[--a] = 0;
    if (a == 0) return;
  }
}

/// y = x of that shape, with memory in those orders: what is wrong, or nothing.
template <class T, int Rank>
std::string copy_fault(std::vector<std::int64_t> const& shape, std::vector<int> const& x_order,
                       std::vector<int> const& y_order, std::int64_t gap, std::int64_t before,
                       char const* kernel) {
  placed_tensor<T, Rank> x{shape, x_order, gap, before}, y{shape, y_order, gap, before};
  auto poisoned = y.memory;
  for (std::size_t i = 0; i < x.memory.size(); ++i)
    x.memory[i] = static_cast<T>(static_cast<int>(i * 7 % 113));
  for (auto& m : y.memory) m = static_cast<T>(127);
  launched run;
  launch_of(run, y.elements, ds::as_expression(x.elements));
  if (run.kernel != kernel) return "kernel " + run.kernel;
  std::int64_t right = 0;
  std::int64_t elements = 0;
  each_index(shape, [&](auto const& index) {
    ++elements;
    T& got = y.elements.data()[offset_of(y.elements, index)];
    right += static_cast<double>(got) ==
             static_cast<double>(x.elements.data()[offset_of(x.elements, index)]);
    got = static_cast<T>(127);
  });
  if (right != elements) return std::to_string(elements - right) + " elements are wrong";
  for (auto const& m : y.memory)
    if (static_cast<double>(m) != 127.) return "wrote outside";
  return "";
}

char const* const by_tiles = "elementwise, by tiles";

TEST_CASE(
    "transpositions of every size of elements, extents around tiles and accesses, unaligned rows") {
  for (std::int64_t const rows : {16, 63, 64, 65, 129})
    for (std::int64_t const columns : {17, 64, 100})
      for (std::int64_t const gap : {0, 3}) {
        CAPTURE(rows);
        CAPTURE(columns);
        CAPTURE(gap);
        std::vector<std::int64_t> const shape{rows, columns};
        CHECK(copy_fault<float, 2>(shape, {1, 0}, {0, 1}, gap, gap / 3, by_tiles) == "");
        if (rows % 16 != 0 || gap == 0) continue;
        CHECK(copy_fault<std::int8_t, 2>(shape, {1, 0}, {0, 1}, gap, 0, by_tiles) == "");
        CHECK(copy_fault<ds::bf16, 2>(shape, {0, 1}, {1, 0}, gap, 0, by_tiles) == "");
        CHECK(copy_fault<double, 2>(shape, {0, 1}, {1, 0}, gap, 1, by_tiles) == "");
      }
  for (std::int64_t const rows : {16, 128}) {
    CAPTURE(rows);
    CHECK(copy_fault<std::int8_t, 2>({rows, 64}, {1, 0}, {0, 1}, 0, 0, by_tiles) == "");
    CHECK(copy_fault<ds::bf16, 2>({rows, 64}, {1, 0}, {0, 1}, 0, 0, by_tiles) == "");
    CHECK(copy_fault<ds::bf16, 2>({rows, 64}, {0, 1}, {1, 0}, 0, 0, by_tiles) == "");
    CHECK(copy_fault<double, 2>({rows, 64}, {1, 0}, {0, 1}, 0, 0, by_tiles) == "");
  }
}

TEST_CASE("batches, and axes that become one") {
  CHECK(copy_fault<float, 3>({3, 20, 33}, {0, 2, 1}, {0, 1, 2}, 0, 0, by_tiles) == "");
  CHECK(copy_fault<float, 3>({20, 5, 33}, {2, 1, 0}, {0, 1, 2}, 0, 0, by_tiles) == "");
  CHECK(copy_fault<float, 4>({2, 5, 7, 16}, {0, 3, 1, 2}, {0, 1, 2, 3}, 0, 0, by_tiles) == "");
  CHECK(copy_fault<float, 4>({2, 16, 5, 7}, {0, 1, 2, 3}, {0, 2, 3, 1}, 0, 0, by_tiles) == "");
}

TEST_CASE(
    "where both sides have their neighbours along one axis, or an axis is short, nothing is "
    "turned") {
  CHECK(copy_fault<float, 2>({40, 70}, {1, 0}, {1, 0}, 0, 0, "elementwise") == "");
  CHECK(copy_fault<float, 3>({2, 40, 70}, {0, 2, 1}, {0, 2, 1}, 3, 1, "elementwise") == "");
  CHECK(copy_fault<float, 2>({40, 3}, {1, 0}, {0, 1}, 0, 0, "elementwise") == "");
  CHECK(copy_fault<float, 2>({15, 100}, {1, 0}, {0, 1}, 0, 0, "elementwise") == "");
}

TEST_CASE(
    "several operands: turned, not turned, broadcast along one axis or both, of other types") {
  constexpr int m = 50;
  constexpr int n = 68;
  ds::tensor<float, dims<dyn, dyn>> turned(n, m), straight(m, n), row(1, n), column(m, 1), y(m, n);
  ds::tensor<ds::bf16, dims<dyn, dyn>> narrow(n, m), rounded(n, m);
  ds::tensor<std::uint8_t, dims<dyn, dyn>> mask(n, m);
  ds::tensor<float, dims<>> number;
  std::mt19937 random(3);
  auto const fill = [&](auto& x) {
    using T = typename std::remove_cvref_t<decltype(x)>::value_type;
    for (std::int64_t i = 0; i < x.size(); ++i)
      x.data()[i] = static_cast<T>(static_cast<int>(random() % 16));
  };
  fill(turned), fill(straight), fill(row), fill(column), fill(narrow), fill(mask), fill(number);
  auto const t = [](auto const& x) { return library::permute(x, axes<1, 0>); };
  launched run;
  launch_of(run, y,
            t(turned) * straight + row * column - t(narrow) * number + t(turned * 2.f) + t(mask));
  CHECK(run.kernel == by_tiles);
  CHECK(run.reads(turned) == 2);  // it stands there twice
  CHECK(run.reads(straight) == 1);
  CHECK(run.reads(narrow) == 1);
  CHECK(run.writes(y) == 1);
  CHECK(run.widest_read() == 16);
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j)
      REQUIRE(y(i, j) == turned(j, i) * straight(i, j) + row(0, j) * column(i, 0) -
                             static_cast<float>(narrow(j, i)) * number() + 2 * turned(j, i) +
                             static_cast<float>(mask(j, i)));
}

TEST_CASE(
    "sectors: a transposition moves what it needs; in lanes it would move eight times as much") {
  constexpr int m = 128;
  constexpr int n = 192;
  alignas(128) static float from[m * n];
  alignas(128) static float to[m * n];
  for (int i = 0; i < m * n; ++i) from[i] = static_cast<float>(i);
  using view = ds::view<float, dims<dyn, dyn>>;
  view const x{from, dims<dyn, dyn>{n, m}};
  view y{to, dims<dyn, dyn>{m, n}};
  auto program = program_of(y, library::permute(x, axes<1, 0>));
  using P = decltype(program);
  auto const sectors = [&](auto const& k, int blocks) {
    sector_count count;
    auto operands = ds::detail::operands_of(program);
    operands.tell(&count);
    using K = std::remove_cvref_t<decltype(k)>;
    using plan = typename K::shared_plan;
    auto const shape = ds::kernel::shape_of<K>({blocks, 1, 1});
    ds::arch::emulated::cluster_machine machine{
        {shape.threads, static_cast<std::size_t>(shape.shared_bytes), shape.blocks},
        {1, 1, 1},
        operands,
        K::name};
    for (int b = 0; b < blocks; ++b)
      machine.run({b, 0, 0}, [&](void* shared) { k.run(*static_cast<plan*>(shared)); });
    return count.times_least();
  };
  double tiles = 0;
  double lanes = 0;
  program.launch([&](auto const& k, int blocks) {
    tiles = sectors(k, blocks);
    using walk = ds::kernel::axes_walk<typename P::S>;
    using plain = ds::kernel::elementwise<typename P::root, typename P::S, 1, 4, walk>;
    plain direct{k.root, {}, std::int64_t{m} * n, 0};
    direct.walk.set(0, m);
    direct.walk.set(1, n);
    lanes = sectors(direct, static_cast<int>(direct.count / plain::vectors_per_block));
  });
  CHECK(tiles == doctest::Approx(1.));
  CHECK(lanes > 4.);  // one side eight times, the other once
  bool right = true;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) right &= y(i, j) == x(j, i);
  CHECK(right);
}

}  // namespace
