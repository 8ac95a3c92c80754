// SPDX-License-Identifier: Apache-2.0
/// @file Cursors of reductions and scans.
#pragma once
#include <deepseek/arch/cpu/pack_fold.hpp>
#include <deepseek/expr/reduce.hpp>
#include <deepseek/loop/row_extents.hpp>
#include <deepseek/plan/detail/cursor_facts.hpp>
#include <deepseek/plan/host/detail/cursor.hpp>
#include <deepseek/plan/host/detail/cursor_leaf.hpp>  // address

namespace deepseek::plan::host {

using expr::picks_index;
using loop::flat_rows;
using loop::row_extents;

/// numbering<S>: the number of an element among those that are reduced, in the order of the operand's
/// axes, which is not the loop's under a permute.
template <class S, bool Picks> struct numbering {};
template <class S> struct numbering<S, true> {
  using numbers = arch::pack<std::int64_t, S::lanes>;
  address<S> place;
  std::int64_t first = 0;
  DEEPSEEK_INLINE void number_from(std::int64_t const* at) { first = place.offset(at); }
  [[nodiscard]] DEEPSEEK_INLINE numbers of_lanes(position at) const {
    if constexpr (!S::lanes_reduced) return numbers(first);
    std::int64_t const step = place.lane_stride();
    return numbers(first + at.lane * step) + arch::iota<std::int64_t, S::lanes>() * numbers(step);
  }
};

/// reduce_cursor<Rule, S, Child>: accumulates in the pass of its level, afterwards gives the result:
/// one value for the row, or one vector for each vector of the block when lanes are not reduced.
template <class Rule, class S, class Child>
struct reduce_cursor : reduce_facts<Rule, S, Child>, numbering<S, picks_index<Rule>> {
  using facts = reduce_facts<Rule, S, Child>;
  using facts::level;
  using typename facts::accumulator;
  using typename facts::value_type;
  using element_pack = value_pack<accumulator, S>;
  using result = value_pack<value_type, S>;
  using state = typename Rule::template state<element_pack>;

  /// As many states as a vector has lanes can be folded together.
  static constexpr bool foldable = [] {
    if constexpr (is_mask<state> || picks_index<Rule>) return false;
    else return S::lanes <= 16 && sizeof(state) <= std::size_t{arch::vector_bytes};
  }();
  static constexpr bool flattens =
      Child::flattens && S::lanes_reduced && foldable && std::is_same_v<state, element_pack>;
  static constexpr int load_flops = 0;
  template <int Pass>
  static constexpr int step_flops =
      Pass == level ? Rule::flops + Child::load_flops : Child::template step_flops<Pass>;
  template <int Pass> using acc = typename facts::template acc_of<Pass, state>;

  Child child;
  row_extents<S> extents;
  bool active = true;  // the loop that runs now is over these extents
  DEEPSEEK_EMPTY std::conditional_t<S::lanes_reduced, row_values<value_type, S>, nothing>
      row_result;
  result* block_result = nullptr;
  element_pack* flat_value =
      nullptr;  // a block of what is reduced, where it is not in memory anyway

  reduce_cursor(Child const& c, row_extents<S> const& e) : child{c}, extents{e} {}

  DEEPSEEK_INLINE void seek(std::int64_t const* at) {
    child.seek(at);
    if constexpr (picks_index<Rule>) this->number_from(at);
  }
  template <int Pass, class Env> DEEPSEEK_INLINE void begin(Env const& env) {
    if constexpr (Pass <= level) child.template begin<Pass>(env);
  }
  template <class F> void visit(F&& f) {
    f(*this);
    child.visit(f);
  }
  void select_run(row_extents<S> const& run) { active = extents == run; }

  /// Results of a block of vectors, where lanes are not reduced.
  static constexpr std::int64_t block_bytes() {
    return S::lanes_reduced ? 0 : loop::max_block * std::int64_t{sizeof(result)};
  }
  void give_block(char* memory) {
    if constexpr (!S::lanes_reduced) block_result = reinterpret_cast<result*>(memory);
  }

