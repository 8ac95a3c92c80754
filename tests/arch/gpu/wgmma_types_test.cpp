// SPDX-License-Identifier: Apache-2.0
/// @file Which products of a warpgroup there are, and their names as the PTX ISA writes them.
#include <deepseek/arch/gpu/wgmma_types.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace gpu = deepseek::arch::gpu;
using deepseek::bf16;
using deepseek::f16;
using deepseek::fp8_e4m3;
using deepseek::fp8_e5m2;
using gpu::major_axis;
using gpu::tf32;
using gpu::wgmma_options;

namespace {

constexpr wgmma_options plain{};
constexpr wgmma_options b_by_rows{major_axis::k, major_axis::mn};
constexpr wgmma_options both_by_rows{major_axis::mn, major_axis::mn};
constexpr wgmma_options negative_a{major_axis::k, major_axis::k, true, false};
constexpr wgmma_options saturating{major_axis::k, major_axis::k, false, false, true};

template <class T, class A, class B, int N, wgmma_options Options> std::string name() {
  return gpu::detail::wgmma_name<T, A, B, N, Options>::value;
}
template <class A, wgmma_options Options, bool FromRegisters> std::string signs() {
  return gpu::detail::wgmma_signs<A, Options, FromRegisters>::value;
}

}  // namespace

TEST_CASE("wgmma_name: shape and types") {
  CHECK(name<float, bf16, bf16, 128, plain>() == "m64n128k16.f32.bf16.bf16");
  CHECK(name<f16, f16, f16, 8, both_by_rows>() == "m64n8k16.f16.f16.f16");
  CHECK(name<float, tf32, tf32, 256, plain>() == "m64n256k8.f32.tf32.tf32");
  CHECK(name<float, fp8_e4m3, fp8_e5m2, 64, negative_a>() == "m64n64k32.f32.e4m3.e5m2");
  CHECK(name<std::int32_t, std::int8_t, std::uint8_t, 96, plain>() == "m64n96k32.s32.s8.u8");
  CHECK(name<std::int32_t, std::uint8_t, std::uint8_t, 32, saturating>() ==
        "m64n32k32.s32.u8.u8.satfinite");
}

TEST_CASE("wgmma_signs: signs of a and b, then which of those in shared memory are by rows") {
  CHECK(signs<bf16, plain, false>() == ", 1, 1, 0, 0");
  CHECK(signs<f16, b_by_rows, false>() == ", 1, 1, 0, 1");
  CHECK(signs<f16, both_by_rows, false>() == ", 1, 1, 1, 1");
  CHECK(signs<f16, b_by_rows, true>() == ", 1, 1, 1");
  CHECK(signs<f16, negative_a, true>() == ", -1, 1, 0");
  CHECK(signs<tf32, negative_a, false>() == ", -1, 1");
  CHECK(signs<fp8_e4m3, plain, true>() == ", 1, 1");
  CHECK(signs<std::int8_t, saturating, false>() == "");
}

TEST_CASE("wgmma_conformable: what there is an instruction for") {
  static_assert(gpu::wgmma_conformable<float, bf16, bf16, 256, both_by_rows>);
  static_assert(gpu::wgmma_conformable<f16, fp8_e4m3, fp8_e5m2, 8, negative_a>);
  static_assert(gpu::wgmma_conformable<std::int32_t, std::int8_t, std::uint8_t, 24, saturating>);
  static_assert(!gpu::wgmma_conformable<float, bf16, bf16, 12, plain>);
  static_assert(!gpu::wgmma_conformable<float, bf16, bf16, 264, plain>);
  static_assert(!gpu::wgmma_conformable<float, bf16, f16, 64, plain>);
  static_assert(!gpu::wgmma_conformable<f16, bf16, bf16, 64, plain>);
  static_assert(!gpu::wgmma_conformable<float, tf32, tf32, 64, b_by_rows>);
  static_assert(!gpu::wgmma_conformable<std::int32_t, std::int8_t, std::int8_t, 40, plain>);
  static_assert(!gpu::wgmma_conformable<std::int32_t, std::int8_t, std::int8_t, 64, negative_a>);
  static_assert(!gpu::wgmma_conformable<float, f16, f16, 64, saturating>);
}
