# SPDX-License-Identifier: Apache-2.0
"""Cases of conversions between element types."""

import torch

from ops_cases.common import INFINITY, NAN, SPECIAL

FLOATS = {"f64": torch.float64, "f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}
SMALL_FLOATS = {"fp8_e4m3": torch.float8_e4m3fn, "fp8_e5m2": torch.float8_e5m2}
INTEGERS = {
    "int8": torch.int8,
    "int16": torch.int16,
    "int32": torch.int32,
    "int64": torch.int64,
    "uint8": torch.uint8,
}


def casts(g):
    random = torch.randn(200, generator=g.generator) * torch.exp2(
        torch.randint(-30, 30, (200,), generator=g.generator)
    )
    halfway = torch.tensor(
        [
            s * (1 + (2 * m + 1) / 2 ** (bits + 1)) * 2.0**e
            for bits in (2, 3, 7, 10)
            for m in (0, 1, 2)
            for e in (-8, 0, 5)
            for s in (1, -1)
        ]
    )
    floats = g.values("floats", torch.cat([random, halfway, torch.tensor(SPECIAL)]))
    for name, dtype in FLOATS.items():
        g.exact("cast", f"f32_to_{name}", [floats], lambda x: x.to(dtype), to=name)
    for name, dtype in SMALL_FLOATS.items():
        largest = torch.finfo(dtype).max
        inside = g.values(
            "inside_" + name,
            torch.cat(
                [
                    torch.tensor([NAN, 0.0, -0.0, 2.0**-20, largest, -largest]),
                    halfway,
                    random[random.abs() <= largest],
                ]
            ),
        )
        g.exact("cast", f"f32_to_{name}", [inside], lambda x: x.to(dtype), to=name)
        # Beyond the largest value PyTorch goes to NaN or infinity; saturation is clamp, then cast.
        outside = g.values(
            "outside_" + name,
            [largest * f for f in (1.01, 1.5, -1.01, -100)] + [INFINITY, -INFINITY],
        )
        g.exact(
            "cast",
            f"f32_to_{name}_saturated",
            [outside],
            lambda x: x.clamp(-largest, largest).to(dtype),
            to=name,
        )
    for source in (torch.float16, torch.bfloat16):
        name = g.normal(17, 33, dtype=source)
        g.exact("cast", f"{name}_to_f32", [name], lambda x: x.float(), to="f32")
    whole = g.values(
        "whole_part", [0.0, -0.0, 0.9, -0.9, 1.5, -1.5, 2.5, 99.99, -99.99, 100.0, 126.0]
    )
    for name, dtype in {**INTEGERS, "bool": torch.bool}.items():
        case = g.uniform(0.0, 100.0, "hundred", 33) if name == "uint8" else whole
        g.exact("cast", f"f32_to_{name}", [case], lambda x: x.to(dtype), to=name)
    big = g.values(
        "big",
        [
            0,
            1,
            -1,
            2**24 + 1,
            2**24 + 3,
            -(2**24) - 1,
            2**53 + 1,
            2**62 + 1,
            2**63 - 1,
            -(2**63),
            65504,
            65519,
            65520,
            2049,
            2051,
        ],
        torch.int64,
    )
    for name, dtype in FLOATS.items():
        g.exact("cast", f"int64_to_{name}", [big], lambda x: x.to(dtype), to=name)
    bits = g.integers(0, 2, "a", 7, 17, dtype=torch.bool)
    for name in ("f32", "int32"):
        g.exact(
            "cast", f"bool_to_{name}", [bits], lambda x: x.to({**FLOATS, **INTEGERS}[name]), to=name
        )
