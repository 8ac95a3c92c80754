# SPDX-License-Identifier: Apache-2.0
"""The shapes and special values that the verbs share."""

import math

from golden_writer import axes_text, shape_text

INFINITY, NAN = math.inf, math.nan
LENGTHS = [1, 7, 16, 17, 33, 1000]
SHAPES_AND_AXES = (
    [((n,), (0,)) for n in LENGTHS]
    + [((7, 17), axes) for axes in ((0,), (1,), (0, 1))]
    + [((17, 33), (0,)), ((17, 33), (1,)), ((2, 1000), (1,)), ((1000, 2), (0,))]
    + [((2, 7, 17), axes) for axes in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2))]
    + [((2, 3, 5, 7), axes) for axes in ((1,), (3,), (0, 2), (1, 3), (0, 2, 3), (0, 1, 2, 3))]
)
ROWS_AND_AXIS = [(shape, axes[0]) for shape, axes in SHAPES_AND_AXES if len(axes) == 1]

# One row each: what a reduction meets in the wild. A row of -inf alone is a case of its own.
SPECIAL_ROWS = [
    [1.0, NAN, 2.0, -3.0, 0.5, 4.0, -1.0],
    [1.0, 2.0, INFINITY, -3.0, 0.5, 4.0, -1.0],
    [1.0, 2.0, -INFINITY, -3.0, 0.5, 4.0, -1.0],
    [INFINITY, 2.0, -INFINITY, -3.0, 0.5, 4.0, -1.0],
    [-0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0],
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [1e-40, -2e-40, 3e-41, 1e-38, 0.0, 1e-45, -1e-42],
    [80.0, 88.0, -100.0, 50.0, 0.0, 87.5, -80.0],
    [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0],
    [1.0, 2.0, -3.0, 0.5, 4.0, -1.0, NAN],
]
# fmt: off
SPECIAL = [
    NAN, INFINITY, -INFINITY, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5,
    0.49999997, -0.49999997, 8388609.0, -8388609.0,              # rounding
    1e-45, -1e-45, 1.1754944e-38, -1.1754944e-38, 1e-20, -1e-20,  # smallest, smallest normal
    3.4028235e38, -3.4028235e38, 20.0, -20.0,                    # largest
    88.0, 88.8, -87.5, -88.8, -103.0, -104.5,                    # where exp leaves f32
]
# fmt: on
GRID = [NAN, INFINITY, -INFINITY, 0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 1e-45, 3.4028235e38]


def row_name(shape, axes):
    return f"rank{len(shape)}_axis{axes_text(len(shape), axes)}_{shape_text(shape)}"