  static constexpr bool in_memory = requires(Child const& c) {
    requires std::is_same_v<decltype(c.flat_elements()), accumulator const*>;
  };
  static constexpr std::int64_t flat_bytes(int length) {
    return in_memory ? 0 : length * std::int64_t{sizeof(element_pack)};
  }
  void give_flat(void* memory, int) { flat_value = static_cast<element_pack*>(memory); }

  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE result load(Env const&, position at, Tail tail) const {
    if constexpr (S::lanes_reduced) return row_result.at(at, tail);
    else return block_result[at.block];
  }
  template <int Pass> static DEEPSEEK_INLINE acc<Pass> start() {
    if constexpr (Pass == level) return Rule::template start<element_pack>();
    else return Child::template start<Pass>();
  }
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE void step(acc<Pass>& a, Env const& env, position at, Tail tail) {
    if constexpr (Pass == level) {
      if constexpr (!Tail::plain)
        if (!active) return;
      if constexpr (is_flat<Tail>) {
        if constexpr (!in_memory)
          flat_value[at.slot] =
              as_operand<accumulator, S>(child.template load<Pass>(env, at, tail));
      } else {
        auto const p = as_operand<accumulator, S>(child.template load<Pass>(env, at, tail));
        state const next = combined(a, p, at);
        if constexpr (is_partial<Tail> && S::lanes_reduced)
          a = merge(lanes_below<S>(tail.count), next, a);
        else a = next;
      }
    } else if constexpr (Child::template accumulates<Pass>) {
      child.template step<Pass>(a, env, at, tail);
    }
  }
  template <int Pass> static DEEPSEEK_INLINE void join(acc<Pass>& a, acc<Pass> const& b) {
    if constexpr (Pass == level) a = Rule::join(a, b);
    else Child::template join<Pass>(a, b);
  }
  template <int Pass, class Of, class Rows> DEEPSEEK_INLINE void finish(Of const& of, Rows rows) {
    if constexpr (Pass != level) {
      if constexpr (Child::template accumulates<Pass>) child.template finish<Pass>(of, rows);
    } else if constexpr (std::is_same_v<Rows, flat_rows>) {
      finish_flat(rows);
    } else if constexpr (S::lanes_reduced) {
      if (active) finish_rows(of, rows);
    } else {
      for (int i = 0; active && i < rows; ++i)
        if constexpr (picks_index<Rule>) block_result[i] = Rule::lanes(of(i));
        else block_result[i] = of(i);
    }
  }

 private:
  /// A full block of dense rows; each row's lanes as the loop over single rows leaves them.
  DEEPSEEK_INLINE void finish_flat(flat_rows rows) {
    accumulator const* from;
    if constexpr (in_memory) from = child.flat_elements();
    else from = reinterpret_cast<accumulator const*>(flat_value);
    state whole[S::lanes];
    int length = rows.length;
    if (length >= S::lanes) {
      for (state& row : whole) {
        row = state_of_row(from, length);
        from += length;
      }
      from = reinterpret_cast<accumulator const*>(whole);
      length = S::lanes;
    }
    row_result.set(arch::fold<S::lanes>(
        [&]() DEEPSEEK_INLINE_LAMBDA -> state {
          state const row = part_of_row(from, length);
          from += length;
          return row;
        },
        later_last));
  }
  static DEEPSEEK_INLINE state state_of_row(accumulator const* row, int length) {
    state a = Rule::template start<element_pack>();
    for (; length >= S::lanes; length -= S::lanes, row += S::lanes)
      a = Rule::join(a, arch::load<S::lanes>(row));
    return length == 0 ? a : Rule::join(a, part_of_row(row, length));
  }
  /// The lanes beyond are the state of no element: where there are some, -0 need not be joined to it.
  static DEEPSEEK_INLINE state part_of_row(accumulator const* row, int length) {
    accumulator const none = arch::get(Rule::template start<element_pack>(), 0);
    return arch::load_n<S::lanes>(row, length, none);
  }
  static constexpr auto later_last = [](state const& low, state const& high)
                                         DEEPSEEK_INLINE_LAMBDA { return Rule::join(high, low); };

