// SPDX-License-Identifier: Apache-2.0
/// @file Members of a team wait for each other and share one block of memory.
#include <deepseek/loop/team.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <vector>

namespace {
namespace ds = deepseek;
using ds::loop::team;
using ds::loop::with_team;

TEST_CASE("with_team: one member for each piece, at most as many as threads") {
  for (int const pieces : {1, 2, 3, 9}) {
    std::vector<std::atomic<int>> seen(4);
    with_team(4, pieces, [&](team& t) {
      CHECK(t.size() == (pieces < 4 ? pieces : 4));
      ++seen[std::size_t(t.member())];
    });
    for (int m = 0; m < 4; ++m) CHECK(seen[std::size_t(m)] == (m < pieces ? 1 : 0));
  }
}

TEST_CASE("wait: what the others wrote before it is there after it, round after round") {
  constexpr int members = 3;
  constexpr int rounds = 500;
  std::vector<std::int64_t> value(members, 0);
  std::atomic<int> wrong{0};
  with_team(members, members, [&](team& t) {
    for (int round = 1; round <= rounds; ++round) {
      value[std::size_t(t.member())] = round * 10 + t.member();
      t.wait();
      for (int m = 0; m < t.size(); ++m) wrong += value[std::size_t(m)] != round * 10 + m;
      t.wait();
    }
  });
  CHECK(wrong == 0);
}

TEST_CASE("shared_memory: one block for all, large enough, again after a larger one") {
  std::atomic<int> wrong{0};
  with_team(3, 3, [&](team& t) {
    ds::loop::workspace own;
    for (std::int64_t const count : {std::int64_t{8}, std::int64_t{5000}, std::int64_t{30}}) {
      auto* const block =
          static_cast<std::int64_t*>(t.shared_memory(count * std::int64_t{sizeof(count)}, own));
      for (std::int64_t i = t.member(); i < count; i += t.size()) block[i] = i * 3;
      t.wait();
      for (std::int64_t i = 0; i < count; ++i) wrong += block[i] != i * 3;
      t.wait();
    }
  });
  CHECK(wrong == 0);
}
}  // namespace
