// SPDX-License-Identifier: Apache-2.0
/// @file Cursor of a reduction.
#pragma once
#include <deepseek/expr/reduce.hpp>  // picks_index
#include <deepseek/loop/row_extents.hpp>
#include <deepseek/plan/detail/cursor_facts.hpp>
#include <deepseek/plan/detail/place.hpp>
#include <deepseek/plan/gpu/detail/cursor.hpp>

namespace deepseek::plan::gpu {

using expr::picks_index;
using loop::row_extents;

/// holds(extents, at): there are elements at this position of the reduced axes, lanes left out.
template <class S>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool holds(row_extents<S> const& extents,
                                                std::int64_t const* at) {
  bool here = true;
  for (int axis = 0; axis < S::axes; ++axis)
    if (S::in_row(axis) && axis != S::lane_axis) here = here && at[axis] < extents.of[axis];
  return here;
}
/// lanes_of(extents, range): those that what is reduced has, whatever is made of the result.
template <class S>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE kernel::lane_range lanes_of(row_extents<S> const& extents,
                                                                 kernel::lane_range to) {
  if constexpr (S::lanes_reduced) return {extents.of[S::lane_axis], to.all};
  else return {to.all, to.all};
}

/// numbering<S, Picks>: the number of an element among those that are reduced, in the order of the
/// operand's axes.
template <class S, bool Picks> struct numbering {
  struct state {};
};
template <class S> struct numbering<S, true> {
  address<S> place;
  struct state {
    std::int64_t first = 0;
  };
};

/// reduce_cursor<Rule, S, Child>: sums up in the pass of its level, afterwards gives the result: one value
/// for the row, or one for each element that the thread holds where lanes are not reduced.
template <class Rule, class S, class Child>
struct reduce_cursor : reduce_facts<Rule, S, Child>, numbering<S, picks_index<Rule>> {
  using facts = reduce_facts<Rule, S, Child>;
  using facts::level;
  using typename facts::accumulator;
  using typename facts::value_type;
  using partial = typename Rule::template state<accumulator>;
  using number_state = typename numbering<S, picks_index<Rule>>::state;

  static constexpr int scan_bytes = Child::scan_bytes;
  template <int Pass> using acc = typename facts::template acc_of<Pass, partial>;

  Child child;
  row_extents<S> extents;

  reduce_cursor(Child const& c, row_extents<S> const& e) : child{c}, extents{e} {}

  /// Rows of one axis that is the lanes' have no other positions.
  static constexpr bool several_axes =
      S::row_set != 0 && !(S::lane_axis >= 0 && S::row_set == 1u << S::lane_axis);

  template <class Held> struct state {
    typename Child::template state<Held> child;
    bool exists = true;  ///< the operand has this position of the row's axes
    DEEPSEEK_EMPTY number_state number;
    compute_t<value_type> result[S::lanes_reduced ? 1 : Held::elements];
  };

  template <class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void seek(State& s, std::int64_t const* at) const {
    child.seek(s.child, at);
    if constexpr (several_axes) s.exists = holds(extents, at);
    if constexpr (picks_index<Rule>) s.number.first = this->place.offset(at);
  }
  template <int Width, int Pass = 1, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch(State& s, int slot, std::int64_t lane,
                                                  kernel::lane_range to) const {
    if constexpr (Pass <= level)
      child.template fetch<Width, Pass>(s.child, slot, lane,
                                        s.exists ? lanes_of(extents, to) : to.none());
  }
  template <unsigned>
  static constexpr int kept_bytes = Child::template kept_bytes<kernel::of_pass(level)>;
  template <unsigned, int Before, class State, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_read(State& s, kernel::lane_range to,
                                                      F const& f) const {
    child.template each_read<kernel::of_pass(level), Before>(
        s.child, s.exists ? lanes_of(extents, to) : to.none(), f);
  }
  template <class F> void visit(F&& f) {
    f(*this);
    child.visit(f);
  }
  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto load(State const& s, Env const&, element at) const {
    return s.result[S::lanes_reduced ? 0 : at.slot];
  }
  template <int Pass, class State, class Envs, class Piece>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scans_of_load(State&, Envs const&, Piece&) const {}
  template <int Pass, class State, class Envs, class Piece>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scans_of_step(State& s, Envs const& envs,
                                                          Piece& piece) const {
    if constexpr (Pass == level) child.template scans_of_load<Pass>(s.child, envs, piece);
    else child.template scans_of_step<Pass>(s.child, envs, piece);
  }
  template <int Pass> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE acc<Pass> start() {
    if constexpr (Pass == level) return Rule::template start<accumulator>();
    else return Child::template start<Pass>();
  }
  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void step(acc<Pass>& a, State& s, Env const& env,
                                                 element at) const {
    if constexpr (Pass == level) {
      bool here = s.exists;
      if constexpr (S::lanes_reduced) here = here && at.lane < extents.of[S::lane_axis];
      if (!here) return;
      auto const x = as_type<accumulator>(child.template load<Pass>(s.child, env, at));
      if constexpr (picks_index<Rule>)
        a = Rule::step(
            a, x, s.number.first + (S::lanes_reduced ? at.lane * this->place.lane_stride() : 0));
      else a = Rule::join(a, x);
    } else {
      child.template step<Pass>(a, s.child, env, at);
    }
  }
  template <int Pass>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void join(acc<Pass>& a, acc<Pass> const& b) {
    if constexpr (Pass == level) a = Rule::join(a, b);
    else Child::template join<Pass>(a, b);
  }
  template <int Pass, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void finish(State& s, acc<Pass> const& a,
                                                   int slot = 0) const {
    if constexpr (Pass == level)
      s.result[S::lanes_reduced ? 0 : slot] = as_type<compute_t<value_type>>(Rule::finish(a));
    else child.template finish<Pass>(s.child, a, slot);
  }
};

}  // namespace deepseek::plan::gpu
