// SPDX-License-Identifier: Apache-2.0
/// @file How machines that run kernels run a product: operands in memory or computed on the way, by the
/// kernel that can.
#pragma once
#include <type_traits>

#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/exec/detail/grouped_run.hpp>
#include <deepseek/exec/detail/product_run.hpp>
#include <deepseek/exec/detail/product_sm90.hpp>
#include <deepseek/exec/detail/scaled_run.hpp>
#include <deepseek/expr/contract.hpp>

namespace deepseek::detail {

/// run_kernel_contract(node, target, evaluate): target = the product.
template <class E, class Target, class Evaluate>
requires expr::detail::is_grouped<E>
void run_kernel_contract(E const& e, Target const& target, Evaluate const& evaluate) {
  using Leaf = held_product<E>;
  using Store = expr::store_node<Target, Leaf>;
  Store const store{target, Leaf{typename Leaf::view_type{nullptr, e.extents()}}};
  run_grouped(expr::outputs_node<Store>{store}, e, evaluate);
}
template <class E, class Target, class Evaluate>
void run_kernel_contract(E const& e, Target const& target, Evaluate const& evaluate) {
  using Leaf = held_product<E>;
  using Store = expr::store_node<Target, Leaf>;
  Store const store{target, Leaf{typename Leaf::view_type{nullptr, e.extents()}}};
  if constexpr (plan::gpu::is_scaled_product<E>()) {
    if (run_scaled(expr::outputs_node<Store>{store}, e, evaluate)) return;
  }
  auto const a = operand_side<0>(e, evaluate);
  auto const b = operand_side<1>(e, evaluate);
  if (target.size() == 0) return;
  using A = std::remove_cvref_t<decltype(a)>;
  using B = std::remove_cvref_t<decltype(b)>;
  constexpr bool tried = [] {
    if constexpr (A::computed || B::computed) return false;
    else return sm90_takes<typename A::view_type, typename B::view_type>;
  }();
  if constexpr (tried) {
    auto const& x = a.leaf.source;
    auto const& y = b.leaf.source;
    used_memory const result = used_by(target, true, "");
    bool const apart = !meet(result, used_by(x, false, "")) && !meet(result, used_by(y, false, ""));
    if (apart && evaluate.machine.has_sm90a() && multiply_sm90(x, y, target, evaluate.machine))
      return;
  }
  run_product<E, !tried>(expr::outputs_node<Store>{store}, e, a, b, evaluate.machine);
}

}  // namespace deepseek::detail
