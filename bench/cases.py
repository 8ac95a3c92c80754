# SPDX-License-Identifier: Apache-2.0
"""The table of timed cases (cases.inc) for the Python programs; run it to print the table as JSON."""

import json
import pathlib
import re
from dataclasses import asdict, dataclass

TABLE = pathlib.Path(__file__).with_name("cases.inc")


@dataclass(frozen=True)
class Case:
    """One row of cases.inc; `goals` maps share, eager, compiled, eigen, xtensor to a ratio."""

    name: str
    operation: str
    rows: int
    columns: int
    reads: int
    writes: int
    flops_per_element: int
    goals: dict

    @property
    def elements(self):
        return self.rows * self.columns

    @property
    def bytes(self):
        """Bytes of one read of each input and one write of each output, f32."""
        return 4 * (self.reads + self.writes)

    @property
    def flops(self):
        return self.flops_per_element * self.elements


def _whole(text):
    """The value of a sum of products of whole numbers, the only arithmetic the table has."""
    total = 0
    for term in text.split("+"):
        product = 1
        for factor in term.split("*"):
            product *= int(factor)
        total += product
    return total


def cases():
    """All rows, in the order of the table."""
    rows = re.findall(r"^BENCH_CASE\(([^)]*)\)", TABLE.read_text(), re.MULTILINE)
    result = []
    for row in rows:
        name, operation, *fields = (field.strip() for field in row.split(","))
        numbers = [_whole(field) for field in fields[:5]]
        names = ("share", "eager", "compiled", "eigen", "xtensor")
        goals = {k: float(v) for k, v in zip(names, fields[5:], strict=True) if float(v) > 0}
        result.append(Case(name, operation, *numbers, goals))
    if not result:
        raise SystemExit(f"no BENCH_CASE in {TABLE.name}")
    return result


if __name__ == "__main__":
    print(json.dumps([{**asdict(c), "bytes": c.bytes, "flops": c.flops} for c in cases()], indent=1))
