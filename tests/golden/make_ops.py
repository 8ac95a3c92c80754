#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes ops/: inputs, expected values and allowed errors for every verb of the library.

    pip install torch numpy scipy safetensors
    python3 make_ops.py

ops/README.md says how to read the files. Expected values are PyTorch's in f64 of the f32 inputs (for
argmax and argmin NumPy's, whose first-of-equals rule is documented), checked against NumPy or SciPy
where they have the function.
"""

import pathlib

import numpy
import torch

from golden_writer import Golden
from ops_cases import casts, maps, reductions, rows, views

PARTS = (
    maps.float_maps,
    maps.exact_maps,
    maps.binary_maps,
    maps.where_maps,
    reductions.rounded_reductions,
    reductions.exact_reductions,
    rows.rows,
    rows.compositions,
    casts.casts,
    views.views,
)


def main():
    numpy.seterr(all="ignore")  # the special values are meant
    torch.set_num_threads(1)  # the measured errors depend on how a sum is split
    g = Golden(seed=20240229)
    for part in PARTS:
        part(g)
    g.write(pathlib.Path(__file__).parent / "ops")


if __name__ == "__main__":
    main()
