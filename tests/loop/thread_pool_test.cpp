// SPDX-License-Identifier: Apache-2.0
/// @file The pool runs a function on several threads, waits for all, and hands exceptions over.
#include <deepseek/loop/thread_pool.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {
namespace ds = deepseek;
using ds::loop::share_work;
using ds::loop::thread_pool;
using ds::loop::work_queue;
using ds::loop::work_range;

TEST_CASE("run: every number once, on threads of their own, all done at return") {
  for (int const threads : {1, 2, 3, 8}) {
    std::vector<std::atomic<int>> seen(static_cast<std::size_t>(threads));
    std::vector<std::thread::id> id(static_cast<std::size_t>(threads));
    thread_pool::instance().run(threads, [&](int thread, int count) {
      CHECK(count == threads);
      ++seen[std::size_t(thread)];
      id[std::size_t(thread)] = std::this_thread::get_id();
    });
    for (auto const& n : seen) CHECK(n == 1);
    CHECK(id[0] == std::this_thread::get_id());
    CHECK(std::set<std::thread::id>(id.begin(), id.end()).size() == std::size_t(threads));
  }
}

TEST_CASE("run: what the threads wrote is visible, many times in a row") {
  std::vector<std::int64_t> value(4, 0);
  for (int round = 0; round < 2000; ++round)
    thread_pool::instance().run(4,
                                [&](int thread, int) { value[std::size_t(thread)] += thread + 1; });
  CHECK(value == std::vector<std::int64_t>{2000, 4000, 6000, 8000});
}

TEST_CASE("run: sleeping workers wake up") {
  std::atomic<int> calls{0};
  for (int round = 0; round < 3; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // longer than they spin
    thread_pool::instance().run(4, [&](int, int) { ++calls; });
  }
  CHECK(calls == 12);
}

TEST_CASE("run: different numbers of threads one after the other") {
  std::atomic<int> calls{0};
  for (int round = 0; round < 300; ++round)
    thread_pool::instance().run(1 + round % 6, [&](int, int) { ++calls; });
  CHECK(calls == 50 * (1 + 2 + 3 + 4 + 5 + 6));
}

TEST_CASE("run: an exception of any thread arrives after all have ended; the pool goes on") {
  for (int thrower = 0; thrower < 4; ++thrower) {
    std::atomic<int> ended{0};
    CHECK_THROWS_AS(thread_pool::instance().run(4,
                                                [&](int thread, int) {
                                                  ++ended;
                                                  if (thread == thrower)
                                                    throw std::runtime_error("as asked");
                                                }),
                    std::runtime_error);
    CHECK(ended == 4);
  }
  std::atomic<int> calls{0};
  thread_pool::instance().run(4, [&](int, int) { ++calls; });
  CHECK(calls == 4);
  CHECK_THROWS_AS(thread_pool::instance().run(4, [](int, int) { throw 5; }), int);
}

TEST_CASE("run inside a run: alone, on the thread that asks") {
  std::atomic<int> inner{0};
  thread_pool::instance().run(4, [&](int, int) {
    auto const me = std::this_thread::get_id();
    thread_pool::instance().run(8, [&](int thread, int count) {
      CHECK(thread == 0);
      CHECK(count == 1);
      CHECK(std::this_thread::get_id() == me);
      ++inner;
    });
  });
  CHECK(inner == 4);
}

TEST_CASE("run from several threads: they take turns, none is lost") {
  std::atomic<int> calls{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c)
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round)
        thread_pool::instance().run(3, [&](int, int) { ++calls; });
    });
  for (auto& caller : callers) caller.join();
  CHECK(calls == 4 * 200 * 3);
}

TEST_CASE("work_queue: pieces cover [0, count) once, the last one is shorter") {
  work_queue queue{10, 4};
  work_range range{};
  std::vector<std::int64_t> ends;
  std::int64_t next = 0;
  while (queue.take(range)) {
    CHECK(range.begin == next);
    next = range.end;
    ends.push_back(range.end);
  }
  CHECK(ends == std::vector<std::int64_t>{4, 8, 10});
  CHECK(!queue.take(range));
}

TEST_CASE("share_work: every element once, for any number of threads and grain") {
  for (int const threads : {1, 2, 5})
    for (std::int64_t const grain : {-1, 1, 7, 1000}) {
      std::vector<std::atomic<int>> seen(100);
      share_work(threads, 100, grain, [&](work_queue& queue) {
        work_range range{};
        while (queue.take(range))
          for (auto i = range.begin; i < range.end; ++i) ++seen[std::size_t(i)];
      });
      for (auto const& n : seen) CHECK(n == 1);
    }
}

TEST_CASE("share_work: no work, no call; fewer pieces than threads, fewer threads") {
  int calls = 0;
  share_work(4, 0, 1, [&](work_queue&) { ++calls; });
  share_work(4, -3, 1, [&](work_queue&) { ++calls; });
  CHECK(calls == 0);
  std::atomic<int> few{0};
  share_work(8, 2, 1, [&](work_queue&) { ++few; });
  CHECK(few >= 1);
  CHECK(few <= 2);
}

TEST_CASE("share: the caller takes part, nobody is inside when it returns, exceptions arrive") {
  for (int round = 0; round < 500; ++round) {
    std::atomic<int> inside{0}, calls{0};
    std::atomic<bool> mine{false};
    thread_pool::instance().share(4, [&](int thread, int count) {
      ++inside;
      CHECK(count == 4);
      if (thread == 0) mine = true;
      ++calls;
      --inside;
    });
    REQUIRE(inside == 0);
    REQUIRE(mine);
    REQUIRE(calls >= 1);
    REQUIRE(calls <= 4);
  }
  CHECK_THROWS_AS(thread_pool::instance().share(4,
                                                [](int thread, int) {
                                                  if (thread == 0)
                                                    throw std::runtime_error("as asked");
                                                }),
                  std::runtime_error);
}

TEST_CASE("available_cores: at least one") { CHECK(ds::loop::available_cores() >= 1); }
}  // namespace
