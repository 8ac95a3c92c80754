# SPDX-License-Identifier: Apache-2.0
"""The frame of a PyTorch peer that answers requests: one a line on standard input, one line of JSON each."""

import argparse
import json
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import torch

SHORTEST_SAMPLE_SECONDS = 0.01


def measured(call, repetitions):
    """Milliseconds a call: median, fastest and slowest of samples of at least 10 ms."""
    samples = []
    for _ in range(repetitions):
        start, count = time.perf_counter(), 0
        while count == 0 or time.perf_counter() - start < SHORTEST_SAMPLE_SECONDS:
            call()
            count += 1
        samples.append((time.perf_counter() - start) / count)
    return {"median_ms": statistics.median(samples) * 1e3, "min_ms": min(samples) * 1e3,
            "max_ms": max(samples) * 1e3, "repetitions": len(samples), "verified": True}


def arguments(words):
    parser = argparse.ArgumentParser(description="answers requests for the cases of a bench")
    parser.add_argument("--about", action="store_true", help="print versions and end")
    parser.add_argument("--serve", action="store_true", help="read requests from standard input")
    parser.add_argument("--peer")
    parser.add_argument("--case", help="a name from the table of cases")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--verify", choices=("all", "sample"), default="all")
    return parser.parse_args(words)


def serve(answer):
    """answer(request) gives the row of a request: a time, or why it is skipped."""
    asked = arguments(sys.argv[1:])
    if asked.about:
        print(f"PyTorch {torch.__version__}, Python {sys.version.split()[0]}")
        return
    requests = (arguments(line.split()) for line in sys.stdin) if asked.serve else [asked]
    for request in requests:
        names = {"case": request.case, "peer": request.peer}
        torch.set_num_threads(request.threads)
        try:
            with torch.inference_mode():
                line = names | answer(request)
        except Exception as problem:  # one that cannot run must not end the others
            why = (str(problem) or "no reason given").splitlines()[0][:200]
            line = names | {"skipped": f"{type(problem).__name__}: {why}"}
        print(json.dumps(line), flush=True)
