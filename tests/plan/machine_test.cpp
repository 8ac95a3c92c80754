// SPDX-License-Identifier: Apache-2.0
/// @file The measured machine has numbers that a machine can have, and is measured once.
#include <deepseek/plan/machine.hpp>

#include <doctest/doctest.h>

#include <cmath>

namespace {
namespace ds = deepseek;

TEST_CASE("measured_host: finite rates of a real machine, all cores of the process") {
  ds::machine const& m = ds::measured_host();
  CHECK(m.threads == ds::loop::available_cores());
  CHECK(std::isfinite(m.bytes_per_second));
  CHECK(std::isfinite(m.flops_per_second));
  CHECK(m.bytes_per_second > 1e7);   // slower than a floppy's interface is no measurement
  CHECK(m.bytes_per_second < 1e14);  // faster than any memory
  CHECK(m.flops_per_second > 1e6);
  CHECK(m.flops_per_second < 1e16);
}

TEST_CASE("measured_host: the same numbers at every call") {
  CHECK(&ds::measured_host() == &ds::measured_host());
}

TEST_CASE("a given machine is taken as it is") {
  constexpr ds::machine m{1.0, 2.0, 3};
  static_assert(m.bytes_per_second == 1.0 && m.flops_per_second == 2.0 && m.threads == 3);
}
}  // namespace
