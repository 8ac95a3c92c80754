# SPDX-License-Identifier: Apache-2.0
"""PyTorch on the CPU, eager and compiled: each case as a user writes it.

    torch_peer.py --peer torch_eager --case NAME [--repetitions N] [--threads N] [--verify all|sample]
    torch_peer.py --serve        the same arguments as lines on standard input, until it ends

Every result is checked against NumPy in float64 before it is timed. torch.compile needs a C++
compiler. Results are new tensors, as PyTorch makes them; see bench/README.md on the allocator.
"""

import argparse
import json
import math
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

try:
    import numpy as np
    import torch
    import torch.nn.functional as F
except ImportError as missing:
    sys.exit(f"{missing.name} is not installed. Fix: pip install torch numpy")

from cases import cases

SHORTEST_SAMPLE_SECONDS = 0.01
SLOW_SECONDS = 3.0
WARM_UP_CALLS = 4  # the heap has grown to what a call needs by then
ROWS_AT_A_TIME = 1 << 22  # elements of the float64 reference held at once


def triad(a, b):
    return a * 2.5 + b


def gelu_chain(x):
    return torch.clamp(torch.sqrt(torch.abs(F.gelu(x * 0.7 + 0.1) * x) + 1), max=2.0)


def softmax(x):
    return torch.softmax(x, -1)


def layer_norm(x, gain, bias):
    return F.layer_norm(x, (x.shape[-1],), gain, bias, 1e-5)


def rms_norm(x, gain):
    return F.rms_norm(x, (x.shape[-1],), gain, 1e-6)


def min_max(x):
    low = x.amin(1, True)
    return (x - low) / (x.amax(1, True) - low)


def total(x):
    return x.sum()


def column_sum(x):
    return x.sum(0)


LAWS = {
    "triad": triad,
    "gelu_chain": gelu_chain,
    "softmax": softmax,
    "layer_norm": layer_norm,
    "rms_norm": rms_norm,
    "min_max": min_max,
    "sum": total,
    "column_sum": column_sum,
}


def input_values(seed, count):
    """The same values as bench/inputs.hpp, bit for bit."""
    values = np.empty(count, np.float32)
    for first in range(0, count, 1 << 22):
        last = min(count, first + (1 << 22))
        h = np.arange(first, last, dtype=np.uint32)
        h *= np.uint32(0x9E3779B1)
        h += np.uint32(seed * 0x85EBCA77 & 0xFFFFFFFF)
        h ^= h >> np.uint32(15)
        h *= np.uint32(0x2C1B3C6D)
        h ^= h >> np.uint32(12)
        h *= np.uint32(0x297A2D39)
        h ^= h >> np.uint32(15)
        fraction = (h >> np.uint32(8)).astype(np.float32)
        values[first:last] = fraction * np.float32(2**-21) - np.float32(4)
    return values


def inputs(case):
    shape = (case.rows, case.columns) if case.rows > 1 else (case.columns,)
    result = [input_values(1, case.elements).reshape(shape)]
    if case.operation == "triad":
        result.append(input_values(2, case.elements))
    if case.operation in ("layer_norm", "rms_norm"):
        result.append(input_values(2, case.columns))
    if case.operation == "layer_norm":
        result.append(input_values(3, case.columns))
    return result


def erf(x):
    return np.vectorize(math.erf, otypes=[np.float64])(x)


def reference(operation, x, *more):
    """The law in float64; x is some of the rows (or elements). Gives values and absolute tolerance."""
    if operation == "triad":
        return x * 2.5 + more[0], 1e-6
    if operation == "gelu_chain":
        t = x * float(np.float32(0.7)) + float(np.float32(0.1))
        gelu = t / 2 * (1 + erf(t / math.sqrt(2)))
        return np.minimum(np.sqrt(np.abs(gelu * x) + 1), 2), 1e-6
    if operation == "softmax":
        e = np.exp(x - x.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True), 1e-9
    if operation == "layer_norm":
        d = x - x.mean(-1, keepdims=True)
        return d / np.sqrt((d * d).mean(-1, keepdims=True) + 1e-5) * more[0] + more[1], 1e-4
    if operation == "rms_norm":
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-6) * more[0], 1e-5
    low, high = x.min(-1, keepdims=True), x.max(-1, keepdims=True)
    return (x - low) / (high - low), 1e-6


def sums_error(case, x, y):
    """Sums may be off by 1e-6 of the sum of magnitudes."""
    outputs = case.writes
    right, magnitude = np.zeros(outputs), np.zeros(outputs)
    for chunk in np.array_split(x.reshape(-1, outputs), 16):
        right += chunk.sum(0, dtype=np.float64)
        magnitude += np.abs(chunk).sum(0, dtype=np.float64)
    return np.max(np.abs(y - right) / (1e-5 * np.abs(right) + 1e-6 * magnitude)), outputs


