// SPDX-License-Identifier: Apache-2.0
/// @file How an assignment is run: split into kernels, checked for overlap, each given to a machine.
///
/// A Machine has
///   space                        where its operands and results are
///   memory(bytes)                a storage there
///   copy(from, to)               elements of a view to another of its type, apart from it
///   program(root), run(program)  one kernel; a program has conflicts()
///   contract(e, target, evaluate)
///                                a product
///   fusion                       optional: what a product takes into its kernel (plan/fuse.hpp); then
///   contract_with_epilogue(root, evaluate)
///                                a root with plan::is_epilogue
///   no_call<Rule>()              the static error of a call that it cannot run; see call.hpp
#pragma once
#include <deepseek/exec/detail/assign_checks.hpp>
#include <deepseek/exec/detail/call.hpp>
#include <deepseek/exec/detail/index_checks.hpp>
#include <deepseek/plan/kernel_count.hpp>
#include <deepseek/tensor/tensor.hpp>

namespace deepseek::detail {

/// is_binding<E>: a let, of a value or of the results of a call; operand 1 is its body.
template <class E>
inline constexpr bool is_binding = expr::detail::is_let<E> || expr::detail::is_let_results<E>;

/// is_multiple<E>: lets around outputs.
template <class E> constexpr bool is_multiple() {
  if constexpr (is_binding<E>) return is_multiple<expr::operand_t<E, 1>>();
  else return expr::detail::is_outputs<E>;
}

/// outputs_of_call_t<Call>: the outputs_node of all of its results.
template <class Call, class Sequence> struct outputs_of_call;
template <class Call, int... I> struct outputs_of_call<Call, std::integer_sequence<int, I...>> {
  using type = expr::outputs_node<expr::result_node<I, Call>...>;
};
template <class Call>
using outputs_of_call_t =
    typename outputs_of_call<Call, std::make_integer_sequence<int, Call::result_count>>::type;

template <class View, class E>
inline constexpr bool store_holds =
    assignable_extents<typename View::dims_type, typename E::dims_type>&&
        assignable_dtype<typename View::value_type, typename E::value_type>;

template <class E, class... View, int... I>
constexpr bool each_store_holds(std::integer_sequence<int, I...>) {
  return (store_holds<View, expr::operand_t<E, I>> && ...);
}

/// targets_hold<E, View...>(): the laws that types decide, for every result.
template <class E, class First, class... View> constexpr bool targets_hold() {
  if constexpr (expr::detail::is_call<E>) {
    return targets_hold<outputs_of_call_t<E>, First, View...>();
  } else if constexpr (!is_multiple<E>()) {
    return sizeof...(View) == 0 && store_holds<First, E>;
  } else if constexpr (is_binding<E>) {
    return targets_hold<expr::operand_t<E, 1>, First, View...>();
  } else if constexpr (E::operand_count != 1 + sizeof...(View)) {
    return false;
  } else {
    return each_store_holds<E, First, View...>(
        std::make_integer_sequence<int, 1 + sizeof...(View)>{});
  }
}

/// Says what is false for one result, of extents before dtypes.
template <class View, class E> void say_store() {
  constexpr bool extents = assignable_extents<typename View::dims_type, typename E::dims_type>;
  if constexpr (!extents)
    (void)sizeof(why::assigned_extents<extents, why::extents_fact<why::target, View>,
                                       why::extents_fact<why::first, E>>);
  else
    (void)sizeof(why::assigned_dtype<store_holds<View, E>, why::dtype_is<typename View::value_type>,
                                     why::dtype_is<typename E::value_type>>);
}
template <class E, class... View, int... I> void say_each_store(std::integer_sequence<int, I...>) {
  (say_store<View, expr::operand_t<E, I>>(), ...);
}
template <class E, class First, class... View> void say_targets() {
  if constexpr (expr::detail::is_call<E>) {
    say_targets<outputs_of_call_t<E>, First, View...>();
  } else if constexpr (constexpr bool one = sizeof...(View) == 0; !is_multiple<E>() && !one) {
    (void)sizeof(why::result_count<one, why::count_of<why::target, 1 + sizeof...(View)>,
                                   why::count_of<why::first, 1>>);
  } else if constexpr (!is_multiple<E>()) {
    say_store<First, E>();
  } else if constexpr (is_binding<E>) {
    say_targets<expr::operand_t<E, 1>, First, View...>();
  } else if constexpr (constexpr bool count = E::operand_count == 1 + sizeof...(View); !count) {
    (void)sizeof(why::result_count<count, why::count_of<why::target, 1 + sizeof...(View)>,
                                   why::count_of<why::first, E::operand_count>>);
  } else {
    say_each_store<E, First, View...>(std::make_integer_sequence<int, 1 + sizeof...(View)>{});
  }
}

/// The laws hold, as far as types decide.
template <class View, class E>
auto checked_store(View const& target, E const& e, memory_space space) {
  check_extents(target.extents(), e.extents());
  check_memory(target, space);
  check_overlap(target);
  return expr::store_node<View, E>{target, e};
}

/// with_targets(e, views): the root of a program: e's outputs, each with the view it is written to.
template <class E, class... View>
auto with_targets(E const& e, arguments<View...> const& target, memory_space space) {
  if constexpr (!is_multiple<E>()) {
    auto const stored = checked_store(get<0>(target), e, space);
    return expr::outputs_node<std::remove_cvref_t<decltype(stored)>>{stored};
  } else if constexpr (expr::detail::is_let<E>) {
    auto const body = with_targets(get<1>(e.operands), target, space);
    return expr::let_node<typename E::id_type, expr::operand_t<E, 0>,
                          std::remove_cvref_t<decltype(body)>>{get<0>(e.operands), body};
  } else if constexpr (expr::detail::is_let_results<E>) {
    auto const body = with_targets(get<1>(e.operands), target, space);
    return expr::let_results_node<typename E::id_type, expr::operand_t<E, 0>,
                                  std::remove_cvref_t<decltype(body)>>{get<0>(e.operands), body};
  } else {
    return [&]<int... I>(std::integer_sequence<int, I...>) {
      return expr::outputs_node<decltype(checked_store(get<I>(target), get<I>(e.operands),
                                                       space))...>{
          checked_store(get<I>(target), get<I>(e.operands), space)...};
    }
    (std::make_integer_sequence<int, E::operand_count>{});
  }
}

/// for_each_store(root, f): f on each store_node of a root.
template <class E, class F> void for_each_store(E& e, F const& f) {
  if constexpr (expr::detail::is_let<std::remove_const_t<E>>) for_each_store(get<1>(e.operands), f);
  else apply([&](auto&... store) { (f(store), ...); }, e.operands);
}

/// store_count<E>(): the number of those.
template <class E> constexpr int store_count() {
  if constexpr (expr::detail::is_let<E>) return store_count<expr::operand_t<E, 1>>();
  else return E::operand_count;
}

/// copy_elements(from, to): element by element, whatever the strides; the memories do not overlap.
template <class View> void copy_elements(View const& from, View const& to) {
  std::int64_t at[max_rank] = {};
  std::int64_t const count = to.size();
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t source = 0;
    std::int64_t target = 0;
    for (int axis = 0; axis < View::rank; ++axis) {
      source += at[axis] * from.stride(axis);
      target += at[axis] * to.stride(axis);
    }
    to.data()[target] = from.data()[source];
    for (int axis = View::rank - 1; axis >= 0 && ++at[axis] == to.extent(axis); --axis)
      at[axis] = 0;
  }
}

