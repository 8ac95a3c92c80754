// SPDX-License-Identifier: Apache-2.0
/// @file The operands of a product on the host: in memory, or evaluated a block at a time.
#pragma once
#include <cstdint>

#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/loop/matmul.hpp>
#include <deepseek/plan/fuse.hpp>
#include <deepseek/plan/host/program.hpp>

namespace deepseek::detail {

/// before(p, count): count elements before p, which need not be there: what is read begins at p.
template <class T> T* before(T* p, std::int64_t count) {
  auto const bytes = static_cast<std::uintptr_t>(count * std::int64_t{sizeof(T)});
  return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(p) - bytes);
}

/// The offset of batch `batch` of a result of extents `result` in a view whose last axes are matrices;
/// batch axes broadcast.
template <class View, class Dims>
auto matrix_of_batch(View const& v, Dims const& result, std::int64_t batch) {
  std::int64_t offset = 0;
  for (int axis = Dims::rank - 3; axis >= 0; --axis) {
    std::int64_t const index = batch % result[axis];
    batch /= result[axis];
    int const own = axis - (Dims::rank - View::rank);
    if (own >= 0 && v.extent(own) != 1) offset += index * v.stride(own);
  }
  return loop::matrix<typename View::element_type>{v.data() + offset, v.stride(View::rank - 2),
                                                   v.stride(View::rank - 1)};
}

/// batch_window(part, extents, result, batch): the same batch as a window of an operand of such extents.
template <class Own, class Dims>
void batch_window(plan::window& part, Own const& extents, Dims const& result, std::int64_t batch) {
  for (int axis = Dims::rank - 3; axis >= 0; --axis) {
    std::int64_t const index = batch % result[axis];
    batch /= result[axis];
    int const own = axis - (Dims::rank - Own::rank);
    if (own < 0) continue;
    part.first[own] = extents[own] == 1 ? 0 : index;
    part.count[own] = 1;
  }
}

template <class A, class B> bool memory_overlaps(A const& a, B const& b) {
  offset_range const ra = offsets_of(a.extents(), a.layout());
  offset_range const rb = offsets_of(b.extents(), b.layout());
  auto const* const a_begin = reinterpret_cast<char const*>(a.data() + ra.lowest);
  auto const* const a_end = reinterpret_cast<char const*>(a.data() + ra.highest + 1);
  auto const* const b_begin = reinterpret_cast<char const*>(b.data() + rb.lowest);
  auto const* const b_end = reinterpret_cast<char const*>(b.data() + rb.highest + 1);
  return a_begin < b_end && b_begin < a_end;
}
/// overlaps(target, e): a leaf under e reads memory of the target.
template <class Target, class E> bool overlaps(Target const& target, E const& e) {
  if constexpr (expr::detail::is_leaf<E>) {
    return memory_overlaps(target, e.source);
  } else {
    bool found = false;
    expr::for_each_operand(
        e, [&](auto const& operand) { found = found || overlaps(target, operand); });
    return found;
  }
}

/// stored_operand: an operand in memory.
template <class Leaf, class Dims> struct stored_operand {
  Leaf leaf;
  Dims result;
  using element_type = typename Leaf::view_type::element_type;
  static constexpr bool evaluates = false;

  Leaf const& operand() const { return leaf; }
  auto rows(std::int64_t batch, std::int64_t row, std::int64_t, loop::workspace&) const {
    return matrix_of_batch(leaf.source, result, batch).at(row, 0);
  }
  auto blocks(std::int64_t batch, loop::workspace&) const {
    return [all = matrix_of_batch(leaf.source, result, batch)](std::int64_t k, std::int64_t,
                                                               std::int64_t column, std::int64_t) {
      return all.at(k, column);
    };
  }
};

/// scratch_view<E>: where blocks of an operand E are evaluated to.
template <class E>
using scratch_view =
    view<compute_t<typename E::value_type>, typename E::dims_type, strided<E::rank>>;
template <class E> using block_root = expr::outputs_node<expr::store_node<scratch_view<E>, E>>;

