// SPDX-License-Identifier: Apache-2.0
/// @file Laws of convert: one rounding, saturation into integers, the same bits on the GPU.
#include <deepseek/base/convert.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <type_traits>

namespace ds = deepseek;
using ds::convert;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
float const not_a_number = std::nanf("");

/// What C++ defines for a double that fits: the reference, in long double, for one that does not.
template <class Integer> Integer truncated(long double value) {
  if (std::isnan(value)) return 0;
  if (value >= static_cast<long double>(std::numeric_limits<Integer>::max()))
    return std::numeric_limits<Integer>::max();
  if (value <= static_cast<long double>(std::numeric_limits<Integer>::min()))
    return std::numeric_limits<Integer>::min();
  return static_cast<Integer>(value);
}

}  // namespace

TEST_CASE_TEMPLATE("convert: floating to integer truncates, saturates, and takes NaN to 0", Integer,
                   std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t) {
  auto const check = [](auto value) {
    CAPTURE(value);
    CHECK(convert<Integer>(value) == truncated<Integer>(value));
    CHECK(convert<Integer>(-value) == truncated<Integer>(-value));
  };
  for (double value :
       {0.0,   0.5,     0.999,   1.0,          1.5,    2.5,        127.9,  128.0,  129.0,  255.5,
        256.0, 32767.5, 32768.0, 0x1p31 - 0.5, 0x1p31, 0x1p31 + 1, 0x1p53, 0x1p63, 0x1p64, 1e300}) {
    check(value);
    check(static_cast<float>(value));
    for (double towards : {0.0, 1e308}) check(std::nextafter(value, towards));
    for (float towards : {0.0F, infinity})
      check(std::nextafter(static_cast<float>(value), towards));
  }
  check(infinity);
  check(std::numeric_limits<double>::infinity());
  check(not_a_number);
  check(std::nan(""));
  CHECK(convert<Integer>(ds::f16{not_a_number}) == 0);
  CHECK(convert<Integer>(ds::f16{65504}) == truncated<Integer>(65504.0L));
  CHECK(convert<Integer>(ds::bf16{-1e30F}) == std::numeric_limits<Integer>::min());
  CHECK(convert<Integer>(ds::fp8_e4m3{-3.5F}) == truncated<Integer>(-3.5L));
}

TEST_CASE("convert: all to bool is: not zero") {
  CHECK(convert<bool>(0.5F));
  CHECK(convert<bool>(not_a_number));
  CHECK(convert<bool>(std::numeric_limits<double>::denorm_min()));
  CHECK_FALSE(convert<bool>(-0.0F));
  CHECK_FALSE(convert<bool>(ds::f16{-0.0F}));
  CHECK(convert<bool>(ds::fp8_e5m2{0x1p-16F}));
  CHECK(convert<bool>(std::int64_t{1} << 40));  // the low 32 bits are zero
  CHECK(convert<bool>(std::int8_t{-1}));
  CHECK_FALSE(convert<bool>(std::uint8_t{0}));
  CHECK(convert<float>(true) == 1.0F);
  CHECK(convert<ds::bf16>(true) == 1.0F);
  CHECK(convert<std::int8_t>(true) == 1);
}

TEST_CASE("convert: integer to integer is modulo 2^n") {
  CHECK(convert<std::int8_t>(std::int32_t{200}) == -56);
  CHECK(convert<std::uint8_t>(std::int8_t{-1}) == 255);
  CHECK(convert<std::int32_t>((std::int64_t{1} << 32) + 7) == 7);
  CHECK(convert<std::int64_t>(std::int8_t{-128}) == -128);
}

TEST_CASE("convert: double to a small float rounds once") {
  double const above_tie = 1.0 + 0x1p-11 + 0x1p-40;  // as a float: exactly the tie
  CHECK(static_cast<float>(above_tie) == 1.0F + 0x1p-11F);
  CHECK(convert<ds::f16>(above_tie).bits == 0x3c01);
  CHECK(convert<ds::f16>(static_cast<float>(above_tie)).bits == 0x3c00);
  CHECK(convert<ds::bf16>(1.0 + 0x1p-8 + 0x1p-40).bits == 0x3f81);
  CHECK(convert<ds::fp8_e4m3>(1.0 + 0x1p-4 + 0x1p-40).bits == 0x39);
  CHECK(convert<ds::fp8_e5m2>(1.0 + 0x1p-3 + 0x1p-40).bits == 0x3d);
}

