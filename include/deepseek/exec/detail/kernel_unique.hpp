// SPDX-License-Identifier: Apache-2.0
/// @file unique by kernels: a sort, marks where an element differs from the one before, their running sum.
#pragma once
#include <cstdint>

#include <deepseek/exec/detail/call_rows.hpp>
#include <deepseek/exec/unique.hpp>
#include <deepseek/kernel/runs.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/cumsum.hpp>
#include <deepseek/ops/slice.hpp>

namespace deepseek::detail {

/// uses(t, name, writable): the memory of a tensor, as a kernel uses it.
template <class Tensor> used_memory uses(Tensor const& t, char const* name, bool writable) {
  constexpr int bytes = sizeof(typename Tensor::value_type);
  return {t.data(), t.size() * bytes, writable, name, bytes};
}

/// unique_by_kernels(executor, machine, x, make, read): unique(executor, x), where make(T{}, extents) is a
/// new tensor and read(p) waits for the number at p.
template <class Executor, class Machine, class X, class Make, class Read>
auto unique_by_kernels(Executor const& executor, Machine const& machine, X const& x,
                       Make const& make, Read const& read) {
  using list = dims<dyn>;
  auto const e = as_expression(x);
  using E = std::remove_cvref_t<decltype(e)>;
  using T = typename E::value_type;
  std::int64_t const size = e.extents().size();
  auto elements = make(T{}, e.extents());
  (elements = e).run(executor);
  auto order = make(std::int64_t{}, list{size});
  (order = argsort(reshape(elements, list{size}))).run(executor);
  auto marks = make(std::int32_t{}, list{size});
  int const blocks = blocks_of_elements(size);
  machine.start(kernel::mark_runs<T>{elements.data(), order.data(), marks.data(), size},
                {blocks, 1, 1}, uses(elements, "x", false), uses(order, "order", false),
                uses(marks, "marks", true));
  auto numbers = make(std::int64_t{}, list{size});
  (numbers = cumsum(marks)).run(executor);
  std::int64_t const found = size == 0 ? 0 : read(numbers.data() + size - 1);
  unique_result<T, typename E::dims_type> result{
      make(T{}, list{found}), make(std::int64_t{}, e.extents()), make(std::int64_t{}, list{found})};
  auto begins = make(std::int64_t{}, list{found + 1});
  machine.start(
      kernel::write_runs<T>{elements.data(), order.data(), numbers.data(), result.values.data(),
                            begins.data(), result.inverse.data(), size},
      {blocks, 1, 1}, uses(elements, "x", false), uses(order, "order", false),
      uses(numbers, "numbers", false), uses(result.values, "values", true),
      uses(begins, "begins", true), uses(result.inverse, "inverse", true));
  (result.counts = slice(begins, range{1, found + 1}) - slice(begins, range{0, found}))
      .run(executor);
  return result;
}

}  // namespace deepseek::detail
