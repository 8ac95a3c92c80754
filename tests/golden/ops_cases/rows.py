# SPDX-License-Identifier: Apache-2.0
"""Cases of the verbs that reduce and keep the shape, and of expressions users write."""

import numpy
import scipy.special
import torch
import torch.nn.functional as F

from golden_writer import shape_text
from ops_cases import plain
from ops_cases.common import INFINITY, ROWS_AND_AXIS, SPECIAL_ROWS, row_name


def along(axis, function):
    """`function` works along the last axis; this one along any."""
    return lambda x, *more: function(x.movedim(axis, -1), *more).movedim(-1, axis)


def norm_rows(function, epsilon):
    return lambda x, *affine: function(x, x.shape[-1:], *affine, eps=epsilon)


def rows(g):
    sp = scipy.special
    verbs = {
        "softmax": lambda axis: (lambda x: F.softmax(x, axis), lambda x: sp.softmax(x, axis)),
        "log_softmax": lambda axis: (
            lambda x: F.log_softmax(x, axis),
            lambda x: sp.log_softmax(x, axis),
        ),
        "layer_norm": lambda axis: (along(axis, norm_rows(F.layer_norm, 1e-5)), None),
        "rms_norm": lambda axis: (along(axis, norm_rows(F.rms_norm, 1e-6)), None),
        "l2_normalize": lambda axis: (lambda x: F.normalize(x, dim=axis, eps=1e-12), None),
        "cumsum": lambda axis: (lambda x: torch.cumsum(x, axis), lambda x: numpy.cumsum(x, axis)),
    }
    epsilon = {
        "layer_norm": {"epsilon": 1e-5},
        "rms_norm": {"epsilon": 1e-6},
        "l2_normalize": {"epsilon": 1e-12},
    }
    for verb, along_axis in verbs.items():
        attributes = epsilon.get(verb, {})
        for shape, axis in ROWS_AND_AXIS:
            g.measured(
                verb,
                row_name(shape, (axis,)),
                [g.normal(*shape)],
                *along_axis(axis),
                axes=(axis,),
                **attributes,
            )
        g.measured(
            verb,
            "special_rank2_axis1_10x7",
            [g.values("rows", SPECIAL_ROWS)],
            along_axis(1)[0],
            axes=(1,),
            **attributes,
        )
        shifted = g.uniform(10000.0, 10001.0, "shifted", 7, 1000)
        if verb != "cumsum":
            g.measured(verb, "shifted_7x1000", [shifted], *along_axis(1), axes=(1,), **attributes)
            for dtype in (torch.bfloat16, torch.float16):
                name = g.normal(17, 33, dtype=dtype)
                g.measured(verb, name + "_axis1", [name], along_axis(1)[0], axes=(1,), **attributes)
    for verb in ("softmax", "log_softmax"):
        g.measured(
            verb,
            "minus_infinity",
            [g.values("below_all", [[-INFINITY] * 7])],
            verbs[verb](1)[0],
            axes=(1,),
        )
    for shape in ((17, 33), (2, 7, 17), (2, 1000)):
        x, gain = g.normal(*shape), g.uniform(0.5, 1.5, "near_one", shape[-1])
        last, bias = len(shape) - 1, g.normal(shape[-1])
        g.measured(
            "layer_norm",
            f"gain_bias_{shape_text(shape)}",
            [x, gain, bias],
            norm_rows(F.layer_norm, 1e-5),
            axes=(last,),
            epsilon=1e-5,
        )
        g.measured(
            "rms_norm",
            f"gain_{shape_text(shape)}",
            [x, gain],
            norm_rows(F.rms_norm, 1e-6),
            axes=(last,),
            epsilon=1e-6,
        )
    few = g.integers(-3, 4, "few", 7, 17, dtype=torch.int32)
    for axis in (0, 1):  # in 64 bits
        g.exact(
            "cumsum",
            f"int32_rank2_axis{axis}_7x17",
            [few],
            lambda x: torch.cumsum(x, axis),
            axes=(axis,),
        )


def compositions(g):
    """Expressions that a user writes; the attribute says what."""

    last = (-1,)

    def minimum_maximum(x):
        low, high = x.amin(-1, True), x.amax(-1, True)
        return (x - low) / (high - low)

    x, residual = g.normal(17, 33), g.uniform(10000.0, 10001.0, "shifted", 17, 33)
    gain, bias = g.uniform(0.5, 1.5, "near_one", 33), g.normal(33)
    positive = g.uniform(0.01, 4.0, "positive", 17, 33)
    column = g.uniform(0.5, 1.5, "near_one", 17, 1)
    for name, inputs, law, function, loop in (
        ("rescale", [x], "(x-min(x,-1))/(max(x,-1)-min(x,-1))", minimum_maximum, None),
        (
            "softmax_affine",
            [x, gain, bias],
            "softmax(x*gain+bias,-1)",
            lambda x, g, b: F.softmax(x * g + b, -1),
            lambda x, g, b: plain.softmax(x * g + b, last),
        ),
        (
            "rms_norm_residual",
            [x, residual, gain],
            "rms_norm(x+residual,gain,1e-6)",
            lambda x, r, g: F.rms_norm(x + r, x.shape[-1:], g, 1e-6),
            lambda x, r, g: plain.rms_norm(x + r, g, axes=last, epsilon=1e-6),
        ),
        (
            "share",
            [positive],
            "x/sum(x,-1)",
            lambda x: x / x.sum(-1, True),
            lambda x: x / plain.sum(x, last),
        ),
        (
            "entropy",
            [x],
            "-sum(softmax(x,-1)*log_softmax(x,-1),-1)",
            lambda x: -(F.softmax(x, -1) * F.log_softmax(x, -1)).sum(-1, True),
            lambda x: -plain.sum(plain.softmax(x, last) * plain.log_softmax(x, last), last),
        ),
        (
            "standardize",
            [x],
            "(x-mean(x,-1))/(sqrt(var(x,-1,correction=0))+1e-3)",
            lambda x: (x - x.mean(-1, True))
            / (x.var(-1, correction=0, keepdim=True).sqrt() + 1e-3),
            lambda x: (x - plain.mean(x, last))
            / (numpy.sqrt(plain.var(x, last, 0)) + numpy.float32(1e-3)),
        ),
        (
            "scaled_gelu",
            [x, gain, bias, column],
            "gelu(x*gain+bias)*column",
            lambda x, g, b, c: F.gelu(x * g + b) * c,
            None,
        ),
        (
            "center_columns",
            [x],
            "x-mean(x,0)",
            lambda x: x - x.mean(0, True),
            lambda x: x - plain.mean(x, (0,)),
        ),
        (
            "cosine",
            [x, positive],
            "sum(x*y,-1)/(norm(x,-1)*norm(y,-1))",
            lambda x, y: (x * y).sum(-1, True)
            / (x.norm(dim=-1, keepdim=True) * y.norm(dim=-1, keepdim=True)),
            lambda x, y: plain.sum(x * y, last) / (plain.norm(x, last) * plain.norm(y, last)),
        ),
    ):
        g.measured("composition", name, inputs, function, plain=loop, law=law)
