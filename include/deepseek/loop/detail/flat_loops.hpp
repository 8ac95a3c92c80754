// SPDX-License-Identifier: Apache-2.0
/// @file flat_loops: short dense rows, as many as a vector has lanes, walked as if they were one row.
///
/// A row of few vectors costs a walk of its own and wastes the lanes that it does not fill. Where rows
/// lie one after the other, a block of them is whole vectors again: elements are computed on those, a
/// reduction takes them row by row, and what is one value per row is spread over the lanes of its row.
/// Results are the same bits as of rows walked one by one.
#pragma once
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/loop/detail/row_walk.hpp>
#include <deepseek/loop/thread_pool.hpp>

namespace deepseek::loop {

template <class S, class Root> class flat_loops : row_walk<S, Root> {
  using walk = row_walk<S, Root>;
  using walk::lanes;
  using walk::levels;
  using walk::no_values;
  using rows_pack = arch::pack<typename S::lane_integer, lanes>;

  /// Longer rows cost more here than alone; and they are reduced with several accumulators there.
  static constexpr int most_vectors = 4;

 public:
  /// possible: the program has nothing that needs its own place in the row.
  static constexpr bool possible = S::lanes_reduced && Root::flattens && !Root::has_scan &&
                                   may_be_below<Root, most_vectors * lanes>;

  using walk::walk;

  [[nodiscard]] bool worthwhile() const {
    std::int64_t const n = this->lane_extent();
    return this->job_.dense && n > 0 && n < most_vectors * lanes;
  }

  /// Walks whole blocks of `range`, from its begin; the rows that are left.
  DEEPSEEK_OUTLINE work_range walk_blocks(Root const& prepared, work_range range,
                                          workspace& memory) const {
    auto const n = static_cast<int>(this->lane_extent());
    Root root = with_flat_memory(prepared, n, memory);
    rows_pack row_of_lane[most_vectors * lanes];
    for (int v = 0; v < n; ++v)
      for (int lane = 0; lane < lanes; ++lane)
        arch::set(row_of_lane[v], lane,
                  static_cast<typename S::lane_integer>((v * lanes + lane) / n));
    typename walk::counts at = {};
    for (; range.begin + lanes <= range.end; range.begin += lanes) {
      this->place_outer(at, range.begin);
      passes<1>(root, at, n, row_of_lane);
    }
    return range;
  }

 private:
  template <int Pass>
  DEEPSEEK_INLINE void passes(Root& root, std::int64_t const* at, int n,
                              rows_pack const* row_of_lane) const {
    root.template begin<Pass>(no_values);
    root.seek(at);
    if constexpr (Pass <= levels) {
      auto unused = Root::template start<Pass>();
      for (int v = 0; v < n; ++v)
        root.template step<Pass>(unused, no_values, vector(v), flat<rows_pack>{{}, row_of_lane[v]});
      root.template finish<Pass>(
          [&](int) DEEPSEEK_INLINE_LAMBDA -> auto const& { return unused; }, flat_rows{n});
      passes<Pass + 1>(root, at, n, row_of_lane);
    } else {
      root.seek_targets(at);
      for (int v = 0; v < n; ++v)
        root.template emit<Pass>(no_values, vector(v), flat<rows_pack>{{}, row_of_lane[v]});
    }
  }
  static DEEPSEEK_INLINE position vector(int v) { return {std::int64_t{v} * lanes, 0, 0, v}; }

  static DEEPSEEK_OUTLINE Root with_flat_memory(Root root, int n, workspace& memory) {
    std::int64_t bytes = 0;
    root.visit([&](auto& cursor) {
      if constexpr (requires { cursor.flat_bytes(n); })
        bytes += whole_vectors(cursor.flat_bytes(n));
    });
    auto* next = static_cast<char*>(memory.take(workspace::flat_values, bytes));
    root.visit([&](auto& cursor) {
      if constexpr (requires { cursor.flat_bytes(n); }) {
        std::int64_t const taken = whole_vectors(cursor.flat_bytes(n));
        cursor.give_flat(next, n);
        next += taken;
      }
    });
    return root;
  }
  static std::int64_t whole_vectors(std::int64_t bytes) {
    return (bytes + arch::vector_bytes - 1) / arch::vector_bytes * arch::vector_bytes;
  }
};

}  // namespace deepseek::loop
