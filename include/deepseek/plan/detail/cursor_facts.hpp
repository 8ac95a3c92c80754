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

}  // namespace deepseek::plan
