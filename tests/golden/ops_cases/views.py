# SPDX-License-Identifier: Apache-2.0
"""Cases of views: they move elements and change none."""

import numpy
import torch
import torch.nn.functional as F

from golden_writer import shape_text
from ops_cases.common import NAN, SPECIAL


def views(g):
    matrix, cube, deep = g.normal(17, 33), g.normal(2, 7, 17), g.normal(2, 3, 5, 7)
    codes = g.integers(-100, 100, "small", 7, 17, dtype=torch.int8)
    special = g.values("special", SPECIAL)

    def sliced(x, begin, end, step):
        picked = x.numpy()[tuple(map(slice, begin, end, step))]
        return torch.from_numpy(picked.copy())

    for name, x, begin, end, step in (
        ("middle", matrix, (3, 5), (11, 30), (1, 1)),
        ("steps", matrix, (1, 0), (17, 33), (3, 2)),
        ("one", matrix, (16, 32), (17, 33), (1, 1)),
        ("empty", matrix, (4, 0), (4, 33), (1, 1)),
        ("deep", deep, (0, 1, 1, 2), (2, 3, 4, 7), (1, 1, 2, 2)),
        ("int8", codes, (1, 2), (6, 16), (2, 3)),
        ("special", special, (1,), (33,), (2,)),
    ):
        g.exact(
            "slice",
            name,
            [x],
            lambda t: sliced(t, begin, end, step),
            begin=begin,
            end=end,
            step=step,
        )
    for x, axes in (
        (matrix, (1, 0)),
        (cube, (2, 0, 1)),
        (cube, (1, 0, 2)),
        (deep, (3, 1, 0, 2)),
        (deep, (0, 2, 1, 3)),
        (codes, (1, 0)),
    ):
        g.exact(
            "permute", f"{x}_{''.join(map(str, axes))}", [x], lambda t: t.permute(axes), axes=axes
        )
    for x, shape in (
        (matrix, (33, 17)),
        (matrix, (561,)),
        (cube, (14, 17)),
        (cube, (1, 2, 7, 17)),
        (deep, (6, 35)),
        (deep, (210,)),
        (codes, (17, 7)),
    ):
        g.exact("reshape", f"{x}_{shape_text(shape)}", [x], lambda t: t.reshape(shape), shape=shape)
    for x, shape in (
        (g.normal(33), (17, 33)),
        (g.normal(1), (7, 3)),
        (g.normal(2, 1, 5, 1), (2, 3, 5, 7)),
        (g.uniform(0.5, 1.5, "near_one", 17, 1), (2, 17, 33)),
    ):
        g.exact("expand", f"{x}_{shape_text(shape)}", [x], lambda t: t.expand(shape), shape=shape)
    for x, axis, shape in (
        (matrix, 0, (5, 33)),
        (matrix, 1, (17, 7)),
        (cube, 2, (2, 7, 5)),
        (cube, 1, (2, 9, 17)),
    ):
        index = g.integers(
            0, g.inputs[x].shape[axis], f"index_axis{axis}_of_{x}", *shape, dtype=torch.int64
        )
        g.exact(
            "gather",
            f"{x}_axis{axis}",
            [x, index],
            lambda t, i: torch.gather(t, axis, i),
            axis=axis,
        )
    for x, axis, shape in (
        (matrix, 0, (5,)),
        (matrix, 0, (2, 3)),
        (matrix, 1, (7,)),
        (cube, 1, (9,)),
        (deep, 2, (1,)),
        (codes, 0, (16,)),
    ):
        index = g.integers(
            0, g.inputs[x].shape[axis], f"take_axis{axis}_of_{x}", *shape, dtype=torch.int64
        )
        g.exact(
            "take",
            f"{x}_axis{axis}_{shape_text(shape)}",
            [x, index],
            lambda t, i: torch.from_numpy(numpy.take(t.numpy(), i.numpy(), axis)),
            axis=axis,
        )
    for x, before, after, value in (
        (matrix, (1, 2), (3, 0), 0.0),
        (matrix, (0, 0), (0, 31), -1.5),
        (cube, (0, 1, 2), (1, 0, 3), NAN),
        (g.normal(1), (16,), (16,), 7.0),
        (codes, (2, 0), (0, 15), 5),
    ):
        widths = [w for pair in reversed(list(zip(before, after))) for w in pair]
        g.exact(
            "pad",
            f"{x}_{'_'.join(map(str, before + after))}",
            [x],
            lambda t: F.pad(t, widths, value=value),
            before=before,
            after=after,
            value=value,
        )
