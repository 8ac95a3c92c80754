// SPDX-License-Identifier: Apache-2.0
/// @file What shared_memory finds in single accesses; whole blocks are in block_machine_test.cpp.
#include <deepseek/arch/emulated/shared_memory.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using deepseek::arch::emulated::happens_before;
using deepseek::arch::emulated::shared_memory;
using mistake = shared_memory::mistake;

namespace {
unsigned char* at(shared_memory const& memory, int offset) {
  return static_cast<unsigned char*>(memory.data()) + offset;
}
}  // namespace

TEST_CASE("shared_memory: bounds, alignment, bytes that nobody has written") {
  shared_memory memory{64};
  happens_before const order{2};
  CHECK(memory.size() == 64);
  CHECK(reinterpret_cast<std::uintptr_t>(memory.data()) % 1024 == 0);
  CHECK(memory.write(order, 0, at(memory, 60), 4).what == mistake::none);
  CHECK(memory.write(order, 0, at(memory, 64), 1).what == mistake::outside);
  CHECK(memory.write(order, 0, at(memory, 62), 4).what == mistake::outside);
  CHECK(memory.write(order, 0, at(memory, -4), 4).offset == -4);
  CHECK(memory.read(order, 0, at(memory, 8), 16).what == mistake::misaligned);
  CHECK(memory.write(order, 0, at(memory, 12), 12).what == mistake::none);  // three words
  CHECK(memory.read(order, 0, at(memory, 0), 4).what == mistake::undefined);
  CHECK(memory.read(order, 0, at(memory, 16), 16).what == mistake::undefined);
  CHECK(memory.read(order, 0, at(memory, 16), 16).offset == 24);  // the first such byte
}

TEST_CASE("shared_memory: bytes are told apart") {
  shared_memory memory{16};
  happens_before const order{4};
  for (int t = 0; t < 4; ++t) {
    CHECK(memory.write(order, t, at(memory, t), 1).what == mistake::none);
    CHECK(memory.read(order, t, at(memory, t), 1).what == mistake::none);
  }
  auto const whole = memory.read(order, 2, at(memory, 0), 4);
  CHECK(whole.what == mistake::after_write);
  CHECK(whole.other == 0);
}

TEST_CASE("shared_memory: a write after two readers needs both to be ordered") {
  shared_memory memory{4};
  happens_before order{3};
  memory.write(order, 0, memory.data(), 4);
  order.meet({0, 1, 2});
  CHECK(memory.read(order, 1, memory.data(), 4).what == mistake::none);
  CHECK(memory.read(order, 2, memory.data(), 4).what == mistake::none);
  order.meet({0, 2});
  auto const early = memory.write(order, 0, memory.data(), 4);
  CHECK(early.what == mistake::after_read);
  CHECK(early.other == 1);
  order.meet({0, 1});
  CHECK(memory.write(order, 0, memory.data(), 4).what == mistake::none);
}

TEST_CASE("shared_memory: atomics may meet each other, not what is no atomic") {
  shared_memory memory{4};
  happens_before order{3};
  CHECK(memory.write(order, 0, memory.data(), 4, true).what == mistake::undefined);
  memory.write(order, 0, memory.data(), 4);
  order.meet({0, 1, 2});
  CHECK(memory.write(order, 1, memory.data(), 4, true).what == mistake::none);
  CHECK(memory.write(order, 2, memory.data(), 4, true).what == mistake::none);
  CHECK(memory.read(order, 0, memory.data(), 4).what == mistake::after_write);
}

TEST_CASE(
    "shared_memory: what a copy is on its way to is nobody's, then the thread's that waited") {
  shared_memory memory{8};
  happens_before order{2};
  CHECK(memory.start_copy(order, 0, memory.data(), 4).what == mistake::none);
  CHECK(memory.read(order, 0, memory.data(), 4).what == mistake::in_flight);
  CHECK(memory.write(order, 1, memory.data(), 4).what == mistake::in_flight);
  CHECK(memory.start_copy(order, 1, memory.data(), 4).other == 0);
  order.meet({0, 1});  // a barrier is no wait
  CHECK(memory.read(order, 1, memory.data(), 4).what == mistake::in_flight);
  memory.end_copy(order, 0, memory.data(), 4);
  CHECK(memory.read(order, 0, memory.data(), 4).what == mistake::none);
  CHECK(memory.read(order, 1, memory.data(), 4).what == mistake::after_write);
  order.meet({0, 1});
  CHECK(memory.read(order, 1, memory.data(), 4).what == mistake::none);
}

