# SPDX-License-Identifier: Apache-2.0
"""The table of timed calls (calls_cases.inc) for the Python programs."""

import pathlib
import re
from dataclasses import dataclass

TABLE = pathlib.Path(__file__).with_name("calls_cases.inc")


@dataclass(frozen=True)
class Case:
    """One row of calls_cases.inc."""

    name: str
    law: str
    rows: int
    columns: int
    count: int


def cases():
    """All rows, in the order of the table."""
    rows = re.findall(r"^CALL_CASE\(([^)]*)\)$", TABLE.read_text(), re.MULTILINE)
    found = []
    for row in rows:
        name, law, *numbers = (field.strip() for field in row.split(","))
        found.append(Case(name, law, *(int(number) for number in numbers)))
    if len(found) < 2:
        raise SystemExit(f"no CALL_CASE in {TABLE.name}")
    return found
