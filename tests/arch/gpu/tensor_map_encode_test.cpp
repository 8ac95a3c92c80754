// SPDX-License-Identifier: Apache-2.0
/// @file encoded: laws are checked before the driver is asked; without CUDA it says so. Maps themselves are
/// the driver's, and tested where there is a GPU.
#include <deepseek/arch/gpu/tensor_map_encode.hpp>

#include <doctest/doctest.h>

#include <string>

namespace gpu = deepseek::arch::gpu;

namespace {
alignas(16) float memory[64];
gpu::tensor_description good() {
  gpu::tensor_description t;
  t.base = memory;
  t.element = gpu::tensor_element::f32;
  t.rank = 2;
  t.extent[0] = t.extent[1] = 8;
  t.stride_bytes[0] = 32;
  t.box[0] = t.box[1] = 4;
  return t;
}
}  // namespace

TEST_CASE("encoded: a law that does not hold is a shape_error, with the law") {
  gpu::tensor_description t = good();
  t.stride_bytes[0] = 40;
  try {
    (void)gpu::encoded(t);
    FAIL("no error");
  } catch (deepseek::shape_error const& e) {
    CHECK(std::string{e.what()}.find("[DS-TENSOR-MAP-STRIDE] the stride of axis 1 is 40 bytes") ==
          0);
  }
}

TEST_CASE("encoded: where there is no CUDA or no driver, a device_error") {
  try {
    gpu::tensor_map const map = gpu::encoded(good());
    CHECK(sizeof map == 128);  // there is a GPU: the driver made one
  } catch (deepseek::device_error const& e) {
    CHECK(std::string{e.what()}.find("[DS-TENSOR-MAP-") == 0);
  }
}