/// in_host_memory: of a Machine whose operands and results the processor can use.
struct in_host_memory {
  static constexpr memory_space space = memory_space::host;
  static storage memory(std::int64_t bytes) { return storage{bytes}; }
  template <class View> static void copy(View const& from, View const& to) {
    copy_elements(from, to);
  }
};

/// A view of fresh memory of the same type and extents, row-major.
template <class View>
View view_of_memory(View const& like, storage const& memory, memory_space space) {
  auto* const data = static_cast<typename View::value_type*>(memory.data());
  typename View::layout_type layout{};
  if constexpr (!std::is_same_v<typename View::layout_type, row_major>)
    for (int axis = 0; axis < View::rank; ++axis)
      layout.value[axis] = row_major::stride(like.extents(), axis);
  return View{data, like.extents(), layout, space};
}

/// run_root(root, machine): one kernel. Where a result lies in the memory of an operand that other
/// elements still need, it is computed beside it first.
template <class Root, class Machine> void run_root(Root const& root, Machine const& machine) {
  auto program = machine.program(root);
  if (!program.conflicts()) {
    machine.run(program);
    return;
  }
  Root beside = root;
  storage memory[store_count<Root>()];
  int count = 0;
  for_each_store(beside, [&](auto& store) {
    using T = typename std::remove_cvref_t<decltype(store)>::value_type;
    memory[count] = machine.memory(store.target.size() * std::int64_t{sizeof(T)});
    store.target = view_of_memory(store.target, memory[count++], Machine::space);
  });
  auto apart = machine.program(beside);
  machine.run(apart);
  for_each_store(beside, [&](auto& computed) {
    int index = 0;
    for_each_store(root, [&](auto const& wanted) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(wanted)>,
                                   std::remove_cvref_t<decltype(computed)>>) {
        if (computed.target.data() == memory[index].data())
          machine.copy(computed.target, wanted.target);
      }
      ++index;
    });
  });
}

