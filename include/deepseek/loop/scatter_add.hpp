// SPDX-License-Identifier: Apache-2.0
/// @file Slices added to those that an index names, on the processor: each target is the work of one thread.
///
/// The indices are sorted by target first, stably, so that what is added to one is added in the order of the
/// source: the same bits for any number of threads.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/base/convert.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/loop/rows_along.hpp>
#include <deepseek/loop/thread_pool.hpp>
#include <deepseek/tensor/storage.hpp>

namespace deepseek::loop {

namespace detail {

/// places_by_target: of `count` indices below `targets`: those of target t are place[begin[t]] to
/// place[begin[t + 1] - 1].
struct places_by_target {
  storage memory;
  std::int64_t* begin;
  std::int64_t* place;

  places_by_target(std::int64_t const* index, std::int64_t count, std::int64_t targets)
      : memory{(targets + 1 + count) * std::int64_t{sizeof(std::int64_t)}},
        begin{static_cast<std::int64_t*>(memory.data())},
        place{begin + targets + 1} {
    for (std::int64_t t = 0; t <= targets; ++t) begin[t] = 0;
    for (std::int64_t i = 0; i < count; ++i) ++begin[index[i] + 1];
    for (std::int64_t t = 0; t < targets; ++t) begin[t + 1] += begin[t];
    for (std::int64_t i = 0; i < count; ++i) place[begin[index[i]]++] = i;
    for (std::int64_t t = targets; t > 0; --t) begin[t] = begin[t - 1];
    begin[0] = 0;
  }
};

/// sum += value; integers wrap around.
template <class C> DEEPSEEK_INLINE void add_to(C& sum, C value) {
  if constexpr (std::is_same_v<C, bool>) sum = sum || value;
  else if constexpr (std::is_integral_v<C>)
    sum = static_cast<C>(static_cast<std::make_unsigned_t<C>>(sum) +
                         static_cast<std::make_unsigned_t<C>>(value));
  else sum += value;
}

/// run_of<T>: the last axis of a slice: elements, each `step` after the one before.
template <class T> struct run_of {
  T* data;
  std::int64_t step;
};
/// Run number r of slice `at` of rows: the rows' own last axis, whole.
template <class T>
run_of<T> run_at(rows_along<T> const& rows, std::int64_t r, std::int64_t length, std::int64_t at) {
  std::int64_t const step = rows.axes > 0 ? rows.stride[rows.axes - 1] : 1;
  return {rows.row(r * length) + at * rows.step, step};
}

}  // namespace detail

/// scatter_add_rows(x, index, source, y, threads): y = x, then y[…, index[j], …] += source[…, j, …] for
/// each j in order, along the axis of the rows. Sums are made in compute_t and rounded once.
template <element T, element S>
void scatter_add_rows(rows_along<T const> const& x, std::int64_t const* index,
                      rows_along<S const> const& source, rows_along<T> const& y, int threads) {
  using C = compute_t<T>;
  if (x.rows * x.columns == 0) return;
  detail::places_by_target const places{index, source.columns, x.columns};
  std::int64_t const length = x.axes > 0 ? x.extent[x.axes - 1] : 1;
  std::int64_t const runs = x.rows / length;
  constexpr std::int64_t worth_a_thread = 1 << 13;
  std::int64_t const per_target = x.rows * (1 + source.columns / x.columns);
  share_work(threads, x.columns, worth_a_thread / per_target + 1, [&](work_queue& queue) {
    storage const memory{length * std::int64_t{sizeof(C)}};
    auto* const sum = static_cast<C*>(memory.data());
    for (work_range next; queue.take(next);)
      for (std::int64_t t = next.begin; t < next.end; ++t)
        for (std::int64_t r = 0; r < runs; ++r) {
          auto const before = detail::run_at(x, r, length, t);
          for (std::int64_t i = 0; i < length; ++i)
            sum[i] = convert<C>(before.data[i * before.step]);
          for (std::int64_t p = places.begin[t]; p < places.begin[t + 1]; ++p) {
            auto const from = detail::run_at(source, r, length, places.place[p]);
            if (from.step == 1)
              for (std::int64_t i = 0; i < length; ++i)
                detail::add_to(sum[i], convert<C>(from.data[i]));
            else
              for (std::int64_t i = 0; i < length; ++i)
                detail::add_to(sum[i], convert<C>(from.data[i * from.step]));
          }
          auto const to = detail::run_at(y, r, length, t);
          for (std::int64_t i = 0; i < length; ++i) to.data[i * to.step] = convert<T>(sum[i]);
        }
  });
}

}  // namespace deepseek::loop
