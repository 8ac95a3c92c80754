// SPDX-License-Identifier: Apache-2.0
/// @file How a call is run: operands in memory, results in memory, and the function that computes them.
///
/// That function is call_on(machine, rule, operands, results), found beside the machine: operands is an
/// arguments<view...> with a view of constant elements for each operand, results one of views to write, both
/// with any strides. Operands and results are apart from each other. What a machine has no function for is a
/// static error of its no_call<Rule>.
#pragma once
#include <deepseek/expr/call.hpp>
#include <deepseek/expr/tie.hpp>  // share_memory
#include <deepseek/tensor/tensor.hpp>

namespace deepseek::detail {

/// strided_view_t<T, Dims>: what the functions that run calls are given.
template <class T, class Dims> using strided_view_t = view<T, Dims, strided<Dims::rank>>;

/// with_strides(v): the same view, whatever its layout.
template <class T, class Dims, class Layout>
strided_view_t<T, Dims> with_strides(view<T, Dims, Layout> const& v) {
  strided<Dims::rank> layout;
  for (int axis = 0; axis < Dims::rank; ++axis) layout.value[axis] = v.stride(axis);
  return {v.data(), v.extents(), layout, v.space()};
}

/// reads_memory_of(e, target): a tensor under e shares memory with a view.
template <class E, class Target> bool reads_memory_of(E const& e, Target const& target) {
  if constexpr (expr::detail::is_leaf<E>) {
    return share_memory(target, e.source);
  } else {
    bool any = false;
    expr::for_each_operand(
        e, [&](auto const& operand) { any = any || reads_memory_of(operand, target); });
    return any;
  }
}

/// result_place<Result, Target>: where a result is written: its target, or memory beside it where that is of
/// another dtype or shape, or shares memory with an operand.
template <class Result, class Target> struct result_place {
  using T = typename Result::value_type;
  using Dims = typename Result::dims_type;
  static constexpr bool alike =
      std::is_same_v<T, typename Target::value_type> && Dims::rank == Target::rank;

  strided_view_t<T, Dims> written;
  storage beside;
  bool direct = false;

  template <class Machine, class Rule, class Operands>
  result_place(Result const& result, Target const& target, Rule const& rule,
               Operands const& operands, Machine const& machine) {
    if constexpr (alike) {
      direct = true;
      for (int axis = 0; axis < Dims::rank; ++axis)
        direct = direct && target.extent(axis) == result.extents[axis];
      apply(
          [&](auto const&... operand) {
            direct = direct && !(false || ... || share_memory(target, operand.source));
          },
          operands);
      if constexpr (requires { rule.reads(); })
        direct = direct && !reads_memory_of(rule.reads(), target);
      if (direct) {
        strided<Dims::rank> layout;
        for (int axis = 0; axis < Dims::rank; ++axis) layout.value[axis] = target.stride(axis);
        written = {target.data(), result.extents, layout, Machine::space};
        return;
      }
    }
    beside = machine.memory(result.extents.size() * std::int64_t{sizeof(T)});
    written = with_strides(
        view<T, Dims>{static_cast<T*>(beside.data()), result.extents, {}, Machine::space});
  }

  /// The leaf of what was computed beside the target.
  [[nodiscard]] auto leaf() const {
    view<T, Dims> const v{written.data(), written.extents(), {}, written.space()};
    return expr::stored_t<T, Dims>{view<T const, Dims>{v}, beside};
  }
};

/// compute_call(rule, operands, results, machine): by the machine's function.
template <class Rule, class Operands, class Results, class Machine>
void compute_call(Rule const& rule, Operands const& operands, Results const& results,
                  Machine const& machine) {
  if constexpr (requires { call_on(machine, rule, operands, results); })
    call_on(machine, rule, operands, results);
  else Machine::template no_call<Rule>();
}

}  // namespace deepseek::detail
