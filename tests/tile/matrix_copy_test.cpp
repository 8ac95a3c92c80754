// SPDX-License-Identifier: Apache-2.0
/// @file matrix_copies, matrix_elements: tile after tile along k is in its place, and outside is zero.
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/base/float16.hpp>
#include <deepseek/tile/matrix_copy.hpp>

#include <doctest/doctest.h>

#include <type_traits>
#include <vector>

#include "../kernel/run_grid.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::f16;
using deepseek::tile::matrix_tile;
using deepseek::tile::neighbours;

namespace {

constexpr int threads = 64;

/// Copies `tiles` tiles, from `row` and k = `first` on, and writes them out as they would lie without keys.
template <class Tile, bool Copies> struct copy_tiles {
  using T = typename Tile::element_type;
  struct shared_plan {
    alignas(128) gpu::shared_array<unsigned char, Tile::bytes> memory;
  };
  T const* from;
  std::int64_t step, k_step;
  int row, rows, first, k, tiles;
  T* to;  // [tiles, rows, depth]

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    auto loader = [&] {
      if constexpr (Copies)
        return deepseek::tile::matrix_copies<Tile, threads>{
            from, Tile::along_k ? step : k_step, row, rows, first, k};
      else
        return deepseek::tile::matrix_elements<Tile, threads>{from, step,  k_step, row,
                                                              rows, first, k};
    }();
    for (int t = 0; t < tiles; ++t) {
      loader.next(shared.memory, 0);
      gpu::commit_copies();
      gpu::wait_copies<0>();
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

/// Of rows x k elements, whose lines have `line` elements; all but those are poison.
template <class Tile, bool Copies>
void check(int rows, int k, int row, int first, int line, int shift) {
  using T = typename Tile::element_type;
  CAPTURE(rows);
  CAPTURE(k);
  int const lines = Tile::along_k ? rows : k;
  std::vector<T> storage(static_cast<std::size_t>(lines * line) + 32, static_cast<T>(-100));
  T* const data =
      reinterpret_cast<T*>((reinterpret_cast<std::uintptr_t>(storage.data()) + 15) / 16 * 16) +
      shift;
  std::int64_t const step = Tile::along_k ? line : 1;
  std::int64_t const k_step = Tile::along_k ? 1 : line;
  auto const value = [](int r, int d) { return static_cast<T>((r * 7 + d * 3) % 101 + 1); };
  for (int r = 0; r < rows; ++r)
    for (int d = 0; d < k; ++d) data[r * step + d * k_step] = value(r, d);
  int const tiles = (k - first + Tile::depth - 1) / Tile::depth;
  std::vector<T> to(static_cast<std::size_t>(tiles * Tile::rows * Tile::depth), static_cast<T>(-1));
  deepseek::test::operands memory;
  memory.read(storage).write(to);
  deepseek::test::run_grid(
      copy_tiles<Tile, Copies>{data, step, k_step, row, rows, first, k, tiles, to.data()},
      {1, 1, 1}, threads, memory);
  int wrong = 0;
  for (int t = 0; t < tiles; ++t)
    for (int r = 0; r < Tile::rows; ++r)
      for (int d = 0; d < Tile::depth; ++d) {
        int const at_k = first + t * Tile::depth + d;
        T const expected = row + r < rows && at_k < k ? value(row + r, at_k) : T{};
        wrong += to[static_cast<std::size_t>((t * Tile::rows + r) * Tile::depth + d)] != expected;
      }
  CHECK(wrong == 0);
}

using f16_along_k = matrix_tile<f16, 32, 32, neighbours::along_k>;
using f16_along_rows = matrix_tile<f16, 64, 32, neighbours::along_rows>;
using f16_narrow = matrix_tile<f16, 32, 64, neighbours::along_rows>;
using f32_along_rows = matrix_tile<float, 64, 16, neighbours::along_rows>;
using bytes_along_k = matrix_tile<std::int8_t, 32, 128, neighbours::along_k>;

}  // namespace

TEST_CASE("copies of 16 bytes: whole tiles, and tails of both axes") {
  check<f16_along_k, true>(32, 64, 0, 0, 64, 0);
  check<f16_along_k, true>(45, 71, 32, 0, 80, 0);
  check<f16_along_k, true>(45, 71, 32, 32, 80, 8);
  check<f16_along_rows, true>(64, 64, 0, 0, 64, 0);
  check<f16_along_rows, true>(131, 45, 128, 0, 136, 0);
  check<f16_along_rows, true>(131, 45, 64, 32, 136, 0);
  check<f16_narrow, true>(37, 67, 32, 0, 40, 0);
  check<f32_along_rows, true>(67, 19, 64, 0, 72, 4);
  check<bytes_along_k, true>(33, 131, 0, 0, 144, 0);
}

TEST_CASE("element by element, at any address") {
  check<f16_along_k, false>(45, 71, 32, 32, 71, 1);
  check<f16_along_rows, false>(131, 45, 64, 0, 131, 3);
  check<bytes_along_k, false>(33, 131, 0, 0, 131, 5);
}
