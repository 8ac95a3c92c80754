// SPDX-License-Identifier: Apache-2.0
/// @file The algorithms behind calls (call.hpp), on the processor.
#pragma once
#include <deepseek/exec/detail/host_run.hpp>
#include <deepseek/exec/detail/index_checks.hpp>
#include <deepseek/loop/histogram.hpp>
#include <deepseek/loop/scatter_add.hpp>
#include <deepseek/loop/sort.hpp>
#include <deepseek/loop/top_k.hpp>
#include <deepseek/ops/call_rules.hpp>

namespace deepseek::detail {

template <int Axis, std::int64_t K, class Operands, class Results>
void call_on(host_machine const& machine, rules::top_k<Axis, K> const& rule,
             Operands const& operands, Results const& results) {
  loop::top_k_rows(loop::rows_of(get<0>(operands), Axis), rule.k, {rule.largest, rule.sorted},
                   loop::rows_of(get<0>(results), Axis), loop::rows_of(get<1>(results), Axis),
                   machine.threads);
}

template <int Axis, rules::sorted Wanted, class Operands, class Results>
void call_on(host_machine const& machine, rules::sort<Axis, Wanted> const& rule,
             Operands const& operands, Results const& results) {
  auto const x = loop::rows_of(get<0>(operands), Axis);
  auto const first = loop::rows_of(get<0>(results), Axis);
  auto const places = loop::rows_of(get < Wanted == rules::sorted::both ? 1 : 0 > (results), Axis);
  loop::sort_rows(
      x, rule.descending,
      [&](std::int64_t r, auto const* row, auto const& place) {
        if constexpr (Wanted != rules::sorted::places) {
          auto* const value = first.row(r);
          for (std::int64_t i = 0; i < x.columns; ++i)
            value[i * first.step] = row[place(i) * x.step];
        }
        if constexpr (Wanted != rules::sorted::values) {
          auto* const to = places.row(r);
          for (std::int64_t i = 0; i < x.columns; ++i) to[i * places.step] = place(i);
        }
      },
      machine.threads);
}

template <class BinOf, std::int64_t Bins, class Operands, class Results>
void call_on(host_machine const& machine, rules::histogram<BinOf, Bins> const& rule,
             Operands const& operands, Results const& results) {
  auto const& x = get<0>(operands);
  loop::count_bins(loop::rows_of(x, std::remove_cvref_t<decltype(x)>::rank - 1), rule.bins,
                   rule.bin_of, loop::rows_of(get<0>(results), 0), machine.threads);
}

template <class Indices, class Target>
[[noreturn]] DEEPSEEK_NOINLINE void fail_scatter_range(std::int64_t number, Indices const& indices,
                                                       int axis, Target const& target) {
  throw shape_error(text{} << "[DS-SCATTER-RANGE] scatter_add: index "
                           << element_number(indices, number) << " at [" << number
                           << "] of the indices is outside axis " << axis << " of " << target
                           << ". Fix: 0 <= index < " << target[axis] << ".");
}

template <int Axis, class Operands, class Results>
void call_on(host_machine const& machine, rules::scatter_add<Axis> const&, Operands const& operands,
             Results const& results) {
  auto const& x = get<0>(operands);
  auto const& indices = get<1>(operands);
  std::int64_t const outside = first_outside(indices, x.extent(Axis));
  if (outside >= 0) fail_scatter_range(outside, indices, Axis, x.extents());
  std::int64_t const count = indices.size();
  storage const memory{count * std::int64_t{sizeof(std::int64_t)}};
  auto* const index = static_cast<std::int64_t*>(memory.data());
  for (std::int64_t j = 0; j < count; ++j) index[j] = element_number(indices, j);
  loop::scatter_add_rows(loop::rows_of(x, Axis), index, loop::rows_of(get<2>(operands), Axis),
                         loop::rows_of(get<0>(results), Axis), machine.threads);
}

}  // namespace deepseek::detail