TEST_CASE("shared_memory: bulk copies are on their way until their event is seen") {
  shared_memory memory{64};
  happens_before order{2};
  int const engine = order.add_source();
  CHECK(memory.bulk_write(order, 0, engine, 1, at(memory, 8), 16).what == mistake::misaligned);
  CHECK(memory.bulk_write(order, 0, engine, 1, at(memory, 16), 64).what == mistake::outside);
  CHECK(memory.bulk_write(order, 0, engine, 1, at(memory, 0), 48).what == mistake::none);
  CHECK(memory.read(order, 0, at(memory, 4), 4).what == mistake::bulk_write);
  CHECK(memory.write(order, 1, at(memory, 4), 4).what == mistake::bulk_write);
  order.learn(1, engine, 1);
  CHECK(memory.read(order, 1, at(memory, 4), 4).what == mistake::none);
  CHECK(memory.read(order, 0, at(memory, 4), 4).what == mistake::bulk_write);
  CHECK(memory.write(order, 1, at(memory, 8), 4).what == mistake::none);
}

TEST_CASE("shared_memory: what a bulk copy reads is not written until its event is seen") {
  shared_memory memory{64};
  happens_before order{4};
  int const engine = order.add_source();
  memory.write(order, 0, at(memory, 0), 16);
  CHECK(memory.bulk_read(order, 0, engine, 1, at(memory, 0), 32).what == mistake::unfenced);
  order.fence(0);
  CHECK(memory.bulk_read(order, 0, engine, 1, at(memory, 0), 32).offset == 16);
  CHECK(memory.bulk_read(order, 0, engine, 1, at(memory, 0), 32).what == mistake::undefined);
  CHECK(memory.bulk_read(order, 1, engine, 1, at(memory, 0), 16).what == mistake::after_write);
  CHECK(memory.bulk_read(order, 0, engine, 1, at(memory, 0), 16).what == mistake::none);
  order.meet({0, 1, 2, 3});
  for (int reader = 0; reader < 4; ++reader)  // other readers do not make it forgotten
    CHECK(memory.read(order, reader, at(memory, 0), 16).what == mistake::none);
  order.meet({0, 1, 2, 3});
  auto const early = memory.write(order, 2, at(memory, 12), 4);
  CHECK(early.what == mistake::bulk_read);
  CHECK(early.other == engine);
  order.learn(2, engine, 1);
  CHECK(memory.write(order, 2, at(memory, 12), 4).what == mistake::none);
}

TEST_CASE(
    "shared_memory: what four sources read is not written until all of their events are seen") {
  shared_memory memory{16};
  happens_before order{2};
  memory.write(order, 0, at(memory, 0), 16);
  order.fence(0);
  int source[4];
  for (int& s : source) {
    s = order.add_source();
    CHECK(memory.bulk_read(order, 0, s, 1, at(memory, 0), 16).what == mistake::none);
  }
  // A source that reads again takes no place of the others.
  CHECK(memory.bulk_read(order, 0, source[3], 2, at(memory, 0), 16).what == mistake::none);
  for (int i = 3; i >= 0; --i) {
    CHECK(memory.write(order, 0, at(memory, 0), 16).what == mistake::bulk_read);
    order.learn(0, source[i], i == 3 ? 2 : 1);
  }
  CHECK(memory.write(order, 0, at(memory, 0), 16).what == mistake::none);
}

TEST_CASE(
    "shared_memory: bulk copies write over what was fenced, and over what bulk copies wrote") {
  shared_memory memory{32};
  happens_before order{1};
  int const engine = order.add_source();
  memory.write(order, 0, at(memory, 0), 16);
  CHECK(memory.bulk_use(order, 0, at(memory, 8), 8).what == mistake::unfenced);
  CHECK(memory.bulk_write(order, 0, engine, 1, at(memory, 0), 16).what == mistake::unfenced);
  order.fence(0);
  CHECK(memory.bulk_use(order, 0, at(memory, 8), 8).what == mistake::none);
  CHECK(memory.bulk_write(order, 0, engine, 1, at(memory, 0), 16).what == mistake::none);
  CHECK(memory.bulk_write(order, 0, engine, 2, at(memory, 0), 16).what == mistake::bulk_write);
  order.learn(0, engine, 1);
  CHECK(memory.bulk_write(order, 0, engine, 2, at(memory, 0), 16).what == mistake::none);
}
