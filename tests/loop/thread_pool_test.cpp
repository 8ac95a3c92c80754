// SPDX-License-Identifier: Apache-2.0
/// @file Laws of the thread pool: each piece of work once, jobs one after the other, errors come home.
#include <deepseek/loop/thread_pool.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <stdexcept>
#include <vector>

using namespace deepseek::loop;

namespace {

void add_one_to_each(work_queue& queue, std::vector<int>& of) {
  for (work_range range; queue.take(range);)
    for (std::int64_t i = range.begin; i < range.end; ++i) ++of[std::size_t(i)];
}

}  // namespace

TEST_CASE("run calls f once for each thread number, and has it all done when it returns") {
  for (int job = 0; job < 500; ++job) {
    int const wanted = 1 + job % 5;
    std::vector<int> calls(5, 0);
    int members = 0;
    thread_pool::instance().run(wanted, [&](int thread, int count) {
      ++calls[std::size_t(thread)];
      if (thread == 0) members = count;
    });
    REQUIRE(members >= 1);
    REQUIRE(members <= wanted);
    for (int t = 0; t < 5; ++t) REQUIRE(calls[std::size_t(t)] == (t < members ? 1 : 0));
  }
}

TEST_CASE("share_work does each piece once, however many threads come in time") {
  for (int job = 0; job < 2000; ++job) {
    std::vector<int> done(std::size_t(1 + job % 37), 0);
    share_work(2 + job % 4, std::int64_t(done.size()), 1 + job % 3,
               [&](work_queue& queue) { add_one_to_each(queue, done); });
    for (int const times : done) REQUIRE(times == 1);
  }
}

TEST_CASE("no thread stays in a job that has returned, whatever kind of job comes next") {
  for (int job = 0; job < 500; ++job) {
    std::vector<int> shared(8, 0);
    share_work(3, 8, 1, [&](work_queue& queue) { add_one_to_each(queue, shared); });
    std::vector<int> calls(3, 0);
    thread_pool::instance().run(3, [&](int thread, int) { ++calls[std::size_t(thread)]; });
    shared.assign(8, -1);
    for (int const times : calls) REQUIRE(times <= 1);
    for (int const value : shared) REQUIRE(value == -1);
  }
}

TEST_CASE("a job inside a job runs on the thread that asks for it") {
  thread_pool::instance().run(2, [&](int, int) {
    int calls = 0;
    thread_pool::instance().run(4, [&](int thread, int count) {
      ++calls;
      CHECK(thread == 0);
      CHECK(count == 1);
    });
    CHECK(calls == 1);
  });
}

TEST_CASE(
    "an exception of any thread is thrown where the job was asked for, and the pool goes on") {
  for (int round = 0; round < 50; ++round) {
    CHECK_THROWS_AS(thread_pool::instance().run(3,
                                                [&](int thread, int count) {
                                                  if (thread == count - 1)
                                                    throw std::runtime_error("mine");
                                                }),
                    std::runtime_error);
    CHECK_THROWS_AS(share_work(3, 10, 1, [&](work_queue&) { throw std::runtime_error("all"); }),
                    std::runtime_error);
    std::vector<int> done(10, 0);
    share_work(3, 10, 1, [&](work_queue& queue) { add_one_to_each(queue, done); });
    for (int const times : done) REQUIRE(times == 1);
  }
}

TEST_CASE("an empty piece of work calls nothing; a grain below one counts as one") {
  bool called = false;
  share_work(4, 0, 1, [&](work_queue&) { called = true; });
  CHECK(!called);
  std::vector<int> done(3, 0);
  share_work(1, 3, 0, [&](work_queue& queue) { add_one_to_each(queue, done); });
  CHECK(done == std::vector<int>{1, 1, 1});
}
