// SPDX-License-Identifier: Apache-2.0
/// @file Laws of happens_before: order comes from meetings, goes on through common threads, and from givers
/// to takers only.
#include <deepseek/arch/emulated/happens_before.hpp>

#include <doctest/doctest.h>

#include <random>
#include <set>
#include <utility>
#include <vector>

using deepseek::arch::emulated::happens_before;

TEST_CASE("happens_before: of one's own always, of others after a meeting, not what comes later") {
  happens_before order{4};
  auto const before = order.now(0);
  CHECK(order.saw(0, 0, before));
  CHECK_FALSE(order.saw(1, 0, before));
  order.meet({0, 1});
  CHECK(order.saw(1, 0, before));
  CHECK_FALSE(order.saw(2, 0, before));
  CHECK_FALSE(order.saw(1, 0, order.now(0)));
  order.meet({1, 2});
  CHECK(order.saw(2, 0, before));  // through thread 1
  CHECK_FALSE(order.saw(3, 0, before));
}

TEST_CASE("happens_before: who arrives and does not wait has seen nothing") {
  happens_before order{3};
  auto const of_giver = order.now(0);
  auto const of_taker = order.now(1);
  order.exchange({0, 1}, {1});
  CHECK(order.saw(1, 0, of_giver));
  CHECK_FALSE(order.saw(0, 1, of_taker));
}

TEST_CASE(
    "happens_before: what is given is known to who takes it later, as it was when it was given") {
  happens_before order{4};
  happens_before::knowledge gathered;
  auto const first = order.now(0);
  order.give(gathered, 0);
  auto const later = order.now(0);
  auto const second = order.now(1);
  order.give(gathered, 1);
  CHECK_FALSE(order.saw(2, 0, first));
  order.take(2, gathered);
  CHECK(order.saw(2, 0, first));
  CHECK(order.saw(2, 1, second));
  CHECK_FALSE(order.saw(2, 0, later));
  order.give(gathered, 0);
  CHECK_FALSE(order.saw(2, 0, later));  // taken before
  order.take(3, gathered);
  CHECK(order.saw(3, 0, later));
  order.take(1, happens_before::knowledge{});
  CHECK_FALSE(order.saw(1, 0, first));
}

TEST_CASE("happens_before: sources have events, which come to threads by what holds them") {
  happens_before order{2};
  int const engine = order.add_source();
  int const other = order.add_source();
  CHECK(order.is_source(engine));
  CHECK_FALSE(order.is_source(1));
  CHECK(engine != other);
  happens_before::knowledge phase;
  order.give(phase, engine, 3);
  order.take(0, phase);
  CHECK(order.saw(0, engine, 3));
  CHECK_FALSE(order.saw(0, engine, 4));
  CHECK_FALSE(order.saw(0, other, 1));
  CHECK_FALSE(order.saw(1, engine, 1));
  order.learn(1, other, 2);
  order.meet({0, 1});
  CHECK(order.saw(1, engine, 3));
  CHECK(order.saw(0, other, 2));
  order.give(phase, engine, 5);
  CHECK_FALSE(order.saw(0, engine, 4));  // taken before
}

TEST_CASE("happens_before: a fence is between what was before it and what comes after") {
  happens_before order{3};
  auto const first = order.now(0);
  CHECK_FALSE(order.fenced(0, 0, first));
  order.fence(0);
  auto const second = order.now(0);
  CHECK(second > first);
  CHECK(order.fenced(0, 0, first));
  CHECK_FALSE(order.fenced(0, 0, second));
  order.meet({0, 1});
  CHECK(order.fenced(1, 0, first));  // on the way to thread 1
  CHECK(order.saw(1, 0, second));
  CHECK_FALSE(order.fenced(1, 0, second));
  auto const of_1 = order.now(1);
  order.fence(1);
  CHECK(order.fenced(1, 0, second));  // of others' things that it has seen, too
  CHECK(order.fenced(1, 1, of_1));
  CHECK_FALSE(order.fenced(0, 0, second));
  happens_before::knowledge gathered;
  order.give(gathered, 1);
  order.take(2, gathered);
  CHECK(order.fenced(2, 0, second));
}

TEST_CASE("happens_before: random meetings against sets of events") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    constexpr int threads = 6;
    happens_before order{threads};
    using event = std::pair<int, happens_before::time>;
    std::vector<std::set<event>> known(threads);
    std::set<event> all;
    for (int step = 0; step < 60; ++step) {
      for (int t = 0; t < threads; ++t) {
        event const e{t, order.now(t)};
        known[static_cast<std::size_t>(t)].insert(e);
        all.insert(e);
      }
      std::vector<int> givers, takers;
      for (int t = 0; t < threads; ++t)
        if (random() % 2) {
          givers.push_back(t);
          if (random() % 3) takers.push_back(t);
        }
      if (givers.empty()) continue;
      order.exchange(givers, takers);
      std::set<event> joined;
      for (int const g : givers)
        joined.insert(known[static_cast<std::size_t>(g)].begin(),
                      known[static_cast<std::size_t>(g)].end());
      for (int const t : takers)
        known[static_cast<std::size_t>(t)].insert(joined.begin(), joined.end());
      for (int t = 0; t < threads; ++t)
        for (event const& e : all)
          CHECK(order.saw(t, e.first, e.second) ==
                (e.first == t || known[static_cast<std::size_t>(t)].count(e) > 0));
    }
  }
}
