# SPDX-License-Identifier: Apache-2.0
"""PyTorch's products on the CPU: each case as a user writes it, one request a line on standard input.

    torch_matmul.py --serve      lines of: --peer torch --case NAME [--repetitions N] [--threads N]

Rows and columns of every result are checked in float64 first. Products are written into memory that is there; a
linear layer and its gelu are two calls, which make new tensors.
"""

import numpy as np
import torch
import torch.nn.functional as F

from torch_serve import measured, serve

from matmul_cases import cases
from torch_peer import erf, input_values

TABLE = {c.name: c for c in cases()}
ROUNDED = {"f32": 0, "bf16": 1 / 256, "int8": 0}


def operand(element, seed, *shape):
    """The values of matmul_cases.hpp, bit for bit, and the same in float64."""
    values = input_values(seed, int(np.prod(shape))).reshape(shape)
    if element == "f32":
        values = values / np.float32(4)
        return torch.from_numpy(values), values.astype(np.float64)
    values = np.floor(values * np.float32(32))
    if element == "bf16":
        values = values / np.float32(128)
    own = torch.from_numpy(values).to(torch.int8 if element == "int8" else torch.bfloat16)
    return own, values.astype(np.float64)


def share_of_allowed(case, y, a, b, bias, lines):
    """The largest error in some rows and some columns, as a part of what is allowed."""
    worst = 0.0
    rows = [(case.m - 1) * i // lines for i in range(lines + 1)]
    columns = [(case.n - 1) * i // lines for i in range(lines + 1)]
    for i, j in ((rows, slice(None)), (slice(None), columns)):
        expected, size = a[i] @ b[:, j], np.abs(a[i]) @ np.abs(b[:, j])
        allowed = 1e-6 * size
        if case.law == "bias_gelu":
            t = expected + bias[j]
            expected = t / 2 * (1 + erf(t / 2**0.5))
            allowed = 2 * allowed + 2e-6
        allowed = 0.5 if case.element == "int8" else allowed + ROUNDED[case.element] * np.abs(expected)
        share = np.abs(y.double().numpy()[i][:, j] - expected) / allowed
        worst = max(worst, float(np.max(np.where(np.isnan(share), np.inf, share))))
    return worst


def function_of(case, a, b, bias):
    """What gives the result: b is the matrix, the transpose of its memory or not."""
    if case.law == "bias_gelu":
        weight = b.t()
        return lambda: F.gelu(F.linear(a, weight, bias))
    y = torch.empty(case.m, case.n, dtype=torch.int32 if case.element == "int8" else a.dtype)
    multiply = torch._int_mm if case.element == "int8" else torch.mm
    return lambda: multiply(a, b, out=y)


def answer(asked):
    case = TABLE[asked.case]
    a, wide_a = operand(case.element, 1, case.m, case.k)
    if case.b == "plain":
        b, wide_b = operand(case.element, 2, case.k, case.n)
    else:
        b, wide_b = (x.T for x in operand(case.element, 2, case.n, case.k))
    bias, wide_bias = operand("f32", 3, case.n)
    call = function_of(case, a, b, bias)
    share = share_of_allowed(case, call(), wide_a, wide_b, wide_bias, 16 if asked.verify == "all" else 2)
    if not share <= 1:
        return {"skipped": f"wrong result: largest error is {share:.3g} of the allowed"}
    return measured(call, asked.repetitions) | {"note": f"largest error is {share:.3g} of the allowed"}


if __name__ == "__main__":
    serve(answer)
