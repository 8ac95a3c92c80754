# SPDX-License-Identifier: Apache-2.0
"""The timed cases of attention: shapes, score expressions and goals; attention_bench.cpp has the same names."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """q [1, heads, length, width], k and v [1, heads, length, width], f32. Goals: times as fast as a peer."""

    name: str
    length: int
    score: str  # plain, causal or alibi_window
    goals: dict
    heads: int = 12
    width: int = 64


WINDOW = 1024  # keys that alibi_window sees: its own and those before
LENGTHS = (512, 2048, 8192)


def cases():
    found = []
    for n in LENGTHS:
        for score in ("plain", "causal"):
            found.append(Case(f"attention_{n}_{score}", n, score, {"torch_sdpa": 1.2}))
        found.append(Case(f"attention_{n}_alibi_window", n, "alibi_window",
                          {"torch_masked": 3.0, "torch_flex": 1.5}))
    return found
