#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""torch_rows.py: the cases of rows.cpp in PyTorch, eager and compiled; prints the same lines."""
import json
import statistics
import sys

ROWS, COLUMNS, ROUNDS = 16384, 4096, 21


def microseconds(torch, function):
    function()  # compiles, and warms up
    times = []
    for _ in range(ROUNDS):
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        function()
        end.record()
        torch.cuda.synchronize()
        times.append(begin.elapsed_time(end) * 1e3)
    return statistics.median(times)


def main():
    try:
        import torch
    except ImportError:
        print("no PyTorch here, so it is left out", file=sys.stderr)
        return
    if not torch.cuda.is_available():
        print("this PyTorch has no GPU, so it is left out", file=sys.stderr)
        return
    x = torch.rand(ROWS, COLUMNS, device="cuda") * 4 - 2
    cases = {"scale": lambda v: v * 2 + 1, "softmax": lambda v: torch.softmax(v, -1)}
    for name, law in cases.items():
        for program, function in (("torch_eager", law), ("torch_compiled", torch.compile(law))):
            print(json.dumps({
                "case": f"{name} f32 [{ROWS}, {COLUMNS}]", "program": program,
                "microseconds": round(microseconds(torch, lambda: function(x)), 2),
                "bytes": 2 * x.numel() * x.element_size()}))


if __name__ == "__main__":
    main()
