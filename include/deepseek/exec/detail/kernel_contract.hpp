// SPDX-License-Identifier: Apache-2.0
/// @file How machines that run kernels run a product: operands in memory, then the kernel that can.
#pragma once
#include <type_traits>

#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/exec/detail/product_run.hpp>
#include <deepseek/exec/detail/product_sm90.hpp>
#include <deepseek/expr/contract.hpp>

namespace deepseek::detail {

/// run_kernel_contract(node, target, evaluate): target = the product.
template <class E, class Target, class Evaluate>
void run_kernel_contract(E const& e, Target const& target, Evaluate const& evaluate) {
  auto const a = operand_in_memory(get<0>(e.operands), evaluate);
  auto const b = operand_in_memory(get<1>(e.operands), evaluate);
  if (target.size() == 0) return;
  using A = std::remove_cvref_t<decltype(a.source)>;
  using B = std::remove_cvref_t<decltype(b.source)>;
  if constexpr (sm90_takes<A, B>) {
    used_memory const result = used_by(target, true, "");
    bool const apart =
        !meet(result, used_by(a.source, false, "")) && !meet(result, used_by(b.source, false, ""));
    if (apart && evaluate.machine.has_sm90a() &&
        multiply_sm90(a.source, b.source, target, evaluate.machine))
      return;
  }
  using Leaf = held_product<E>;
  using Store = expr::store_node<Target, Leaf>;
  Store const store{target, Leaf{typename Leaf::view_type{nullptr, e.extents()}}};
  constexpr bool tried = sm90_takes<A, B>;
  run_product<E, !tried>(expr::outputs_node<Store>{store}, a.source, b.source, e.extents(),
                         evaluate.machine);
}

}  // namespace deepseek::detail
