// SPDX-License-Identifier: Apache-2.0
/// @file Operands and results of calls as kernels want them: rows, or packed slices; copies where they lie
/// otherwise.
///
/// A machine starts a kernel with start(kernel, blocks, used_memory...): what it reads and writes.
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/exec/detail/kernel_machine.hpp>
#include <deepseek/loop/rows_along.hpp>

namespace deepseek::detail {

/// runs_kernels<Machine>: a GPU or the emulator.
template <class Machine>
concept runs_kernels = std::derived_from<Machine, kernel_machine>;

/// axis_last<Axis>(v): v with that axis behind all others.
template <int Axis, class View> auto axis_last(View const& v) {
  constexpr int rank = View::rank;
  std::int64_t extent[max_rank] = {};
  strided<rank> layout;
  for (int axis = 0, to = 0; axis < rank; ++axis) {
    int const place = axis == Axis ? rank - 1 : to++;
    extent[place] = v.extent(axis);
    layout.value[place] = v.stride(axis);
  }
  using Dims = dynamic_dims<rank>;
  return view<typename View::element_type, Dims, strided<rank>>{v.data(), Dims::from_array(extent),
                                                                layout, v.space()};
}

/// row_memory<T>: rows whose elements lie one after the other, each row_stride after the one before.
template <class T> struct row_memory {
  T* data;
  std::int64_t row_stride;
  std::int64_t rows;
  std::int64_t columns;
  storage owner;

  [[nodiscard]] std::int64_t reach() const {  ///< elements from the first to the last
    return rows == 0 || columns == 0 ? 0 : (rows - 1) * row_stride + columns;
  }
};

template <class T, class Machine>
row_memory<T> new_rows(std::int64_t rows, std::int64_t columns, Machine const& machine) {
  storage const memory = machine.memory(rows * columns * std::int64_t{sizeof(T)});
  return {static_cast<T*>(memory.data()), columns, rows, columns, memory};
}

/// rows_to_read<Axis>(v, machine): the rows of v along Axis, in a copy where they lie otherwise.
template <int Axis, class View, class Machine>
auto rows_to_read(View const& v, Machine const& machine) {
  using T = typename View::value_type;
  auto const rows = loop::rows_of(v, Axis);
  std::int64_t const stride = rows.row_stride();
  if ((rows.step == 1 || rows.columns == 1) && stride >= 0)
    return row_memory<T const>{rows.data, stride, rows.rows, rows.columns, {}};
  auto const copy = new_rows<T>(rows.rows, rows.columns, machine);
  auto const from = axis_last<Axis>(v);
  using Dims = typename decltype(from)::dims_type;
  run_assignment(expr::leaf<std::remove_cv_t<decltype(from)>>{from},
                 make_arguments(view<T, Dims>{copy.data, from.extents(), {}, Machine::space}),
                 machine);
  return row_memory<T const>{copy.data, copy.row_stride, copy.rows, copy.columns, copy.owner};
}

/// rows_to_write<Axis>(v, machine, f): f(rows), which lie one after the other; then v has what was written.
template <int Axis, class View, class Machine, class F>
void rows_to_write(View const& v, Machine const& machine, F const& f) {
  using T = typename View::value_type;
  auto const rows = loop::rows_of(v, Axis);
  bool const as_they_lie = (rows.step == 1 || rows.columns == 1) &&
                           (rows.rows == 1 || rows.row_stride() == rows.columns);
  if (as_they_lie) {
    f(row_memory<T>{rows.data, rows.columns, rows.rows, rows.columns, {}});
    return;
  }
  auto const beside = new_rows<T>(rows.rows, rows.columns, machine);
  f(beside);
  auto const to = axis_last<Axis>(v);
  using Dims = typename decltype(to)::dims_type;
  view<T const, Dims> const from{beside.data, to.extents(), {}, Machine::space};
  run_assignment(expr::leaf<view<T const, Dims>>{from}, make_arguments(to), machine);
}

/// reads(rows, name), writes(rows, name): what a kernel uses.
template <class T> used_memory reads(row_memory<T> const& rows, char const* name) {
  return {rows.data, rows.reach() * std::int64_t{sizeof(T)}, false, name, int{sizeof(T)}};
}
template <class T> used_memory writes(row_memory<T> const& rows, char const* name) {
  return {rows.data, rows.reach() * std::int64_t{sizeof(T)}, true, name, int{sizeof(T)}};
}

/// packed_slices<T>: a view as [outer, axis, inner], its elements one after the other from `data` on.
template <class T> struct packed_slices {
  T* data;
  std::int64_t outer;
  std::int64_t extent;
  std::int64_t inner;
  storage owner;

  [[nodiscard]] std::int64_t size() const { return outer * extent * inner; }
};
template <int Axis, class T, class View> packed_slices<T> slices_at(T* data, View const& v) {
  packed_slices<T> slices{data, 1, v.extent(Axis), 1, {}};
  for (int axis = 0; axis < View::rank; ++axis)
    if (axis != Axis) (axis < Axis ? slices.outer : slices.inner) *= v.extent(axis);
  return slices;
}
/// slices_to_read<Axis>(v, machine): of v, in a copy where it has gaps or is permuted.
template <int Axis, class View, class Machine>
auto slices_to_read(View const& v, Machine const& machine) {
  using T = typename View::value_type;
  if (v.contiguous()) return slices_at<Axis, T const>(v.data(), v);
  storage const owner = machine.memory(v.size() * std::int64_t{sizeof(T)});
  view<T, typename View::dims_type> const copy{
      static_cast<T*>(owner.data()), v.extents(), {}, Machine::space};
  run_assignment(expr::leaf<View>{v}, make_arguments(copy), machine);
  auto slices = slices_at<Axis, T const>(copy.data(), v);
  slices.owner = owner;
  return slices;
}
/// slices_to_write<Axis>(v, machine, f): f(slices); then v has what was written.
template <int Axis, class View, class Machine, class F>
void slices_to_write(View const& v, Machine const& machine, F const& f) {
  using T = typename View::value_type;
  if (v.contiguous()) return f(slices_at<Axis, T>(v.data(), v));
  storage const owner = machine.memory(v.size() * std::int64_t{sizeof(T)});
  auto slices = slices_at<Axis, T>(static_cast<T*>(owner.data()), v);
  slices.owner = owner;
  f(slices);
  using Dims = typename View::dims_type;
  view<T const, Dims> const beside{slices.data, v.extents(), {}, Machine::space};
  run_assignment(expr::leaf<view<T const, Dims>>{beside}, make_arguments(v), machine);
}
template <class T> used_memory reads(packed_slices<T> const& slices, char const* name) {
  return {slices.data, slices.size() * std::int64_t{sizeof(T)}, false, name, int{sizeof(T)}};
}
template <class T> used_memory writes(packed_slices<T> const& slices, char const* name) {
  return {slices.data, slices.size() * std::int64_t{sizeof(T)}, true, name, int{sizeof(T)}};
}
/// reads_list(v, name): a view of one axis, of any stride.
template <class View> used_memory reads_list(View const& v, char const* name) {
  constexpr int bytes = sizeof(typename View::value_type);
  std::int64_t const reach = v.size() == 0 ? 0 : (v.size() - 1) * v.stride(0) + 1;
  return {v.data(), reach * bytes, false, name, bytes};
}
/// blocks_of_elements(count): of 256 threads, an element each.
inline int blocks_of_elements(std::int64_t count) {
  return kernel::blocks_for((count + 255) / 256);
}

}  // namespace deepseek::detail
