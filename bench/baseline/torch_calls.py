# SPDX-License-Identifier: Apache-2.0
"""PyTorch's calls on the CPU: each case as a user writes it, one request a line on standard input.

    torch_calls.py --serve      lines of: --peer torch --case NAME [--repetitions N] [--threads N]

Every result is checked by NumPy, in float64, first.
"""

import numpy as np
import torch

from torch_serve import measured, serve

from calls_cases import cases
from torch_peer import input_values

TABLE = {c.name: c for c in cases()}


def shares(count):
    """Input 2 from 0 to below 1."""
    return (input_values(2, count).astype(np.float64) + 4) / 8


def numbers_of(case):
    """The rows that slices are added to, or where segments begin."""
    if case.law == "scatter_add":
        return (shares(case.count) * case.rows).astype(np.int64)
    at = (np.arange(case.count + 1) + shares(case.count + 1) / 2) / case.count
    offsets = (at * case.rows).astype(np.int64)
    offsets[0], offsets[-1] = 0, case.rows
    return offsets


def call_of(case, x, numbers, source):
    """What gives the result."""
    if case.law == "top_k":
        return lambda: torch.topk(x, case.count, dim=1)
    if case.law == "sort":
        return lambda: torch.sort(x, dim=1, stable=True)
    if case.law == "histogram":
        return lambda: torch.histc(x, case.count, -4, 4)
    if case.law == "scatter_add":
        return lambda: x.index_add(0, numbers, source)
    return lambda: torch.segment_reduce(x, "sum", offsets=numbers, axis=0)


def problem_of(case, result, x, numbers, source):
    """What is wrong with a result, or nothing."""
    if case.law in ("top_k", "sort"):
        values, places = (r.numpy() for r in result)
        order = np.sort(x, axis=1)
        wanted = order[:, ::-1][:, :case.count] if case.law == "top_k" else order
        right = np.array_equal(values, wanted) and np.array_equal(np.take_along_axis(x, places, 1), values)
        return "" if right else "wrong order"
    if case.law == "histogram":
        bins = (x.ravel().astype(np.float64) + 4) / 8 * case.count
        wanted = np.bincount(bins.astype(np.int64), minlength=case.count)
        return "" if np.array_equal(result.numpy(), wanted) else "wrong counts"
    wide = x.astype(np.float64)
    if case.law == "scatter_add":
        sums, sizes = wide.copy(), np.abs(wide)
        np.add.at(sums, numbers, source.astype(np.float64))
        np.add.at(sizes, numbers, np.abs(source.astype(np.float64)))
    else:  # every segment has slices
        sums, sizes = np.add.reduceat(wide, numbers[:-1]), np.add.reduceat(np.abs(wide), numbers[:-1])
    share = np.max(np.abs(result.numpy() - sums) / (1e-5 * np.abs(sums) + 1e-6 * sizes))
    return "" if share <= 1 else f"largest error is {share:.3g} of the allowed"


def answer(asked):
    case = TABLE[asked.case]
    x = input_values(1, case.rows * case.columns).reshape(case.rows, case.columns)
    numbers = numbers_of(case) if case.law in ("scatter_add", "segment_sum") else np.zeros(1, np.int64)
    slices = case.count if case.law == "scatter_add" else 1
    source = input_values(3, slices * case.columns).reshape(slices, case.columns)
    call = call_of(case, *(torch.from_numpy(a) for a in (x, numbers, source)))
    problem = problem_of(case, call(), x, numbers, source)
    if problem:
        return {"skipped": f"wrong result: {problem}"}
    return measured(call, asked.repetitions) | {"note": "all of the result is right"}


if __name__ == "__main__":
    serve(answer)
