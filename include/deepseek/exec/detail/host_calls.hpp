// SPDX-License-Identifier: Apache-2.0
/// @file The algorithms behind calls (call.hpp), on the processor.
#pragma once
#include <deepseek/exec/detail/call_checks.hpp>
#include <deepseek/exec/detail/host_run.hpp>
#include <deepseek/loop/histogram.hpp>
#include <deepseek/loop/scatter_add.hpp>
#include <deepseek/loop/segments.hpp>
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

template <int Axis, class Operands, class Results>
void call_on(host_machine const& machine, rules::scatter_add<Axis> const&, Operands const& operands,
             Results const& results) {
  auto const& x = get<0>(operands);
  auto const& indices = get<1>(operands);
  check_scatter(indices, Axis, x.extents());
  storage const index = numbers_of(indices);
  loop::scatter_add_rows(loop::rows_of(x, Axis), static_cast<std::int64_t const*>(index.data()),
                         loop::rows_of(get<2>(operands), Axis),
                         loop::rows_of(get<0>(results), Axis), machine.threads);
}

template <class Reduce, class Operands, class Results>
void call_on(host_machine const& machine, rules::segment<Reduce> const&, Operands const& operands,
             Results const& results) {
  auto const& x = get<0>(operands);
  auto const& offsets = get<1>(operands);
  check_segments(Reduce::name, offsets, x.extent(0));
  storage const numbers = numbers_of(offsets);
  loop::reduce_segments<Reduce>(
      loop::rows_of(x, 0), static_cast<std::int64_t const*>(numbers.data()), offsets.size() - 1,
      loop::rows_of(get<0>(results), 0), machine.threads);
}

}  // namespace deepseek::detail
