// SPDX-License-Identifier: Apache-2.0
/// @file Made by small_floats.py with ml_dtypes 0.6.0, NumPy 2.4.6 and PyTorch 2.15.0.
#pragma once

#include <cstdint>

namespace deepseek::test::golden {

/// CRC-32 of the codes of all boundaries, of the scanned floats and of all decoded floats.
struct small_float_checksums {
  char const* name;
  std::uint32_t boundaries;
  std::uint32_t scan;
  std::uint32_t decoded;
};
inline constexpr small_float_checksums small_floats[] = {
    {"f16", 0x7f7463f7, 0xde7238fb, 0x3020c7a7},
    {"bf16", 0xc506c07a, 0x86ee7cf9, 0x28c5ed34},
    {"fp8_e4m3", 0x0e4df20b, 0xedcdee0d, 0x2fdee9ac},
    {"fp8_e5m2", 0x4dd35381, 0x1c99fb3f, 0x3d83fd11},
};

}  // namespace deepseek::test::golden
