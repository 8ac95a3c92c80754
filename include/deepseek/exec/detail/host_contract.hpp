// SPDX-License-Identifier: Apache-2.0
/// @file How the host runs a product: operands in memory or evaluated while they are packed, results in
/// memory or through an epilogue, then loop/matmul.hpp.
#pragma once
#include <deepseek/exec/detail/call_checks.hpp>
#include <deepseek/exec/detail/host_operands.hpp>
#include <deepseek/expr/contract.hpp>
#include <deepseek/loop/grouped_matmul.hpp>
#include <deepseek/loop/matmul.hpp>
#include <deepseek/plan/fuse.hpp>
#include <deepseek/plan/host/program.hpp>
#include <deepseek/tensor/tensor.hpp>

namespace deepseek::detail {

/// host_product: a product of loop::matmul_product from two operands and a sink.
template <class A, class B, class Sink> struct host_product {
  A const& rows;
  B const& blocks;
  Sink const& sink;
  using a_type = typename A::element_type;
  using b_type = typename B::element_type;
  static constexpr bool whole_rows = Sink::whole_rows;
  static constexpr bool evaluates_a = A::evaluates;
  static constexpr bool evaluates_b = B::evaluates;
  std::int64_t together(loop::matmul_extents const& e) const { return sink.together(e); }

  auto a(loop::matmul_piece const& piece, loop::workspace& memory) const {
    return rows.rows(piece.batch, piece.row, piece.rows, memory);
  }
  auto b(std::int64_t batch, loop::workspace& memory) const { return blocks.blocks(batch, memory); }
  auto begin(loop::matmul_piece const& piece, loop::workspace& memory) const {
    return sink.begin(piece, memory);
  }
  template <class Matrix>
  void end(loop::matmul_piece const& piece, Matrix const& sums, loop::workspace& memory) const {
    sink.end(piece, sums, memory);
  }
};

/// sink_in_memory: results go into a view.
template <class Compute, class View> struct sink_in_memory {
  View target;
  static constexpr bool whole_rows = false;
  static std::int64_t together(loop::matmul_extents const&) { return 1; }
  auto result(std::int64_t batch) const { return matrix_of_batch(target, target.extents(), batch); }
  auto begin(loop::matmul_piece const& piece, loop::workspace& memory) const {
    return loop::detail::begin_in_memory<Compute>(result(piece.batch), piece, memory);
  }
  void end(loop::matmul_piece const& piece, loop::matrix<Compute> const& sums,
           loop::workspace&) const {
    loop::detail::end_in_memory(result(piece.batch), piece, sums);
  }
};

/// sink_to_kernel: each piece of the result is what the product's leaf in a kernel stands for.
template <class Compute, class Kernel, class Leaf> struct sink_to_kernel {
  Kernel const& kernel;
  using dims_type = typename Leaf::dims_type;
  dims_type extents;
  static constexpr bool whole_rows =
      plan::kernel_set<Kernel, plan::kernel_map<Kernel>, plan::empty_scope, 0>() != 0;

  /// A kernel takes longer to begin than a small piece to run.
  std::int64_t together(loop::matmul_extents const& e) const {
    if constexpr (dims_type::rank < 3) return 1;
    else return loop::small_batches(e, extents[dims_type::rank - 3]);
  }
  auto begin(loop::matmul_piece const& piece, loop::workspace& memory) const {
    return loop::detail::scratch_of<Compute>(piece, memory);
  }
  void end(loop::matmul_piece const& piece, loop::matrix<Compute> const& sums,
           loop::workspace&) const {
    constexpr int rank = dims_type::rank;
    plan::window part{whole_rows ? rank - 1 : rank, {}, {}};
    batch_window(part, extents, extents, piece.batch);
    part.first[rank - 2] = piece.row;
    part.count[rank - 2] = piece.rows;
    part.first[rank - 1] = piece.column;
    part.count[rank - 1] = piece.columns;
    strided<rank> layout{};
    layout.value[rank - 2] = sums.row_stride;
    layout.value[rank - 1] = 1;
    std::int64_t first = piece.row * sums.row_stride + piece.column;
    if constexpr (rank > 2) {
      part.count[rank - 3] = piece.batches;
      layout.value[rank - 3] = piece.rows * sums.row_stride;
      first += part.first[rank - 3] * layout.value[rank - 3];
    }
    Kernel over = kernel;
    set_product(over, typename Leaf::view_type{before(sums.data, first), extents, layout});
    plan::host::program<Kernel> program{over, part};
    program.run(1);
  }

  /// The leaf is given its elements.
  template <class E> static void set_product(E& e, typename Leaf::view_type const& elements) {
    if constexpr (std::is_same_v<E, Leaf>) e.source = elements;
    else apply([&](auto&... operand) { (set_product(operand, elements), ...); }, e.operands);
  }
};

template <class E> loop::matmul_extents matmul_extents_of(E const& e) {
  auto const& x = get<0>(e.operands).extents();
  loop::matmul_extents extents{1, e.extents()[E::rank - 2], e.extents()[E::rank - 1],
                               x[std::remove_cvref_t<decltype(x)>::rank - 1]};
  for (int axis = 0; axis + 2 < E::rank; ++axis) extents.batch *= e.extents()[axis];
  return extents;
}

/// multiply(e, a, b, sink, threads): e's product.
template <class E, class A, class B, class Sink>
void multiply(E const& e, A const& a, B const& b, Sink const& sink, int threads) {
  using Compute = compute_t<typename E::value_type>;
  host_product<A, B, Sink> const product{a, b, sink};
  if constexpr (expr::detail::is_grouped<E>) {
    auto const& offsets = get<2>(e.operands).source;
    storage const numbers = numbers_of(offsets);
    loop::grouped_matmul_product<Compute>(static_cast<std::int64_t const*>(numbers.data()),
                                          offsets.size() - 1, matmul_extents_of(e), product,
                                          threads);
  } else {
    loop::matmul_product<Compute>(matmul_extents_of(e), product, threads);
  }
}

/// with_offsets(e, evaluate): a product whose offsets of groups are in memory, and are checked.
template <class E, class Evaluate> auto with_offsets(E const& e, Evaluate const& evaluate) {
  if constexpr (!expr::detail::is_grouped<E>) {
    return e;
  } else {
    auto const offsets = [&] {
      if constexpr (expr::detail::is_leaf<expr::operand_t<E, 2>>) return get<2>(e.operands);
      else return evaluate.stored(get<2>(e.operands));
    }();
    check_groups(offsets.source, e.extents()[0]);
    return plan::rebuilt(e, get<0>(e.operands), get<1>(e.operands), offsets);
  }
}
/// extents_of_right(e): those of a result whose matrices are as many as those of b.
template <class E> auto extents_of_right(E const& e) {
  if constexpr (!expr::detail::is_grouped<E>) return e.extents();
  else return dims<dyn, dyn, dyn>{get<1>(e.operands).extents()[0], e.extents()[0], e.extents()[1]};
}

/// run_contract(node, target, evaluate): target = the product.
template <class Node, class Target, class Evaluate>
void run_contract(Node const& node, Target const& target, Evaluate const& evaluate) {
  auto const e = with_offsets(node, evaluate);
  using Compute = compute_t<typename Node::value_type>;
  auto const a = rows_operand(get<0>(e.operands), e.extents(), evaluate);
  auto const b = blocks_operand(get<1>(e.operands), extents_of_right(e), evaluate);
  if (!overlaps(target, a.operand()) && !overlaps(target, b.operand())) {
    multiply(e, a, b, sink_in_memory<Compute, Target>{target}, evaluate.machine.threads);
    return;
  }
  using Result = tensor<typename Target::value_type, typename Target::dims_type>;
  Result beside{target.extents()};
  using View = typename Result::view_type;
  multiply(e, a, b, sink_in_memory<Compute, View>{beside.as_view()}, evaluate.machine.threads);
  run_assignment(expr::leaf<typename Result::const_view_type>{beside.as_view()},
                 make_arguments(target), evaluate.machine);
}

/// product_program: the kernel of a product with its epilogue, as run_root runs one.
template <class Root, class Product, class A, class B> class product_program {
 public:
  product_program(Root const& root, Product const& e, A const& a, B const& b)
      : kernel_{root}, product_{e}, a_{a}, b_{b} {}

  bool conflicts() {
    if (plan::host::program<Root>{kernel_}.conflicts()) return true;
    bool found = false;
    for_each_store(kernel_, [&](auto const& store) {
      found = found || overlaps(store.target, a_.operand()) || overlaps(store.target, b_.operand());
    });
    return found;
  }
  void run(int threads) {
    using Leaf = plan::product_leaf<Product>;
    using Compute = compute_t<typename Product::value_type>;
    multiply(product_, a_, b_, sink_to_kernel<Compute, Root, Leaf>{kernel_, product_.extents()},
             threads);
  }

 private:
  Root kernel_;
  Product const& product_;
  A const& a_;
  B const& b_;
};

/// product_machine: runs the kernels of one product.
template <class Product, class A, class B> struct product_machine : in_host_memory {
  Product const& product;
  A const& a;
  B const& b;
  int threads;
  product_machine(Product const& e, A const& x, B const& y, int most_threads)
      : product{e}, a{x}, b{y}, threads{most_threads} {}
  template <class Root> auto program(Root const& root) const {
    return product_program<Root, Product, A, B>{root, product, a, b};
  }
  template <class Program> void run(Program& program) const { program.run(threads); }
};

/// has_extents(root, extents): every result has the product's rows, so that each piece of the product
/// makes a piece of the results.
template <class Root, class Dims> bool has_extents(Root const& root, Dims const& extents) {
  bool same = true;
  for_each_store(root, [&](auto const& store) {
    for (int axis = 0; axis + 1 < Dims::rank; ++axis)
      same = same && store.extents()[axis] == extents[axis];
    same = same && (store.extents()[Dims::rank - 1] == extents[Dims::rank - 1] ||
                    store.extents()[Dims::rank - 1] == 1);
  });
  return same;
}

/// run_with_epilogue(root, evaluate): a product with what stands above it. It is evaluated into memory first
/// where it is broadcast, which only extents say, and where its epilogue needs whole rows and there are too
/// few of them for the threads: then the product is small, and blocks of columns are shared.
template <class Root, class Evaluate>
void run_with_epilogue(Root const& root, Evaluate const& evaluate) {
  auto const e = with_offsets(plan::the_product(root), evaluate);
  using E = std::remove_cvref_t<decltype(e)>;
  using Leaf = plan::product_leaf<E>;
  auto kernel = plan::isolated(
      plan::with_leaf(root, Leaf{typename Leaf::view_type{nullptr, e.extents()}}), evaluate);
  using Kernel = decltype(kernel);
  using Compute = compute_t<typename E::value_type>;
  using Sink = sink_to_kernel<Compute, Kernel, Leaf>;
  int const threads = evaluate.machine.threads;
  if (has_extents(root, e.extents()) &&
      (!Sink::whole_rows || loop::rows_are_shared<Compute>(matmul_extents_of(e), threads))) {
    auto const a = rows_operand(get<0>(e.operands), e.extents(), evaluate);
    auto const b = blocks_operand(get<1>(e.operands), extents_of_right(e), evaluate);
    using A = std::remove_cvref_t<decltype(a)>;
    using B = std::remove_cvref_t<decltype(b)>;
    run_root(kernel, product_machine<E, A, B>{e, a, b, threads});
    return;
  }
  auto const product = evaluate(e);
  strided<E::rank> layout{};
  for (int axis = 0; axis < E::rank; ++axis) layout.value[axis] = product.source.stride(axis);
  Sink::set_product(kernel, typename Leaf::view_type{product.source.data(), e.extents(), layout});
  run_root(kernel, evaluate.machine);
}

}  // namespace deepseek::detail