TEST_CASE("convert: between small floats by way of the exact value") {
  CHECK(convert<ds::bf16>(ds::f16{65504}) == 65536.0F);
  CHECK(convert<ds::f16>(ds::bf16{1e30F}) == infinity);
  CHECK(convert<ds::fp8_e4m3>(ds::f16{infinity}) == 448.0F);
  CHECK(convert<ds::f16>(ds::fp8_e5m2{0x1p-16F}) == 0x1p-16F);
  CHECK(convert<double>(ds::f16{0x1p-24F}) == 0x1p-24);
}

TEST_CASE("convert: integers to floating round once") {
  CHECK(convert<float>(std::int32_t{16777217}) == 16777216.0F);
  CHECK(convert<double>((std::int64_t{1} << 53) + 1) == 0x1p53);
  CHECK(convert<ds::bf16>((std::int64_t{1} << 60) + (std::int64_t{1} << 52) + 1) ==
        0x1p60F + 0x1p53F);
}

TEST_CASE("convert: to its own type it changes no bit, NaN payloads included") {
  auto const payload = ds::f16::from_bits(0x7d01);
  CHECK(convert<ds::f16>(payload).bits == 0x7d01);
  std::uint32_t const bits = 0x7fa0'0001U;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  float const same = convert<float>(value);
  CHECK(std::memcmp(&same, &value, sizeof same) == 0);
}

TEST_CASE("convert: it is a constant expression") {
  static_assert(convert<std::int8_t>(1e30F) == 127);
  static_assert(convert<std::int64_t>(-1e30) == std::numeric_limits<std::int64_t>::min());
  static_assert(convert<std::int32_t>(__builtin_nanf("")) == 0);
  static_assert(convert<bool>(2));
  static_assert(convert<ds::f16>(1e30F).bits == 0x7c00);
}

#if defined(__CUDACC__)
namespace {

/// One way of making bits out of bits, on either side.
DEEPSEEK_HOST_DEVICE std::uint64_t sample(std::uint32_t i) {
  float const value = ds::detail::float_of(i * 16411U);
  double const wide = static_cast<double>(value) * (1 + 0x1p-30);
  std::uint64_t hash = convert<ds::f16>(value).bits;
  hash = hash * 31 + convert<ds::bf16>(value).bits;
  hash = hash * 31 + convert<ds::fp8_e4m3>(value).bits;
  hash = hash * 31 + convert<ds::fp8_e5m2>(value).bits;
  hash = hash * 31 + convert<ds::f16>(wide).bits;
  hash = hash * 31 + convert<ds::bf16>(wide).bits;
  hash = hash * 31 + ds::fp8_e4m3::unsaturated(wide).bits;
  hash = hash * 31 + ds::fp8_e5m2::unsaturated(wide).bits;
  hash = hash * 31 + static_cast<std::uint64_t>(convert<std::int8_t>(value));
  hash = hash * 31 + static_cast<std::uint64_t>(convert<std::int64_t>(wide));
  hash = hash * 31 + convert<bool>(value);
  auto const bits16 = static_cast<std::uint16_t>(i);
  auto const bits8 = static_cast<std::uint8_t>(i);
  hash = hash * 31 + ds::detail::float_bits(ds::f16::from_bits(bits16));
  hash = hash * 31 + ds::detail::float_bits(ds::bf16::from_bits(bits16));
  hash = hash * 31 + ds::detail::float_bits(ds::fp8_e4m3::from_bits(bits8));
  return hash * 31 + ds::detail::float_bits(ds::fp8_e5m2::from_bits(bits8));
}

__global__ void sample_all(std::uint64_t* out) {
  std::uint32_t const i = blockIdx.x * blockDim.x + threadIdx.x;
  out[i] = sample(i);
}

}  // namespace

TEST_CASE("convert: the GPU gives the same bits") {
  constexpr std::uint32_t block = 256;
  constexpr std::uint32_t count = 1U << 18;
  std::uint64_t* out = nullptr;
  REQUIRE(cudaMallocManaged(&out, count * sizeof *out) == cudaSuccess);
  sample_all<<<count / block, block>>>(out);
  REQUIRE(cudaDeviceSynchronize() == cudaSuccess);
  for (std::uint32_t i = 0; i < count; ++i) {
    CAPTURE(i);
    REQUIRE(out[i] == sample(i));
  }
  cudaFree(out);
}
#endif
