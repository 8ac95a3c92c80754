// SPDX-License-Identifier: Apache-2.0
/// @file vertical_loops: the lane axis is not reduced; a block of vectors of rows at a time.
#pragma once
#include <deepseek/arch/cpu/pack_stream.hpp>  // stream_fence
#include <deepseek/loop/detail/row_walk.hpp>
#include <deepseek/loop/team.hpp>

namespace deepseek::loop {

template <class S, class Root> class vertical_loops : row_walk<S, Root> {
  using walk = row_walk<S, Root>;
  using walk::lanes;
  using walk::levels;
  using walk::no_values;

 public:
  using walk::walk;

  void run(int threads) {
    std::int64_t const n = this->lane_extent();
    std::int64_t const width = std::int64_t{block_vectors()} * lanes;
    std::int64_t const blocks = (n + width - 1) / width;
    std::int64_t const items = this->outer_count() * blocks;
    std::int64_t const block_elements = this->outer_rows(this->job_.row) * (n < width ? n : width);
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

 private:
  /// Vectors in a block: wide enough to stream whole cache lines, narrow enough that the passes after
  /// the first find the block in the cache.
  [[nodiscard]] int block_vectors() const {
    constexpr std::int64_t cache_bytes = 262144;
    constexpr int least_vectors = 4;
    std::int64_t const rows = this->outer_rows(this->job_.row);
    auto const& last = this->job_.runs[levels];
    bool const one_pass = levels == 1 && last.count == 1 && this->outer_rows(last.of[0]) == 1;
    std::int64_t const vectors =
        one_pass ? max_block
                 : cache_bytes / (std::int64_t{arch::vector_bytes} * (rows < 1 ? 1 : rows));
    return static_cast<int>(vectors < least_vectors ? least_vectors
                            : vectors > max_block   ? max_block
                                                    : vectors);
  }

  /// Blocks of `range`: vectors of lanes of one outer position each.
  void walk_blocks(work_range range, team* t, workspace& memory) const {
    std::int64_t const vectors = this->outer_rows(this->job_.row) * block_vectors();
    Root const root = with_block_memory(
        this->with_scratch(this->root_, memory, t == nullptr ? vectors : 0), memory);
    if (this->job_.plain) walk_blocks_with<true>(root, range, t, memory);
    else walk_blocks_with<false>(root, range, t, memory);
  }
  template <bool Plain>
  DEEPSEEK_OUTLINE void walk_blocks_with(Root const& prepared, work_range range, team* t,
                                         workspace& memory) const {
    std::int64_t const n = this->lane_extent();
    std::int64_t const width = std::int64_t{block_vectors()} * lanes;
    std::int64_t const blocks = (n + width - 1) / width;
    Root root = prepared;
    typename walk::counts at = {};
    for (std::int64_t item = range.begin; item < range.end; ++item) {
      this->place_outer(at, item / blocks);
      std::int64_t const begin = item % blocks * width;
      passes<Plain, 1>(root, at, {begin, begin + width < n ? begin + width : n}, t, memory);
    }
    if (this->job_.streaming) arch::stream_fence();
  }

  template <bool Plain, int Pass>
  DEEPSEEK_INLINE void passes(Root& root, std::int64_t* at, work_range lane_range, team* t,
                              workspace& memory) const {
    auto const& runs = this->job_.runs[Pass - 1];
    for (int r = 0; r < runs.count; ++r) {
      this->template select_run<Plain>(root, runs.of[r]);
      root.template begin<Pass>(no_values);
      if constexpr (Pass <= levels)
        reduce<Plain, Pass>(root, at, runs.of[r], lane_range, t, memory);
      else emit<Plain>(root, at, runs.of[r], lane_range, t);
    }
    if constexpr (Pass <= levels) passes<Plain, Pass + 1>(root, at, lane_range, t, memory);
  }

  /// Calls f(position, tail) for each vector of the block at row number `row`.
  template <bool Plain, class F>
  DEEPSEEK_INLINE void each_in_block(work_range lane_range, std::int64_t row, F&& f) const {
    position at{lane_range.begin, row, 0, row * block_vectors()};
    for (; at.lane + lanes <= lane_range.end; at.lane += lanes, ++at.slot, ++at.block)
      f(at, whole_tail<Plain>{});
    if (at.lane < lane_range.end)
      f(at, partial_tail<Plain>{{static_cast<int>(lane_range.end - at.lane)}});
  }

  /// The rows of chunk c of `count`, when a team shares a block.
  static work_range rows_of_chunk(std::int64_t rows, std::int64_t count, std::int64_t c) {
    std::int64_t const per_chunk = (rows + count - 1) / count;
    std::int64_t const begin = c * per_chunk < rows ? c * per_chunk : rows;
    return {begin, begin + per_chunk < rows ? begin + per_chunk : rows};
  }
  [[nodiscard]] std::int64_t chunk_count(std::int64_t rows, work_range lane_range) const {
    constexpr std::int64_t most = 64;
    std::int64_t const count = rows * (lane_range.end - lane_range.begin) / chunk_elements;
    return count < 1 ? 1 : count > most ? most : count;
  }

  template <bool Plain, int Pass>
  DEEPSEEK_INLINE void reduce(Root& root, std::int64_t* at, row_extents<S> const& run,
                              work_range lane_range, team* t, workspace& memory) const {
    using accumulators = typename Root::template acc<Pass>;
    int const vectors = static_cast<int>((lane_range.end - lane_range.begin + lanes - 1) / lanes);
    std::int64_t const rows = this->outer_rows(run);
    std::int64_t const count = t == nullptr ? 1 : chunk_count(rows, lane_range);
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
        this->place_row(at, run, row);
        root.seek(at);
        each_in_block<Plain>(lane_range, row, [&](position p, auto tail) DEEPSEEK_INLINE_LAMBDA {
          root.template step<Pass>(a[p.block], no_values, p, tail);
        });
      }
    }
    if (t != nullptr) t->wait();
    accumulators joined;
    root.template finish<Pass>(
        [&](int v) DEEPSEEK_INLINE_LAMBDA -> accumulators const& {
          if (count == 1) return part[v];
          joined = part[v];
          for (std::int64_t c = 1; c < count; ++c)
            Root::template join<Pass>(joined, part[c * vectors + v]);
          return joined;
        },
        vectors);
    if (t != nullptr) t->wait();
  }

  template <bool Plain>
  DEEPSEEK_INLINE void emit(Root& root, std::int64_t* at, row_extents<S> const& run,
                            work_range lane_range, team* t) const {
    constexpr int pass = levels + 1;
    std::int64_t const rows = this->outer_rows(run);
    std::int64_t const count = t == nullptr ? 1 : chunk_count(rows, lane_range);
    std::int64_t const first = t == nullptr ? 0 : t->member();
    std::int64_t const step = t == nullptr ? 1 : t->size();
    for (std::int64_t c = first; c < count; c += step) {
      work_range const mine = rows_of_chunk(rows, count, c);
      for (std::int64_t row = mine.begin; row < mine.end; ++row) {
        this->place_row(at, run, row);
        root.seek(at);
        root.seek_targets(at);
        each_in_block<Plain>(lane_range, row, [&](position p, auto tail) DEEPSEEK_INLINE_LAMBDA {
          root.template emit<pass>(no_values, p, tail);
        });
      }
    }
    if (t != nullptr) t->wait();
  }

  static DEEPSEEK_OUTLINE Root with_block_memory(Root root, workspace& memory) {
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
    return root;
  }
};

}  // namespace deepseek::loop
