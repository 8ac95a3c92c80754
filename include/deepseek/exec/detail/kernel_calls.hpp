// SPDX-License-Identifier: Apache-2.0
/// @file The algorithms behind calls (call.hpp), as kernels of the library, on a GPU or the emulator.
#pragma once
#include <limits>

#include <deepseek/exec/detail/call_rows.hpp>
#include <deepseek/exec/detail/kernel_segments.hpp>
#include <deepseek/exec/detail/kernel_sorts.hpp>
#include <deepseek/kernel/histogram.hpp>
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/kernel/top_1.hpp>
#include <deepseek/kernel/top_k.hpp>
#include <deepseek/kernel/top_k_parts.hpp>
#include <deepseek/kernel/top_k_warp.hpp>
#include <deepseek/ops/call_rules.hpp>

namespace deepseek::detail {

/// The kernel that suits: a warp a row for short rows, a block, or many.
template <class T, class Machine>
void start_top_k(row_memory<T const> const& x, int k, kernel::extreme which,
                 kernel::top_order order, row_memory<T> const& values,
                 row_memory<std::int64_t> const& places, Machine const& machine) {
  using namespace kernel;
  auto const columns = static_cast<int>(x.columns);
  auto const start = [&](auto const& chosen, int blocks) {
    machine.start(chosen, {blocks, 1, 1}, reads(x, "x"), writes(values, "values"),
                  writes(places, "places"));
  };
  auto const by_warps = [&](auto const& chosen) {
    constexpr int rows_per_block =
        std::remove_cvref_t<decltype(chosen)>::threads / arch::gpu::warp_size;
    start(chosen, kernel::blocks_for((x.rows + rows_per_block - 1) / rows_per_block));
  };
  constexpr int most_taken = 32;  // by a warp, one after the other
  using few = top_k_warp<T, std::int64_t, 2>;
  using more = top_k_warp<T, std::int64_t, 8>;
  if (k <= most_taken && columns <= few::longest) {
    by_warps(few{x.data, values.data, places.data, x.row_stride, x.rows, columns, k, which, order});
  } else if (k <= most_taken && columns <= more::longest) {
    by_warps(
        more{x.data, values.data, places.data, x.row_stride, x.rows, columns, k, which, order});
  } else if (int const parts = top_k_part_count(x.rows, columns, k, machine.blocks()); parts > 1) {
    using first = top_k_parts<T>;
    auto const keys = new_rows<typename first::key>(x.rows, std::int64_t{parts} * k, machine);
    auto const found = new_rows<std::uint32_t>(x.rows, std::int64_t{parts} * k, machine);
    machine.start(first{x.data, keys.data, found.data, x.row_stride, columns, k, which},
                  {parts, static_cast<int>(x.rows), 1}, reads(x, "x"), writes(keys, "keys"),
                  writes(found, "indices"));
    machine.start(top_k_merge<T>{x.data, keys.data, found.data, values.data, places.data,
                                 x.row_stride, x.rows, columns, k, parts, order},
                  {kernel::blocks_for(x.rows), 1, 1}, reads(x, "x"), reads(keys, "keys"),
                  reads(found, "indices"), writes(values, "values"), writes(places, "places"));
  } else if (k == 1) {
    start(top_1<T>{x.data, values.data, places.data, x.row_stride, x.rows, columns, which},
          kernel::blocks_for(x.rows));
  } else {
    start(kernel::top_k<T>{x.data, values.data, places.data, x.row_stride, x.rows, columns, k,
                           which, order},
          kernel::blocks_for(x.rows));
  }
}

template <runs_kernels Machine, int Axis, std::int64_t K, class Operands, class Results>
void call_on(Machine const& machine, rules::top_k<Axis, K> const& rule, Operands const& operands,
             Results const& results) {
  constexpr int most_k = kernel::top_k_config{}.max_k;
  auto const& from = get<0>(operands);
  if (get<0>(results).size() == 0) return;
  bool const selects = rule.k <= most_k && from.extent(Axis) <= std::numeric_limits<int>::max();
  auto const x = rows_to_read<Axis>(from, machine);
  rows_to_write<Axis>(get<0>(results), machine, [&](auto const& values) {
    rows_to_write<Axis>(get<1>(results), machine, [&](auto const& places) {
      if (!selects) return top_k_by_sort(x, rule.largest, rule.sorted, values, places, machine);
      start_top_k(x, static_cast<int>(rule.k),
                  rule.largest ? kernel::extreme::largest : kernel::extreme::smallest,
                  rule.sorted ? kernel::top_order::by_value : kernel::top_order::by_index, values,
                  places, machine);
    });
  });
}

/// sorts_in_a_block(columns): top_k of all elements of a row sorts it; it is stable.
constexpr bool sorts_in_a_block(std::int64_t columns) {
  return columns <= kernel::top_k_config{}.max_k;
}

/// sort_in_blocks(rule, x, results, machine): rows that fit in a block.
template <int Axis, rules::sorted Wanted, class T, class Results, class Machine>
void sort_in_blocks(rules::sort<Axis, Wanted> const& rule, row_memory<T const> const& x,
                    Results const& results, Machine const& machine) {
  auto const start = [&](row_memory<T> const& values, row_memory<std::int64_t> const& places) {
    start_top_k(x, static_cast<int>(x.columns),
                rule.descending ? kernel::extreme::largest : kernel::extreme::smallest,
                kernel::top_order::by_value, values, places, machine);
  };
  rows_to_write<Axis>(get<0>(results), machine, [&](auto const& first) {
    if constexpr (Wanted == rules::sorted::both)
      rows_to_write<Axis>(get<1>(results), machine,
                          [&](auto const& second) { start(first, second); });
    else if constexpr (Wanted == rules::sorted::values)
      start(first, new_rows<std::int64_t>(x.rows, x.columns, machine));
    else start(new_rows<T>(x.rows, x.columns, machine), first);
  });
}

template <runs_kernels Machine, int Axis, rules::sorted Wanted, class Operands, class Results>
void call_on(Machine const& machine, rules::sort<Axis, Wanted> const& rule,
             Operands const& operands, Results const& results) {
  if (get<0>(results).size() == 0) return;
  auto const x = rows_to_read<Axis>(get<0>(operands), machine);
  if (sorts_in_a_block(x.columns)) sort_in_blocks(rule, x, results, machine);
  else sort_long_rows(rule, x, results, machine);
}

template <runs_kernels Machine, class BinOf, std::int64_t Bins, class Operands, class Results>
void call_on(Machine const& machine, rules::histogram<BinOf, Bins> const& rule,
             Operands const& operands, Results const& results) {
  using X = std::remove_cvref_t<decltype(get<0>(operands))>;
  using T = typename X::value_type;
  constexpr int most = 4096;  // bins that a block counts by itself
  rows_to_write<0>(get<0>(results), machine, [&](row_memory<std::int64_t> const& counts) {
    view<std::int64_t, dims<dyn>> const all{
        counts.data, dims<dyn>{counts.columns}, {}, Machine::space};
    run_assignment(expr::scalar<std::int64_t>{0}, make_arguments(all), machine);
    auto const x = rows_to_read<X::rank - 1>(get<0>(operands), machine);
    auto const one = x.row_stride == x.columns || x.rows == 1;
    auto const start = [&](row_memory<T const> const& row) {
      auto const bins = static_cast<int>(rule.bins);
      auto* const to = reinterpret_cast<std::uint64_t*>(counts.data);
      constexpr std::int64_t per_block = 256 * 32;
      int const blocks = kernel::blocks_for((row.columns + per_block - 1) / per_block);
      auto const run = [&](auto const& count) {
        machine.start(count, {blocks, 1, 1}, reads(row, "x"), writes(counts, "counts"));
      };
      if (bins <= most)
        run(kernel::histogram<T, BinOf, most>{row.data, to, row.columns, bins, rule.bin_of});
      else run(kernel::histogram_of_many<T, BinOf>{row.data, to, row.columns, bins, rule.bin_of});
    };
    if (one) {
      start({x.data, x.rows * x.columns, 1, x.rows * x.columns, x.owner});
    } else {
      for (std::int64_t r = 0; r < x.rows; ++r)
        start({x.data + r * x.row_stride, x.columns, 1, x.columns, x.owner});
    }
  });
}

}  // namespace deepseek::detail
