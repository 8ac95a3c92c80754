# SPDX-License-Identifier: Apache-2.0
"""Cases of the reductions, over many sets of axes."""

import math

import numpy
import scipy.special
import torch

from ops_cases.common import INFINITY, SHAPES_AND_AXES, SPECIAL_ROWS, row_name


def product(x, dim, keepdim):
    """torch.prod, which knows one axis only, over several."""
    for axis in sorted(dim, reverse=True):
        x = torch.prod(x, axis, keepdim)
    return x


FUNCTIONS = {
    "sum": torch.sum,
    "mean": torch.mean,
    "prod": product,
    "max": torch.amax,
    "min": torch.amin,
    "logsumexp": torch.logsumexp,
    "var": torch.var,
    "norm": lambda x, dim, keepdim, ord: torch.linalg.vector_norm(x, ord, dim, keepdim),
    "any": torch.any,
    "all": torch.all,
}


def reduced(verb, axes, keep, **options):
    """The reduction of a tensor over axes as a function."""
    return lambda x: FUNCTIONS[verb](x, dim=axes, keepdim=keep, **options)


def second_opinion(verb, axes, options):
    """The same from NumPy or SciPy, or None."""
    if verb in ("sum", "mean", "prod"):
        return lambda x: getattr(numpy, verb)(x, axis=axes, keepdims=True)
    if verb == "var":
        return lambda x: numpy.var(x, axis=axes, ddof=options["correction"], keepdims=True)
    if verb == "logsumexp":
        return lambda x: scipy.special.logsumexp(x, axis=axes, keepdims=True)
    return None


def rounded_reductions(g):
    variants = [
        ("sum", {}),
        ("mean", {}),
        ("prod", {}),
        ("logsumexp", {}),
        ("var", {"correction": 0}),
        ("var", {"correction": 1}),
        ("norm", {"ord": 2}),
        ("norm", {"ord": 1}),
        ("norm", {"ord": INFINITY}),
    ]
    for verb, options in variants:
        suffix = "".join(f"_{k}{v}" for k, v in options.items() if v not in (2, 0))
        for shape, axes in SHAPES_AND_AXES:
            count = math.prod(shape[a] for a in axes)
            if count <= options.get("correction", 0) or (suffix and len(shape) != 2):
                continue
            name = g.uniform(0.5, 1.5, "near_one", *shape) if verb == "prod" else g.normal(*shape)
            g.measured(
                verb,
                row_name(shape, axes) + suffix,
                [name],
                reduced(verb, axes, True, **options),
                second_opinion(verb, axes, options),
                axes=axes,
                keepdim=True,
                **options,
            )
        if not suffix:
            g.measured(
                verb,
                "rank3_axis0_2_2x7x17_dropped",
                [g.normal(2, 7, 17)],
                reduced(verb, (0, 2), False, **options),
                axes=(0, 2),
                keepdim=False,
                **options,
            )
        g.measured(
            verb,
            "special_rank2_axis1_10x7" + suffix,
            [g.values("rows", SPECIAL_ROWS)],
            reduced(verb, (1,), True, **options),
            axes=(1,),
            keepdim=True,
            **options,
        )
    below = g.values("below_all", [[-INFINITY] * 7])
    for verb, name in (("logsumexp", "minus_infinity"), ("sum", "minus_infinity")):
        g.measured(verb, name, [below], reduced(verb, (1,), True), axes=(1,), keepdim=True)
    shifted = g.uniform(10000.0, 10001.0, "shifted", 7, 1000)
    g.measured(
        "var",
        "shifted_7x1000",
        [shifted],
        reduced("var", (1,), True, correction=0),
        second_opinion("var", (1,), {"correction": 0}),
        axes=(1,),
        keepdim=True,
        correction=0,
    )
    g.measured(
        "logsumexp",
        "shifted_7x1000",
        [shifted],
        reduced("logsumexp", (1,), True),
        second_opinion("logsumexp", (1,), {}),
        axes=(1,),
        keepdim=True,
    )
    for verb in ("sum", "mean"):
        for dtype in (torch.bfloat16, torch.float16):
            name = g.normal(17, 33, dtype=dtype)
            g.measured(
                verb,
                name + "_axis1",
                [name],
                reduced(verb, (1,), True),
                second_opinion(verb, (1,), {}),
                axes=(1,),
                keepdim=True,
            )


def exact_reductions(g):
    for verb in ("max", "min"):
        for shape, axes in SHAPES_AND_AXES:
            g.exact(
                verb,
                row_name(shape, axes),
                [g.normal(*shape)],
                reduced(verb, axes, True),
                axes=axes,
                keepdim=True,
            )
        g.exact(
            verb,
            "special_rank2_axis1_10x7",
            [g.values("rows", SPECIAL_ROWS)],
            reduced(verb, (1,), True),
            axes=(1,),
            keepdim=True,
        )
    for verb in ("any", "all"):
        for shape, axes in (
            ((7, 17), (0,)),
            ((7, 17), (1,)),
            ((7, 17), (0, 1)),
            ((17,), (0,)),
            ((2, 7, 17), (0, 2)),
        ):
            kind = "mostly" if verb == "all" else "rarely"
            make = (
                (lambda s: torch.rand(s, generator=g.generator) < 0.95)
                if verb == "all"
                else (lambda s: torch.rand(s, generator=g.generator) < 0.05)
            )
            g.exact(
                verb,
                row_name(shape, axes),
                [g.input(kind, shape, make, torch.bool)],
                reduced(verb, axes, True),
                axes=axes,
                keepdim=True,
            )
        g.exact(
            verb,
            "special_rank2_axis1_10x7",
            [g.values("rows", SPECIAL_ROWS)],
            reduced(verb, (1,), True),
            axes=(1,),
            keepdim=True,
        )
    for verb in ("sum", "prod", "max", "min"):  # of integers; sum and prod in 64 bits
        for axes in ((0,), (1,), (0, 1)):
            name = g.integers(-3, 4, "few", 7, 17, dtype=torch.int32)
            g.exact(
                verb,
                "int32_" + row_name((7, 17), axes),
                [name],
                reduced(verb, axes, True),
                axes=axes,
                keepdim=True,
            )
    for verb, function in (("argmax", numpy.argmax), ("argmin", numpy.argmin)):

        def position(x, axis):
            return torch.from_numpy(numpy.asarray(function(x.numpy(), axis=axis, keepdims=True)))

        for shape, axes in SHAPES_AND_AXES:
            if len(axes) > 1:
                continue
            for kind, name in (("", g.normal(*shape)), ("ties_", g.integers(-3, 4, "few", *shape))):
                g.exact(
                    verb,
                    kind + row_name(shape, axes),
                    [name],
                    lambda x: position(x, axes[0]),
                    axes=axes,
                    keepdim=True,
                )
        for name in (g.normal(2, 7, 17), g.integers(-3, 4, "few", 17, 33)):  # into the flat tensor
            rank = g.inputs[name].dim()
            g.exact(
                verb,
                f"all_{name}",
                [name],
                lambda x: position(x, None),
                axes=range(rank),
                keepdim=True,
            )
        g.exact(
            verb,
            "special_rank2_axis1_10x7",
            [g.values("rows", SPECIAL_ROWS)],
            lambda x: position(x, 1),
            axes=(1,),
            keepdim=True,
        )
