// SPDX-License-Identifier: Apache-2.0
/// @file Reductions of consecutive slices, on the processor: each segment of a tensor becomes one slice.
///
/// A long segment is cut into parts, whose states are joined in order; where, the extents alone say. So the
/// bits are the same for any number of threads.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/cpu/pack_memory.hpp>
#include <deepseek/base/convert.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/loop/rows_along.hpp>
#include <deepseek/loop/scatter_add.hpp>  // run_at
#include <deepseek/loop/thread_pool.hpp>
#include <deepseek/loop/unroll.hpp>
#include <deepseek/tensor/storage.hpp>

namespace deepseek::loop {

namespace detail {

/// segment_state<Reduce, T>: what elements of T are joined in, and by how many lanes at a time.
template <class Reduce, element T> struct segment_state {
  using type = typename Reduce::template accumulator<T>;
  static constexpr int lanes = arch::vector_bytes / int{sizeof(type)};
  using pack = arch::pack<type, lanes>;

  template <class P> static DEEPSEEK_INLINE P start() { return Reduce::template start_of<T, P>(); }
  static DEEPSEEK_INLINE pack load(T const* from) {
    return arch::convert<type>(arch::load<lanes>(from));
  }

  /// Of Packs packs of neighbours, over slices that are `step` apart.
  template <int Packs>
  static void join_columns(T const* from, std::int64_t step, std::int64_t slices, type* to) {
    pack s[Packs];
    unroll<Packs>([&]<int I>() DEEPSEEK_INLINE_LAMBDA { s[I] = start<pack>(); });
    for (std::int64_t j = 0; j < slices; ++j, from += step)
      unroll<Packs>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
        s[I] = Reduce::join(s[I], load(from + I * lanes));
      });
    unroll<Packs>([&]<int I>() DEEPSEEK_INLINE_LAMBDA { arch::store(to + I * lanes, s[I]); });
  }
  /// Of the elements of one column that lie one after the other.
  static type join_neighbours(T const* from, std::int64_t count) {
    constexpr int packs = 4;
    type joined = start<type>();
    std::int64_t i = 0;
    if (count >= packs * lanes) {
      pack s[packs];
      unroll<packs>([&]<int I>() DEEPSEEK_INLINE_LAMBDA { s[I] = load(from + I * lanes); });
      for (i = packs * lanes; i + packs * lanes <= count; i += packs * lanes)
        unroll<packs>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
          s[I] = Reduce::join(s[I], load(from + i + I * lanes));
        });
      joined = Reduce::finish(Reduce::join(Reduce::join(s[0], s[1]), Reduce::join(s[2], s[3])));
    }
    for (; i < count; ++i) joined = Reduce::join(joined, convert<type>(from[i]));
    return joined;
  }
  /// to[i] = the elements i of `slices` runs of `length`, `step` apart, joined.
  static void join_run(run_of<T const> const& first, std::int64_t length, std::int64_t step,
                       std::int64_t slices, type* to) {
    std::int64_t done = 0;
    if constexpr (!std::is_same_v<T, bool>) {
      if (length == 1 && step == 1) {
        to[0] = join_neighbours(first.data, slices);
        return;
      }
      if (first.step == 1) {
        constexpr int most = arch::vector_bytes == 64 ? 16 : 8;  // in half of the registers
        for (; done + most * lanes <= length; done += most * lanes)
          join_columns<most>(first.data + done, step, slices, to + done);
        for (; done + 4 * lanes <= length; done += 4 * lanes)
          join_columns<4>(first.data + done, step, slices, to + done);
        for (; done + lanes <= length; done += lanes)
          join_columns<1>(first.data + done, step, slices, to + done);
      }
    }
    for (std::int64_t i = done; i < length; ++i) to[i] = start<type>();
    for (std::int64_t j = 0; j < slices; ++j)
      for (std::int64_t i = done; i < length; ++i)
        to[i] = Reduce::join(to[i], convert<type>(first.data[j * step + i * first.step]));
  }
};

/// segment_parts: into how many parts each segment is cut, and where its states are if there are several.
struct segment_parts {
  std::int64_t slices;  ///< of a part
  storage memory;
  std::int64_t* begin;        ///< of segment s: parts begin[s] to begin[s + 1] - 1
  std::int64_t* state_begin;  ///< of a segment with several parts

