// SPDX-License-Identifier: Apache-2.0
/// @file What each kind of node becomes in a kernel.
#pragma once
#include <deepseek/plan/detail/lower.hpp>
#include <deepseek/plan/gpu/detail/cursor_indexed.hpp>
#include <deepseek/plan/gpu/detail/cursor_leaf.hpp>
#include <deepseek/plan/gpu/detail/cursor_let.hpp>
#include <deepseek/plan/gpu/detail/cursor_output.hpp>
#include <deepseek/plan/gpu/detail/cursor_reduce.hpp>
#include <deepseek/plan/gpu/detail/cursor_scan.hpp>

namespace deepseek::plan {

/// kernel_cursors<S>: of each schedule of kernels.
template <class S> struct kernel_cursors {
  template <class T, lanes_are Known> using leaf = gpu::leaf_cursor<T, S, Known>;
  template <class V> using scalar = gpu::scalar_cursor<V, S>;
  template <class Rule, class... Children> using map = gpu::map_cursor<Rule, S, Children...>;
  template <class Rule, class Child> using reduce = gpu::reduce_cursor<Rule, S, Child>;
  template <class Rule, class Child> using scan = gpu::scan_cursor<Rule, S, Child>;
  template <class Id, class V, int Level, bool Invariant>
  using variable = gpu::variable_cursor<Id, V, Level, Invariant>;
  template <class Id, class Bound, class Body, bool Keep>
  using let = gpu::let_cursor<Id, S, Bound, Body, Keep>;
  template <class T, class Index> using gather = gpu::gather_cursor<T, S, Index>;
  template <class Child> using pad = gpu::pad_cursor<S, Child>;
  template <class Rule, lanes_are> using generate = gpu::generate_cursor<Rule, S>;
  template <class T> using store = gpu::store_cursor<T, S>;
  template <class Value, class T> using output = gpu::output_cursor<S, Value, T>;
  template <class... Outputs> using outputs = gpu::outputs_cursor<S, Outputs...>;
};

template <int Axes, unsigned RowSet, int LaneAxis>
struct cursors<kernel::schedule<Axes, RowSet, LaneAxis>>
    : kernel_cursors<kernel::schedule<Axes, RowSet, LaneAxis>> {};

}  // namespace deepseek::plan
