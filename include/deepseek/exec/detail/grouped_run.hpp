// SPDX-License-Identifier: Apache-2.0
/// @file A product of groups of rows with its epilogue, by one kernel (plan/gpu/grouped_program.hpp).
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/exec/detail/call_checks.hpp>
#include <deepseek/exec/detail/call_rows.hpp>  // rows_to_read
#include <deepseek/exec/detail/product_run.hpp>
#include <deepseek/expr/contract.hpp>
#include <deepseek/plan/gpu/grouped_program.hpp>

namespace deepseek::detail {

/// grouped_machine: the machine, whose programs have one product of groups each.
template <class Machine, class A, class B, class Sum, plan::gpu::product_options Options,
          class Offset>
struct grouped_machine : Machine {
  kernel::product_operands<A, B> operands;
  plan::address_range a;
  plan::address_range b;
  Offset const* offsets;

  grouped_machine(Machine const& machine, kernel::product_operands<A, B> const& both,
                  plan::address_range of_a, plan::address_range of_b, Offset const* of_groups)
      : Machine{machine}, operands{both}, a{of_a}, b{of_b}, offsets{of_groups} {}
  template <class Root> auto program(Root const& root) const {
    return plan::gpu::grouped_program<Root, A, B, Sum, Options, Offset>{root, operands, a, b,
                                                                        offsets};
  }
};

/// run_grouped(root, e, evaluate): root has a held_product<E> of e, a product of groups.
template <class Root, class E, class Evaluate>
void run_grouped(Root const& root, E const& e, Evaluate const& evaluate) {
  using Machine = std::remove_cvref_t<decltype(evaluate.machine)>;
  auto const a = operand_in_memory(get<0>(e.operands), evaluate);
  auto const b = operand_in_memory(get<1>(e.operands), evaluate);
  auto const o = operand_in_memory(get<2>(e.operands), evaluate);
  auto const& x = a.source;
  auto const& w = b.source;
  if constexpr (Machine::space == memory_space::host) check_groups(o.source, x.extent(0));
  auto const offsets = rows_to_read<0>(o.source, evaluate.machine);
  std::int64_t const k = x.extent(1);
  check_product_extents(dims<dyn, dyn, dyn>{w.extent(0), e.extents()[0], e.extents()[1]}, k);
  using X = std::remove_cvref_t<decltype(x)>;
  using W = std::remove_cvref_t<decltype(w)>;
  kernel::product_operands<typename X::value_type, typename W::value_type> p;
  p.a = {x.data(), x.stride(0), x.stride(1)};
  p.b = {w.data(), w.stride(2), w.stride(1)};
  p.size = {static_cast<int>(x.extent(0)), static_cast<int>(w.extent(2)), static_cast<int>(k)};
  p.batch.axes = 1;
  p.batch.extent[0] = static_cast<int>(w.extent(0));
  p.batch.b_step[0] = w.stride(0);
  constexpr plan::gpu::product_options options{
      plan::gpu::neighbours_of<X, true>(), plan::gpu::neighbours_of<W, false>(),
      Machine::sm90_kernels != plan::gpu::sm90_kernels::all};
  using Offset = std::remove_cvref_t<decltype(*offsets.data)>;
  using Run = grouped_machine<Machine, typename X::value_type, typename W::value_type, sum_of<E>,
                              options, Offset>;
  run_root(root, Run{evaluate.machine, p, range_of(x), range_of(w), offsets.data});
}

}  // namespace deepseek::detail
