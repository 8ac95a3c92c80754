// SPDX-License-Identifier: Apache-2.0
/// @file A product with its epilogue by the kernels that any GPU has (plan/gpu/product_program.hpp), on a
/// machine that runs kernels.
#pragma once
#include <cstdint>
#include <limits>
#include <type_traits>

#include <deepseek/base/error.hpp>
#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/exec/detail/product_sm90.hpp>  // product_of, used_by
#include <deepseek/expr/contract.hpp>
#include <deepseek/plan/fuse.hpp>
#include <deepseek/plan/gpu/product_program.hpp>
#include <deepseek/plan/gpu/product_program_sm90.hpp>
#include <deepseek/plan/gpu/scaled_program_sm90.hpp>
#include <deepseek/plan/gpu/product_prologue.hpp>
#include <deepseek/plan/row_statistics.hpp>

namespace deepseek::detail {

/// operand_in_memory(e, evaluate): the leaf of an operand, in its own type.
template <class E, class Evaluate> auto operand_in_memory(E const& e, Evaluate const& evaluate) {
  if constexpr (expr::detail::is_leaf<E>) return e;
  else return evaluate.stored(e);
}

/// held_product<E>: the leaf that stands for a product whose sums threads have.
template <class E>
using held_product =
    expr::leaf<view<plan::kept_type_t<E> const, typename E::dims_type, strided<E::rank>>,
               plan::gpu::sums_of_product>;

/// sum_of<E>: what its products are summed up in.
template <class E>
using sum_of = std::conditional_t<std::is_same_v<typename E::value_type, bool>, std::int32_t,
                                  compute_t<typename E::value_type>>;

template <class View> plan::address_range range_of(View const& v) {
  if (v.size() == 0) return {0, 0};
  auto const used = used_by(v, false, "");
  auto const begin = reinterpret_cast<std::uintptr_t>(used.data);
  return {begin, begin + static_cast<std::uintptr_t>(used.bytes)};
}

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_product_extent(std::int64_t extent) {
  throw shape_error(text{} << "[DS-GPU-MATMUL-EXTENT] matmul on a GPU: an extent is " << extent
                           << ". Fix: each of m, n, k and all batches together less than 2^31.");
}
/// Kernels count rows, columns, k and matrices in 32 bits.
template <class Dims> void check_product_extents(Dims const& result, std::int64_t k) {
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max() - (1 << 16);
  std::int64_t matrices = 1;
  for (int axis = 0; axis + 2 < Dims::rank; ++axis) matrices *= result[axis];
  for (std::int64_t const extent : {result[Dims::rank - 2], result[Dims::rank - 1], k, matrices})
    if (extent > most) fail_product_extent(extent);
}

/// stored_side, computed_side: an operand of a product: its view, or an expression that kernels compute
/// on the way (plan/gpu/product_prologue.hpp).
template <class Leaf> struct stored_side {
  Leaf leaf;
  using view_type = typename Leaf::view_type;
  using element_type = typename view_type::value_type;
  static constexpr bool computed = false;
};
template <class E, class T> struct computed_side {
  E e;
  using element_type = T;
  static constexpr bool computed = true;
};

/// operand_side<I>(product, evaluate): operand I of a product; what must be in memory for it is evaluated.
template <int I, class E, class Evaluate>
auto operand_side(E const& product, Evaluate const& evaluate) {
  constexpr plan::operand_is way = plan::gpu::operand_way<E, I>();
  auto const& operand = get<I>(product.operands);
  using Operand = std::remove_cvref_t<decltype(operand)>;
  if constexpr (way == plan::operand_is::stored) {
    auto const leaf = operand_in_memory(operand, evaluate);
    return stored_side<std::remove_cvref_t<decltype(leaf)>>{leaf};
  } else {
    auto const kernel = plan::isolated(operand, evaluate);
    auto const maps = plan::with_statistics(kernel, plan::empty_scope{}, evaluate);
    return computed_side<std::remove_cvref_t<decltype(maps)>, typename Operand::value_type>{maps};
  }
}

/// product_machine_of<Machine, A, B, Sum, Options, BySm90, Left, Right>: the machine, whose programs have one
/// product each.
template <class Machine, class A, class B, class Sum, plan::gpu::product_options Options,
          bool BySm90, class Left, class Right>
struct product_machine_of : Machine {
  kernel::product_operands<A, B> operands;
  plan::address_range a;
  plan::address_range b;
  DEEPSEEK_EMPTY Left left;
  DEEPSEEK_EMPTY Right right;

