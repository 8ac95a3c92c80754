// SPDX-License-Identifier: Apache-2.0
/// @file Long sorts on a GPU by those of the CUDA toolkit (CUB) in place of the library's own kernels, with
/// the same results. They take nvcc a quarter of a minute.
///
/// Include it beside exec/cuda.cuh in every file of a program that sorts, or in none.
#pragma once
#include <cub/device/device_radix_sort.cuh>
#include <cub/device/device_segmented_sort.cuh>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/transform_iterator.h>

#include <cstdint>

#include <deepseek/exec/cuda.cuh>

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

/// sort_placed (exec/detail/kernel_sorts.hpp), by CUB.
template <class Key, class Workspace>
placed_rows<Key> sort_placed(placed_rows<Key> const& rows, int bits,
                             cuda_machine<Workspace> const& machine) {
  row_memory<Key> const& keys = rows.keys;
  row_memory<std::uint32_t> const& places = rows.places;
  auto const to = new_placed_rows<Key>(keys.rows, keys.columns, machine);
  std::int64_t const count = keys.rows * keys.columns;
  if (keys.rows == 1) {
    with_workspace(machine, "cub::DeviceRadixSort::SortPairs",
                   [&](void* memory, std::size_t& bytes) {
                     return cub::DeviceRadixSort::SortPairs(memory, bytes, keys.data, to.keys.data,
                                                            places.data, to.places.data, count, 0,
                                                            bits, machine.stream);
                   });
    return to;
  }
  auto const begins = thrust::make_transform_iterator(
      thrust::make_counting_iterator(std::int64_t{0}), row_begin{keys.columns});
  with_workspace(machine, "cub::DeviceSegmentedSort::StableSortPairs",
                 [&](void* memory, std::size_t& bytes) {
                   return cub::DeviceSegmentedSort::StableSortPairs(
                       memory, bytes, keys.data, to.keys.data, places.data, to.places.data, count,
                       keys.rows, begins, begins + 1, machine.stream);
                 });
  return to;
}

}  // namespace deepseek::detail
