# SPDX-License-Identifier: Apache-2.0
"""Runs the library and its peers over the cases of cases.inc in one run, in turn, and keeps the result.

    python3 bench/run.py                          everything: bench/results/cpu/<processor>.json,
                                                  docs/performance.md and docs/performance.png
    python3 bench/run.py --case 'softmax_*' --peer deepseek --peer roofline --out some.json

Round r of a case runs our program, then each peer, each in a short process (PyTorch in one process
that waits between requests), so that a machine that slows down slows all of them. A program's figure
is the median over rounds of its medians. What the peers need is listed in bench/README.md.
"""

import argparse
import fnmatch
import json
import pathlib
import statistics
import subprocess
import sys
from dataclasses import dataclass, field

from cases import cases
from programs import (BENCH, KEEP_HEAP, ROOT, Program, Server, about, build, google_benchmark_row, merged, output_of,
                      rounded, row_of_process, say, slug)


@dataclass(frozen=True)
class Peer:
    """One column of the comparison; a slow one runs in the first round only."""

    program: Program
    asks_for: str = ""  # the name the program knows it by, if another
    environment: dict = field(default_factory=dict)
    slow: bool = False


ROOFLINE = Program("roofline.cpp")
OURS = Program("ops_bench.cpp", (f"-I{ROOT / 'include'}", "-lbenchmark"), (), "libbenchmark-dev")
EIGEN = Program("baseline/eigen_peer.cpp", (), ("eigen3",), "libeigen3-dev")
XTENSOR = Program("baseline/xtensor_peer.cpp",
                  ("-DXTENSOR_USE_XSIMD", "-DXTENSOR_USE_OPENMP", "-fopenmp"), (),
                  "libxtensor-dev libxsimd-dev")
ONEDNN = Program("baseline/onednn_peer.cpp", ("-fopenmp", "-ldnnl"), (), "libdnnl-dev")
TORCH = Program("baseline/torch_peer.py", install="pip install torch numpy")

PEERS = {
    "deepseek": Peer(OURS),
    "roofline": Peer(ROOFLINE),
    "torch_eager": Peer(TORCH, environment=KEEP_HEAP),
    "torch_compiled": Peer(TORCH, environment=KEEP_HEAP),
    "torch_eager_default_heap": Peer(TORCH, asks_for="torch_eager"),
    "torch_compiled_default_heap": Peer(TORCH, asks_for="torch_compiled"),
    "eigen": Peer(EIGEN),
    "xtensor": Peer(XTENSOR),
    "onednn": Peer(ONEDNN),
    "eigen_lazy": Peer(EIGEN, slow=True),
    "xtensor_lazy": Peer(XTENSOR, slow=True),
}


class Runner:
    """Asks each program for one case and gives rows of one schema."""

    def __init__(self, commands, asked):
        self.commands, self.asked, self.servers = commands, asked, {}

    def row(self, name, case, part):
        peer = PEERS[name]
        if peer.program is OURS:
            return self._ours(self.commands[name], case, part)
        words = ["--peer", peer.asks_for or name, "--case", case.name, "--verify", part,
                 "--repetitions", str(self.asked.repetitions), "--threads", str(self.asked.threads)]
        if peer.program is TORCH:
            key = tuple(sorted(peer.environment.items()))
            if key not in self.servers:
                self.servers[key] = Server(self.commands[name], peer.environment, self.asked.threads)
            return self.servers[key].ask(words)
        return self._process([*self.commands[name], *words], json.loads)

    def _process(self, command, parse):
        return row_of_process(command, parse, self.asked.threads, self.asked.limit_seconds)

    def _ours(self, command, case, part):
        command = [*command, f"--benchmark_filter=^{case.name}/deepseek/", "--benchmark_min_time=0.01",
                   f"--benchmark_repetitions={self.asked.repetitions}", "--benchmark_format=json",
                   f"--threads={self.asked.threads}", f"--verify={part}"]
        return self._process(command, google_benchmark_row)

    def close(self):
        for server in self.servers.values():
            server.close()


