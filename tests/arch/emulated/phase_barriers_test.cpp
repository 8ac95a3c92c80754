// SPDX-License-Identifier: Apache-2.0
/// @file phase_barriers: threads that wait for phases; their faults inside kernels are in
/// ../gpu/mbarrier_test.cpp.
#include <deepseek/arch/emulated/phase_barriers.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <string>

namespace {

namespace emulated = deepseek::arch::emulated;

struct three_threads {
  std::function<void(int)> body;
  emulated::cluster_places places{{3, 0, {}}, {1, 1, 1}, {0, 0, 0}, "probe"};
  emulated::happens_before order{3};
  emulated::stack_turns turns{3, [this](int id) { body(id); }, [](int) {}};
  emulated::phase_barriers phases{places, turns, order};

  std::string run(std::function<void(int)> of_thread) {
    body = std::move(of_thread);
    deepseek::text stuck;
    turns.run([&] { phases.describe(stuck); });
    return stuck.c_str();
  }
};

}  // namespace

TEST_CASE("who waits goes on when the phase ends, and has seen those who arrived") {
  three_threads threads;
  std::uint64_t barrier = 0;
  std::string log;
  CHECK(threads.run([&](int id) {
    if (id == 0) {
      threads.phases.make(0, &barrier, 2);
      threads.phases.wait(0, &barrier, 0);
      CHECK(threads.order.saw(0, 1, 1));
      CHECK(threads.order.saw(0, 2, 1));
    } else {
      threads.phases.arrive(id, &barrier, 0);
    }
    log += static_cast<char>('0' + id);
  }) == "");
  CHECK(log == "120");
}

TEST_CASE("who waits for ever is described with what the phase lacks") {
  three_threads threads;
  std::uint64_t barrier = 0;
  CHECK(threads.run([&](int id) {
    if (id == 0) threads.phases.make(0, &barrier, 5);
    else if (id == 1) threads.phases.arrive(1, &barrier, 48);
    else threads.phases.wait(2, &barrier, 0);
  }) == " thread 2 for the end of parity 0 of an mbarrier, which lacks 4 arrivals and 48 bytes;");
}
