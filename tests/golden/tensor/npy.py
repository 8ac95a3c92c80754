#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes npy/*.npy with NumPy: the arrays that tests/tensor/npy_test.cpp reads, and writes again.

    python3 npy.py      (needs numpy)
"""
import pathlib
import struct

import numpy as np

FOLDER = pathlib.Path(__file__).parent / "npy"


def save(name, array):
    np.save(FOLDER / f"{name}.npy", array)


def save_version(name, array, version):
    with open(FOLDER / f"{name}.npy", "wb") as file:
        np.lib.format.write_array(file, array, version=version)


def save_raw(name, header, body, version=1):
    """A header that NumPy does not write today but reads."""
    text = header.encode("latin1") + b"\n"
    size = struct.pack("<H" if version == 1 else "<I", len(text))
    (FOLDER / f"{name}.npy").write_bytes(b"\x93NUMPY" + bytes([version, 0]) + size + text + body)
    np.load(FOLDER / f"{name}.npy")  # it does


def main():
    FOLDER.mkdir(exist_ok=True)
    counting = np.arange(6).reshape(2, 3)
    for name, kind in {"f64": "f8", "f32": "f4", "f16": "f2", "int8": "i1", "int16": "i2",
                       "int32": "i4", "int64": "i8"}.items():
        save(name, ((counting - 2) * (1.5 if kind[0] == "f" else 1)).astype(kind))
    save("uint8", (counting + 250).astype("u1"))
    save("bool", counting % 2 == 1)
    save("special", np.array([np.inf, -np.inf, np.nan, -0.0, 2.0**-149], "f4"))
    save("scalar", np.float32(7.5))
    save("empty", np.zeros((3, 0, 2), "f4"))
    save("rank3", np.arange(24, dtype="f4").reshape(2, 3, 4))
    save("fortran", np.asfortranarray(np.arange(24, dtype="f4").reshape(2, 3, 4)))
    save("fortran_int8", np.asfortranarray(np.arange(6, dtype="i1").reshape(2, 3)))
    save_version("version2", counting.astype("f4"), (2, 0))
    save_version("version3", counting.astype("f4"), (3, 0))
    save("big_endian", counting.astype(">f4"))
    save("structured", np.zeros(2, [("a", "f4"), ("b", "i4")]))
    save("complex", np.zeros(2, "c8"))
    save("uint16", np.zeros(2, "u2"))
    body = np.arange(2, dtype="<f4").tobytes()
    save_raw("odd_header", '{"shape":(2L,),"fortran_order":False, \'descr\': "=f4"}', body)
    (FOLDER / "two_arrays.npy").write_bytes((FOLDER / "f32.npy").read_bytes() * 2)


main()
