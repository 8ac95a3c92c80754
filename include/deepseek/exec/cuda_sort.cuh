// SPDX-License-Identifier: Apache-2.0
/// @file sort, argsort and scatter_add on a GPU, by the sorts of the CUDA toolkit (CUB), which take nvcc a
/// quarter of a minute: include it beside exec/cuda.cuh where they are used.
#pragma once
#include <cub/device/device_radix_sort.cuh>
#include <cub/device/device_segmented_sort.cuh>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/transform_iterator.h>

#include <cstdint>

#include <deepseek/exec/cuda.cuh>
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/kernel/scatter_sorted.hpp>
#include <deepseek/kernel/sort_rows.hpp>

namespace deepseek::detail {

/// row_begin: where a row begins, in elements.
struct row_begin {
  std::int64_t columns;
  DEEPSEEK_HOST_DEVICE std::int64_t operator()(std::int64_t row) const { return row * columns; }
};

/// with_workspace(machine, call, f): f(memory, bytes), first to ask for the bytes, then with them.
template <class Machine, class F>
void with_workspace(Machine const& machine, char const* call, F const& f) {
  std::size_t bytes = 0;
  check_cuda(f(nullptr, bytes), call);
  storage const memory = machine.memory(static_cast<std::int64_t>(bytes));
  check_cuda(f(memory.data(), bytes), call);
}

/// Keys and their places, each row by itself, in the order of the keys; stable.
template <class Key, class Machine>
void sort_pairs(row_memory<Key> const& keys, row_memory<Key> const& sorted_keys,
                row_memory<std::uint32_t> const& places,
                row_memory<std::uint32_t> const& sorted_places, int bits, Machine const& machine) {
  std::int64_t const count = keys.rows * keys.columns;
  if (keys.rows == 1) {
    with_workspace(
        machine, "cub::DeviceRadixSort::SortPairs", [&](void* memory, std::size_t& bytes) {
          return cub::DeviceRadixSort::SortPairs(memory, bytes, keys.data, sorted_keys.data,
                                                 places.data, sorted_places.data, count, 0, bits,
                                                 machine.stream);
        });
    return;
  }
  auto const begins = thrust::make_transform_iterator(
      thrust::make_counting_iterator(std::int64_t{0}), row_begin{keys.columns});
  with_workspace(machine, "cub::DeviceSegmentedSort::StableSortPairs",
                 [&](void* memory, std::size_t& bytes) {
                   return cub::DeviceSegmentedSort::StableSortPairs(
                       memory, bytes, keys.data, sorted_keys.data, places.data, sorted_places.data,
                       count, keys.rows, begins, begins + 1, machine.stream);
                 });
}

template <class Workspace, int Axis, rules::sorted Wanted, class Operands, class Results>
void call_on(cuda_machine<Workspace> const& machine, rules::sort<Axis, Wanted> const& rule,
             Operands const& operands, Results const& results) {
  using T = typename std::remove_cvref_t<decltype(get<0>(operands))>::value_type;
  using make_keys = kernel::sort_keys<T>;
  using Key = typename make_keys::key;
  constexpr bool values = Wanted != rules::sorted::places;
  constexpr bool places = Wanted != rules::sorted::values;
  if (get<0>(results).size() == 0) return;
  auto const x = rows_to_read<Axis>(get<0>(operands), machine);
  if (sorts_in_a_block(x.columns)) {
    sort_in_blocks(rule, x, results, machine);
    return;
  }
  std::int64_t const count = x.rows * x.columns;
  auto const keys = new_rows<Key>(x.rows, x.columns, machine);
  auto const sorted_keys = new_rows<Key>(x.rows, x.columns, machine);
  auto const from = new_rows<std::uint32_t>(x.rows, x.columns, machine);
  auto const sorted = new_rows<std::uint32_t>(x.rows, x.columns, machine);
  machine.start(
      make_keys{x.data, keys.data, from.data, x.row_stride, x.rows, x.columns, rule.descending},
      {blocks_of_elements(count), 1, 1});
  sort_pairs(keys, sorted_keys, from, sorted, radix_key_bits<T>, machine);
  auto const take = [&](T* value, std::int64_t* place) {
    machine.start(kernel::take_sorted<T, values, places>{x.data, sorted.data, value, place,
                                                         x.row_stride, x.rows, x.columns},
                  {blocks_of_elements(count), 1, 1});
  };
  rows_to_write<Axis>(get<0>(results), machine, [&](auto const& first) {
    if constexpr (Wanted == rules::sorted::both)
      rows_to_write<Axis>(get<1>(results), machine,
                          [&](auto const& second) { take(first.data, second.data); });
    else if constexpr (values) take(first.data, nullptr);
    else take(nullptr, first.data);
  });
}

/// Where a tensor lies as [outer, axis, inner] without gaps, its data; else a copy's, kept by `owner`.
template <class View, class Machine>
auto const* packed_data(View const& v, storage& owner, Machine const& machine) {
  using T = typename View::value_type;
  if (v.contiguous()) return static_cast<T const*>(v.data());
  owner = machine.memory(v.size() * std::int64_t{sizeof(T)});
  view<T, typename View::dims_type> const copy{
      static_cast<T*>(owner.data()), v.extents(), {}, Machine::space};
  run_assignment(expr::leaf<View>{v}, make_arguments(copy), machine);
  return static_cast<T const*>(copy.data());
}

template <class Workspace, int Axis, class Operands, class Results>
void call_on(cuda_machine<Workspace> const& machine, rules::scatter_add<Axis> const&,
             Operands const& operands, Results const& results) {
  auto const& x = get<0>(operands);
  auto const& indices = get<1>(operands);
  auto const& source = get<2>(operands);
  auto const& y = get<0>(results);
  using T = typename std::remove_cvref_t<decltype(x)>::value_type;
  using Index = typename std::remove_cvref_t<decltype(indices)>::value_type;
  using S = typename std::remove_cvref_t<decltype(source)>::value_type;
  if (y.size() == 0) return;
  std::int64_t outer = 1;
  std::int64_t inner = 1;
  for (int axis = 0; axis < std::remove_cvref_t<decltype(x)>::rank; ++axis)
    if (axis != Axis) (axis < Axis ? outer : inner) *= x.extent(axis);
  std::int64_t const count = indices.size();
  std::int64_t const targets = x.extent(Axis);
  auto const keys = new_rows<std::uint32_t>(1, count, machine);
  auto const sorted_keys = new_rows<std::uint32_t>(1, count, machine);
  auto const from = new_rows<std::uint32_t>(1, count, machine);
  auto const sorted = new_rows<std::uint32_t>(1, count, machine);
  if (count > 0) {
    machine.start(kernel::scatter_keys<Index>{indices.data(), keys.data, from.data, count,
                                              indices.stride(0), targets},
                  {blocks_of_elements(count), 1, 1});
    sort_pairs(keys, sorted_keys, from, sorted, 32, machine);
  }
  storage of_x, of_source, of_y;
  T const* const x_data = packed_data(x, of_x, machine);
  S const* const source_data = packed_data(source, of_source, machine);
  bool const direct = y.contiguous();
  if (!direct) of_y = machine.memory(y.size() * std::int64_t{sizeof(T)});
  T* const y_data = direct ? y.data() : static_cast<T*>(of_y.data());
  machine.start(kernel::scatter_sorted<T, S>{x_data, source_data, sorted_keys.data, sorted.data,
                                             y_data, outer, targets, count, inner},
                {blocks_of_elements(y.size()), 1, 1});
  if (direct) return;
  using Dims = typename std::remove_cvref_t<decltype(y)>::dims_type;
  view<T const, Dims> const beside{y_data, y.extents(), {}, cuda_machine<Workspace>::space};
  run_assignment(expr::leaf<view<T const, Dims>>{beside}, make_arguments(y), machine);
}

}  // namespace deepseek::detail