def largest_error(case, data, result, everything):
    """|result - reference| as a part of the allowed, and how many values were looked at."""
    y = result.numpy()
    if case.operation in ("sum", "column_sum"):
        return sums_error(case, data[0], y.reshape(-1))
    step = 1 if everything else 61
    x, more = data[0][::step], [m.astype(np.float64) for m in data[1:]]
    if case.operation == "triad":
        more = [data[1][::step]]
    y, worst, count = y[::step], 0.0, 0
    rows = max(1, ROWS_AT_A_TIME // (1 if y.ndim == 1 else case.columns))
    for first in range(0, len(y), rows):
        part = slice(first, first + rows)
        operands = [m[part].astype(np.float64) for m in more] if case.operation == "triad" else more
        right, absolute = reference(case.operation, x[part].astype(np.float64), *operands)
        share = np.abs(y[part] - right) / (1e-5 * np.abs(right) + absolute)
        worst = float("inf") if np.isnan(share).any() else max(worst, float(share.max()))
        count += share.size
    return worst, count


def seconds_of(call, times=1):
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times


def timing(call, first_seconds, repetitions):
    if first_seconds > SLOW_SECONDS:
        samples, batch = [first_seconds], 1
    else:
        seconds = min(seconds_of(call) for _ in range(WARM_UP_CALLS))
        batch = max(1, math.ceil(SHORTEST_SAMPLE_SECONDS / max(seconds, 1e-7)))
        samples = [seconds_of(call, batch) for _ in range(repetitions)]
    return {
        "median_ms": statistics.median(samples) * 1e3,
        "min_ms": min(samples) * 1e3,
        "max_ms": max(samples) * 1e3,
        "repetitions": len(samples),
        "batch": batch,
    }


class Peer:
    """Keeps compiled functions and the last case's inputs between requests."""

    def __init__(self):
        self.table = {c.name: c for c in cases()}
        self.compiled = {}
        self.kept = (None, None)

    def data(self, case):
        if self.kept[0] != case.name:
            self.kept = (None, None)
            self.kept = (case.name, inputs(case))
        return self.kept[1]

    def function(self, case, peer):
        law = LAWS[case.operation]
        if peer == "torch_eager":
            return law
        if case.name not in self.compiled:
            torch.compiler.reset()
            self.compiled[case.name] = torch.compile(law, dynamic=False)
        return self.compiled[case.name]

    def answer(self, asked):
        case = self.table[asked.case]
        torch.set_num_threads(asked.threads)
        names = {"case": case.name, "peer": asked.peer}
        with torch.inference_mode():
            data = self.data(case)
            tensors = [torch.from_numpy(d) for d in data]
            law = self.function(case, asked.peer)
            if asked.peer != "torch_eager":
                law(*tensors)  # compiles
            start = time.perf_counter()
            result = law(*tensors)
            first_seconds = time.perf_counter() - start
            error, count = largest_error(case, data, result, asked.verify == "all")
            del result
            note = f"largest error is {error:.3g} of the allowed, {count} values checked"
            if not error <= 1:
                return {**names, "skipped": "wrong result: " + note}
            figures = timing(lambda: law(*tensors), first_seconds, asked.repetitions)
        return {**names, **figures, "verified": True, "note": note}


def arguments(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--about", action="store_true", help="print versions and end")
    parser.add_argument("--serve", action="store_true", help="read requests from standard input")
    parser.add_argument("--peer", choices=("torch_eager", "torch_compiled"), default="torch_eager")
    parser.add_argument("--case", help="a name from cases.inc")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--verify", choices=("all", "sample"), default="all")
    return parser.parse_args(words)


def main():
    asked, peer = arguments(sys.argv[1:]), Peer()
    if asked.about:
        print(f"PyTorch {torch.__version__}, NumPy {np.__version__}, Python {sys.version.split()[0]}")
        return
    requests = (arguments(line.split()) for line in sys.stdin) if asked.serve else [asked]
    for request in requests:
        if request.case not in peer.table:
            sys.exit(f"no case {request.case!r}; the names are: {' '.join(peer.table)}")
        try:
            line = peer.answer(request)
        except Exception as problem:  # a compiler that is missing must not end the other cases
            line = {"case": request.case, "peer": request.peer,
                    "skipped": f"{type(problem).__name__}: {str(problem).splitlines()[0][:200]}"}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
