// SPDX-License-Identifier: Apache-2.0
/// @file on_gpu: what kernels of products take with them, decided by types: maps above the product, maps
/// under its operands, and maps with a statistic of each row that a small kernel evaluates before
/// (rms_norm).
///
/// A product by mma computes its operands where it fills tiles in shared memory. All other products, and all
/// other operands, are in memory before.
#pragma once
#include <concepts>
#include <type_traits>

#include <deepseek/arch/gpu/wgmma_types.hpp>
#include <deepseek/plan/fuse.hpp>
#include <deepseek/plan/row_statistics.hpp>

namespace deepseek::plan::gpu {

/// by_mma<A, B>: their products are those of mma on sm_80. Of float they are not: it would be tf32.
template <class A, class B>
concept by_mma = (std::same_as<A, B> && (std::same_as<A, f16> || std::same_as<A, bf16>)) ||
                 (arch::gpu::detail::is_byte_integer<A> && arch::gpu::detail::is_byte_integer<B> &&
                  !std::same_as<A, bool> && !std::same_as<B, bool>);

/// operand_way<Product, I>(): how operand I of a product comes to its kernel.
template <class Product, int I> constexpr operand_is operand_way() {
  using A = expr::operand_t<Product, 0>;
  using B = expr::operand_t<Product, 1>;
  using E = expr::operand_t<Product, I>;
  constexpr bool possible =
      by_mma<typename A::value_type, typename B::value_type> && !expr::detail::is_grouped<Product>;
  if constexpr (!possible || !is_rows_prologue<E>()) {
    return operand_is::stored;
  } else if constexpr (is_block_prologue<E>()) {
    return operand_is::computed;
  } else {
    // Each further reduction would read all rows once more than the one kernel that evaluates all of E.
    constexpr bool scans = analyse<E, kernel_map<E>, empty_scope, kernel_axes<E>>().scans;
    return I == 0 && !scans && statistic_count<isolated_t<E>>() == 1 ? operand_is::normalized
                                                                     : operand_is::stored;
  }
}

/// stored_reason<Product, I>(): why operand I is in memory before; nullptr where it is not, or is a leaf.
template <class Product, int I> constexpr char const* stored_reason() {
  using A = expr::operand_t<Product, 0>;
  using B = expr::operand_t<Product, 1>;
  using E = expr::operand_t<Product, I>;
  if constexpr (expr::detail::is_leaf<E> || operand_way<Product, I>() != operand_is::stored)
    return nullptr;
  else if constexpr (expr::detail::is_grouped<Product>)
    return "products of groups read both from memory";
  else if constexpr (!by_mma<typename A::value_type, typename B::value_type>)
    return "only products by mma compute operands on the way: both bf16, both f16, or bytes";
  else if constexpr (holds_product<E>()) return "it is a product itself";
  else if constexpr (needs_memory<E>() || expr::detail::is_let_results<E>)
    return "it has to be in memory itself (call, reshape, gather)";
  else if constexpr (!is_rows_prologue<E>() || I == 1)
    return "it reduces along other axes than the rows of a";
  else return "it scans, or has several reductions, each of which would read all rows again";
}

}  // namespace deepseek::plan::gpu

namespace deepseek {

/// on_gpu: of kernel_count and explain: what cuda{} and emulated{} run.
///
///   static_assert(kernel_count<decltype(silu(matmul(rms_norm(x, g), w))), on_gpu> == 2);
struct on_gpu {
  static constexpr bool epilogue = true;
  template <class E> static constexpr bool takes_epilogue() {
    if constexpr (!plan::is_epilogue<E>()) {
      return false;
    } else {
      using Leaf = plan::product_leaf<plan::product_t<E>>;
      using Over = decltype(plan::with_leaf(std::declval<E const&>(), std::declval<Leaf const&>()));
      return plan::kernel_set<Over, plan::kernel_map<Over>, plan::empty_scope,
                              plan::kernel_axes<Over>>() == 0;
    }
  }
  template <class Product, int I> static constexpr plan::operand_is operand() {
    return plan::gpu::operand_way<Product, I>();
  }
};

}  // namespace deepseek