  segment_parts(std::int64_t const* offset, std::int64_t segments, std::int64_t slices_of_part)
      : slices{slices_of_part},
        memory{2 * (segments + 1) * std::int64_t{sizeof(std::int64_t)}},
        begin{static_cast<std::int64_t*>(memory.data())},
        state_begin{begin + segments + 1} {
    begin[0] = state_begin[0] = 0;
    for (std::int64_t s = 0; s < segments; ++s) {
      std::int64_t const parts = (offset[s + 1] - offset[s] + slices - 1) / slices;
      begin[s + 1] = begin[s] + (parts > 1 ? parts : 1);
      state_begin[s + 1] = state_begin[s] + (parts > 1 ? parts : 0);
    }
  }
  [[nodiscard]] std::int64_t count(std::int64_t s) const { return begin[s + 1] - begin[s]; }
  /// The segment of a part.
  [[nodiscard]] std::int64_t segment_of(std::int64_t part, std::int64_t segments) const {
    std::int64_t low = 0;
    for (std::int64_t high = segments; high - low > 1;) {
      std::int64_t const middle = (low + high) / 2;
      (begin[middle] <= part ? low : high) = middle;
    }
    return low;
  }
};

}  // namespace detail

/// reduce_segments<Reduce>(x, offset, segments, y, threads): y[s, …] = the slices offset[s] …
/// offset[s + 1] - 1 of x, joined, along the axis of the rows. The offsets do not decrease.
template <class Reduce, element T, element Y>
void reduce_segments(rows_along<T const> const& x, std::int64_t const* offset,
                     std::int64_t segments, rows_along<Y> const& y, int threads) {
  using state = detail::segment_state<Reduce, T>;
  using C = typename state::type;
  std::int64_t const inner = x.rows;
  if (inner == 0 || segments == 0) return;
  constexpr std::int64_t worth_a_part = std::int64_t{1} << 15;  // elements
  constexpr std::int64_t worth_a_thread = std::int64_t{1} << 13;
  constexpr std::int64_t fewest_slices = 64;
  std::int64_t const length = x.axes > 0 ? x.extent[x.axes - 1] : 1;
  std::int64_t const runs = inner / length;
  std::int64_t const slices = worth_a_part / inner;
  detail::segment_parts const parts{offset, segments,
                                    slices < fewest_slices ? fewest_slices : slices};
  storage const memory{parts.state_begin[segments] * inner * std::int64_t{sizeof(C)}};
  auto* const states = static_cast<C*>(memory.data());
  std::int64_t const all = parts.begin[segments];
  auto const write = [&](std::int64_t s, std::int64_t r, C const* from) {
    auto const to = detail::run_at(y, r, length, s);
    std::int64_t const count = offset[s + 1] - offset[s];
    for (std::int64_t i = 0; i < length; ++i)
      to.data[i * to.step] = Reduce::template result_of<Y>(from[i], count);
  };
  std::int64_t const per_part = (offset[segments] - offset[0]) / all * inner;
  share_work(threads, all, worth_a_thread / (per_part + inner) + 1, [&](work_queue& queue) {
    storage const own{length * std::int64_t{sizeof(C)}};
    for (work_range next; queue.take(next);) {
      std::int64_t s = parts.segment_of(next.begin, segments);
      for (std::int64_t part = next.begin; part < next.end; ++part) {
        while (parts.begin[s + 1] <= part) ++s;
        bool const whole = parts.count(s) == 1;
        std::int64_t const number = part - parts.begin[s];
        std::int64_t const begin = offset[s] + number * parts.slices;
        std::int64_t const left = offset[s + 1] - begin;
        for (std::int64_t r = 0; r < runs; ++r) {
          C* const to = whole ? static_cast<C*>(own.data())
                              : states + (parts.state_begin[s] + number) * inner + r * length;
          state::join_run(detail::run_at(x, r, length, begin), length, x.step,
                          left < parts.slices ? left : parts.slices, to);
          if (whole) write(s, r, to);
        }
      }
    }
  });
  if (all == segments) return;
  share_work(threads, segments, 1, [&](work_queue& queue) {
    for (work_range next; queue.take(next);)
      for (std::int64_t s = next.begin; s < next.end; ++s) {
        if (parts.count(s) == 1) continue;
        C* const first = states + parts.state_begin[s] * inner;
        for (std::int64_t part = 1; part < parts.count(s); ++part)
          for (std::int64_t i = 0; i < inner; ++i)
            first[i] = Reduce::join(first[i], first[part * inner + i]);
        for (std::int64_t r = 0; r < runs; ++r) write(s, r, first + r * length);
      }
  });
}

}  // namespace deepseek::loop
