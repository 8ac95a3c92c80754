// SPDX-License-Identifier: Apache-2.0
/// @file matrix_tile: each chunk has a place of its own, no access meets a bank twice, and fragments are
/// those of the PTX ISA.
#include <deepseek/arch/gpu/banks.hpp>
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/base/float16.hpp>
#include <deepseek/tile/matrix_tile.hpp>

#include <doctest/doctest.h>

#include <set>
#include <vector>

#include "../kernel/run_grid.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::f16;
using deepseek::tile::matrix_tile;
using deepseek::tile::neighbours;

namespace {

template <class Tile> bool places_are_apart() {
  std::set<int> places;
  for (int line = 0; line < Tile::lines; ++line)
    for (int c = 0; c < Tile::chunks; ++c) {
      int const at = Tile::place(line, c);
      if (at % 16 != 0 || at < 0 || at >= Tile::bytes) return false;
      places.insert(at);
    }
  return static_cast<int>(places.size()) == Tile::lines * Tile::chunks;
}

/// Passes of each matrix that ldmatrix may read: 8 lines in a row, the same chunk of them.
template <class Tile> int most_passes() {
  int most = 0;
  for (int line = 0; line < Tile::lines; line += 8)
    for (int c = 0; c < Tile::chunks; ++c) {
      int offset[8];
      for (int i = 0; i < 8; ++i) offset[i] = Tile::place(line + i, c);
      most = std::max(most, gpu::row_passes(offset));
    }
  return most;
}

/// Passes of what 8 threads in a row copy at once: neighbouring chunks, then those of the next line.
template <class Tile> int most_copy_passes() {
  int most = 0;
  for (int first = 0; first < Tile::lines * Tile::chunks; first += 8) {
    int offset[8];
    for (int i = 0; i < 8; ++i)
      offset[i] = Tile::place((first + i) / Tile::chunks, (first + i) % Tile::chunks);
    most = std::max(most, gpu::row_passes(offset));
  }
  return most;
}

/// Of single words, of four lines and 8 neighbours each: whether all 32 are in banks of their own.
template <class Tile> bool words_are_in_all_banks() {
  for (int k = 0; k < Tile::lines; k += 4)
    for (int row = 0; row < Tile::rows; row += 8) {
      std::set<int> banks;
      for (int i = 0; i < 4; ++i)
        for (int r = row; r < row + 8; ++r)
          banks.insert((Tile::place(k + i, r / 4) + r % 4 * 4) / 4 % 32);
      if (banks.size() != 32) return false;
    }
  return true;
}

constexpr auto along_k = neighbours::along_k;
constexpr auto along_rows = neighbours::along_rows;

/// One warp fills a tile with what `value` says and gives back the elements of a fragment of a, or of the
/// two of b.
template <class Tile, class Factor, bool OfA> struct read_fragments {
  using T = typename Tile::element_type;
  struct shared_plan {
    alignas(128) gpu::shared_array<unsigned char, Tile::bytes> memory;
  };
  T const* from;  // [rows, depth]
  float* to;      // [32, elements]
  int row, k;
  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    for (int i = gpu::thread_rank(); i < Tile::rows * Tile::depth; i += 32) {
      int const r = i / Tile::depth;
      int const d = i % Tile::depth;
      int const line = Tile::along_k ? r : d;
      int const along = Tile::along_k ? d : r;
      int const at = Tile::place(line, along / Tile::chunk) +
                     along % Tile::chunk * static_cast<int>(sizeof(T));
      gpu::shared_element<T>{reinterpret_cast<T*>(shared.memory[at].address())} =
          gpu::load(from + i);
    }
    gpu::sync_block();
    int const lane = gpu::lane_rank();
    if constexpr (OfA) {
      auto const f = deepseek::tile::load_a<Factor, Tile>(shared.memory, 0, row, k);
      for (int i = 0; i < f.elements; ++i) gpu::store(to + lane * f.elements + i, float(f[i]));
    } else {
      auto const f = deepseek::tile::load_b<Factor, Tile>(shared.memory, 0, row, k);
      constexpr int n = std::remove_cvref_t<decltype(f.of[0])>::elements;
      for (int p = 0; p < 2; ++p)
        for (int i = 0; i < n; ++i) gpu::store(to + lane * 2 * n + p * n + i, float(f.of[p][i]));
    }
  }
};

/// The PTX ISA's figures of mma.m16n8k16 (2 bytes), m16n8k32 (1 byte) and m16n8k8 (4 bytes): the row and
/// column of element i of a lane.
struct place {
  int row, column;
};
place of_a(int bytes, int lane, int i) {
  int const group = lane / 4;
  int const member = lane % 4;
  if (bytes == 2) {
    int const row = i < 2 || (i >= 4 && i < 6) ? group : group + 8;
    return {row, member * 2 + (i & 1) + (i >= 4 ? 8 : 0)};
  }
  if (bytes == 1) {
    int const row = i < 4 || (i >= 8 && i < 12) ? group : group + 8;
    return {row, member * 4 + (i & 3) + (i >= 8 ? 16 : 0)};
  }
  return {i == 0 || i == 2 ? group : group + 8, i < 2 ? member : member + 4};
}
place of_b(int bytes, int lane, int i) {
  int const group = lane / 4;
  int const member = lane % 4;
  if (bytes == 2) return {member * 2 + (i & 1) + (i >= 2 ? 8 : 0), group};
  if (bytes == 1) return {member * 4 + (i & 3) + (i >= 4 ? 16 : 0), group};
  return {i == 0 ? member : member + 4, group};
}

