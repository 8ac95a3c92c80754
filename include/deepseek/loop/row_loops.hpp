// SPDX-License-Identifier: Apache-2.0
/// @file row_loops: walks a program row by row, pass by pass, on all threads.
///
/// A row is one position of the axes that are not reduced. For each row, pass p accumulates what has
/// level p; after the last the results are written. A row is read from memory once: later passes
/// find it in the cache. Three ways to walk:
///   elementwise   nothing is reduced: vectors run over the results
///   horizontal    the lane axis is reduced: one row at a time, lanes combined at the end of a pass
///   vertical      the lane axis is not reduced: a block of up to max_block vectors of rows at a time
/// Rows too long for one thread are cut into chunks whose partial results are joined in order. The
/// cuts depend on the extents alone, so results do not depend on the number of threads.
#pragma once
#include <cstdint>
#include <new>

#include <deepseek/arch/cpu/pack_stream.hpp>  // stream_fence
#include <deepseek/base/arguments.hpp>
#include <deepseek/loop/row_extents.hpp>
#include <deepseek/loop/team.hpp>
#include <deepseek/loop/workspace.hpp>

namespace deepseek::loop {

/// job<S>: the extents of a program, after axes that can be walked as one were merged.
template <class S> struct job {
  std::int64_t extent[S::axes == 0 ? 1 : S::axes] = {};  ///< of the axes that are not reduced
  row_extents<S> row;                                    ///< the common extents of the reduced ones
  run_list<S> runs[max_passes];                          ///< the loops that pass p consists of
  std::int64_t scratch_bytes_per_vector = 0;  ///< what kept values take; 0: none are kept
  bool streaming = false;                     ///< results are written past the caches
  bool uneven = false;                        ///< the runs are not all over the same extents
};

/// chunk_elements: the least piece of a row that is worth a thread of its own.
inline constexpr std::int64_t chunk_elements = 32768;
/// team_row_elements: rows from here on are shared by all threads.
inline constexpr std::int64_t team_row_elements = 262144;
inline constexpr std::int64_t team_row_elements_if_few = 65536;
inline constexpr std::int64_t few_rows = 4;

/// Elements of work below which waking other threads costs more than it saves.
inline constexpr std::int64_t serial_elements = 8192;

template <class S, class Root> class row_loops {
 public:
  static constexpr int levels = Root::level;
  static constexpr int lanes = S::lanes;

  row_loops(Root const& root, job<S> const& work) : root_{root}, job_{work} {}

  void run(int threads) {
    if (total_elements() < serial_elements) threads = 1;
    if constexpr (S::row_set == 0) run_elementwise(threads);
    else if constexpr (S::lanes_reduced) run_horizontal(threads);
    else run_vertical(threads);
  }

 private:
  using counts = std::int64_t[S::axes == 0 ? 1 : S::axes];

  // -- extents ------------------------------------------------------------------------------------
  static constexpr bool is_outer(int axis) { return !S::in_row(axis) && axis != S::lane_axis; }
  static constexpr bool is_outer_row(int axis) { return S::in_row(axis) && axis != S::lane_axis; }

  [[nodiscard]] std::int64_t outer_count() const {
    std::int64_t n = 1;
    for (int axis = 0; axis < S::axes; ++axis)
      if (is_outer(axis)) n *= job_.extent[axis];
    return n;
  }
  [[nodiscard]] std::int64_t lane_extent() const {
    if constexpr (S::lane_axis < 0) return 1;
    else return S::lanes_reduced ? job_.row.of[S::lane_axis] : job_.extent[S::lane_axis];
  }
  static std::int64_t outer_rows(row_extents<S> const& run) {
    std::int64_t n = 1;
    for (int axis = 0; axis < S::axes; ++axis)
      if (is_outer_row(axis)) n *= run.of[axis];
    return n;
  }
  [[nodiscard]] std::int64_t row_elements() const {
    return outer_rows(job_.row) * (S::lanes_reduced ? lane_extent() : 1);
  }
  [[nodiscard]] std::int64_t total_elements() const {
    return outer_count() * row_elements() * (S::lanes_reduced ? 1 : lane_extent());
  }

  /// Sets `at` to position `number` of the outer axes, the last of them running fastest.
  DEEPSEEK_INLINE void place_outer(std::int64_t* at, std::int64_t number) const {
    for (int axis = S::axes - 1; axis >= 0; --axis)
      if (is_outer(axis)) {
        at[axis] = number % job_.extent[axis];
        number /= job_.extent[axis];
      }
  }
  DEEPSEEK_INLINE void next_outer(std::int64_t* at) const {
    for (int axis = S::axes - 1; axis >= 0; --axis)
      if (is_outer(axis)) {
        if (++at[axis] < job_.extent[axis]) return;
        at[axis] = 0;
      }
  }
  static DEEPSEEK_INLINE void place_row(std::int64_t* at, row_extents<S> const& run,
                                        std::int64_t number) {
    for (int axis = S::axes - 1; axis >= 0; --axis)
      if (is_outer_row(axis)) {
        at[axis] = number % run.of[axis];
        number /= run.of[axis];
      }
  }
  static constexpr bool one_outer_row = [] {
    for (int axis = 0; axis < S::axes; ++axis)
      if (is_outer_row(axis)) return false;
    return true;
  }();

  // -- vectors of one run of lanes -------------------------------------------------------------------
  /// Calls f(position, tail) for each vector of lanes [begin, end).
  template <class F>
  static DEEPSEEK_INLINE void each_vector(std::int64_t begin, std::int64_t end, position at,
                                          F&& f) {
    at.lane = begin;
    for (; at.lane + lanes <= end; at.lane += lanes, ++at.slot, ++at.block) f(at, whole{});
    if (at.lane < end) f(at, partial{static_cast<int>(end - at.lane)});
  }

  template <int Pass>
  static DEEPSEEK_INLINE void select_run(Root& root, row_extents<S> const& run) {
    root.visit([&](auto& cursor) {
      if constexpr (requires { cursor.select_run(run); }) cursor.select_run(run);
    });
  }

  // -- elementwise ---------------------------------------------------------------------------------
  void run_elementwise(int threads) {
    std::int64_t const outer = outer_count();
    std::int64_t const n = lane_extent();
    std::int64_t const piece = chunk_elements / 2;
    std::int64_t const pieces = (n + piece - 1) / piece;
    std::int64_t const rows_at_once = pieces > 1 ? 1 : piece / (n < 1 ? 1 : n) + 1;
    if (n == 0) return;
    share_work(threads, outer * pieces, rows_at_once, [&](work_queue& queue) {
      Root root = root_;
      root.template begin<1>(no_values);
      work_range range;
      while (queue.take(range)) {
        counts at = {};
        place_outer(at, range.begin / pieces);
        for (std::int64_t item = range.begin; item < range.end; ++item) {
          std::int64_t const begin = item % pieces * piece;
          root.seek(at);
          root.seek_targets(at);
          each_vector(begin, begin + piece < n ? begin + piece : n, position{},
                      [&](position p, auto tail)
                          DEEPSEEK_INLINE_LAMBDA { root.template emit<1>(no_values, p, tail); });
          if ((item + 1) % pieces == 0) next_outer(at);
        }
      }
      if (job_.streaming) arch::stream_fence();
    });
  }

  // -- horizontal ----------------------------------------------------------------------------------
  void run_horizontal(int threads) {
    std::int64_t const outer = outer_count();
    std::int64_t const elements = row_elements();
    bool const shared =
        !Root::has_scan && (elements >= team_row_elements ||
                            (outer < few_rows && elements >= team_row_elements_if_few));
    if (shared) {
      with_team(threads, (elements + chunk_elements - 1) / chunk_elements, [&](team& t) {
        workspace memory;
        walk_rows({0, outer}, &t, memory);
      });
      return;
    }
    std::int64_t const rows_at_once = chunk_elements / (elements < 1 ? 1 : elements) + 1;
    share_work(threads, outer, rows_at_once, [&](work_queue& queue) {
      workspace memory;
      work_range range;
      while (queue.take(range)) walk_rows(range, nullptr, memory);
    });
  }

  /// Rows [begin, end), by one thread or by a team that shares each of them.
  DEEPSEEK_OUTLINE void walk_rows(work_range range, team* t, workspace& memory) const {
    Root root = root_;
    if (t == nullptr) give_scratch(root, memory, row_elements_in_vectors());
    counts at = {};
    place_outer(at, range.begin);
    for (std::int64_t row = range.begin; row < range.end; ++row, next_outer(at))
      horizontal_passes<1>(root, at, t, memory);
    if (job_.streaming) arch::stream_fence();
  }

  [[nodiscard]] std::int64_t row_elements_in_vectors() const {
    return outer_rows(job_.row) * vectors_per_row();
  }
  [[nodiscard]] DEEPSEEK_INLINE std::int64_t vectors_per_row() const {
    return (job_.row.of[S::lane_axis < 0 ? 0 : S::lane_axis] + lanes - 1) / lanes;
  }

  template <int Pass>
  DEEPSEEK_INLINE void horizontal_passes(Root& root, std::int64_t* at, team* t,
                                         workspace& memory) const {
    if constexpr (Pass <= levels) {
      for (int r = 0; r < job_.runs[Pass - 1].count; ++r)
        horizontal_reduce<Pass>(root, at, job_.runs[Pass - 1].of[r], t, memory);
      horizontal_passes<Pass + 1>(root, at, t, memory);
    } else {
      root.seek_targets(at);
      for (int r = 0; r < job_.runs[levels].count; ++r)
        horizontal_emit(root, at, job_.runs[levels].of[r], t);
    }
  }

  /// chunks<S>: a row cut for a team: whole outer rows, or lanes where there is only one outer row.
  struct chunks {
    std::int64_t count = 1;
    std::int64_t rows = 0;
    std::int64_t run_lanes = 0;
    std::int64_t rows_per_chunk = 0;
    std::int64_t lanes_per_chunk = 0;
    chunks(row_extents<S> const& run, bool cut) {
      rows = outer_rows(run);
      run_lanes = run.of[S::lane_axis];
      rows_per_chunk = rows;
      lanes_per_chunk = run_lanes;
      if (!cut || rows * run_lanes == 0) return;
      if (rows == 1) {
        lanes_per_chunk = chunk_elements;
        count = (run_lanes + chunk_elements - 1) / chunk_elements;
      } else {
        rows_per_chunk = chunk_elements / run_lanes + 1;
        count = (rows + rows_per_chunk - 1) / rows_per_chunk;
      }
    }
    static std::int64_t least(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
    [[nodiscard]] work_range row_range(std::int64_t c) const {
      if (rows == 1) return {0, 1};
      return {c * rows_per_chunk, least((c + 1) * rows_per_chunk, rows)};
    }
    [[nodiscard]] work_range lane_range(std::int64_t c) const {
      if (rows != 1) return {0, run_lanes};
      return {c * lanes_per_chunk, least((c + 1) * lanes_per_chunk, run_lanes)};
    }
  };

  template <int Pass>
  DEEPSEEK_INLINE void horizontal_reduce(Root& root, std::int64_t* at, row_extents<S> const& run,
                                         team* t, workspace& memory) const {
    using accumulators = typename Root::template acc<Pass>;
    if (job_.uneven) select_run<Pass>(root, run);
    root.template begin<Pass>(no_values);
    if (t == nullptr) {
      accumulators a =
          reduce_range<Pass>(root, at, run, {0, outer_rows(run)}, {0, run.of[S::lane_axis]});
      root.template finish<Pass>(a, 0);
      return;
    }
    chunks const cut{run, true};
    auto* const part = static_cast<accumulators*>(
        t->shared_memory(cut.count * std::int64_t{sizeof(accumulators)}, memory));
    for (std::int64_t c = t->member(); c < cut.count; c += t->size())
      part[c] = reduce_range<Pass>(root, at, run, cut.row_range(c), cut.lane_range(c));
    t->wait();
    accumulators a = part[0];
    for (std::int64_t c = 1; c < cut.count; ++c) Root::template join<Pass>(a, part[c]);
    t->wait();
    root.template finish<Pass>(a, 0);
  }

  /// Several accumulators hide the latency of a short step; a long one hides it by itself.
  static constexpr int unroll = Root::flops <= 8 ? 4 : 1;

  template <int Pass>
  DEEPSEEK_INLINE auto reduce_range(Root& root, std::int64_t* at, row_extents<S> const& run,
                                    work_range rows, work_range lane_range) const {
    auto a = started<Pass>(std::make_integer_sequence<int, unroll>{});
    std::int64_t const run_lanes = run.of[S::lane_axis];
    std::int64_t const row_vectors = vectors_per_row();
    for (std::int64_t row = rows.begin; row < rows.end; ++row) {
      place_row(at, run, row);
      root.seek(at);
      position p{lane_range.begin, row * run_lanes, 0,
                 row * row_vectors + lane_range.begin / lanes};
      if constexpr (unroll > 1) {
        for (; p.lane + unroll * lanes <= lane_range.end;
             p.lane += unroll * lanes, p.slot += unroll)
          step_each<Pass>(root, a, p, std::make_integer_sequence<int, unroll>{});
      }
      each_vector(p.lane, lane_range.end, p, [&](position q, auto tail) DEEPSEEK_INLINE_LAMBDA {
        root.template step<Pass>(get<0>(a), no_values, q, tail);
      });
    }
    for (int axis = 0; axis < S::axes; ++axis)
      if (is_outer_row(axis)) at[axis] = 0;
    join_each<Pass>(a, std::make_integer_sequence<int, unroll>{});
    return get<0>(a);
  }

  // Accumulators are members with a name each, not an array: only then do they stay in registers.
  template <int Pass, int> static DEEPSEEK_INLINE auto started_one() {
    return Root::template start<Pass>();
  }
  template <int Pass, int... U>
  static DEEPSEEK_INLINE auto started(std::integer_sequence<int, U...>) {
    return make_arguments(started_one<Pass, U>()...);
  }
  template <int Pass, class A, int... U>
  static DEEPSEEK_INLINE void step_each(Root& root, A& a, position p,
                                        std::integer_sequence<int, U...>) {
    (root.template step<Pass>(get<U>(a), no_values,
                              position{p.lane + U * lanes, p.row, p.block, p.slot + U}, whole{}),
     ...);
  }
  template <int Pass, class A, int... U>
  static DEEPSEEK_INLINE void join_each(A& a, std::integer_sequence<int, U...>) {
    ((U == 0 ? void() : Root::template join<Pass>(get<0>(a), get<U>(a))), ...);
  }

  DEEPSEEK_INLINE void horizontal_emit(Root& root, std::int64_t* at, row_extents<S> const& run,
                                       team* t) const {
    constexpr int pass = levels + 1;
    if (job_.uneven) select_run<pass>(root, run);
    root.template begin<pass>(no_values);
    chunks const cut{run, t != nullptr};
    std::int64_t const first = t == nullptr ? 0 : t->member();
    std::int64_t const step = t == nullptr ? 1 : t->size();
    for (std::int64_t c = first; c < cut.count; c += step) {
      work_range const rows = cut.row_range(c);
      work_range const lane_range = cut.lane_range(c);
      for (std::int64_t row = rows.begin; row < rows.end; ++row) {
        place_row(at, run, row);
        root.seek(at);
        root.seek_targets(at);
        each_vector(lane_range.begin, lane_range.end,
                    position{0, row * run.of[S::lane_axis], 0,
                             row * vectors_per_row() + lane_range.begin / lanes},
                    [&](position p, auto tail)
                        DEEPSEEK_INLINE_LAMBDA { root.template emit<pass>(no_values, p, tail); });
      }
    }
    for (int axis = 0; axis < S::axes; ++axis)
      if (is_outer_row(axis)) at[axis] = 0;
    if (t != nullptr) t->wait();
  }

  // -- vertical ------------------------------------------------------------------------------------
  /// Vectors in a block: wide enough to stream whole cache lines, narrow enough that the passes after
  /// the first find the block in the cache.
  [[nodiscard]] int block_vectors() const {
    constexpr std::int64_t cache_bytes = 262144;
    constexpr int least_vectors = 4;
    std::int64_t const rows = outer_rows(job_.row);
    bool const one_pass =
        levels == 1 && job_.runs[levels].count == 1 && outer_rows(job_.runs[levels].of[0]) == 1;
    std::int64_t const vectors =
        one_pass ? max_block
                 : cache_bytes / (std::int64_t{arch::vector_bytes} * (rows < 1 ? 1 : rows));
    return static_cast<int>(vectors < least_vectors ? least_vectors
                            : vectors > max_block   ? max_block
                                                    : vectors);
  }

  void run_vertical(int threads) {
    std::int64_t const n = lane_extent();
    std::int64_t const width = std::int64_t{block_vectors()} * lanes;
    std::int64_t const blocks = (n + width - 1) / width;
    std::int64_t const items = outer_count() * blocks;
    std::int64_t const block_elements = outer_rows(job_.row) * (n < width ? n : width);
    bool const shared =
        !Root::has_scan && items < few_rows && block_elements >= team_row_elements_if_few;
    if (shared) {
      with_team(threads, (block_elements + chunk_elements - 1) / chunk_elements, [&](team& t) {
        workspace memory;
        walk_blocks({0, items}, &t, memory);
      });
      return;
    }
    std::int64_t const at_once = chunk_elements / (block_elements < 1 ? 1 : block_elements) + 1;
    share_work(threads, items, at_once, [&](work_queue& queue) {
      workspace memory;
      work_range range;
      while (queue.take(range)) walk_blocks(range, nullptr, memory);
    });
  }

  /// Blocks [begin, end): vectors of lanes of one outer position each.
  DEEPSEEK_OUTLINE void walk_blocks(work_range range, team* t, workspace& memory) const {
    std::int64_t const n = lane_extent();
    std::int64_t const width = std::int64_t{block_vectors()} * lanes;
    std::int64_t const blocks = (n + width - 1) / width;
    Root root = root_;
    give_block_memory(root, memory);
    if (t == nullptr) give_scratch(root, memory, outer_rows(job_.row) * block_vectors());
    counts at = {};
    for (std::int64_t item = range.begin; item < range.end; ++item) {
      place_outer(at, item / blocks);
      std::int64_t const begin = item % blocks * width;
      vertical_passes<1>(root, at, {begin, begin + width < n ? begin + width : n}, t, memory);
    }
    if (job_.streaming) arch::stream_fence();
  }

  template <int Pass>
  void vertical_passes(Root& root, std::int64_t* at, work_range lane_range, team* t,
                       workspace& memory) const {
    if constexpr (Pass <= levels) {
      for (int r = 0; r < job_.runs[Pass - 1].count; ++r)
        vertical_reduce<Pass>(root, at, job_.runs[Pass - 1].of[r], lane_range, t, memory);
      vertical_passes<Pass + 1>(root, at, lane_range, t, memory);
    } else {
      for (int r = 0; r < job_.runs[levels].count; ++r)
        vertical_emit(root, at, job_.runs[levels].of[r], lane_range, t);
    }
  }

  /// Rows [begin, end) of member c when a team shares a block.
  static work_range rows_of_chunk(std::int64_t rows, std::int64_t count, std::int64_t c) {
    std::int64_t const per_chunk = (rows + count - 1) / count;
    std::int64_t const begin = c * per_chunk < rows ? c * per_chunk : rows;
    return {begin, begin + per_chunk < rows ? begin + per_chunk : rows};
  }
  [[nodiscard]] std::int64_t vertical_chunks(std::int64_t rows, work_range lane_range) const {
    constexpr std::int64_t most = 64;
    std::int64_t const elements = rows * (lane_range.end - lane_range.begin);
    std::int64_t const count = elements / chunk_elements;
    return count < 1 ? 1 : count > most ? most : count;
  }

  template <int Pass>
  void vertical_reduce(Root& root, std::int64_t* at, row_extents<S> const& run,
                       work_range lane_range, team* t, workspace& memory) const {
    using accumulators = typename Root::template acc<Pass>;
    if (job_.uneven) select_run<Pass>(root, run);
    root.template begin<Pass>(no_values);
    int const vectors = static_cast<int>((lane_range.end - lane_range.begin + lanes - 1) / lanes);
    std::int64_t const rows = outer_rows(run);
    std::int64_t const count = t == nullptr ? 1 : vertical_chunks(rows, lane_range);
    std::int64_t const bytes = count * vectors * std::int64_t{sizeof(accumulators)};
    auto* const part =
        static_cast<accumulators*>(t == nullptr ? memory.take(workspace::accumulators, bytes)
                                                : t->shared_memory(bytes, memory));
    std::int64_t const first = t == nullptr ? 0 : t->member();
    std::int64_t const step = t == nullptr ? 1 : t->size();
    for (std::int64_t c = first; c < count; c += step) {
      accumulators* const a = part + c * vectors;
      for (int v = 0; v < vectors; ++v) a[v] = Root::template start<Pass>();
      work_range const mine = rows_of_chunk(rows, count, c);
      for (std::int64_t row = mine.begin; row < mine.end; ++row) {
        place_row(at, run, row);
        root.seek(at);
        each_vector(lane_range.begin, lane_range.end, position{0, row, 0, row * block_vectors()},
                    [&](position p, auto tail) DEEPSEEK_INLINE_LAMBDA {
                      root.template step<Pass>(a[p.block], no_values, p, tail);
                    });
      }
    }
    if (t != nullptr) t->wait();
    for (int v = 0; v < vectors; ++v) {
      accumulators a = part[v];
      for (std::int64_t c = 1; c < count; ++c) Root::template join<Pass>(a, part[c * vectors + v]);
      root.template finish<Pass>(a, v);
    }
    if (t != nullptr) t->wait();
  }

  void vertical_emit(Root& root, std::int64_t* at, row_extents<S> const& run, work_range lane_range,
                     team* t) const {
    constexpr int pass = levels + 1;
    if (job_.uneven) select_run<pass>(root, run);
    root.template begin<pass>(no_values);
    std::int64_t const rows = outer_rows(run);
    std::int64_t const count = t == nullptr ? 1 : vertical_chunks(rows, lane_range);
    std::int64_t const first = t == nullptr ? 0 : t->member();
    std::int64_t const step = t == nullptr ? 1 : t->size();
    for (std::int64_t c = first; c < count; c += step) {
      work_range const mine = rows_of_chunk(rows, count, c);
      for (std::int64_t row = mine.begin; row < mine.end; ++row) {
        place_row(at, run, row);
        root.seek(at);
        root.seek_targets(at);
        each_vector(lane_range.begin, lane_range.end, position{0, row, 0, row * block_vectors()},
                    [&](position p, auto tail)
                        DEEPSEEK_INLINE_LAMBDA { root.template emit<pass>(no_values, p, tail); });
      }
    }
    if (t != nullptr) t->wait();
  }

  // -- memory of a thread --------------------------------------------------------------------------
  void give_scratch(Root& root, workspace& memory, std::int64_t vectors) const {
    constexpr std::int64_t most_bytes = std::int64_t{1} << 22;
    std::int64_t const bytes = job_.scratch_bytes_per_vector * vectors;
    if (bytes == 0 || bytes > most_bytes) return;
    auto* next = static_cast<char*>(memory.take(workspace::kept_values, bytes));
    root.visit([&](auto& cursor) {
      if constexpr (requires { cursor.give_scratch(next, vectors); })
        next = cursor.give_scratch(next, vectors);
    });
  }
  void give_block_memory(Root& root, workspace& memory) const {
    std::int64_t bytes = 0;
    root.visit([&](auto& cursor) {
      if constexpr (requires { cursor.block_bytes(); }) bytes += cursor.block_bytes();
    });
    auto* next = static_cast<char*>(memory.take(workspace::block_results, bytes));
    root.visit([&](auto& cursor) {
      if constexpr (requires { cursor.block_bytes(); }) {
        cursor.give_block(next);
        next += cursor.block_bytes();
      }
    });
  }

  static constexpr typename Root::no_values no_values{};
  Root const& root_;
  job<S> const& job_;
};

}  // namespace deepseek::loop
