// SPDX-License-Identifier: Apache-2.0
/// @file What each kind of node becomes on the host.
#pragma once
#include <deepseek/loop/position.hpp>  // schedule
#include <deepseek/plan/detail/lower.hpp>
#include <deepseek/plan/host/detail/cursor_indexed.hpp>
#include <deepseek/plan/host/detail/cursor_leaf.hpp>
#include <deepseek/plan/host/detail/cursor_let.hpp>
#include <deepseek/plan/host/detail/cursor_map.hpp>
#include <deepseek/plan/host/detail/cursor_reduce.hpp>

namespace deepseek::plan {

template <int Lanes, int LaneBytes, int Axes, unsigned RowSet, int LaneAxis>
struct cursors<loop::schedule<Lanes, LaneBytes, Axes, RowSet, LaneAxis>> {
  using S = loop::schedule<Lanes, LaneBytes, Axes, RowSet, LaneAxis>;
  template <class T, lanes_are Known> using leaf = host::leaf_cursor<T, S, Known>;
  template <class V> using scalar = host::scalar_cursor<V, S>;
  template <class Rule, class... Children> using map = host::map_cursor<Rule, S, Children...>;
  template <class Rule, class Child> using reduce = host::reduce_cursor<Rule, S, Child>;
  template <class Rule, class Child> using scan = host::scan_cursor<Rule, S, Child>;
  template <class Id, class V, int Level, bool Invariant>
  using variable = host::variable_cursor<Id, V, Level, Invariant>;
  template <class Id, class Bound, class Body, bool Keep>
  using let = host::let_cursor<Id, S, Bound, Body, Keep>;
  template <class T, class Index> using gather = host::gather_cursor<T, S, Index>;
  template <class Child> using pad = host::pad_cursor<S, Child>;
  template <class Rule, lanes_are Known> using generate = host::generate_cursor<Rule, S, Known>;
  template <class T> using store = host::store_cursor<T, S>;
  template <class Value, class T> using output = host::output_cursor<S, Value, T>;
  template <class... Outputs> using outputs = host::outputs_cursor<S, Outputs...>;
};

}  // namespace deepseek::plan
