// SPDX-License-Identifier: Apache-2.0
/// @file Device memory: a round trip where there is a GPU, a clear error where there is none.
#include <deepseek/tensor/device_memory.hpp>

#include <cstring>
#include <limits>
#include <string>

#include <doctest/doctest.h>

using namespace deepseek;

namespace {
using numbers = tensor<float, dims<dyn, 5>>;

numbers counted(std::int64_t rows) {
  numbers t{rows};
  for (std::int64_t i = 0; i < t.size(); ++i) t.data()[i] = static_cast<float>(i);
  return t;
}
/// Memory that claims to be a device's; nobody follows its pointer.
numbers pretended() {
  static char room[64];
  auto const nothing = [](void*, void*) noexcept {};
  return {storage::adopted(room, 40, memory_space::device, nothing, nullptr), dims<dyn, 5>{2}};
}
}  // namespace

TEST_CASE("without a GPU a pool is a device_error that says what is missing") {
  if (device_count() > 0) {
    CHECK_THROWS_WITH_AS(device_pool{device_count()}, doctest::Contains("[DS-DEVICE-NONE]"),
                         device_error);
    return;
  }
  try {
    device_pool const pool;
    FAIL("there is no GPU, and a pool was made");
  } catch (device_error const& e) {
    std::string const what = e.what();
    CAPTURE(what);
    CHECK((what.find("[DS-DEVICE-NONE]") == 0 || what.find("[DS-DEVICE-BUILD]") == 0));
    CHECK(what.find("Fix: ") != std::string::npos);
  }
}

TEST_CASE("the host does not follow pointers into device memory") {
  numbers t = pretended();
  CHECK(t.space() == memory_space::device);
  CHECK_THROWS_WITH_AS((void)t(0, 0), doctest::Contains("[DS-VIEW-SPACE]"), device_error);
  CHECK_THROWS_WITH_AS(numbers{t}, doctest::Contains("[DS-TENSOR-COPY]"), device_error);
  numbers on_host = counted(2);
  CHECK_THROWS_WITH_AS(on_host = t, doctest::Contains("[DS-TENSOR-COPY]"), device_error);
  CHECK(on_host(1, 4) == 9.f);
  t = on_host;  // a new block on the host
  CHECK(t.space() == memory_space::host);
  CHECK(t(1, 4) == 9.f);
  numbers const moved = [] { return pretended(); }();
  CHECK(moved.space() == memory_space::device);
}

TEST_CASE("what goes to the device comes back, and blocks are used again") {
  if (device_count() == 0) return;
  device_pool pool;
  auto const t = counted(1000);
  void const* first = nullptr;
  {
    auto const there = to_device(t, pool);
    first = there.data();
    CHECK(there.space() == memory_space::device);
    CHECK(pool.used_bytes() >= 20000);
    auto const back = to_host(there, pool);
    CHECK(back.space() == memory_space::host);
    CHECK(std::memcmp(back.data(), t.data(), 20000) == 0);
  }
  CHECK(to_device(t, pool).data() == first);
  CHECK(pool.reserved_bytes() > 0);
  CHECK(pool.allocate(0).data() == nullptr);
  CHECK(pool.allocate(0).space() == memory_space::device);
}

TEST_CASE("blocks may outlive their pool") {
  if (device_count() == 0) return;
  storage block;
  {
    device_pool pool{0, 0};
    block = pool.allocate(4096);
  }
  CHECK(block.data() != nullptr);
  block = storage{};
}

TEST_CASE("a block that the device has not is a memory_error with the sizes") {
  if (device_count() == 0) return;
  device_pool pool;
  CHECK_THROWS_WITH_AS((void)pool.allocate(std::int64_t{1} << 50),
                       doctest::Contains("[DS-DEVICE-MEMORY] no block of 1125899906842624 bytes"),
                       memory_error);
  CHECK_THROWS_AS((void)pool.allocate(-1), memory_error);
  CHECK(pool.allocate(64).data() != nullptr);  // the failure leaves nothing behind
}
