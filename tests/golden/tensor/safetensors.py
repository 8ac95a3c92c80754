#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes safetensors/*.safetensors with the Python package: what tests/tensor/safetensors_test.cpp
reads and tests/tensor/safetensors_writer_test.cpp writes again byte for byte.

    python3 safetensors.py      (needs torch, safetensors)
"""
import json
import pathlib
import sys

sys.path.remove(str(pathlib.Path(__file__).parent))  # this file is not the package

import torch
from safetensors import safe_open
from safetensors.torch import save_file

FOLDER = pathlib.Path(__file__).parent / "safetensors"
TYPES = {
    "f64": torch.float64, "f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16,
    "fp8_e4m3": torch.float8_e4m3fn, "fp8_e5m2": torch.float8_e5m2, "int8": torch.int8,
    "int16": torch.int16, "int32": torch.int32, "int64": torch.int64, "uint8": torch.uint8,
    "bool": torch.bool,
}


def raw(name, header, body):
    """A file that the package does not write but reads."""
    head = json.dumps(header).encode()
    path = FOLDER / f"{name}.safetensors"
    path.write_bytes(len(head).to_bytes(8, "little") + head + body)
    with safe_open(path, "pt") as file:
        for key in file.keys():
            file.get_tensor(key)


def main():
    FOLDER.mkdir(exist_ok=True)
    counting = torch.arange(6, dtype=torch.float32).reshape(2, 3)
    save_file({name: (counting % 2 if name == "bool" else counting).to(kind)
               for name, kind in TYPES.items()}, FOLDER / "all_types.safetensors")
    save_file({"scalar": torch.tensor(7.5), "none": torch.zeros(3, 0, 2), "rank3":
               torch.arange(24, dtype=torch.float32).reshape(2, 3, 4),
               'odd "name"\\\n\t\x01 é😀': torch.tensor([1, 2], dtype=torch.int16)},
              FOLDER / "shapes.safetensors", {"made by": "a \"test\"\n"})
    save_file({}, FOLDER / "nothing.safetensors")
    save_file({"u16": torch.zeros(3, dtype=torch.uint16), "c64": torch.zeros(2, dtype=torch.complex64),
               "f32": torch.ones(1)}, FOLDER / "foreign_types.safetensors")
    raw("unaligned", {"flag": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]},
                      "x": {"dtype": "F32", "shape": [2], "data_offsets": [1, 9]}},
        b"\x07" + torch.tensor([1.5, -2.5]).numpy().tobytes())
    raw("any_order", {"b": {"data_offsets": [4, 8], "shape": [1], "dtype": "I32"},
                      "__metadata__": {}, "a": {"shape": [1, 1], "dtype": "I32", "data_offsets": [0, 4]}},
        b"\x01\x00\x00\x00\x02\x00\x00\x00")


main()
