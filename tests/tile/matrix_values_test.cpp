// SPDX-License-Identifier: Apache-2.0
/// @file matrix_values: computed elements in their places of tile after tile; zero beyond k, nothing read
/// outside.
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/base/float16.hpp>
#include <deepseek/tile/matrix_values.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "../kernel/run_grid.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::f16;
using deepseek::tile::matrix_tile;
using deepseek::tile::neighbours;

namespace {

constexpr int threads = 64;

/// Twice what is in memory, plus 1, so that what is not there would be seen; in accesses of Width.
template <int Width> struct twice_and_one {
  static constexpr int width = Width;
  f16 const* from;  // [matrices, lines, line]
  int lines;
  int line_elements;

  template <int N> struct state { f16 held[N]; };
  template <int N>
  DEEPSEEK_HOST_DEVICE void fetch(state<N>& s, int matrix, int line, int first, int end) const {
    f16 const* const row = from + (matrix * lines + line) * line_elements + first;
    for (int i = 0; i < N; ++i) s.held[i] = first + i < end ? gpu::load(row + i) : f16{};
  }
  template <int N> DEEPSEEK_HOST_DEVICE float value(state<N>& s, int i, int) const {
    return 2 * static_cast<float>(s.held[i]) + 1;
  }
};

template <class Tile, class Source> struct compute_tiles {
  using T = typename Tile::element_type;
  struct shared_plan {
    alignas(128) gpu::shared_array<unsigned char, Tile::bytes> memory;
  };
  Source source;
  int matrix, row, rows, first, k, tiles;
  T* to;  // [tiles, rows, depth]

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    deepseek::tile::matrix_values<Tile, threads, Source> values{source, matrix, row,
                                                                rows,   first,  k};
    for (int t = 0; t < tiles; ++t) {
      values.next(shared.memory, 0);
      gpu::sync_block();
      for (int i = gpu::thread_rank(); i < Tile::rows * Tile::depth; i += threads) {
        int const line = Tile::along_k ? i / Tile::depth : i % Tile::depth;
        int const along = Tile::along_k ? i % Tile::depth : i / Tile::depth;
        int const at = Tile::place(line, along / Tile::chunk) +
                       along % Tile::chunk * static_cast<int>(sizeof(T));
        T const x = gpu::shared_element<T>{reinterpret_cast<T*>(shared.memory[at].address())};
        gpu::store(to + t * Tile::rows * Tile::depth + i, x);
      }
      gpu::sync_block();
    }
  }
};

template <class T, neighbours Along, int Width> void check(int rows, int k, int row, int first) {
  CAPTURE(rows);
  CAPTURE(k);
  constexpr bool along_k = Along == neighbours::along_k;
  using Tile = matrix_tile<T, 32, 32, Along>;
  int const lines = along_k ? rows : k;
  int const line = along_k ? k : rows;
  auto const input = [](int matrix, int r, int d) { return (matrix * 31 + r * 7 + d * 3) % 50; };
  std::vector<f16> from(static_cast<std::size_t>(2 * lines * line));
  for (int x = 0; x < 2; ++x)
    for (int r = 0; r < rows; ++r)
      for (int d = 0; d < k; ++d)
        from[static_cast<std::size_t>((x * lines + (along_k ? r : d)) * line + (along_k ? d : r))] =
            f16(static_cast<float>(input(x, r, d)));
  int const tiles = (k - first + Tile::depth - 1) / Tile::depth;
  std::vector<T> to(static_cast<std::size_t>(tiles * Tile::rows * Tile::depth), T{77.f});
  deepseek::test::operands memory;
  memory.read(from).write(to);
  deepseek::test::run_grid(
      compute_tiles<Tile, twice_and_one<Width>>{
          {from.data(), lines, line}, 1, row, rows, first, k, tiles, to.data()},
      {1, 1, 1}, threads, memory);
  int wrong = 0;
  for (int t = 0; t < tiles; ++t)
    for (int r = 0; r < Tile::rows && row + r < rows; ++r)
      for (int d = 0; d < Tile::depth; ++d) {
        int const at_k = first + t * Tile::depth + d;
        int const expected = at_k < k ? 2 * input(1, row + r, at_k) + 1 : 0;
        auto const got = to[static_cast<std::size_t>((t * Tile::rows + r) * Tile::depth + d)];
        wrong += static_cast<float>(got) != static_cast<float>(expected);
      }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("whole accesses: tails of rows and of k") {
  check<f16, neighbours::along_k, 8>(32, 64, 0, 0);
  check<f16, neighbours::along_k, 8>(45, 72, 32, 32);
  check<f16, neighbours::along_rows, 8>(40, 45, 32, 0);
}

TEST_CASE("single elements: any extents; of four bytes") {
  check<f16, neighbours::along_k, 1>(45, 71, 32, 32);
  check<f16, neighbours::along_rows, 1>(37, 45, 0, 32);
  check<float, neighbours::along_k, 1>(33, 35, 0, 0);
}