template <class Tile, class Factor> void check_fragments() {
  using T = typename Tile::element_type;
  constexpr int bytes = sizeof(T);
  constexpr int step = 32 / bytes;
  std::vector<T> from(static_cast<std::size_t>(Tile::rows * Tile::depth));
  auto const value = [](int r, int d) {
    return sizeof(T) == 1 ? static_cast<float>((r * 37 + d * 5) % 127)
                          : static_cast<float>(r * 32 + d);
  };
  for (int r = 0; r < Tile::rows; ++r)
    for (int d = 0; d < Tile::depth; ++d)
      from[static_cast<std::size_t>(r * Tile::depth + d)] = static_cast<T>(value(r, d));
  constexpr int elements_a = 16 * step / 32;
  constexpr int elements_b = 8 * step / 32;
  for (int row = 0; row < Tile::rows; row += 16)
    for (int k = 0; k < Tile::depth; k += step) {
      std::vector<float> a(32 * elements_a, -1.f);
      std::vector<float> b(32 * 2 * elements_b, -1.f);
      deepseek::test::operands for_a;
      for_a.read(from).write(a);
      deepseek::test::run_grid(read_fragments<Tile, Factor, true>{from.data(), a.data(), row, k},
                               {1, 1, 1}, 32, for_a);
      deepseek::test::operands for_b;
      for_b.read(from).write(b);
      deepseek::test::run_grid(read_fragments<Tile, Factor, false>{from.data(), b.data(), row, k},
                               {1, 1, 1}, 32, for_b);
      int wrong = 0;
      for (int lane = 0; lane < 32; ++lane) {
        for (int i = 0; i < elements_a; ++i) {
          place const at = of_a(bytes, lane, i);
          wrong += a[static_cast<std::size_t>(lane * elements_a + i)] !=
                   value(row + at.row, k + at.column);
        }
        for (int i = 0; i < 2 * elements_b; ++i) {
          place const at = of_b(bytes, lane, i % elements_b);
          wrong += b[static_cast<std::size_t>(lane * 2 * elements_b + i)] !=
                   value(row + i / elements_b * 8 + at.column, k + at.row);
        }
      }
      CHECK(wrong == 0);
    }
}

}  // namespace

TEST_CASE("each chunk has a place of its own") {
  CHECK(places_are_apart<matrix_tile<f16, 128, 32, along_k>>());
  CHECK(places_are_apart<matrix_tile<f16, 64, 64, along_k>>());
  CHECK(places_are_apart<matrix_tile<f16, 128, 32, along_rows>>());
  CHECK(places_are_apart<matrix_tile<f16, 32, 32, along_rows>>());
  CHECK(places_are_apart<matrix_tile<float, 64, 16, along_rows>>());
  CHECK(places_are_apart<matrix_tile<std::int8_t, 32, 64, along_k>>());
}

TEST_CASE("no matrix of ldmatrix, and no 8 copies of neighbours, meet in a bank") {
  auto const check = []<class Tile>(Tile) {
    CHECK(most_passes<Tile>() == 1);
    CHECK(most_copy_passes<Tile>() == 1);
  };
  check(matrix_tile<f16, 128, 32, along_k>{});
  check(matrix_tile<f16, 128, 64, along_k>{});
  check(matrix_tile<f16, 32, 32, along_rows>{});
  check(matrix_tile<f16, 64, 32, along_rows>{});
  check(matrix_tile<f16, 128, 64, along_rows>{});
  check(matrix_tile<f16, 256, 32, along_rows>{});
  check(matrix_tile<float, 64, 16, along_k>{});
  check(matrix_tile<std::int8_t, 64, 128, along_k>{});
}

TEST_CASE("single words of four lines are in all banks") {
  CHECK(words_are_in_all_banks<matrix_tile<float, 32, 16, along_rows>>());
  CHECK(words_are_in_all_banks<matrix_tile<float, 64, 16, along_rows>>());
  CHECK(words_are_in_all_banks<matrix_tile<float, 128, 32, along_rows>>());
  // Without their key four lines would be in the same 8.
  CHECK(!words_are_in_all_banks<matrix_tile<float, 64, 16, along_k>>());
}

TEST_CASE("fragments are those of the PTX ISA, at every place of a tile") {
  check_fragments<matrix_tile<f16, 32, 32, along_k>, f16>();
  check_fragments<matrix_tile<f16, 32, 64, along_k>, f16>();
  check_fragments<matrix_tile<f16, 32, 32, along_rows>, f16>();
  check_fragments<matrix_tile<f16, 64, 32, along_rows>, f16>();
  check_fragments<matrix_tile<float, 32, 16, along_k>, gpu::tf32>();
  check_fragments<matrix_tile<float, 32, 16, along_rows>, gpu::tf32>();
  check_fragments<matrix_tile<std::int8_t, 32, 64, along_k>, std::int8_t>();
  check_fragments<matrix_tile<std::int8_t, 32, 128, along_k>, std::int8_t>();
}
