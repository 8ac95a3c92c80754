# SPDX-License-Identifier: Apache-2.0
"""Products beside PyTorch's, OpenBLAS's and oneDNN's, in one run, in turn.

    python3 bench/run_matmul.py                     all cases: bench/results/matmul/<processor>.json and
                                                    docs/matmul_performance.md
    python3 bench/run_matmul.py --case 'f32_*'      a part, which takes its place in the kept results
    python3 bench/run_matmul.py --case 'f32_*' --out some.json

Round r of a case runs our program, then each peer, each in a short process (PyTorch in one that waits between
requests). A figure is the median over rounds of medians. What the peers need is in bench/README.md.
"""

import argparse
import fnmatch
import json
import pathlib
import sys

from matmul_cases import cases
from programs import (BENCH, KEEP_HEAP, ROOT, Program, Server, about, build, keep, measured_at, merged, output_of,
                      rounded, row_of_process, say, slug)

OURS = Program("matmul_bench.cpp", (f"-I{ROOT / 'include'}",))
OPENBLAS = Program("baseline/matmul_openblas.cpp", ("-lopenblas",), (), "libopenblas-dev")
ONEDNN = Program("baseline/matmul_onednn.cpp", ("-fopenmp", "-ldnnl"), (), "libdnnl-dev")
TORCH = Program("baseline/torch_matmul.py", install="pip install torch numpy")
PROGRAMS = {"deepseek": OURS, "torch": TORCH, "openblas": OPENBLAS, "onednn": ONEDNN, "onednn_fused": ONEDNN}
HEADINGS = {"torch": "PyTorch", "openblas": "OpenBLAS", "onednn": "oneDNN", "onednn_fused": "oneDNN, gelu fused"}


def has(peer, case):
    """What a peer does not know is not asked for."""
    if case.law == "bias_gelu":
        return peer != "openblas"
    return peer != "onednn_fused" and (peer != "openblas" or case.element == "f32")


def measure(case, commands, torch, asked):
    found = {peer: [] for peer in commands if has(peer, case)}
    for turn in range(asked.rounds):
        for peer, rows in found.items():
            words = ["--peer", peer, "--case", case.name, "--verify", "sample" if turn else "all",
                     "--repetitions", str(asked.repetitions), "--threads", str(asked.threads)]
            if peer == "torch":
                rows.append(torch.ask(words))
            else:
                rows.append(row_of_process([*commands[peer], *words], json.loads, asked.threads, 60))
    return [rounded({"case": case.name, "peer": peer, **merged(rows)}) for peer, rows in found.items()]


def figures(kept, key):
    """A figure of each case and program: median_ms, or min_ms, which a busy machine disturbs less."""
    return {(row["case"], row["peer"]): row.get(key) for row in kept["rows"]}


def reached(case, ms):
    """How many times as fast as the fastest of the peers that the goal names; None: not measured."""
    theirs = [ms[case.name, peer] for peer in case.goal[1] if ms.get((case.name, peer))]
    return min(theirs) / ms[case.name, "deepseek"] if theirs else None


def verdict(case, medians, fastest):
    """The goal of a case beside what was reached: the goal is held against medians."""
    by_medians, by_fastest = reached(case, medians), reached(case, fastest)
    if by_medians is None:
        return "not measured"
    missed = "" if by_medians >= case.goal[0] else " **missed**"
    return f"{by_medians:.2f}; {by_fastest:.2f} ({case.goal[0]:g}){missed}"


def table(kept):
    medians, fastest = figures(kept, "median_ms"), figures(kept, "min_ms")
    lines = ["| case | ms | GFlop/s | " + " | ".join(HEADINGS.values()) + " | reached (goal) |",
             "| --- " + "| ---: " * (2 + len(HEADINGS)) + "| --- |"]
    for case in cases():
        ours = medians.get((case.name, "deepseek"))
        if not ours:
            continue
        cells = []
        for peer in HEADINGS:
            ratios = [ms[case.name, peer] / ms[case.name, "deepseek"] for ms in (medians, fastest)
                      if ms.get((case.name, peer))]
            cells.append("; ".join(f"{ratio:.2f}" for ratio in ratios))
        lines.append(f"| {case.name} | {ours:.4g} | {case.flops / ours / 1e6:.0f} | " + " | ".join(cells) +
                     f" | {verdict(case, medians, fastest)} |")
    return "\n".join(lines) + "\n"


def rounds(kept):
    """How many there were of each case, in words."""
    counts = sorted({len(row["rounds_ms"]) for row in kept["rows"] if "rounds_ms" in row})
    return str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"


def page(kept):
    return "\n".join([
        "# Performance of products\n",
        f"Measured {measured_at(kept)} on {kept['processor']}, {kept['cores']} cores, {kept['threads']} threads; "
        f"load average at the start {kept['load_at_start']:g}. "
        f"Medians over {rounds(kept)} rounds in which the programs took turns; rows and columns of each result were "
        "checked in float64 before it was timed. Written by `bench/run_matmul.py`.\n",
        f"{kept['compiler']}, `{kept['flags']}`; {'; '.join(kept['versions'])}.\n",
        "A name is the element type and m, n, k; with three of them the second operand is transposed in memory, as the "
        "weights of a linear layer are. `gelu` adds a bias and applies gelu: here in the same kernel, in PyTorch and "
        "oneDNN as a pass of its own, and by oneDNN's post-op in the last column. No program packs an operand "
        "beforehand.\n",
        "How many times as fast as each peer, by medians; by the fastest samples, which a busy machine disturbs less. "
        "The goal is held against medians of the fastest peer that it names (`matmul_cases.py`):\n", table(kept)])


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
    built = {program: build(program, asked.build_dir) for program in dict.fromkeys(PROGRAMS.values())}
    versions = {program: output_of([*command, "--about"]) for program, command in built.items()
                if command and program is not OURS}
    if not versions[TORCH]:
        say(f"{TORCH.source}: PyTorch or NumPy is missing, left out. Fix: {TORCH.install}")
        built[TORCH] = None
    if not built[OURS]:
        sys.exit(1)
    commands = {peer: built[program] for peer, program in PROGRAMS.items() if built[program]}
    torch = Server(built[TORCH], KEEP_HEAP, asked.threads) if built[TORCH] else None
    result = about("run_matmul.py", versions.values(), asked) | {"rows": []}
    try:
        for case in chosen:
            rows = measure(case, commands, torch, asked)
            say(f"{case.name}, ms: " + "  ".join(f"{r['peer']} {r.get('median_ms', '–')}" for r in rows))
            result["rows"] += rows
    finally:
        if torch:
            torch.close()
    kept = keep(asked.out or BENCH / "results" / "matmul" / f"{slug(result['processor'])}.json", result, asked.case)
    if not asked.out:
        (ROOT / "docs" / "matmul_performance.md").write_text(page(kept))
    print(table(kept))


if __name__ == "__main__":
    main()
