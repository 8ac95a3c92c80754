// SPDX-License-Identifier: Apache-2.0
/// @file A product of views by the kernels of sm_90a (plan/gpu/matmul_sm90.hpp), on a machine that has them.
///
/// Of a Machine (kernel_machine.hpp) it needs
///   start(kernel, blocks, used_memory...)
///   has_sm90a()             it runs them
///   make_map(description)   a tensor map
///   sm90_kernels            how many kernels are compiled
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/exec/detail/kernel_machine.hpp>
#include <deepseek/kernel/launch_shape.hpp>  // blocks_for
#include <deepseek/kernel/product_epilogue.hpp>
#include <deepseek/kernel/product_join.hpp>
#include <deepseek/kernel/product_operands.hpp>
#include <deepseek/plan/gpu/matmul_sm90.hpp>
#include <deepseek/shape/layout.hpp>

namespace deepseek::detail {

/// used_by(view, writable, name): from its first byte to its last one.
template <class View> used_memory used_by(View const& v, bool writable, char const* name) {
  using T = typename View::value_type;
  offset_range const range = offsets_of(v.extents(), v.layout());
  return {v.data() + range.lowest, (range.highest - range.lowest + 1) * std::int64_t{sizeof(T)},
          writable, name, int{sizeof(T)}};
}
inline bool meet(used_memory const& a, used_memory const& b) {
  auto const* const first = static_cast<char const*>(a.data);
  auto const* const second = static_cast<char const*>(b.data);
  return first < second + b.bytes && second < first + a.bytes;
}

/// product_of(a, b, c): the operands of c[..., i, j] = sum_k a[..., i, k] b[..., k, j] as kernels take them.
/// Batch axes of an operand that it does not have, or of which it has one, are the same matrix.
template <class A, class B, class C> auto product_of(A const& a, B const& b, C const& c) {
  using kernel::product_operands;
  constexpr int rank = C::rank;
  product_operands<typename A::value_type, typename B::value_type> p;
  p.a = {a.data(), a.stride(A::rank - 2), a.stride(A::rank - 1)};
  p.b = {b.data(), b.stride(B::rank - 1), b.stride(B::rank - 2)};
  p.size = {static_cast<int>(c.extent(rank - 2)), static_cast<int>(c.extent(rank - 1)),
            static_cast<int>(a.extent(A::rank - 1))};
  auto const step = [](auto const& v, int axis) {
    int const own = axis - (rank - std::remove_cvref_t<decltype(v)>::rank);
    return own < 0 || v.extent(own) == 1 ? std::int64_t{0} : v.stride(own);
  };
  p.batch.axes = rank - 2;
  for (int axis = 0; axis + 2 < rank; ++axis) {
    p.batch.extent[axis] = static_cast<int>(c.extent(axis));
    p.batch.a_step[axis] = step(a, axis);
    p.batch.b_step[axis] = step(b, axis);
  }
  return p;
}

/// sm90_elements<A, B>: products of these are those of wgmma, summed up in float.
template <class A, class B>
inline constexpr bool sm90_elements = std::is_same_v<A, B> && (sizeof(A) <= 2) &&
                                      !std::is_integral_v<A> && plan::gpu::sm90_factors<A, B>;
/// sm90_takes<A, B>: of the elements of these views.
template <class A, class B>
inline constexpr bool sm90_takes = sm90_elements<typename A::value_type, typename B::value_type>;

/// even_matrix_step(c): from each matrix of a result to the next; -1 where that is not always the same.
/// even_step(c, last): the same of the axes up to `last`.
template <class C> std::int64_t even_step(C const& c, int last) {
  std::int64_t step = 0;
  std::int64_t reach = 0;  // of the axes so far, as one
  for (int axis = last; axis >= 0; --axis) {
    if (c.extent(axis) == 1) continue;
    if (step == 0) step = c.stride(axis);
    else if (c.stride(axis) != reach) return -1;
    reach = c.stride(axis) * c.extent(axis);
  }
  return step;
}

template <class C> std::int64_t even_matrix_step(C const& c) { return even_step(c, C::rank - 3); }

/// multiply_shares<KnownA, KnownB>(operands, to, shares, make_map, machine, memory...): sums of shares of
/// k in memory of their own, and the kernel that adds them in their order.
template <plan::gpu::known_neighbours KnownA, plan::gpu::known_neighbours KnownB, class Operands,
          class Store, class MakeMap, class Machine>
void multiply_shares(Operands const& operands, Store const& to,
                     plan::gpu::sm90_shares const& shares, MakeMap const& make_map,
                     Machine const& machine, used_memory const& a, used_memory const& b,
                     used_memory const& c) {
  auto const& size = operands.size;
  auto const matrices = static_cast<int>(operands.batch.count());
  std::int64_t const row = (size.n + 3) / 4 * 4;  // rows begin at multiples of 16 bytes
  std::int64_t const bytes = shares.count * matrices * size.m * row * std::int64_t{sizeof(float)};
  storage const memory = machine.memory(bytes);
  auto* const sums = static_cast<float*>(memory.data());
  kernel::product_store<float, 8> const to_shares{sums, size.m * row, row, 1, size.n};
  auto const start = [&](auto const& kernel, int blocks) {
    machine.start(kernel, {blocks, 1, 1}, a, b,
                  used_memory{sums, bytes, true, "sums of shares", int{sizeof(float)}});
  };
  plan::gpu::launch_sm90<KnownA, KnownB, plan::gpu::sm90_kernels::shared>(
      operands, to_shares, make_map, start, kernel::no_scales{}, {}, shares);
  using K = kernel::product_join<float, Store>;
  K const join{sums, row, shares.count, matrices, size.m, size.n, to};
  std::int64_t const blocks = (join.pieces() + K::threads - 1) / K::threads;
  machine.start(join, {kernel::blocks_for(blocks), 1, 1},
                used_memory{sums, bytes, false, "sums of shares", int{sizeof(float)}}, c);
}

/// multiply_sm90(a, b, c, machine): c = a b, in the stream; false where these kernels cannot (launch_sm90),
/// and nothing is started. The memory of c is apart from that of a and b.
template <class A, class B, class C, class Machine>
bool multiply_sm90(A const& a, B const& b, C const& c, Machine const& machine) {
  static_assert(sm90_takes<A, B>, "[DS-SM90-TYPES] both of f16, of bf16, or of the same fp8.");
  using T = typename C::value_type;
  constexpr std::int64_t most = std::int64_t{1} << 31;
  std::int64_t matrix_step = even_matrix_step(c);
  std::int64_t row_step = c.stride(C::rank - 2);
  std::int64_t const k = a.extent(A::rank - 1);
  if (matrix_step < 0 || c.size() >= most || k >= most || c.size() == 0 ||
      a.extent(A::rank - 2) >= most || b.extent(B::rank - 1) >= most)
    return false;
  auto p = product_of(a, b, c);
  if constexpr (C::rank > 2) {
    auto const merged = kernel::merged_rows(p);
    std::int64_t const step = even_step(c, C::rank - 2);
    if (merged.batch.axes == 0 && step > 0) {
      p = merged;
      matrix_step = 0;
      row_step = step;
    }
  }
  constexpr auto known_a = plan::gpu::neighbours_of<A, true>();
  constexpr auto known_b = plan::gpu::neighbours_of<B, false>();
  plan::gpu::sm90_shares shares;
  if (plan::gpu::sm90_possible<known_a, known_b>(p))
    shares = plan::gpu::sm90_shares_of(p, int{sizeof(T)});
  auto const make_map = [&](arch::gpu::tensor_description const& d) { return machine.make_map(d); };
  auto const run = [&](auto const& kernel, int blocks) {
    machine.start(kernel, {blocks, 1, 1}, used_by(a, false, "a"), used_by(b, false, "b"),
                  used_by(c, true, "the result"));
  };
  auto const with_width = [&]<int Width, plan::gpu::sm90_kernels Kernels>() {
    kernel::product_store<T, Width> const to{c.data(), matrix_step, row_step, c.stride(C::rank - 1),
                                             static_cast<int>(c.extent(C::rank - 1))};
    if (shares.count > 1) {
      multiply_shares<known_a, known_b>(p, to, shares, make_map, machine, used_by(a, false, "a"),
                                        used_by(b, false, "b"), used_by(c, true, "the result"));
      return true;
    }
    return plan::gpu::launch_sm90<known_a, known_b, Kernels>(p, to, make_map, run);
  };
  bool const rows = c.stride(C::rank - 1) == 1;
  constexpr int wide = 16 / int{sizeof(T)} < 8 ? 4 : 8;
  int const width = kernel::store_width(c.data(), c.extent(C::rank - 1), matrix_step, row_step);
  // A product that is a part of an expression goes to memory as floats: of the two fewer kernels.
  constexpr auto fewer = Machine::sm90_kernels == plan::gpu::sm90_kernels::all
                             ? plan::gpu::sm90_kernels::few
                             : Machine::sm90_kernels;
  constexpr auto kernels = sizeof(T) == 2 ? Machine::sm90_kernels : fewer;
  if (rows && width >= wide) return with_width.template operator()<wide, kernels>();
  // Where b and c both lie along rows, what is not aligned of c is not of b either, or nearly never.
  constexpr bool alike = known_b == plan::gpu::known_neighbours::along_rows &&
                         std::is_same_v<typename C::layout_type, row_major>;
  if constexpr (alike) return false;
  else return with_width.template operator()<1, fewer>();
}

}  // namespace deepseek::detail
