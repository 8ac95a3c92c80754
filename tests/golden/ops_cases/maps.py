# SPDX-License-Identifier: Apache-2.0
"""Cases of the verbs that work element by element."""

import numpy
import scipy.special
import torch
import torch.nn.functional as F

from golden_writer import shape_text
from ops_cases.common import GRID, INFINITY, LENGTHS, SPECIAL


def gelu(x):
    """F.gelu; in f64 through erfc, as 1 + erf(x / sqrt(2)) loses all digits where it is small."""
    if x.dtype != torch.float64:
        return F.gelu(x)
    return x / 2 * torch.special.erfc(-x / numpy.sqrt(2))


def gelu_tanh(x):
    """F.gelu(approximate="tanh"); in f64 with (1 + tanh(u)) / 2 = sigmoid(2 u), for the same reason."""
    if x.dtype != torch.float64:
        return F.gelu(x, approximate="tanh")
    return x * torch.sigmoid(2 * numpy.sqrt(2 / numpy.pi) * (x + 0.044715 * x**3))


def float_maps(g):
    """Verbs of one argument whose values are rounded."""
    sp = scipy.special
    any_sign = {
        "exp": (torch.exp, numpy.exp),
        "tanh": (torch.tanh, numpy.tanh),
        "erf": (torch.erf, sp.erf),
        "sigmoid": (torch.sigmoid, sp.expit),
        "sin": (torch.sin, numpy.sin),
        "cos": (torch.cos, numpy.cos),
        "gelu": (gelu, lambda x: F.gelu(torch.from_numpy(x))),
        "silu": (F.silu, None),
        "gelu_tanh": (
            gelu_tanh,
            lambda x: F.gelu(torch.from_numpy(x), approximate="tanh"),
        ),
        # F.softplus is linear above 20, which f64 shows; this is the law itself.
        "softplus": (
            lambda x: torch.logaddexp(x, torch.zeros_like(x)),
            lambda x: numpy.logaddexp(x, 0),
        ),
    }
    positive = {
        "log": (torch.log, numpy.log),
        "sqrt": (torch.sqrt, numpy.sqrt),
        "rsqrt": (torch.rsqrt, None),
    }
    for verb, (function, check) in {**any_sign, **positive}.items():
        wide = g.uniform(-20.0, 20.0, "wide", 1000)
        inputs = [g.normal(n) for n in LENGTHS[:5]] + [g.normal(2, 3, 5, 7), wide]
        if verb in positive:
            inputs = [g.uniform(0.01, 4.0, "positive", 33)] + [
                g.values("powers", torch.exp2(torch.linspace(-126, 127, 1000, dtype=torch.float64)))
            ]
        for name in inputs:
            g.measured(verb, name, [name], function, check)
        g.measured(
            verb,
            "special",
            [g.values("special", SPECIAL)],
            function,
            None if verb in ("sin", "cos") else check,
        )
        for dtype in (torch.bfloat16, torch.float16) if verb in ("exp", "gelu", "silu") else ():
            name = g.normal(17, 33, dtype=dtype)
            g.measured(verb, name, [name], function)
    for verb in ("sin", "cos"):
        large = [100.0, -1000.0, 1e4, 12345.678, 1e5, 1e6, -1e7, 1e10, 1e22, 3.4028235e38]
        g.measured(verb, "large", [g.values("large", large)], *any_sign[verb])


def exact_maps(g):
    """Verbs of one argument whose values are exact in f32."""
    halves = g.values("halves", torch.arange(-33, 34) / 2)
    for verb, function in {
        "abs": torch.abs,
        "floor": torch.floor,
        "round": torch.round,
        "relu": torch.relu,
    }.items():
        for name in (g.normal(33), g.normal(2, 3, 5, 7), halves, g.values("special", SPECIAL)):
            g.exact(verb, name, [name], function)
    for low, high in ((-1.0, 1.0), (0.0, 6.0), (-INFINITY, 0.5)):
        for name in (g.normal(33), g.values("special", SPECIAL)):
            g.exact(
                "clamp",
                f"{name}_{low}_{high}",
                [name],
                lambda x: torch.clamp(x, low, high),
                low=low,
                high=high,
            )
    name = g.integers(-100, 100, "small", 33, dtype=torch.int32)
    g.exact("abs", name, [name], torch.abs)
    g.exact("relu", name, [name], torch.relu)


