// SPDX-License-Identifier: Apache-2.0
/// @file A lowered score: its values are those of the host, and of a tile it never says more than
/// score::class_of_tile, which has whole expressions to look at; often as much.
#include <deepseek/attention/biases.hpp>
#include <deepseek/exec/host.hpp>
#include <deepseek/plan/gpu/attention_score.hpp>

#include "tests/attention/scored.hpp"
#include "tests/kernel/run_grid.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

namespace ds = deepseek;
namespace score = deepseek::score;
namespace gpu = deepseek::plan::gpu;
namespace kernel = deepseek::kernel;
using ds::dims;
using namespace deepseek::test;

namespace {

/// A thread a row: scores of eight keys at a time; and the class of each tile of 8 by 8.
template <class Score> struct scores_by_threads {
  struct shared_plan {
    char nothing;
  };
  Score score;
  float const* from;
  float* masked;
  float* open;
  kernel::tile_use* use;
  int heads, queries, keys;

  void run(shared_plan&) const {
    int const number = ds::arch::gpu::thread_rank();
    if (number >= 2 * heads * queries) return;
    int const batch = number / queries / heads;
    int const head = number / queries % heads;
    int const query = number % queries;
    for (int first = 0; first < keys; first += 8) {
      int const whole = first + 8 <= keys ? first : keys - 8;  // 8 that are all there
      auto const at = [&](int key) { return std::int64_t{number} * keys + key; };
      float x[8] = {}, y[8] = {};
      for (int i = 0; i < 8; ++i) {
        if (first + i < keys) x[i] = ds::arch::gpu::load(from + at(first + i));
        y[i] = ds::arch::gpu::load(from + at(whole + i));
      }
      kernel::score_row const row{batch, head, query, keys};
      score.template apply<true, 8>(
          row, [&](auto i) { return first + i; }, x);
      score.template apply<false, 8>(
          row, [&](auto i) { return whole + i; }, y);
      for (int i = 0; i < 8; ++i) {
        if (first + i < keys) ds::arch::gpu::store(masked + at(first + i), x[i]);
        ds::arch::gpu::store(open + at(whole + i), y[i]);
      }
      if (query % 8 != 0) continue;
      int const tiles = (keys + 7) / 8;
      int const last = query + 7 < queries ? query + 7 : queries - 1;
      int const end = first + 7 < keys ? first + 7 : keys - 1;
      auto const u = score.use({batch, {head, head}, {query, last}, {first, end}});
      ds::arch::gpu::store(
          use + (number / queries * ((queries + 7) / 8) + query / 8) * tiles + first / 8, u);
    }
  }
};

/// Empty, open and masked tiles; those that class_of_tile knows more of are counted in `unknown`.
struct tile_counts {
  int empty = 0, open = 0, masked = 0, unknown = 0;
};

template <class F, class... Read> tile_counts check(F const& f, Read const&... read) {
  constexpr int heads = 2, queries = 21, keys = 43;
  score_extents const extents{2, heads, queries, keys};
  auto const e = score::of(f, extents);
  auto const open = score::without_masks(e);
  using E = std::remove_cvref_t<decltype(e)>;
  using Open = std::remove_cvref_t<decltype(open)>;
  gpu::score_program<E, score_extents> const all{e, extents};
  gpu::score_program<Open, score_extents> const unmasked{open, extents};
  using Score =
      gpu::program_score<typename decltype(all)::S, std::remove_cvref_t<decltype(all.cursor())>,
                         std::remove_cvref_t<decltype(unmasked.cursor())>>;
  auto const s = random_scores(extents, 3);
  score_tensor masked_out{extents}, open_out{extents};
  std::vector<kernel::tile_use> use(2 * heads * 3 * 6);
  scores_by_threads<Score> const k{{all.cursor(), unmasked.cursor()},
                                   s.data(),
                                   masked_out.data(),
                                   open_out.data(),
                                   use.data(),
                                   heads,
                                   queries,
                                   keys};
  auto const n = static_cast<std::size_t>(s.size());
  operands memory;
  memory.read(s.data(), n).write(masked_out.data(), n).write(open_out.data(), n).write(use);
  (memory.read(read.data(), static_cast<std::size_t>(read.size())), ...);
  run_grid(k, {1, 1, 1}, 96, memory);

  auto const want = scored(f, s);
  score_tensor want_open{extents};
  (want_open = bound_to(s, open)).run(ds::host{1});
  auto const near = [](float a, float b) { return a == b || std::abs(a - b) < 2e-6F; };
  bool same = true;
  for (std::int64_t i = 0; i < s.size(); ++i)
    same = same && near(masked_out.data()[i], want.data()[i]) &&
           near(open_out.data()[i], want_open.data()[i]);
  CHECK(same);

  tile_counts counts;
  std::size_t number = 0;
  for (std::int64_t b = 0; b < 2; ++b)
    for (std::int64_t h = 0; h < heads; ++h)
      for (std::int64_t q = 0; q < queries; q += 8)
        for (std::int64_t j = 0; j < keys; j += 8) {
          auto const c = score::class_of_tile(e, {{{b, b},
                                                   {h, h},
                                                   {q, std::min<std::int64_t>(q + 7, queries - 1)},
                                                   {j, std::min<std::int64_t>(j + 7, keys - 1)}}});
          switch (use[number++]) {
            case kernel::tile_use::empty:
              ++counts.empty;
              CHECK(c == score::tile_class::empty);
              break;
            case kernel::tile_use::open:
              ++counts.open;
              CHECK(c == score::tile_class::full);
              break;
            case kernel::tile_use::masked:
              ++counts.masked;
              if (c != score::tile_class::partial) ++counts.unknown;
          }
        }
  return counts;
}
}  // namespace