def with_variants(case, rows):
    """One row from a program's rounds; the roofline tries several ways to move the bytes in each."""
    row = merged(rows)
    timed = [r for r in rows if "variants" in r]
    if not timed:
        return row
    row["gb_per_s_by_variant"] = speeds = {
        v: statistics.median(r["variants"][v] for r in timed) for v in timed[0]["variants"]}
    # One variant for all rounds: the best of each round would be the luckiest of many draws.
    if row["note"] in speeds:
        row["note"] = max(speeds, key=speeds.get)
        row["median_ms"] = case.bytes / speeds[row["note"]] / 1e6
    return row


def run_all(runner, chosen, peers, rounds):
    rows = []
    for number, case in enumerate(chosen, 1):
        found = {name: [] for name in peers}
        for turn in range(rounds):
            for name in peers:
                if PEERS[name].slow and turn:
                    continue
                if found[name] and "skipped" in found[name][0]:
                    continue
                found[name].append(runner.row(name, case, "sample" if turn else "all"))
        for name, results in found.items():
            row = {"case": case.name, "peer": name, **with_variants(case, results)}
            if "median_ms" in row:
                row["gb_per_s"] = case.bytes / row["median_ms"] / 1e6
            rows.append(rounded(row))
        shown = "  ".join(f"{r['peer']} {r['median_ms']:.4g}" for r in rows
                          if r["case"] == case.name and "median_ms" in r)
        say(f"[{number}/{len(chosen)}] {case.name}, ms: {shown}")
    return rows


def peak(command, threads):
    """Peak flops with one thread and with all, from the roofline program."""
    return json.loads(output_of([*command, "--peak", "1", "--threads", str(threads)]) or "{}")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", action="append", help="name or pattern; may repeat (all)")
    parser.add_argument("--peer", action="append", choices=PEERS, help="may repeat (all)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repetitions", type=int, default=5, help="samples in a round")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit-seconds", type=float, default=120, help="for one C++ process")
    parser.add_argument("--build-dir", type=pathlib.Path, default=ROOT / "build" / "bench")
    parser.add_argument("--out", type=pathlib.Path,
                        help="result file; needed where --case or --peer leaves something out")
    asked = parser.parse_args()
    whole = not asked.case and not asked.peer
    if not whole and not asked.out:
        parser.error("a part of the comparison needs --out FILE; the kept file is of one whole run")
    return asked, whole


def main():
    asked, whole = parse()
    chosen = [c for c in cases() if any(fnmatch.fnmatch(c.name, p) for p in asked.case or ["*"])]
    if not chosen:
        sys.exit(f"no case matches {asked.case}; the names are: {' '.join(c.name for c in cases())}")
    asked.build_dir.mkdir(parents=True, exist_ok=True)
    names = asked.peer or list(PEERS)
    programs = {PEERS[n].program for n in names}
    built = {p: build(p, asked.build_dir) for p in sorted(programs, key=lambda p: p.source)}
    if TORCH in built and not output_of([*built[TORCH], "--about"]):
        say(f"{TORCH.source}: PyTorch or NumPy is missing, left out. Fix: {TORCH.install}")
        built[TORCH] = None
    commands = {n: built[PEERS[n].program] for n in names if built[PEERS[n].program]}
    versions = [output_of([*command, "--about"]) for name, command in commands.items()
                if PEERS[name].program not in (OURS, ROOFLINE)]
    result = about("run.py", versions, asked)
    if "roofline" in commands:
        result["peak"] = peak(commands["roofline"], asked.threads)
    runner = Runner(commands, asked)
    try:
        result["rows"] = run_all(runner, chosen, list(commands), asked.rounds)
    finally:
        runner.close()
    out = asked.out or BENCH / "results" / "cpu" / f"{slug(result['processor'])}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=1) + "\n")
    say(f"wrote {out}")
    if whole:
        subprocess.run([sys.executable, str(BENCH / "chart.py"), str(out)], check=True)


if __name__ == "__main__":
    main()
