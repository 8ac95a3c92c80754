# SPDX-License-Identifier: Apache-2.0
"""The table of timed products (matmul_cases.inc) for the Python programs, with their goals."""

import pathlib
import re
from dataclasses import dataclass

TABLE = pathlib.Path(__file__).with_name("matmul_cases.inc")


@dataclass(frozen=True)
class Case:
    """One row of matmul_cases.inc. A goal is so many times as fast as the fastest of some peers."""

    name: str
    law: str
    element: str
    b: str
    m: int
    n: int
    k: int

    @property
    def flops(self):
        return 2 * self.m * self.n * self.k

    @property
    def goal(self):
        if self.law == "bias_gelu":  # peers whose gelu is a pass of its own
            return 1.1, ("torch", "onednn")
        if self.element == "f32":
            return 0.95, ("torch", "openblas", "onednn")
        return 0.9, ("onednn",)


def cases():
    """All rows, in the order of the table."""
    rows = re.findall(r"^MATMUL_CASE\(([^)]*)\)$", TABLE.read_text(), re.MULTILINE)
    found = []
    for row in rows:
        *words, m, n, k = (field.strip() for field in row.split(","))
        found.append(Case(*words, int(m), int(n), int(k)))
    if not found:
        raise SystemExit(f"no MATMUL_CASE in {TABLE.name}")
    return found