TEST_CASE("masks of indices: causal, windows, a user's own") {
  auto const causal = check(score::causal);
  // own keys of rows 0, 8, 16 are 22, 30, 38: of 6 tiles 2, 3, 4 are full, and 2, 1, 0 are empty
  CHECK(causal.open == 4 * 9);
  CHECK(causal.empty == 4 * 3);
  CHECK(causal.unknown == 0);
  CHECK(check(score::sliding_window(9)).unknown == 0);
  auto const user = check([](auto s, auto batch, auto head, auto q, auto kv) {
    return ds::where(ds::abs(q - kv) <= 4 + 3 * head + batch, s * 0.5F,
                     ds::where(kv < 2, s + 1.F, ds::minus_infinity));
  });
  CHECK(user.empty > 0);
  CHECK(user.unknown == 0);
}

TEST_CASE("tensors: slopes, lengths, documents, biases of every shape") {
  auto const slopes = score::alibi_slopes(2);
  auto const alibi = check(score::soft_cap(3) | score::alibi(slopes) | score::causal, slopes);
  CHECK(alibi.empty == 4 * 3);
  CHECK(alibi.unknown == 0);
  ds::tensor<std::int32_t, dims<2>> lengths{9, 30};
  auto const padded = check(score::key_padding(lengths), lengths);
  CHECK(padded.empty == 2 * 3 * (4 + 2));
  CHECK(padded.unknown == 0);
  ds::tensor<std::int32_t, dims<2, 21>> of_queries;
  ds::tensor<std::int32_t, dims<2, 43>> of_keys;
  for (int i = 0; i < 2 * 21; ++i) of_queries.data()[i] = i % 21 / 6;
  for (int i = 0; i < 2 * 43; ++i) of_keys.data()[i] = i % 43 / 12;
  auto const documents = check(score::documents(of_queries, of_keys), of_queries, of_keys);
  CHECK(documents.empty > 0);
  CHECK(documents.unknown == 0);
  ds::tensor<float, dims<2, 1, 21, 43>> bias;
  for (std::int64_t i = 0; i < bias.size(); ++i) bias.data()[i] = float(i * 37 % 101) / 50 - 1;
  CHECK(check(score::bias(bias) | score::causal, bias).empty == 4 * 3);
}