/// evaluated_operand: an operand that is evaluated where it is needed. Kernel is an expression that is one
/// kernel; Turned says that its last two axes are the operand's in the other order.
template <class Kernel, class Dims, bool Turned> struct evaluated_operand {
  Kernel kernel;
  Dims result;
  using Element = compute_t<typename Kernel::value_type>;
  using element_type = Element const;
  static constexpr bool evaluates = true;
  static constexpr int rank = Kernel::rank;

  Kernel const& operand() const { return kernel; }
  auto rows(std::int64_t batch, std::int64_t row, std::int64_t count,
            loop::workspace& memory) const {
    std::int64_t const k = kernel.extents()[rank - 1];
    auto* const to = static_cast<Element*>(
        memory.take(loop::workspace::matmul_rows, count * k * std::int64_t{sizeof(Element)}));
    evaluate(batch, row, count, 0, k, to);
    return loop::matrix<element_type>{to, k, 1};
  }
  /// Blocks of several panels: a kernel of its own takes longer to begin than a panel to fill.
  auto blocks(std::int64_t batch, loop::workspace& memory) const {
    struct current {
      std::int64_t k = -1, depth = 0, column = 0, columns = 0;
    };
    return
        [this, batch, &memory, at = current{}](std::int64_t k, std::int64_t depth,
                                               std::int64_t column, std::int64_t columns) mutable {
          constexpr std::int64_t panels = 8;
          bool const inside = at.k == k && at.depth == depth && column >= at.column &&
                              column + columns <= at.column + at.columns;
          if (!inside) {
            std::int64_t const all = kernel.extents()[Turned ? rank - 2 : rank - 1];
            std::int64_t const most = columns * panels;
            at = {k, depth, column, all - column < most ? all - column : most};
          }
          auto* const to = static_cast<Element*>(
              memory.take(loop::workspace::matmul_columns,
                          depth * columns * panels * std::int64_t{sizeof(Element)}));
          if constexpr (Turned) {
            if (!inside) evaluate(batch, column, at.columns, k, depth, to);
            return loop::matrix<element_type>{to + (column - at.column) * depth, 1, depth};
          } else {
            if (!inside) evaluate(batch, k, depth, column, at.columns, to);
            return loop::matrix<element_type>{to + (column - at.column), at.columns, 1};
          }
        };
  }

 private:
  void evaluate(std::int64_t batch, std::int64_t row, std::int64_t rows, std::int64_t column,
                std::int64_t columns, Element* to) const {
    if (rows < 1 || columns < 1) return;
    using Root = block_root<Kernel>;
    constexpr bool along_rows =
        plan::kernel_set<Root, plan::kernel_map<Root>, plan::empty_scope, 0>() != 0;
    plan::window part{along_rows ? rank - 1 : rank, {}, {}};
    batch_window(part, kernel.extents(), result, batch);
    part.first[rank - 2] = row;
    part.count[rank - 2] = rows;
    part.first[rank - 1] = column;
    part.count[rank - 1] = columns;
    strided<rank> layout{};
    layout.value[rank - 2] = columns;
    layout.value[rank - 1] = 1;
    scratch_view<Kernel> const target{before(to, row * columns + column), kernel.extents(), layout};
    plan::host::program<Root> program{
        Root{expr::store_node<scratch_view<Kernel>, Kernel>{target, kernel}}, part};
    program.run(1);
  }
};

/// is_turned<E>: E is the transpose of an expression that is no leaf.
template <class E> constexpr bool is_turned() {
  if constexpr (!expr::detail::is_view_node<E>) {
    return false;
  } else {
    using Map = typename E::map_type;
    if (E::moved || Map::count != E::rank || E::rank < 2) return false;
    for (int axis = 0; axis + 2 < E::rank; ++axis)
      if (Map::of(axis) != axis) return false;
    return Map::of(E::rank - 1) == E::rank - 2 && Map::of(E::rank - 2) == E::rank - 1;
  }
}

template <class E, class Dims, class Evaluate>
auto in_memory_operand(E const& e, Dims const& result, Evaluate const& evaluate) {
  if constexpr (expr::detail::is_leaf<E>) {
    return stored_operand<E, Dims>{e, result};
  } else {
    auto const leaf = evaluate(e);
    return stored_operand<std::remove_cvref_t<decltype(leaf)>, Dims>{leaf, result};
  }
}

/// rows_operand(e, extents of the result, evaluate): a of a product.
template <class E, class Dims, class Evaluate>
auto rows_operand(E const& e, Dims const& result, Evaluate const& evaluate) {
  if constexpr (plan::is_rows_prologue<E>()) {
    auto const kernel = plan::isolated(e, evaluate);
    return evaluated_operand<std::remove_cvref_t<decltype(kernel)>, Dims, false>{kernel, result};
  } else {
    return in_memory_operand(e, result, evaluate);
  }
}

/// blocks_operand(e, extents of the result, evaluate): b of a product.
template <class E, class Dims, class Evaluate>
auto blocks_operand(E const& e, Dims const& result, Evaluate const& evaluate) {
  if constexpr (plan::is_block_prologue<E>()) {
    if constexpr (is_turned<E>()) {
      auto const kernel = plan::isolated(get<0>(e.operands), evaluate);
      return evaluated_operand<std::remove_cvref_t<decltype(kernel)>, Dims, true>{kernel, result};
    } else {
      auto const kernel = plan::isolated(e, evaluate);
      return evaluated_operand<std::remove_cvref_t<decltype(kernel)>, Dims, false>{kernel, result};
    }
  } else {
    return in_memory_operand(e, result, evaluate);
  }
}

}  // namespace deepseek::detail
