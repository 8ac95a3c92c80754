# SPDX-License-Identifier: Apache-2.0
"""Attention beside PyTorch's, in one run, in turn: keeps the figures and writes docs/attention_performance.md.

    python3 bench/run_attention.py                       all cases: bench/results/attention/<processor>.json
    python3 bench/run_attention.py --case '*_512_*'      a part, which takes its place in the kept results

Round r of a case runs our program, then each peer. A figure is the median over rounds of medians. Needs
libbenchmark-dev, and for the peers `pip install torch numpy` and g++ for torch.compile.
"""

import argparse
import fnmatch
import pathlib
import sys

from attention_cases import cases
from programs import (BENCH, KEEP_HEAP, ROOT, Program, Server, about, build, google_benchmark_row, keep, measured_at,
                      merged, output_of, rounded, say, slug)

OURS = Program("attention_bench.cpp", (f"-I{ROOT / 'include'}", "-lbenchmark"), (), "libbenchmark-dev")
TORCH = Program("baseline/torch_attention.py", install="pip install torch numpy")
PEERS = ("torch_sdpa", "torch_masked", "torch_flex")


def wanted(case, peer):
    """SDPA knows no score expression; masks in memory are for what it does not know."""
    return peer == "torch_flex" or (case.score == "alibi_window") == (peer == "torch_masked")


def measure(case, ours, torch, asked):
    found = {}
    for _ in range(asked.rounds):
        command = [*ours, f"--benchmark_filter=^{case.name}/deepseek/", "--benchmark_min_time=0.01",
                   f"--benchmark_repetitions={asked.repetitions}", "--benchmark_format=json",
                   f"--threads={asked.threads}"]
        rows = {"deepseek": google_benchmark_row(output_of(command))}
        for peer in PEERS:
            if torch and wanted(case, peer):
                rows[peer] = torch.ask(["--peer", peer, "--case", case.name, "--repetitions",
                                        str(asked.repetitions), "--threads", str(asked.threads)])
        for peer, row in rows.items():
            found.setdefault(peer, []).append(row)
    return [rounded({"case": case.name, "peer": peer, **merged(rows)}) for peer, rows in found.items()]


def table(kept):
    ms = {(r["case"], r["peer"]): r.get("median_ms") for r in kept["rows"]}
    lines = ["| case | ms | PyTorch SDPA | – with a mask in memory | FlexAttention, compiled | goals |",
             "| --- | ---: | ---: | ---: | ---: | --- |"]
    for case in cases():
        ours = ms.get((case.name, "deepseek"))
        if not ours:
            continue
        cells = []
        for peer in PEERS:
            theirs = ms.get((case.name, peer))
            cells.append(f"{theirs / ours:.2f}x" if theirs else "")
        goals = [f"{peer} {goal:g}x " + ("not measured" if not ms.get((case.name, peer)) else
                                         "met" if ms[case.name, peer] / ours >= goal else "**missed**")
                 for peer, goal in case.goals.items()]
        lines.append(f"| {case.name} | {ours:.4g} | " + " | ".join(cells) + f" | {'; '.join(goals)} |")
    return "\n".join(lines) + "\n"


def page(kept):
    return "\n".join([
        "# Performance of attention\n",
        f"Measured {measured_at(kept)} on {kept['processor']}, {kept['cores']} cores, "
        f"{kept['threads']} threads, f32, 1 batch, 12 heads of 64. Medians over {kept['rounds']} rounds in which "
        "the programs took turns; rows of each result were checked in float64 before it was timed. "
        "`alibi_window` is ALiBi over the last 1024 keys.\n",
        "    python3 bench/run_attention.py\n",
        f"{kept['compiler']}, `{kept['flags']}`; {'; '.join(kept['versions'])}.\n",
        "How many times as fast as each peer:\n", table(kept)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", action="append", help="name or pattern; may repeat (all)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=pathlib.Path)
    asked = parser.parse_args()
    chosen = [c for c in cases() if any(fnmatch.fnmatch(c.name, p) for p in asked.case or ["*"])]
    folder = ROOT / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    ours = build(OURS, folder)
    if not ours:
        sys.exit(1)
    command = build(TORCH, folder)
    version = output_of([*command, "--about"])
    torch = Server(command, KEEP_HEAP, asked.threads) if version else None
    if not torch:
        say(f"PyTorch is missing, left out. Fix: {TORCH.install}")
    result = about("run_attention.py", [version], asked) | {"rows": []}
    for case in chosen:
        rows = measure(case, ours, torch, asked)
        say(f"{case.name}, ms: " + "  ".join(f"{r['peer']} {r.get('median_ms', '–')}" for r in rows))
        result["rows"] += rows
    if torch:
        torch.close()
    kept = keep(asked.out or BENCH / "results" / "attention" / f"{slug(result['processor'])}.json", result, asked.case)
    if not asked.out:
        (ROOT / "docs" / "attention_performance.md").write_text(page(kept))
    print(table(kept))


if __name__ == "__main__":
    main()
