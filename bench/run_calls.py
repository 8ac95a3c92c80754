# SPDX-License-Identifier: Apache-2.0
"""Sorts, selections, histograms and sums by index beside PyTorch's, in one run, in turn.

    python3 bench/run_calls.py                     all cases: bench/results/calls/<processor>.json and
                                                   docs/calls_performance.md
    python3 bench/run_calls.py --case 'sort_*'     a part, which takes its place in the kept results
    python3 bench/run_calls.py --case 'sort_*' --out some.json

Round r of a case runs our program, then PyTorch's, which waits between requests. A figure is the median over rounds
of medians. What PyTorch needs is in bench/README.md.
"""

import argparse
import fnmatch
import json
import pathlib
import sys

from calls_cases import cases
from programs import (BENCH, KEEP_HEAP, ROOT, Program, Server, about, build, keep, measured_at, merged, output_of,
                      rounded, row_of_process, say, slug)

OURS = Program("calls_bench.cpp", (f"-I{ROOT / 'include'}",))
TORCH = Program("baseline/torch_calls.py", install="pip install torch numpy")
CALLS = {"top_k": "torch.topk", "sort": "torch.sort, stable", "histogram": "torch.histc",
         "scatter_add": "index_add", "segment_sum": "segment_reduce"}


def measure(case, ours, torch, asked):
    found = {"deepseek": [], "torch": []}
    for turn in range(asked.rounds):
        for peer, rows in found.items():
            words = ["--peer", peer, "--case", case.name, "--verify", "sample" if turn else "all",
                     "--repetitions", str(asked.repetitions), "--threads", str(asked.threads)]
            rows.append(torch.ask(words) if peer == "torch"
                        else row_of_process([*ours, *words], json.loads, asked.threads, 60))
    return [rounded({"case": case.name, "peer": peer, **merged(rows)}) for peer, rows in found.items()]


def table(kept):
    ms = {(row["case"], row["peer"]): row.get("median_ms") for row in kept["rows"]}
    lines = ["| case | ms | PyTorch, ms | its call | times as fast |", "| --- | ---: | ---: | --- | ---: |"]
    for case in cases():
        ours, theirs = ms.get((case.name, "deepseek")), ms.get((case.name, "torch"))
        if ours and theirs:
            lines.append(f"| {case.name} | {ours:.4g} | {theirs:.4g} | {CALLS[case.law]} | {theirs / ours:.2f} |")
    return "\n".join(lines) + "\n"


def page(kept):
    return "\n".join([
        "# Performance of calls\n",
        f"Measured {measured_at(kept)} on {kept['processor']}, {kept['cores']} cores, {kept['threads']} threads. "
        f"Medians over {kept['rounds']} rounds in which the programs took turns; all of each result was checked before "
        "it was timed. Written by `bench/run_calls.py`; `bench/calls_cases.inc` says what each case is.\n",
        f"{kept['compiler']}, `{kept['flags']}`; {'; '.join(kept['versions'])}.\n",
        table(kept)])


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", action="append", help="name or pattern; may repeat (all)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repetitions", type=int, default=5, help="samples in a round")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--build-dir", type=pathlib.Path, default=ROOT / "build" / "bench")
    parser.add_argument("--out", type=pathlib.Path)
    return parser.parse_args()


def main():
    asked = parse()
    chosen = [c for c in cases() if any(fnmatch.fnmatch(c.name, p) for p in asked.case or ["*"])]
    if not chosen:
        sys.exit(f"no case matches {asked.case}; the names are: {' '.join(c.name for c in cases())}")
    asked.build_dir.mkdir(parents=True, exist_ok=True)
    ours, theirs = (build(program, asked.build_dir) for program in (OURS, TORCH))
    version = output_of([*theirs, "--about"])
    if not ours or not version:
        sys.exit(f"{OURS.source} does not compile, or PyTorch is missing. Fix: {TORCH.install}")
    torch = Server(theirs, KEEP_HEAP, asked.threads)
    result = about("run_calls.py", [version], asked) | {"rows": []}
    try:
        for case in chosen:
            rows = measure(case, ours, torch, asked)
            say(f"{case.name}, ms: " + "  ".join(f"{r['peer']} {r.get('median_ms', r.get('skipped'))}" for r in rows))
            result["rows"] += rows
    finally:
        torch.close()
    kept = keep(asked.out or BENCH / "results" / "calls" / f"{slug(result['processor'])}.json", result, asked.case)
    if not asked.out:
        (ROOT / "docs" / "calls_performance.md").write_text(page(kept))
    print(table(kept))


if __name__ == "__main__":
    main()
