// SPDX-License-Identifier: Apache-2.0
/// @file How many elements belong to each bin, on the processor: counted in parts, then added up.
#pragma once
#include <cstdint>

#include <deepseek/loop/rows_along.hpp>
#include <deepseek/loop/thread_pool.hpp>
#include <deepseek/tensor/storage.hpp>

namespace deepseek::loop {

/// count_bins(x, bins, bin_of, counts, threads): counts[b] = how many elements of the rows of x have bin b;
/// those whose bin is none of 0 … bins - 1 are not counted.
template <class T, class BinOf>
void count_bins(rows_along<T const> const& x, std::int64_t bins, BinOf const& bin_of,
                rows_along<std::int64_t> const& counts, int threads) {
  constexpr std::int64_t worth_a_part = 1 << 15;  // elements
  std::int64_t const size = x.rows * x.columns;
  std::int64_t parts = size / (worth_a_part + bins) + 1;
  if (parts > threads) parts = threads;
  storage const memory{parts * bins * std::int64_t{sizeof(std::int64_t)}};
  auto* const of_parts = static_cast<std::int64_t*>(memory.data());
  share_work(threads, parts, 1, [&](work_queue& queue) {
    for (work_range next; queue.take(next);) {
      std::int64_t* const own = of_parts + next.begin * bins;
      for (std::int64_t b = 0; b < bins; ++b) own[b] = 0;
      std::int64_t const end = size * (next.begin + 1) / parts;
      for (std::int64_t i = size * next.begin / parts; i < end;) {
        std::int64_t const column = i % x.columns;
        std::int64_t const here = x.columns - column < end - i ? x.columns - column : end - i;
        T const* const from = x.row(i / x.columns) + column * x.step;
        for (std::int64_t j = 0; j < here; ++j) {
          std::int64_t const b = bin_of(from[j * x.step]);
          if (b >= 0 && b < bins) ++own[b];
        }
        i += here;
      }
    }
  });
  std::int64_t* const total = counts.row(0);
  for (std::int64_t b = 0; b < bins; ++b) {
    std::int64_t sum = 0;
    for (std::int64_t part = 0; part < parts; ++part) sum += of_parts[part * bins + b];
    total[b * counts.step] = sum;
  }
}

}  // namespace deepseek::loop