  /// Rows of one block, from here on folded together.
  static constexpr int fold_from = 4;

  /// Rows beyond `count` get a copy of the first one's result: no function sees what is no element.
  template <class Of> DEEPSEEK_INLINE void finish_rows(Of const& of, int count) {
    if constexpr (foldable) {
      if (count >= fold_from) {
        int next = 0;
        row_result.set(arch::fold<S::lanes>(
            [&]() DEEPSEEK_INLINE_LAMBDA -> state {
              int const row = next++;
              return of(row < count ? row : 0);
            },
            later_last));
        return;
      }
    }
    row_result.set(result(Rule::finish(of(0))));
    for (int i = 1; i < count; ++i) row_result.value[i] = Rule::finish(of(i));
  }

  DEEPSEEK_INLINE state combined(state const& a, element_pack const& p, position at) const {
    if constexpr (picks_index<Rule>) return Rule::step(a, p, this->of_lanes(at));
    else return Rule::join(a, p);
  }
  template <class M, class Value>
  static DEEPSEEK_INLINE Value merge(M const& m, Value const& a, Value const& b) {
    if constexpr (picks_index<Rule>)
      return {blend(m, a.value, b.value), blend(m, a.index, b.index)};
    else return blend(m, a, b);
  }
};

/// scan_cursor<Rule, S, Child>: a running combination along the row. Vectors must be loaded in order,
/// each once a pass, which is how rows are walked.
template <class Rule, class S, class Child> struct scan_cursor : inner<Child> {
  using base = inner<Child>;
  using value_type = typename Rule::template value<typename Child::value_type>;
  using accumulator = typename Rule::template accumulator<typename Child::value_type>;
  using result = value_pack<value_type, S>;
  static constexpr bool row_invariant = false;
  static constexpr int load_flops = base::load_flops + S::lanes * Rule::flops;

  accumulator carry = Rule::template start<accumulator>();
  result* block_carry = nullptr;
  bool single;  // one element along the axis, which broadcasting may repeat: nothing to combine

  scan_cursor(Child const& c, bool one_element) : base{{{{c}}}}, single{one_element} {}

  static constexpr std::int64_t block_bytes() {
    return S::lanes_reduced ? 0 : loop::max_block * std::int64_t{sizeof(result)};
  }
  void give_block(char* memory) {
    if constexpr (!S::lanes_reduced) block_carry = reinterpret_cast<result*>(memory);
  }

  DEEPSEEK_INLINE void seek(std::int64_t const* at) {
    base::seek(at);
    if constexpr (S::lanes_reduced) carry = Rule::template start<accumulator>();
  }
  template <class F> void visit(F&& f) {
    f(*this);
    base::visit(f);
  }
  template <int Pass, class Env> DEEPSEEK_INLINE void begin(Env const& env) {
    base::template begin<Pass>(env);
    if constexpr (!S::lanes_reduced) {
      for (int block = 0; block < loop::max_block; ++block)
        block_carry[block] = Rule::template start<result>();
    }
  }
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE result load(Env const& env, position at, Tail tail) {
    result const p =
        as_operand<accumulator, S>(get<0>(this->child).template load<Pass>(env, at, tail));
    if (single) return p;
    if constexpr (S::lanes_reduced) {
      result const running = Rule::join(result(carry), Rule::scan(p));
      carry = arch::get(running, S::lanes - 1);
      return running;
    } else {
      return block_carry[at.block] = Rule::join(block_carry[at.block], p);
    }
  }
};

}  // namespace deepseek::plan::host