  product_machine_of(Machine const& machine, kernel::product_operands<A, B> const& both,
                     plan::address_range of_a, plan::address_range of_b, Left const& on_left,
                     Right const& on_right)
      : Machine{machine}, operands{both}, a{of_a}, b{of_b}, left{on_left}, right{on_right} {}
  template <class Root> auto program(Root const& root) const {
    constexpr bool stored = !plan::gpu::is_computed<Left> && !plan::gpu::is_computed<Right>;
    if constexpr (stored && BySm90 && sm90_elements<A, B>)
      return plan::gpu::product_program_sm90<Root, A, B, Sum, Options>{
          root, operands, a, b, this->has_sm90a() ? &Machine::make_map : nullptr};
    else
      return plan::gpu::product_program<Root, A, B, Sum, Options, Left, Right>{root, operands, a, b,
                                                                               left, right};
  }
};

/// result_extents<Rank>: of what the kernel of a product writes: those of its results, to which the
/// product may be broadcast.
template <int Rank> struct result_extents {
  static constexpr int rank = Rank;
  std::int64_t of[Rank];
  [[nodiscard]] std::int64_t operator[](int axis) const { return of[axis]; }
  [[nodiscard]] std::int64_t extent(int axis) const { return of[axis]; }
};
template <class Root, class Dims> auto extents_of_results(Root const& root, Dims const& product) {
  result_extents<Dims::rank> extents;
  for (int axis = 0; axis < Dims::rank; ++axis) extents.of[axis] = product[axis];
  for_each_store(root, [&](auto const& store) {
    for (int axis = 0; axis < Dims::rank; ++axis)
      if (store.extents()[axis] != 1) extents.of[axis] = store.extents()[axis];
  });
  return extents;
}

/// lowered_side<E, Left>(side): as product_program takes it; k: of the product.
template <class E, bool Left, class Side>
auto lowered_side(Side const& side, result_extents<E::rank> const& extents, std::int64_t k) {
  if constexpr (!Side::computed) {
    return kernel::in_memory{};
  } else {
    using Expression = std::remove_cvref_t<decltype(side.e)>;
    std::int64_t extent[max_rank] = {};
    for (int axis = 0; axis < E::rank; ++axis) extent[axis] = extents[axis];
    extent[Left ? E::rank - 1 : E::rank - 2] = k;
    return plan::gpu::lowered_operand<Expression, E::rank, typename Side::element_type, Left>{
        side.e, extent};
  }
}
template <bool Left, class Lowered, class Side>
constexpr plan::gpu::known_neighbours neighbours_of_side() {
  using plan::gpu::known_neighbours;
  if constexpr (!Side::computed) return plan::gpu::neighbours_of<typename Side::view_type, Left>();
  else return Lowered::along_k ? known_neighbours::along_k : known_neighbours::along_rows;
}
/// The matrices of a side; of one that is computed nothing is in memory.
template <class Side, class Dims>
auto view_of_side(Side const& side, [[maybe_unused]] Dims const& extents) {
  if constexpr (!Side::computed) return side.leaf.source;
  else return view<typename Side::element_type const, Dims>{nullptr, extents};
}

/// run_product<E, BySm90>(root, a, b, extents, machine): root has a held_product<E> of two sides.
/// BySm90: by the kernels of sm_90a where the machine has them and they can.
template <class E, bool BySm90 = true, class Root, class A, class B, class Machine>
void run_product(Root const& root, E const& product, A const& a, B const& b,
                 Machine const& machine) {
  auto const extents = extents_of_results(root, product.extents());
  auto const x = view_of_side(a, get<0>(product.operands).extents());
  auto const y = view_of_side(b, get<1>(product.operands).extents());
  std::int64_t const k = x.extent(std::remove_cvref_t<decltype(x)>::rank - 1);
  check_product_extents(extents, k);
  auto batch = product_of(x, y, extents);
  // Where a product of one row, or of one column, is broadcast, it is computed in each.
  if (batch.size.m > product.extents()[E::rank - 2]) batch.a.step = 0;
  if (batch.size.n > product.extents()[E::rank - 1]) batch.b.step = 0;
  auto const operands = A::computed || B::computed ? batch : kernel::merged_rows(batch);
  auto const left = lowered_side<E, true>(a, extents, k);
  auto const right = lowered_side<E, false>(b, extents, k);
  using Left = std::remove_cvref_t<decltype(left)>;
  using Right = std::remove_cvref_t<decltype(right)>;
  constexpr plan::gpu::product_options options{
      neighbours_of_side<true, Left, A>(), neighbours_of_side<false, Right, B>(),
      Machine::sm90_kernels != plan::gpu::sm90_kernels::all, expr::detail::takes_tf32<E>};
  using Run = product_machine_of<Machine, typename A::element_type, typename B::element_type,
                                 sum_of<E>, options, BySm90, Left, Right>;
  run_root(root, Run{machine, operands, range_of(x), range_of(y), left, right});
}

/// fits_product_kernel<Root>: threads compute its results from the sums that they have.
template <class Root> constexpr bool fits_product_kernel() {
  using lowered = typename plan::gpu::program<Root>::root;
  return lowered::level == 0 && !lowered::has_scan;
}

/// covers(root, extents): every result has the product's extents.
template <class Root, class Dims> bool covers(Root const& root, Dims const& extents) {
  bool same = true;
  for_each_store(root, [&](auto const& store) {
    for (int axis = 0; axis < Dims::rank; ++axis)
      same = same && store.extents()[axis] == extents[axis];
  });
  return same;
}

/// run_product_with_epilogue(root, evaluate): one kernel where its epilogue is one of elements; else the
/// product is evaluated into memory first.
template <class Root, class Evaluate>
void run_product_with_epilogue(Root const& root, Evaluate const& evaluate) {
  auto const& e = plan::the_product(root);
  using E = std::remove_cvref_t<decltype(e)>;
  using Leaf = held_product<E>;
  using Held = decltype(plan::with_leaf(root, std::declval<Leaf const&>()));
  if constexpr (fits_product_kernel<plan::isolated_t<Held>>()) {
    Leaf const leaf{typename Leaf::view_type{nullptr, e.extents()}};
    auto const kernel = [&] { return plan::isolated(plan::with_leaf(root, leaf), evaluate); };
    if constexpr (plan::gpu::is_scaled_product<E>()) {
      if (covers(root, e.extents()) && run_scaled(kernel(), e, evaluate)) return;
    }
    if constexpr (!expr::detail::is_grouped<E>) {
      run_product(kernel(), e, operand_side<0>(e, evaluate), operand_side<1>(e, evaluate),
                  evaluate.machine);
      return;
    } else if (covers(root, e.extents())) {
      run_grouped(kernel(), e, evaluate);
      return;
    }
  }
  if constexpr (!fits_product_kernel<plan::isolated_t<Held>>() || expr::detail::is_grouped<E>)
    run_root(plan::isolated(root, evaluate), evaluate.machine);
}

}  // namespace deepseek::detail
