// SPDX-License-Identifier: Apache-2.0
/// @file sort, argsort, scatter_add, and top_k of many, by kernels: keys with their places, in order.
#pragma once
#include <cstdint>

#include <deepseek/exec/detail/call_checks.hpp>
#include <deepseek/exec/detail/call_rows.hpp>
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/kernel/radix_prefix.hpp>  // index_bits
#include <deepseek/kernel/scatter_sorted.hpp>
#include <deepseek/kernel/sort_digits.hpp>
#include <deepseek/kernel/sort_rows.hpp>
#include <deepseek/loop/sort.hpp>  // check_sort_length
#include <deepseek/ops/call_rules.hpp>

namespace deepseek::detail {

/// placed_rows<Key>: rows of keys, each with a place.
template <class Key> struct placed_rows {
  row_memory<Key> keys;
  row_memory<std::uint32_t> places;
};
template <class Key, class Machine>
placed_rows<Key> new_placed_rows(std::int64_t rows, std::int64_t columns, Machine const& machine) {
  return {new_rows<Key>(rows, columns, machine), new_rows<std::uint32_t>(rows, columns, machine)};
}

/// sort_placed(rows, bits, machine): the rows in the order of their keys, which have so many bits; stable.
/// They are written over, and are the result after an even number of digits. (exec/cuda_sort.cuh has CUB's.)
template <class Key, class Machine>
placed_rows<Key> sort_placed(placed_rows<Key> const& rows, int bits, Machine const& machine) {
  using tiles = kernel::digit_tiles<Key>;
  std::int64_t const columns = rows.keys.columns;
  auto from = rows;
  auto to = new_placed_rows<Key>(rows.keys.rows, columns, machine);
  tiles cut{rows.keys.rows, columns, 0};
  auto const counts = new_rows<std::int32_t>(cut.rows * tiles::bins, cut.tiles(), machine);
  int const blocks = kernel::blocks_for(cut.rows * cut.tiles());
  constexpr std::int64_t tiles_of_warp = 256;  // that one goes along faster than a block waits
  auto const scan = [&]<class Scan>(Scan const&, std::int64_t teams_of_block) {
    machine.start(Scan{{counts.data, counts.data, counts.columns, counts.columns, counts.rows,
                        counts.columns, 0u}},
                  {kernel::blocks_for((counts.rows + teams_of_block - 1) / teams_of_block), 1, 1},
                  writes(counts, "counts"));
  };
  for (; cut.shift < bits; cut.shift += tiles::bits) {
    machine.start(kernel::count_digits<Key>{from.keys.data, counts.data, cut}, {blocks, 1, 1},
                  reads(from.keys, "keys"), writes(counts, "counts"));
    if (cut.tiles() <= tiles_of_warp)
      scan(kernel::scan_digits<kernel::scan_team::warp>{},
           kernel::scan_digits<kernel::scan_team::warp>::threads / arch::gpu::warp_size);
    else scan(kernel::scan_digits<kernel::scan_team::block>{}, 1);
    machine.start(kernel::move_digits<Key>{from.keys.data, from.places.data, counts.data,
                                           to.keys.data, to.places.data, cut},
                  {blocks, 1, 1}, reads(from.keys, "keys"), reads(from.places, "places"),
                  reads(counts, "counts"), writes(to.keys, "sorted keys"),
                  writes(to.places, "sorted places"));
    auto const written = to;
    to = from;
    from = written;
  }
  return from;
}

/// sorted_places(x, descending, machine): of the elements of each row in order, the places they were at.
template <class T, class Machine>
row_memory<std::uint32_t> sorted_places(row_memory<T const> const& x, bool descending,
                                        Machine const& machine) {
  using make_keys = kernel::sort_keys<T>;
  loop::check_sort_length(x.columns);
  auto const rows = new_placed_rows<typename make_keys::key>(x.rows, x.columns, machine);
  machine.start(make_keys{x.data, rows.keys.data, rows.places.data, x.row_stride, x.rows, x.columns,
                          descending},
                {blocks_of_elements(x.rows * x.columns), 1, 1}, reads(x, "x"),
                writes(rows.keys, "keys"), writes(rows.places, "places"));
  return sort_placed(rows, radix_key_bits<T>, machine).places;
}

/// take_places<Values, Places>(x, from, values, places, machine): of each row, what is at the first places.
template <bool Values, bool Places, class T, class Machine>
void take_places(row_memory<T const> const& x, row_memory<std::uint32_t> const& from,
                 row_memory<T> const& values, row_memory<std::int64_t> const& places,
                 Machine const& machine) {
  std::int64_t const taken = Values ? values.columns : places.columns;
  machine.start(
      kernel::take_sorted<T, Values, Places>{x.data, from.data, values.data, places.data,
                                             x.row_stride, from.row_stride, x.rows, taken},
      {blocks_of_elements(x.rows * taken), 1, 1}, reads(x, "x"), reads(from, "sorted places"),
      writes(values, "values"), writes(places, "places"));
}

/// sort_long_rows(rule, x, results, machine): rows of any length.
template <int Axis, rules::sorted Wanted, class T, class Results, class Machine>
void sort_long_rows(rules::sort<Axis, Wanted> const& rule, row_memory<T const> const& x,
                    Results const& results, Machine const& machine) {
  auto const from = sorted_places(x, rule.descending, machine);
  row_memory<T> const no_values{};
  row_memory<std::int64_t> const no_places{};
  rows_to_write<Axis>(get<0>(results), machine, [&](auto const& first) {
    if constexpr (Wanted == rules::sorted::both)
      rows_to_write<Axis>(get<1>(results), machine, [&](auto const& second) {
        take_places<true, true>(x, from, first, second, machine);
      });
    else if constexpr (Wanted == rules::sorted::values)
      take_places<true, false>(x, from, first, no_places, machine);
    else take_places<false, true>(x, from, no_values, first, machine);
  });
}

/// top_k_by_sort(x, largest, sorted, values, places, machine): the k first of rows that are sorted whole.
template <class T, class Machine>
void top_k_by_sort(row_memory<T const> const& x, bool largest, bool sorted,
                   row_memory<T> const& values, row_memory<std::int64_t> const& places,
                   Machine const& machine) {
  auto from = sorted_places(x, largest, machine);
  if (!sorted) {  // the first k once more, by place
    auto const first = new_placed_rows<std::uint32_t>(x.rows, values.columns, machine);
    auto const copy_to = [&](row_memory<std::uint32_t> const& to) {
      machine.start(kernel::copy_places{from.data, to.data, from.row_stride, to.rows, to.columns},
                    {blocks_of_elements(to.rows * to.columns), 1, 1}, reads(from, "sorted places"),
                    writes(to, "first places"));
    };
    copy_to(first.keys);
    copy_to(first.places);
    from = sort_placed(first, kernel::index_bits(static_cast<std::uint32_t>(x.columns)), machine)
               .places;
  }
  take_places<true, true>(x, from, values, places, machine);
}

template <runs_kernels Machine, int Axis, class Operands, class Results>
void call_on(Machine const& machine, rules::scatter_add<Axis> const&, Operands const& operands,
             Results const& results) {
  auto const& indices = get<1>(operands);
  using T = typename std::remove_cvref_t<decltype(get<0>(operands))>::value_type;
  using Index = typename std::remove_cvref_t<decltype(indices)>::value_type;
  using S = typename std::remove_cvref_t<decltype(get<2>(operands))>::value_type;
  std::int64_t const count = indices.size();
  std::int64_t const targets = get<0>(operands).extent(Axis);
  if constexpr (Machine::space == memory_space::host)
    check_scatter(indices, Axis, get<0>(operands).extents());
  if (get<0>(results).size() == 0) return;
  loop::check_sort_length(count);
  auto rows = new_placed_rows<std::uint32_t>(1, count, machine);
  if (count > 0) {
    machine.start(kernel::scatter_keys<Index>{indices.data(), rows.keys.data, rows.places.data,
                                              count, indices.stride(0), targets},
                  {blocks_of_elements(count), 1, 1}, reads_list(indices, "indices"),
                  writes(rows.keys, "keys"), writes(rows.places, "places"));
    rows = sort_placed(rows, kernel::index_bits(static_cast<std::uint32_t>(targets + 1)), machine);
  }
  auto const x = slices_to_read<Axis>(get<0>(operands), machine);
  auto const source = slices_to_read<Axis>(get<2>(operands), machine);
  slices_to_write<Axis>(get<0>(results), machine, [&](auto const& y) {
    machine.start(
        kernel::scatter_sorted<T, S>{x.data, source.data, rows.keys.data, rows.places.data, y.data,
                                     y.outer, targets, count, y.inner},
        {blocks_of_elements(y.size()), 1, 1}, reads(x, "x"), reads(source, "source"),
        reads(rows.keys, "targets"), reads(rows.places, "places"), writes(y, "y"));
  });
}

}  // namespace deepseek::detail
