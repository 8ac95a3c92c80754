// SPDX-License-Identifier: Apache-2.0
/// @file segment_reduce and segment_join: teams of every size, parts, offsets that are wrong.
#include <deepseek/kernel/segments.hpp>
#include <deepseek/ops/segment.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "run_grid.hpp"

namespace test = deepseek::test;
namespace kernel = deepseek::kernel;
using kernel::segment_team;

namespace {

/// The means of segments, of whole numbers whose sums are exact, by a team on so many blocks.
void check(std::vector<std::int32_t> const& ends, int slices, int inner, segment_team const& team,
           int blocks) {
  CAPTURE(inner);
  CAPTURE(team.lanes);
  CAPTURE(team.rows);
  CAPTURE(team.parts);
  std::mt19937 random(4);
  std::vector<float> x(static_cast<std::size_t>(slices * inner));
  for (auto& v : x) v = static_cast<float>(random() % 100) - 30;
  int const segments = static_cast<int>(ends.size()) - 1;
  std::vector<std::int32_t> offsets(2 * ends.size(), 1 << 30);  // every second one
  for (std::size_t i = 0; i < ends.size(); ++i) offsets[2 * i] = ends[i];
  std::vector<float> wanted, y(static_cast<std::size_t>(segments * inner), -9.f);
  for (int s = 0; s < segments; ++s)
    for (int i = 0; i < inner; ++i) {
      int const begin = std::clamp(ends[static_cast<std::size_t>(s)], 0, slices);
      int const end = std::clamp(ends[static_cast<std::size_t>(s) + 1], begin, slices);
      double sum = 0;
      for (int j = begin; j < end; ++j) sum += x[static_cast<std::size_t>(j * inner + i)];
      wanted.push_back(static_cast<float>(sum) / static_cast<float>(end - begin));
    }
  using mean = deepseek::rules::segment_mean;
  std::vector<float> states(static_cast<std::size_t>(segments * team.parts * inner), -7.f);
  kernel::segment_reduce<mean, float, float, std::int32_t> const reduce{
      x.data(), offsets.data(), y.data(), states.data(), 2, segments, slices, inner, team};
  test::operands memory;
  memory.read(x).read(offsets).write(y).write(states);
  CHECK(test::grid_fault(reduce, {blocks, 1, 1}, segment_team::threads, memory) == "");
  if (team.parts > 1) {
    kernel::segment_join<mean, float, float, std::int32_t> const join{
        states.data(), offsets.data(), y.data(), 2, segments, slices, inner, team.parts};
    CHECK(test::grid_fault(join, {blocks, 1, 1}, join.threads, memory) == "");
  }
  int wrong = 0;
  for (std::size_t i = 0; i < y.size(); ++i)
    wrong += y[i] == wanted[i] || (y[i] != y[i] && wanted[i] != wanted[i]) ? 0 : 1;
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("teams of one thread, of a warp, of a block; parts; tiles of wide slices") {
  std::vector<std::int32_t> const ends{0, 0, 1, 40, 41, 299, 300};
  check(ends, 300, 1, {1, 1, 1}, 2);
  check(ends, 300, 1, {1, 256, 1}, 3);
  check(ends, 300, 3, {4, 4, 1}, 1);
  check(ends, 300, 37, {32, 8, 1}, 4);
  check(ends, 300, 37, {32, 2, 3}, 4);
  check(ends, 300, 1, {1, 64, 5}, 2);
}

TEST_CASE("offsets outside and offsets that decrease read nothing outside") {
  check({-5, 3, 2, 400, 7}, 50, 5, {8, 2, 1}, 1);
  check({9, 3, 60}, 50, 2, {2, 8, 2}, 1);
}

TEST_CASE("the team that is chosen fits a block, and gives long segments to many") {
  for (std::int64_t const inner : {1, 2, 31, 33, 5000})
    for (std::int64_t const average : {0, 1, 7, 300, 100000})
      for (std::int64_t const segments : {1, 3, 5000}) {
        auto const t = kernel::segment_team_for(segments, segments * average, inner, 500);
        CHECK((t.lanes & (t.lanes - 1)) == 0);
        CHECK(t.lanes <= 32);
        CHECK(t.teams() * t.lanes * t.rows == 256);
        CHECK(t.parts >= 1);
        CHECK(t.parts <= (average > 1 ? average : 1));
      }
  CHECK(kernel::segment_team_for(2, 1000000, 1, 500).parts > 100);
  CHECK(kernel::segment_team_for(5000, 5000 * 300, 64, 500).parts == 1);
}