template <class Machine, class E, class... View>
void run_assignment(E const& e, arguments<View...> const& target, Machine const& machine);
template <class Call, class... View, class Machine>
void run_call(Call const& call, arguments<View...> const& target, Machine const& machine);

/// evaluate_by: evaluates a node into memory of its own, for the kernel that needs it there.
template <class Machine> struct evaluate_by {
  Machine machine;

  template <class E> plan::evaluated_t<E> operator()(E const& e) const {
    return in_memory<plan::kept_type_t<E>>(e);
  }
  template <class E> plan::stored_operand_t<E> stored(E const& e) const {
    return in_memory<typename E::value_type>(e);
  }
  template <class Call> plan::results_in_memory_t<Call> results(Call const& call) const {
    auto const fresh = apply(
        [&](auto const&... result) {
          return make_arguments(
              fresh_memory<typename std::remove_cvref_t<decltype(result)>::value_type>(
                  result.extents)...);
        },
        call.results);
    apply([&](auto const&... memory) { run_call(call, make_arguments(memory.target...), machine); },
          fresh);
    return apply(
        [](auto const&... memory) { return plan::results_in_memory_t<Call>{{{memory.leaf()}...}}; },
        fresh);
  }
  template <class Leaf> auto copy(Leaf const& leaf) const {
    return in_memory<typename Leaf::value_type>(leaf);
  }
  template <class Gather> void check_indices(Gather const& e) const {
    if constexpr (Machine::space == memory_space::host) check_gather(e);
  }

 private:
  template <class T, class Dims> struct fresh {
    storage memory;
    view<T, Dims> target;
    [[nodiscard]] expr::stored_t<T, Dims> leaf() const {
      return expr::stored_t<T, Dims>{view<T const, Dims>{target}, memory};
    }
  };
  template <class T, class Dims> fresh<T, Dims> fresh_memory(Dims const& extents) const {
    storage const memory = machine.memory(extents.size() * std::int64_t{sizeof(T)});
    return {memory, {static_cast<T*>(memory.data()), extents, {}, Machine::space}};
  }
  template <class T, class E> auto in_memory(E const& e) const {
    auto const result = fresh_memory<T>(e.extents());
    run_assignment(e, make_arguments(result.target), machine);
    return result.leaf();
  }
};

