// SPDX-License-Identifier: Apache-2.0
/// @file stack_turns: who runs when, and how a run ends that does not end well.
#include <deepseek/arch/emulated/stack_turns.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

using deepseek::arch::emulated::stack_turns;

namespace {
void never() { FAIL("nobody is stuck"); }
}  // namespace

TEST_CASE("each runs until it waits, in the order of numbers, and goes on once it is woken") {
  std::string log;
  int turns_of_1 = 0;
  stack_turns* all = nullptr;
  stack_turns turns{3,
                    [&](int i) {
                      log += static_cast<char>('a' + i);
                      if (i < 2) all->wait(i);
                      if (i == 2) all->wake(1);
                      if (i == 1) all->wake(0);
                      log += static_cast<char>('A' + i);
                    },
                    [&](int i) { turns_of_1 += i == 1 ? 1 : 0; }};
  all = &turns;
  turns.run(never);
  CHECK(log == "abcCBA");
  CHECK(turns_of_1 == 2);
  CHECK(turns.ended() == 3);
}

TEST_CASE("all that are left wait: stuck says so, and their stacks are unwound") {
  int alive = 0;
  stack_turns* all = nullptr;
  stack_turns turns{4,
                    [&](int i) {
                      struct counted {
                        int& n;
                        explicit counted(int& of) : n{of} { ++n; }
                        ~counted() { --n; }
                      } const here{alive};
                      if (i != 1) all->wait(i);
                    },
                    [](int) {}};
  all = &turns;
  int ended = -1;
  auto const stuck = [&] {
    ended = turns.ended();
    throw std::runtime_error{"stuck"};
  };
  CHECK_THROWS_WITH_AS(turns.run(stuck), "stuck", std::runtime_error);
  CHECK(ended == 1);
  CHECK(alive == 0);
}

TEST_CASE("what one throws first ends the run; those that have not begun never do") {
  std::vector<int> began;
  stack_turns turns{5,
                    [&](int i) {
                      began.push_back(i);
                      if (i == 2) throw std::runtime_error{"of the third"};
                    },
                    [](int) {}};
  CHECK_THROWS_WITH_AS(turns.run(never), "of the third", std::runtime_error);
  CHECK(began == std::vector<int>{0, 1, 2});
}
