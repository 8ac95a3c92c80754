// SPDX-License-Identifier: Apache-2.0
/// @file What types tell of a cursor, whichever machine it is for: in which pass it sums up, and which
/// variables it needs for that.
#pragma once

namespace deepseek::plan {

/// first_reading_pass<Body, Id, From, To>: the first pass from From on in which something under Body sums up
/// and needs the variable; 0 if none does.
template <class Body, class Id, int From, int To> constexpr int first_reading_pass() {
  if constexpr (From > To) return 0;
  else if constexpr (Body::template step_reads<From, Id>) return From;
  else return first_reading_pass<Body, Id, From + 1, To>();
}

/// passes_reading<Body, Id, From, To>(): those of the passes From … To, as bits, in which something under
/// Body sums up and needs the variable.
template <class Body, class Id, int From, int To> constexpr unsigned passes_reading() {
  if constexpr (From > To) return 0;
  else
    return passes_reading<Body, Id, From + 1, To>() |
           (Body::template step_reads<From, Id> ? 1u << From : 0u);
}

/// acc_in<Child, Pass, Own, IsOwn>: Own in the own pass, else what Child sums up.
template <class Child, int Pass, class Own, bool IsOwn> struct acc_in { using type = Own; };
template <class Child, int Pass, class Own> struct acc_in<Child, Pass, Own, false> {
  using type = typename Child::template acc<Pass>;
};

/// let_facts<Id, Bound, Body>: of a let that shows Bound to Body as variable Id.
template <class Id, class Bound, class Body> struct let_facts {
  static constexpr int first = first_reading_pass<Body, Id, Bound::level + 1, Body::level>();
  template <int Pass>
  static constexpr bool accumulates =
      Bound::template accumulates<Pass> || Body::template accumulates<Pass>;
  template <class Other>
  static constexpr bool load_reads = Body::template load_reads<Other> ||
                                     (Body::template load_reads<Id> &&
                                      Bound::template load_reads<Other>);
  template <int Pass, class Other>
  static constexpr bool step_reads = Bound::template step_reads<Pass, Other> ||
                                     Body::template step_reads<Pass, Other> ||
                                     (Body::template step_reads<Pass, Id> &&
                                      Bound::template load_reads<Other>);
};

/// reduce_facts<Rule, S, Child>: of a reduction of Child's values along the axes that S reduces. It sums
/// up in the pass of its level; before that Child sums up what it needs itself.
template <class Rule, class S, class Child> struct reduce_facts {
  using value_type = typename Rule::template value<typename Child::value_type>;
  using accumulator = typename Rule::template accumulator<typename Child::value_type>;

  static constexpr int level = Child::level + 1;
  static constexpr bool row_invariant = S::lanes_reduced;
  static constexpr bool reduces = true;
  template <int Pass>
  static constexpr bool accumulates = Pass == level || Child::template accumulates<Pass>;
  template <class Id> static constexpr bool load_reads = false;
  template <int Pass, class Id>
  static constexpr bool step_reads =
      Pass == level ? Child::template load_reads<Id> : Child::template step_reads<Pass, Id>;

  /// acc_of<Pass, Own>: what pass Pass sums up, where its own sums are an Own.
  template <int Pass, class Own>
  using acc_of = typename acc_in<Child, Pass, Own, Pass == level>::type;
};

}  // namespace deepseek::plan
