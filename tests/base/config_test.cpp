// SPDX-License-Identifier: Apache-2.0
/// @file Laws of base/config.hpp.
#include <deepseek/base/config.hpp>
#include <doctest/doctest.h>

namespace {

struct nothing {};

struct holds_nothing {
  DEEPSEEK_EMPTY nothing tag;
  int value;
};

DEEPSEEK_INLINE DEEPSEEK_HOST_DEVICE int twice(int value) { return 2 * value; }

#if defined(__CUDACC__)
__global__ void twice_on_device(int* value) { *value = twice(*value); }
#endif

}  // namespace

TEST_CASE("version: major * 10000 + minor * 100 + patch, and the parts are in range") {
  CHECK(DEEPSEEK_VERSION / 10000 * 10000 + DEEPSEEK_VERSION / 100 % 100 * 100 +
            DEEPSEEK_VERSION % 100 ==
        DEEPSEEK_VERSION);
  CHECK(DEEPSEEK_VERSION > 0);
}

TEST_CASE("an empty member takes no room") { CHECK(sizeof(holds_nothing) == sizeof(int)); }

TEST_CASE("host code is not a device pass") {
  CHECK(DEEPSEEK_DEVICE_PASS == 0);
  CHECK(twice(21) == 42);
}

#if defined(__CUDACC__)
TEST_CASE("a function of both sides gives the same result on the GPU") {
  int* value = nullptr;
  REQUIRE(cudaMallocManaged(&value, sizeof(int)) == cudaSuccess);
  *value = 21;
  twice_on_device<<<1, 1>>>(value);
  REQUIRE(cudaDeviceSynchronize() == cudaSuccess);
  CHECK(*value == 42);
  cudaFree(value);
}
#endif
