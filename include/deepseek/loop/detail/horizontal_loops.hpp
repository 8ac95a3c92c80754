// SPDX-License-Identifier: Apache-2.0
/// @file horizontal_loops: the lane axis is reduced; lanes are combined at the end of a pass.
///
/// Short rows are walked as a block of up to as many as a vector has lanes: each pass accumulates all
/// of them, then their lanes are combined together, and what is one value per row is computed for
/// the whole block at once. Rows too long for one thread are cut into chunks whose partial results
/// are joined in order. The cuts depend on the extents alone, so results do not depend on the number
/// of threads.
#pragma once
#include <deepseek/arch/cpu/pack_stream.hpp>  // stream_fence
#include <deepseek/base/arguments.hpp>
#include <deepseek/loop/detail/flat_loops.hpp>
#include <deepseek/loop/detail/lane_accumulators.hpp>
#include <deepseek/loop/detail/overlapped_loops.hpp>
#include <deepseek/loop/detail/row_walk.hpp>
#include <deepseek/loop/team.hpp>

namespace deepseek::loop {

template <class S, class Root> class horizontal_loops : row_walk<S, Root> {
  using walk = row_walk<S, Root>;
  using walk::lanes;
  using walk::levels;
  using walk::no_values;

 public:
  using walk::walk;

  void run(int threads) {
    std::int64_t const outer = this->outer_count();
    std::int64_t const elements = this->row_elements();
    bool const shared =
        !Root::has_scan && (elements >= team_row_elements ||
                            (outer < few_rows && elements >= team_row_elements_if_few));
    if (shared) {
      with_team(threads, (elements + chunk_elements - 1) / chunk_elements, [&](team& t) {
        workspace memory;
        walk_rows({0, outer}, 1, &t, memory);
      });
      return;
    }
    int const block = rows_in_block(elements);
    std::int64_t const blocks_at_once =
        chunk_elements / (block * (elements < 1 ? 1 : elements)) + 1;
    share_work(threads, outer, blocks_at_once * block, [&](work_queue& queue) {
      workspace memory;
      work_range range;
      while (queue.take(range)) walk_rows(range, block, nullptr, memory);
    });
  }

 private:
  /// Short rows share a block, as long as all of it stays in the first-level cache between passes.
  static int rows_in_block(std::int64_t elements) {
    constexpr std::int64_t short_elements = 256;
    constexpr std::int64_t block_elements = 2048;
    if (elements > short_elements) return 1;
    std::int64_t const rows = block_elements / (elements < 1 ? 1 : elements);
    return static_cast<int>(rows > lanes ? lanes : rows);
  }

  /// Rows of `range`, `block` at a time, by one thread or by a team that shares each row.
  void walk_rows(work_range range, int block, team* t, workspace& memory) const {
    if constexpr (overlapped_loops<S, Root>::possible) {
      overlapped_loops<S, Root> const overlapped{this->root_, this->job_};
      if (t == nullptr && block == 1 && overlapped.worthwhile()) {
        std::int64_t const vectors = vectors_in_row();
        overlapped.walk_rows(this->with_scratch(this->root_, memory, vectors, 0, 2),
                             this->with_scratch(this->root_, memory, vectors, 1, 2), range);
        return;
      }
    }
    Root const root =
        this->with_scratch(this->root_, memory, t == nullptr ? block * vectors_in_row() : 0);
    if constexpr (flat_loops<S, Root>::possible) {
      flat_loops<S, Root> const flat{this->root_, this->job_};
      if (t == nullptr && flat.worthwhile()) range = flat.walk_blocks(root, range, memory);
    }
    if (this->job_.plain) walk_rows_with<true>(root, range, block, t, memory);
    else walk_rows_with<false>(root, range, block, t, memory);
  }
  template <bool Plain>
  DEEPSEEK_OUTLINE void walk_rows_with(Root const& prepared, work_range range, int block, team* t,
                                       workspace& memory) const {
    Root root = prepared;
    typename walk::counts at = {};
    this->place_outer(at, range.begin);
    for (std::int64_t row = range.begin; row < range.end; row += block) {
      int const count = static_cast<int>(range.end - row < block ? range.end - row : block);
      passes<Plain, 1>(root, at, count, t, memory);
    }
    if (this->job_.streaming) arch::stream_fence();
  }

  [[nodiscard]] std::int64_t vectors_in_row() const {
    return this->outer_rows(this->job_.row) * vectors_in_run();
  }
  [[nodiscard]] DEEPSEEK_INLINE std::int64_t vectors_in_run() const {
    return (this->job_.row.of[S::lane_axis] + lanes - 1) / lanes;
  }

  /// Passes from Pass on over `count` rows from `at`, which is the row after them in the end.
  template <bool Plain, int Pass>
  DEEPSEEK_INLINE void passes(Root& root, std::int64_t* at, int count, team* t,
                              workspace& memory) const {
    auto const& runs = this->job_.runs[Pass - 1];
    if constexpr (Pass <= levels) {
      for (int r = 0; r < runs.count; ++r) {
        this->template select_run<Plain>(root, runs.of[r]);
        root.template begin<Pass>(no_values);
        reduce<Plain, Pass>(root, at, count, runs.of[r], t, memory);
      }
      passes<Plain, Pass + 1>(root, at, count, t, memory);
    } else {
      typename walk::counts here;
      for (int r = 0; r < runs.count; ++r) {
        this->template select_run<Plain>(root, runs.of[r]);
        root.template begin<Pass>(no_values);
        copy(here, at);
        for (int row = 0; row < count; ++row, this->next_outer(here))
          emit_row<Plain>(root, here, row, runs.of[r], t);
      }
      for (int row = 0; row < count; ++row) this->next_outer(at);
    }
  }
  static DEEPSEEK_INLINE void copy(std::int64_t* to, std::int64_t const* from) {
    for (int axis = 0; axis < S::axes; ++axis) to[axis] = from[axis];
  }

  // -- accumulating --------------------------------------------------------------------------------
  /// The rows of a block, each as one piece; or the pieces of one row by all members of a team.
  template <bool Plain, int Pass>
  DEEPSEEK_INLINE void reduce(Root& root, std::int64_t* at, int count, row_extents<S> const& run,
                              team* t, workspace& memory) const {
    using accumulators = typename Root::template acc<Pass>;
    struct alignas(accumulators) place {
      unsigned char bytes[sizeof(accumulators)];
    };
    place of_rows[lanes];  // not made before it is written: most rows are alone in their block
    chunks const cut{run, t != nullptr};
    void* const part =
        t == nullptr ? of_rows : t->shared_memory(cut.count * std::int64_t{sizeof(place)}, memory);
    std::int64_t const pieces = t == nullptr ? count : cut.count;
    std::int64_t const step = t == nullptr ? 1 : t->size();
    typename walk::counts here;
    copy(here, at);
    for (std::int64_t c = t == nullptr ? 0 : t->member(); c < pieces; c += step) {
      std::int64_t const chunk = t == nullptr ? 0 : c;
      ::new (static_cast<place*>(part) + c)
          accumulators(reduce_range<Plain, Pass>(root, here, t == nullptr ? static_cast<int>(c) : 0,
                                                 run, cut.row_range(chunk), cut.lane_range(chunk)));
      if (t == nullptr) this->next_outer(here);
    }
    if (t != nullptr) join_pieces<Pass>(static_cast<accumulators*>(part), pieces, *t, of_rows);
    root.template finish<Pass>(
        [&](int row) DEEPSEEK_INLINE_LAMBDA -> accumulators const& {
          return *std::launder(reinterpret_cast<accumulators const*>(&of_rows[row]));
        },
        count);
  }
  template <int Pass, class Accumulators>
  static DEEPSEEK_OUTLINE void join_pieces(Accumulators const* part, std::int64_t pieces, team& t,
                                           void* result) {
    t.wait();
    auto* const a = ::new (result) Accumulators(part[0]);
    for (std::int64_t c = 1; c < pieces; ++c) Root::template join<Pass>(*a, part[c]);
    t.wait();
  }

  /// A row cut for a team: whole outer rows, or lanes where there is only one outer row.
  struct chunks {
    std::int64_t count = 1;
    std::int64_t rows = 0;
    std::int64_t run_lanes = 0;
    std::int64_t rows_per_chunk = 0;
    std::int64_t lanes_per_chunk = 0;
    chunks(row_extents<S> const& run, bool cut) {
      rows = walk::outer_rows(run);
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

  /// The accumulators of one piece of row number `block` of the block.
  template <bool Plain, int Pass>
  DEEPSEEK_INLINE auto reduce_range(Root& root, std::int64_t* at, int block,
                                    row_extents<S> const& run, work_range rows,
                                    work_range lane_range) const {
    lane_accumulators<S, Root, Plain, Pass> sums;
    std::int64_t const run_lanes = run.of[S::lane_axis];
    for (std::int64_t row = rows.begin; row < rows.end; ++row) {
      this->place_row(at, run, row);
      root.seek(at);
      sums.add(root,
               position{lane_range.begin, row * run_lanes, block,
                        first_slot(block, row) + lane_range.begin / lanes},
               lane_range.end);
    }
    this->leave_row(at);
    return sums.joined();
  }
  [[nodiscard]] DEEPSEEK_INLINE std::int64_t first_slot(int block, std::int64_t row) const {
    return block * vectors_in_row() + row * vectors_in_run();
  }

  // -- writing -------------------------------------------------------------------------------------
  template <bool Plain>
  DEEPSEEK_INLINE void emit_row(Root& root, std::int64_t* at, int block, row_extents<S> const& run,
                                team* t) const {
    constexpr int pass = levels + 1;
    chunks const cut{run, t != nullptr};
    std::int64_t const first = t == nullptr ? 0 : t->member();
    std::int64_t const step = t == nullptr ? 1 : t->size();
    for (std::int64_t c = first; c < cut.count; c += step) {
      work_range const rows = cut.row_range(c);
      work_range const lane_range = cut.lane_range(c);
      for (std::int64_t row = rows.begin; row < rows.end; ++row) {
        this->place_row(at, run, row);
        root.seek(at);
        root.seek_targets(at);
        each_vector<S, Plain>(lane_range.end,
                              position{lane_range.begin, row * run.of[S::lane_axis], block,
                                       first_slot(block, row) + lane_range.begin / lanes},
                              [&](position p, auto tail) DEEPSEEK_INLINE_LAMBDA {
                                root.template emit<pass>(no_values, p, tail);
                              });
      }
    }
    this->leave_row(at);
    if (t != nullptr) t->wait();
  }
};

}  // namespace deepseek::loop
