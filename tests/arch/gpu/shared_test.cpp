// SPDX-License-Identifier: Apache-2.0
/// @file shared_array and shared_value: as arrays and values are written, and laid out as plain ones.
#include <deepseek/arch/gpu/shared.hpp>

#include <doctest/doctest.h>

#include <type_traits>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;

namespace {
struct plan {
  gpu::shared_array<float, 3> a;
  gpu::shared_value<int> count;
  gpu::shared_array<unsigned char, 5> bytes;
};
}  // namespace

TEST_CASE("shared plans are trivial, and no larger than what they hold") {
  static_assert(std::is_trivially_default_constructible_v<plan>);
  static_assert(sizeof(gpu::shared_array<float, 3>) == 12);
  static_assert(sizeof(plan) == 24);
  static_assert(gpu::shared_array<float, 3>::size == 3);
}

TEST_CASE("shared elements: written, read, copied from each other") {
  deepseek::test::run_block<plan>(1, [](plan& shared) {
    shared.a[0] = 1.5f;
    shared.a[1] = shared.a[0];
    shared.a[2] = shared.a[0] + shared.a[1];
    CHECK(shared.a[1] == 1.5f);
    CHECK(shared.a[2] == 3.f);
    shared.count = 7;
    shared.count = shared.count + 1;
    CHECK(shared.count == 8);
    for (int i = 0; i < 5; ++i) shared.bytes[i] = static_cast<unsigned char>(i);
    CHECK(shared.bytes.element[4] == 4);
  });
}
