// SPDX-License-Identifier: Apache-2.0
/// @file elementwise_loops: nothing is reduced; vectors run over the results.
#pragma once
#include <deepseek/arch/cpu/pack_stream.hpp>  // stream_fence
#include <deepseek/loop/detail/row_walk.hpp>
#include <deepseek/loop/thread_pool.hpp>

namespace deepseek::loop {

template <class S, class Root> class elementwise_loops : row_walk<S, Root> {
  using walk = row_walk<S, Root>;

 public:
  using walk::walk;

  void run(int threads) {
    std::int64_t const outer = this->outer_count();
    std::int64_t const n = this->lane_extent();
    if (n == 0) return;
    std::int64_t const piece = elements_in_piece(outer * n, threads);
    std::int64_t const pieces = (n + piece - 1) / piece;
    std::int64_t const rows_at_once = pieces > 1 ? 1 : piece / n + 1;
    share_work(threads, outer * pieces, rows_at_once, [&](work_queue& queue) {
      work_range range;
      while (queue.take(range)) {
        if (this->job_.plain) walk_pieces<true>(range, piece, pieces);
        else walk_pieces<false>(range, piece, pieces);
      }
    });
  }

 private:
  /// Long pieces, since the processor fetches ahead only within one; enough of them for threads that come
  /// late.
  static std::int64_t elements_in_piece(std::int64_t elements, int threads) {
    constexpr std::int64_t least = chunk_elements / 2;
    constexpr std::int64_t most = chunk_elements * 8;
    constexpr std::int64_t pieces_per_thread = 8;
    std::int64_t const fair = elements / (threads * pieces_per_thread) / least * least;
    return fair < least ? least : fair > most ? most : fair;
  }

  /// Pieces of `range`; a row has `pieces`.
  template <bool Plain>
  DEEPSEEK_OUTLINE void walk_pieces(work_range range, std::int64_t piece,
                                    std::int64_t pieces) const {
    Root root = this->root_;
    root.template begin<1>(walk::no_values);
    std::int64_t const n = this->lane_extent();
    typename walk::counts at = {};
    this->place_outer(at, range.begin / pieces);
    for (std::int64_t item = range.begin; item < range.end; ++item) {
      std::int64_t const begin = pieces == 1 ? 0 : item % pieces * piece;
      root.seek(at);
      root.seek_targets(at);
      each_vector<S, Plain>(begin + piece < n ? begin + piece : n, position{begin},
                            [&](position p, auto tail) DEEPSEEK_INLINE_LAMBDA {
                              root.template emit<1>(walk::no_values, p, tail);
                            });
      if (begin + piece >= n) this->next_outer(at);
    }
    if (this->job_.streaming) arch::stream_fence();
  }
};

}  // namespace deepseek::loop
