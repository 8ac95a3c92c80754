// SPDX-License-Identifier: Apache-2.0
/// @file How attention is cut into tiles: which are visited, what is allocated, how parts are joined.
#include <deepseek/loop/attention.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>
#include <vector>

namespace {
std::atomic<std::size_t> allocated{0};
void* counted(std::size_t alignment, std::size_t bytes) {
  allocated += bytes;
  void* p = nullptr;
  return posix_memalign(&p, alignment < sizeof(void*) ? sizeof(void*) : alignment, bytes) == 0
             ? p
             : nullptr;
}
}  // namespace

// The library's scratch memory comes from here.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  return counted(alignment, bytes);
}

namespace loop = deepseek::loop;

namespace {

/// Queries and keys that are made from their index, all in one head; scores kept where `seen` says so.
template <class Seen> struct made_operands {
  std::int64_t width;
  Seen seen;
  std::vector<float>& out;
  std::atomic<int>* tiles;
  std::atomic<int>* masked;
  std::atomic<std::int64_t>* loaded;  ///< keys

  static float number(std::int64_t i, std::int64_t d, int of) {
    return float((i * 7 + d * 13 + of * 5) % 31 - 15) / 16;
  }
  void queries(std::int64_t, std::int64_t, std::int64_t first, int count, float* to) const {
    for (int i = 0; i < count; ++i)
      for (std::int64_t d = 0; d < width; ++d) to[i * width + d] = number(first + i, d, 0);
  }
  void keys(std::int64_t, std::int64_t, std::int64_t first, int count, float*, float* to) const {
    ++*tiles;
    *loaded += count;
    std::vector<float> rows(std::size_t(count * width));
    for (int i = 0; i < count; ++i)
      for (std::int64_t d = 0; d < width; ++d)
        rows[std::size_t(i * width + d)] = number(first + i, d, 1);
    loop::detail::pack_keys(rows.data(), width, 1, count, width, to);
  }
  loop::value_rows values(std::int64_t, std::int64_t, std::int64_t first, int count, float* scratch,
                          std::int64_t stride) const {
    for (int i = 0; i < count; ++i)
      for (std::int64_t d = 0; d < stride; ++d)
        scratch[i * stride + d] = d < width ? number(first + i, d, 2) : 0;
    return {scratch, stride};
  }
  [[nodiscard]] loop::tile_use use(loop::score_tile const& t) const {
    bool all = true;
    bool any = false;
    for (std::int64_t i = t.query; i < t.query + t.queries; ++i)
      for (std::int64_t j = t.key; j < t.key + t.keys; ++j) {
        all = all && seen(i, j);
        any = any || seen(i, j);
      }
    return all ? loop::tile_use::plain : any ? loop::tile_use::masked : loop::tile_use::skip;
  }
  void apply(loop::score_tile const& t, loop::tile_use use, float* scores,
             std::int64_t stride) const {
    if (use == loop::tile_use::plain) return;
    ++*masked;
    for (std::int64_t i = 0; i < t.queries; ++i)
      for (std::int64_t j = 0; j < t.keys; ++j)
        if (!seen(t.query + i, t.key + j))
          scores[i * stride + j] = -std::numeric_limits<float>::infinity();
  }
  void result(std::int64_t, std::int64_t, std::int64_t first, int count, float const* rows,
              std::int64_t stride, float const*) const {
    for (int i = 0; i < count; ++i)
      for (std::int64_t d = 0; d < width; ++d)
        out[std::size_t((first + i) * width + d)] = rows[i * stride + d];
  }
};

struct visited {
  int tiles;
  int masked;
  std::int64_t loaded;
  std::vector<float> out;
};
template <class Seen>
visited run(std::int64_t queries, std::int64_t keys, std::int64_t width, Seen const& seen,
            int threads) {
  std::vector<float> out(std::size_t(queries * width), NAN);
  std::atomic<int> tiles{0};
  std::atomic<int> masked{0};
  std::atomic<std::int64_t> loaded{0};
  loop::attention({1, 1, 1, queries, keys, width, width},
                  made_operands<Seen>{width, seen, out, &tiles, &masked, &loaded}, threads);
  return {tiles, masked, loaded, out};
}
using tile = loop::detail::attention_tile;

}  // namespace

TEST_CASE("causal: tiles above the diagonal are not loaded, those below run no mask") {
  std::int64_t const n = 12 * tile::queries;  // 9 tiles of keys
  auto const causal = [](std::int64_t i, std::int64_t j) { return j <= i; };
  auto const full = run(
      n, n, 4, [](auto, auto) { return true; }, 2);
  auto const half = run(n, n, 4, causal, 2);
  CHECK(full.tiles == 12 * 9);
  CHECK(full.masked == 0);
  int tiles = 0;
  int cut = 0;
  for (std::int64_t q = 0; q < n; q += tile::queries)
    for (std::int64_t k = 0; k < n; k += tile::keys) {
      tiles += k <= q + tile::queries - 1 ? 1 : 0;
      cut += k <= q + tile::queries - 1 && k + tile::keys - 1 > q ? 1 : 0;
    }
  CHECK(half.tiles == tiles);
  CHECK(half.masked == cut);
  CHECK(half.tiles < full.tiles * 6 / 10);
  constexpr std::int64_t step =
      2 * tile::lanes;  // tiles end where the mask does, to that many keys
  std::int64_t keys = 0;
  for (std::int64_t q = 0; q < n; q += tile::queries)
    keys += (q + tile::queries + step - 1) / step * step;
  CHECK(half.loaded == keys);
  // A window: the keys before it are left out as well.
  auto const window = run(
      n, n, 4, [](auto i, auto j) { return j <= i && i - j < 40; }, 2);
  CHECK(window.loaded < 12 * (tile::queries + 40 + 2 * step));
}

TEST_CASE("keys in parts give what keys in one part give, whatever the threads") {
  std::int64_t const keys = 40 * tile::keys + 17;  // one query: one block, so keys are shared out
  auto const seen = [](std::int64_t, std::int64_t j) {
    return j % 5 != 3 && (j < 3000 || j > 4000);
  };
  auto const parts = run(1, keys, 8, seen, 1);
  for (int threads : {2, 3, 5}) CHECK(run(1, keys, 8, seen, threads).out == parts.out);
  using operands = made_operands<decltype(seen)>;
  double total = 0;
  std::vector<double> want(8);
  for (std::int64_t j = 0; j < keys; ++j) {
    if (!seen(0, j)) continue;
    double score = 0;
    for (int d = 0; d < 8; ++d)
      score += double(operands::number(0, d, 0)) * operands::number(j, d, 1);
    total += std::exp(score);
    for (int d = 0; d < 8; ++d) want[std::size_t(d)] += std::exp(score) * operands::number(j, d, 2);
  }
  for (std::size_t d = 0; d < 8; ++d)
    CHECK(parts.out[d] == doctest::Approx(want[d] / total).epsilon(1e-5));
}

TEST_CASE("memory does not grow with queries times keys: 16 Ki of each") {
  std::int64_t const n = 16 * 1024;
  auto const window = [](std::int64_t i, std::int64_t j) { return j <= i && i - j < 64; };
  (void)run(256, 256, 4, window, 2);  // threads are there, and their scratch memory
  std::size_t const before = allocated;
  (void)run(n, n, 4, window, 2);
  CHECK(allocated - before < (std::size_t{1} << 20));
  CHECK(before > 0);  // what is allocated is counted
}