/// run_call(call, targets, machine): a view for each result; targets are checked.
template <class Call, class... View, class Machine>
void run_call(Call const& call, arguments<View...> const& target, Machine const& machine) {
  evaluate_by<Machine> const evaluate{machine};
  auto const in_memory = [&](auto const& operand) {
    using Operand = std::remove_cvref_t<decltype(operand)>;
    if constexpr (plan::is_stored<Operand, plan::empty_scope>())
      return plan::the_leaf(operand, plan::empty_scope{});
    else return evaluate.stored(operand);
  };
  auto const operands = apply(
      [&](auto const&... operand) { return make_arguments(in_memory(operand)...); }, call.operands);
  [&]<int... I>(std::integer_sequence<int, I...>) {
    auto const place = make_arguments(result_place<expr::call_result_t<Call, I>, View>{
        get<I>(call.results), get<I>(target), call.rule, operands, machine}...);
    apply(
        [&](auto const&... operand) {
          compute_call(call.rule, make_arguments(with_strides(operand.source)...),
                       make_arguments(get<I>(place).written...), machine);
        },
        operands);
    ((get<I>(place).direct
          ? void()
          : run_assignment(get<I>(place).leaf(), make_arguments(get<I>(target)), machine)),
     ...);
  }
  (std::make_integer_sequence<int, Call::result_count>{});
}

template <class Machine> constexpr bool takes_epilogues() {
  if constexpr (requires { typename Machine::fusion; }) return Machine::fusion::epilogue;
  else return false;
}

template <class Machine, class E, class... View>
void run_assignment(E const& e, arguments<View...> const& target, Machine const& machine) {
  evaluate_by<Machine> const evaluate{machine};
  if constexpr (!targets_hold<E, View...>()) {
    say_targets<E, View...>();
  } else if constexpr (expr::detail::is_contract<E>) {
    auto const& y = get<0>(target);
    using Y = typename std::remove_cvref_t<decltype(y)>::dims_type;
    (void)checked_store(y, e, Machine::space);
    if constexpr (Y::rank == E::rank) {
      if (y.extents() == e.extents()) {
        machine.contract(e, y, evaluate);
        return;
      }
    }
    run_assignment(evaluate(e), target, machine);
  } else if constexpr (plan::is_turned_product<E>() &&
                       std::remove_cvref_t<decltype(get<0>(target))>::rank == E::rank) {
    auto const& y = get<0>(target);
    (void)checked_store(y, e, Machine::space);
    if (y.extents() == e.extents()) {
      auto const turned = plan::turned_view<typename E::map_type>(y);
      run_assignment(get<0>(e.operands), make_arguments(turned), machine);
      return;
    }
    run_assignment(evaluate(e), target, machine);
  } else if constexpr (expr::detail::is_call<E>) {
    [&]<int... I>(std::integer_sequence<int, I...>) {
      ((void)checked_store(get<I>(target), expr::result_node<I, E>{e}, Machine::space), ...);
    }
    (std::make_integer_sequence<int, E::result_count>{});
    run_call(e, target, machine);
  } else if constexpr (expr::detail::is_result<E>) {
    auto const& call = get<0>(e.operands);
    using Call = expr::operand_t<E, 0>;
    (void)checked_store(get<0>(target), e, Machine::space);
    if constexpr (Call::result_count == 1) run_call(call, target, machine);
    else run_assignment(get<E::index>(evaluate.results(call)), target, machine);
  } else if constexpr (expr::detail::is_let_results<E>) {
    auto const leaves = evaluate.results(get<0>(e.operands));
    run_assignment(plan::unpacked<0>(e, leaves), target, machine);
  } else {
    auto const root = with_targets(e, target, Machine::space);
    using Root = std::remove_cvref_t<decltype(root)>;
    if constexpr (takes_epilogues<Machine>() && plan::is_epilogue<Root>()) {
      machine.contract_with_epilogue(root, evaluate);
    } else if constexpr (takes_epilogues<Machine>() && plan::turns<Root>()) {
      machine.contract_with_epilogue(plan::in_order_of_product(root), evaluate);
    } else {
      run_root(plan::isolated(root, evaluate), machine);
    }
  }
}

}  // namespace deepseek::detail
