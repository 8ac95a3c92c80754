// SPDX-License-Identifier: Apache-2.0
/// @file Products of fp8 with scales of blocks of 128 (ops/scaled.hpp) by the kernels of sm_90a that
/// scale sums.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/exec/detail/product_run.hpp>
#include <deepseek/expr/contract.hpp>
#include <deepseek/plan/gpu/scaled_program_sm90.hpp>

namespace deepseek::detail {

/// scaled_machine: the machine, whose programs have one product with scales each.
template <class Machine, class A, class B, plan::gpu::product_options Options>
struct scaled_machine : Machine {
  kernel::product_operands<A, B> operands;
  kernel::block_scales scales;
  plan::address_range range[4];  ///< of a, b and their scales

  scaled_machine(Machine const& machine, kernel::product_operands<A, B> const& both,
                 kernel::block_scales const& of_blocks, plan::address_range const (&ranges)[4])
      : Machine{machine},
        operands{both},
        scales{of_blocks},
        range{ranges[0], ranges[1], ranges[2], ranges[3]} {}
  template <class Root> auto program(Root const& root) const {
    return plan::gpu::scaled_program_sm90<Root, A, B, Options>{
        root, operands, range[0], range[1], scales, range[2], range[3], &Machine::make_map};
  }
};

/// run_scaled(root, e, evaluate): root has a held_product<E> of e, a scaled product. False, and nothing
/// is written, where the machine has no such kernels or they cannot read the operands.
template <class Root, class E, class Evaluate>
bool run_scaled(Root const& root, E const& e, Evaluate const& evaluate) {
  using Machine = std::remove_cvref_t<decltype(evaluate.machine)>;
  if (!evaluate.machine.has_sm90a()) return false;
  auto const& left = get<0>(e.operands);
  auto const& right = get<1>(e.operands);
  auto const a = operand_in_memory(get<0>(left.operands), evaluate);
  auto const b = operand_in_memory(get<0>(right.operands), evaluate);
  using A = std::remove_cvref_t<decltype(a.source)>;
  using B = std::remove_cvref_t<decltype(b.source)>;
  check_product_extents(e.extents(), a.source.extent(1));
  view<float, typename E::dims_type> const result{nullptr, e.extents()};
  auto const operands = product_of(a.source, b.source, result);
  constexpr plan::gpu::product_options options{
      plan::gpu::neighbours_of<A, true>(), plan::gpu::known_neighbours::along_k,
      Machine::sm90_kernels != plan::gpu::sm90_kernels::all};
  if (!plan::gpu::sm90_possible<options.a, options.b>(operands)) return false;
  auto const sa = operand_in_memory(plan::gpu::scales_under(get<1>(left.operands)), evaluate);
  auto const sb = operand_in_memory(plan::gpu::scales_under(get<1>(right.operands)), evaluate);
  auto const& x = sa.source;
  auto const& y = sb.source;
  kernel::block_scales const scales{x.data(),    y.data(), 0,           x.stride(0),
                                    x.stride(1), 0,        y.stride(0), y.stride(1)};
  using Run = scaled_machine<Machine, typename A::value_type, typename B::value_type, options>;
  run_root(root, Run{evaluate.machine,
                     operands,
                     scales,
                     {range_of(a.source), range_of(b.source), range_of(x), range_of(y)}});
  return true;
}

}  // namespace deepseek::detail
