// SPDX-License-Identifier: Apache-2.0
/// @file A product of views as kernels take it: steps of operands and batches, memory that meets; and what a
/// machine is asked to start.
#include <deepseek/exec/detail/product_sm90.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

namespace ds = deepseek;
using ds::bf16;
using ds::strided;
using ds::view;

namespace {

template <int Rank> using rows_of = view<bf16, ds::dynamic_dims<Rank>>;

/// Starts nothing, and remembers.
struct recording {
  static constexpr auto sm90_kernels = ds::plan::gpu::sm90_kernels::few;
  mutable int started = 0;
  mutable int maps = 0;
  mutable std::vector<ds::detail::used_memory> used;

  ds::arch::gpu::tensor_map make_map(ds::arch::gpu::tensor_description const& d) const {
    ++maps;
    CHECK(ds::arch::gpu::tensor_fault(d).empty());
    return ds::arch::gpu::described(d);
  }
  static ds::storage memory(std::int64_t bytes) { return ds::storage{bytes}; }
  template <class Kernel, class... Used>
  void start(Kernel const&, ds::arch::gpu::grid_extent const& blocks, Used const&... memory) const {
    ++started;
    CHECK(blocks.x >= 1);
    used = {memory...};
  }
};

}  // namespace

TEST_CASE("product_of: steps of rows, columns and k; batch axes that an operand has or has not") {
  bf16 memory[1] = {};
  rows_of<4> const a{memory, {2, 1, 5, 7}};
  rows_of<3> const b{memory, {3, 7, 4}};
  rows_of<4> const c{memory, {2, 3, 5, 4}};
  auto const p = ds::detail::product_of(a, b, c);
  CHECK(p.a.step == 7);
  CHECK(p.a.k_step == 1);
  CHECK(p.b.step == 1);
  CHECK(p.b.k_step == 4);
  CHECK(p.size.m == 5);
  CHECK(p.size.n == 4);
  CHECK(p.size.k == 7);
  CHECK(p.batch.axes == 2);
  CHECK(p.batch.a_step[0] == 35);
  CHECK(p.batch.a_step[1] == 0);
  CHECK(p.batch.b_step[0] == 0);
  CHECK(p.batch.b_step[1] == 28);
}

TEST_CASE("even_matrix_step: axes of matrices that are one after the other, or are not") {
  bf16 memory[1] = {};
  using any = view<bf16, ds::dynamic_dims<4>, strided<4>>;
  auto const step = [&](std::int64_t outer, std::int64_t inner) {
    return ds::detail::even_matrix_step(any{memory, {2, 3, 4, 5}, {{outer, inner, 5, 1}}});
  };
  CHECK(step(60, 20) == 20);
  CHECK(step(90, 30) == 30);
  CHECK(step(100, 20) == -1);
  CHECK(ds::detail::even_matrix_step(any{memory, {2, 1, 4, 5}, {{70, 999, 5, 1}}}) == 70);
  CHECK(ds::detail::even_matrix_step(any{memory, {1, 1, 4, 5}, {{70, 999, 5, 1}}}) == 0);
}

TEST_CASE("memory that meets") {
  bf16 memory[100] = {};
  rows_of<2> const first{memory, {4, 8}};
  auto const of_first = ds::detail::used_by(first, false, "a");
  CHECK(of_first.data == memory);
  CHECK(of_first.bytes == 64);
  CHECK_FALSE(of_first.writable);
  CHECK(of_first.element_bytes == 2);
  CHECK(meet(of_first, ds::detail::used_by(rows_of<2>{memory + 31, {1, 8}}, true, "c")));
  CHECK_FALSE(meet(of_first, ds::detail::used_by(rows_of<2>{memory + 32, {1, 8}}, true, "c")));
  view<bf16, ds::dynamic_dims<1>, strided<1>> const backwards{memory + 9, {4}, {{-3}}};
  auto const of_backwards = ds::detail::used_by(backwards, false, "a");
  CHECK(of_backwards.data == memory);
  CHECK(of_backwards.bytes == 20);
}

TEST_CASE("multiply_sm90: one kernel, maps of a, b and c, and the memory of all three") {
  alignas(16) static bf16 memory[3 * 64 * 64] = {};
  rows_of<2> const a{memory, {40, 64}};
  rows_of<2> const b{memory + 4096, {64, 64}};
  rows_of<2> const c{memory + 8192, {40, 64}};
  recording machine;
  CHECK(ds::detail::multiply_sm90(a, b, c, machine));
  CHECK(machine.started == 1);
  CHECK(machine.maps == 3);
  REQUIRE(machine.used.size() == 3);
  CHECK(machine.used[0].data == memory);
  CHECK(machine.used[1].bytes == 64 * 64 * 2);
  CHECK(machine.used[2].writable);
  // Rows of 18 bytes.
  CHECK_FALSE(ds::detail::multiply_sm90(rows_of<2>{memory, {40, 9}}, rows_of<2>{memory, {9, 64}}, c,
                                        machine));
  CHECK(machine.started == 1);
}

TEST_CASE(
    "few rows of many matrices that one b multiplies are rows of one: one launch, whatever the "
    "batch") {
  recording const machine;
  std::vector<bf16> memory(512);
  auto const at = (reinterpret_cast<std::uintptr_t>(memory.data()) + 15) / 16 * 16;
  auto* const data = reinterpret_cast<bf16*>(at);
  rows_of<5> const a{data, {2, 1, 3, 1, 8}};
  rows_of<2> const b{data + 64, {8, 8}};
  rows_of<5> const c{data + 160, {2, 1, 3, 1, 8}};
  CHECK(ds::detail::even_step(c, 3) == 8);
  CHECK(ds::detail::multiply_sm90(a, b, c, machine));
  CHECK(machine.started == 1);
  // Rows of c that do not go on from matrix to matrix stay apart.
  view<bf16, ds::dynamic_dims<3>, strided<3>> const apart{data + 160, {2, 3, 8}, {{48, 8, 1}}};
  CHECK(ds::detail::even_step(apart, 1) == -1);
  CHECK(ds::detail::even_matrix_step(apart) == 48);
}
