#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes small_floats.hpp: what ml_dtypes, NumPy and PyTorch make of the values at which rounding to
f16, bf16, fp8_e4m3 and fp8_e5m2 changes. tests/base/small_float_cases.hpp names the same inputs.

    python3 small_floats.py > small_floats.hpp      (needs numpy, ml_dtypes, torch)
"""
import zlib

import ml_dtypes
import numpy as np
import torch

FORMATS = {  # name: NumPy type, PyTorch type, code type, how many codes lie below infinity or NaN
    "f16": (np.float16, torch.float16, np.uint16, 0x7C00),
    "bf16": (ml_dtypes.bfloat16, torch.bfloat16, np.uint16, 0x7F80),
    "fp8_e4m3": (ml_dtypes.float8_e4m3fn, torch.float8_e4m3fn, np.uint8, 0x7F),
    "fp8_e5m2": (ml_dtypes.float8_e5m2, torch.float8_e5m2, np.uint8, 0x7C),
}


def decode(name, codes):
    numpy_type, torch_type, code_type, _ = FORMATS[name]
    result = codes.astype(code_type).view(numpy_type).astype(np.float32)
    signed = torch.from_numpy(codes.astype(code_type).view("i%d" % code_type().itemsize))
    assert np.array_equal(result, signed.view(torch_type).to(torch.float32).numpy(), equal_nan=True)
    return result


def encode(name, values):
    """Codes of float32 values, not saturated; every NaN as one code."""
    numpy_type, torch_type, code_type, finite = FORMATS[name]
    with np.errstate(over="ignore", invalid="ignore"):
        result = values.astype(numpy_type).view(code_type).copy()
    integer = torch.int16 if code_type is np.uint16 else torch.int8
    again = torch.from_numpy(values).to(torch_type).view(integer).numpy().view(code_type)
    one_nan = np.iinfo(code_type).max >> 1
    result[np.isnan(values)] = one_nan
    if name == "fp8_e4m3":  # PyTorch 2.15 saturates here, ml_dtypes makes a NaN of it
        result[(result & 0x7F) == 0x7F] = one_nan
    alike = ~np.isnan(values) & ((result & one_nan) <= finite - (name == "fp8_e4m3"))
    assert np.array_equal(again[alike], result[alike])
    return result


def boundaries(name):
    """Each value from 0 to the largest, the midpoint to the next one, their float neighbours."""
    finite = FORMATS[name][3]
    values = decode(name, np.arange(finite)).astype(np.float64)
    step_to_next = np.append(values[1:], 2 * values[-1] - values[-2])
    middles = (values + step_to_next) / 2
    rows = []
    for column in (values, middles):
        bits = column.astype(np.float32).view(np.uint32).astype(np.int64)
        rows += [np.abs(bits - 1), bits, bits + 1]
    bits = np.stack(rows, axis=1).reshape(-1).astype(np.uint32)
    bits = np.minimum(bits, np.uint32(0x7F800000))
    return np.stack([bits, bits | 0x80000000], axis=1).reshape(-1).astype(np.uint32)


def scan():
    """Floats over all bit patterns, NaNs and infinities among them."""
    return (np.arange(1 << 18, dtype=np.uint64) * 16411 % (1 << 32)).astype(np.uint32)


def checksum(codes):
    return zlib.crc32(codes.tobytes())


def main():
    print("// SPDX-License-Identifier: Apache-2.0")
    print(f"/// @file Made by small_floats.py with ml_dtypes {ml_dtypes.__version__}, NumPy "
          f"{np.__version__} and PyTorch {torch.__version__.split('+')[0]}.")
    print("#pragma once\n\n#include <cstdint>\n\nnamespace deepseek::test::golden {\n")
    print("/// CRC-32 of the codes of all boundaries, of the scanned floats and of all decoded floats.")
    print("struct small_float_checksums {\n  char const* name;\n  std::uint32_t boundaries;\n"
          "  std::uint32_t scan;\n  std::uint32_t decoded;\n};")
    print("inline constexpr small_float_checksums small_floats[] = {")
    for name, (_, _, code_type, _) in FORMATS.items():
        decoded = decode(name, np.arange(np.iinfo(code_type).max + 1))
        bits = decoded.view(np.uint32).copy()
        bits[np.isnan(decoded)] = 0x7FC00000
        print(f'    {{"{name}", 0x{checksum(encode(name, boundaries(name).view(np.float32))):08x}, '
              f'0x{checksum(encode(name, scan().view(np.float32))):08x}, 0x{checksum(bits):08x}}},')
    print("};\n")
    print("}  // namespace deepseek::test::golden")


main()