BROADCASTS = [
    ((17, 33), (33,)),
    ((17, 33), (17, 1)),
    ((17, 33), (1,)),
    ((17, 1), (1, 33)),
    ((33,), (17, 1)),
    ((7,), (7,)),
    ((1,), (1000,)),
    ((2, 3, 5, 7), (5, 1)),
    ((2, 1, 5, 1), (3, 1, 7)),
    ((2, 3, 5, 7), ()),
    ((2, 7, 17), (2, 1, 17)),
]
COMPARISONS = {
    "equal": torch.eq,
    "not_equal": torch.ne,
    "less": torch.lt,
    "less_equal": torch.le,
    "greater": torch.gt,
    "greater_equal": torch.ge,
}


def binary_maps(g):
    column, row = g.values("grid", [[v] for v in GRID]), g.values("grid", GRID)
    arithmetic = {
        "add": torch.add,
        "sub": torch.sub,
        "mul": torch.mul,
        "div": torch.div,
        "minimum": torch.minimum,
        "maximum": torch.maximum,
    }
    for verb, function in arithmetic.items():
        for left, right in BROADCASTS:
            g.exact(
                verb,
                f"{shape_text(left)}_and_{shape_text(right)}",
                [g.normal(*left), g.uniform(0.5, 1.5, "near_one", *right)],
                function,
            )
        g.exact(verb, "special", [column, row], function)
    for verb in ("add", "sub", "mul", "minimum", "maximum"):
        left, right = (g.integers(-100, 100, kind, 7, 17, dtype=torch.int32) for kind in ("a", "b"))
        g.exact(verb, "int32_7x17", [left, right], arithmetic[verb])

    for left, right in BROADCASTS[:4] + BROADCASTS[8:10]:
        g.measured(
            "pow",
            f"{shape_text(left)}_and_{shape_text(right)}",
            [g.uniform(0.01, 4.0, "positive", *left), g.normal(*right)],
            torch.pow,
            numpy.power,
        )
    g.measured(
        "pow",
        "whole_exponents",
        [g.normal(17, 33), g.integers(-4, 5, "whole", 33)],
        torch.pow,
        numpy.power,
    )
    g.measured("pow", "special", [column, row], torch.pow, numpy.power)
    for exponent in (2.0, 3.0, 0.5, -1.0, -0.5, 0.0):
        g.measured(
            "pow",
            f"scalar_{exponent}",
            [g.uniform(0.01, 4.0, "positive", 33)],
            lambda x: torch.pow(x, exponent),
            exponent=exponent,
        )

    for verb, function in COMPARISONS.items():
        g.exact(
            verb,
            "17x33_and_33",
            [g.integers(-3, 4, "few", 17, 33), g.integers(-3, 4, "few", 33)],
            function,
        )
        g.exact(
            verb,
            "int64_7",
            [g.integers(-3, 4, kind, 7, dtype=torch.int64) for kind in ("a", "b")],
            function,
        )
        g.exact(verb, "special", [column, row], function)
    logic = {"logical_and": torch.logical_and, "logical_or": torch.logical_or}
    for verb, function in logic.items():
        g.exact(
            verb,
            "7x17_and_17",
            [
                g.integers(0, 2, "a", 7, 17, dtype=torch.bool),
                g.integers(0, 2, "b", 17, dtype=torch.bool),
            ],
            function,
        )
    g.exact(
        "logical_not", "7x17", [g.integers(0, 2, "a", 7, 17, dtype=torch.bool)], torch.logical_not
    )


def where_maps(g):
    for choice, left, right in (
        ((17, 33), (17, 33), (17, 33)),
        ((17, 1), (33,), (1,)),
        ((33,), (17, 33), ()),
        ((2, 1, 5, 1), (3, 1, 7), (7,)),
    ):
        g.exact(
            "where",
            "_and_".join(map(shape_text, (choice, left, right))),
            [
                g.integers(0, 2, "a", *choice, dtype=torch.bool),
                g.normal(*left),
                g.uniform(0.5, 1.5, "near_one", *right),
            ],
            torch.where,
        )
    g.exact(
        "where",
        "special",
        [
            g.values("sevens", [i % 7 < 3 for i in range(len(SPECIAL))], torch.bool),
            g.values("special", SPECIAL),
            g.normal(1),
        ],
        torch.where,
    )
