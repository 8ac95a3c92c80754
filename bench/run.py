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
import datetime
import fnmatch
import json
import os
import pathlib
import platform
import re
import shlex
import statistics
import subprocess
import sys
from dataclasses import dataclass, field

from cases import cases

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent
CXX_FLAGS = ["-std=c++20", "-O3", "-march=native", "-pthread"]

# PyTorch makes a new tensor a call. With the C library's defaults each large one is mapped, and every
# page of it faulted in, anew: more time than the operation takes. These settings keep freed memory.
KEEP_HEAP = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
             "MALLOC_TOP_PAD_": str(1 << 28)}


@dataclass(frozen=True)
class Program:
    """A source file, how to build it, and what to install where that fails."""

    source: str
    flags: tuple = ()
    packages: tuple = ()  # pkg-config names
    install: str = ""


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


def say(text):
    print(text, file=sys.stderr, flush=True)


def output_of(command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def build(program, folder):
    """The command that starts the program, or None after saying what is missing."""
    source = BENCH / program.source
    if source.suffix == ".py":
        return [sys.executable, str(source)]
    if not source.exists():
        return say(f"{program.source}: not there, left out")
    binary = folder / source.stem
    flags = list(program.flags)
    for package in program.packages:
        flags += shlex.split(output_of(["pkg-config", "--cflags", "--libs", package]))
    compiler = shlex.split(os.environ.get("CXX", "g++"))
    libraries = [f for f in flags if f.startswith("-l")]
    options = [f for f in flags if not f.startswith("-l")]
    say(f"{program.source}: compiling")
    done = subprocess.run([*compiler, *CXX_FLAGS, *options, str(source), "-o", str(binary), *libraries],
                          capture_output=True, text=True)
    if done.returncode == 0:
        return [str(binary)]
    errors = [line for line in done.stderr.splitlines() if "error" in line][:3]
    say("\n".join([f"{program.source}: does not compile, left out", *errors,
                   f"Fix: install {program.install}" if program.install else ""]))
    return None


class Server:
    """A PyTorch process that answers one request a line."""

    def __init__(self, command, environment, threads):
        self.process = subprocess.Popen(
            [*command, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **environment, "OMP_NUM_THREADS": str(threads)})

    def ask(self, words):
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            return {"skipped": "the PyTorch process ended"}
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


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
        return self._process([*self.commands[name], *words], lambda text: json.loads(text))

    def _process(self, command, parse):
        environment = {**os.environ, "OMP_NUM_THREADS": str(self.asked.threads)}
        try:
            done = subprocess.run(command, capture_output=True, text=True, env=environment,
                                  timeout=self.asked.limit_seconds)
        except subprocess.TimeoutExpired:
            return {"skipped": f"no result within {self.asked.limit_seconds} s"}
        try:
            return parse(done.stdout)
        except (ValueError, KeyError, IndexError):
            error = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
            return {"skipped": error[0]}

    def _ours(self, command, case, part):
        command = [*command, f"--benchmark_filter=^{case.name}/deepseek/", "--benchmark_min_time=0.01",
                   f"--benchmark_repetitions={self.asked.repetitions}", "--benchmark_format=json",
                   f"--threads={self.asked.threads}", f"--verify={part}"]
        return self._process(command, google_benchmark_row)

    def close(self):
        for server in self.servers.values():
            server.close()


def google_benchmark_row(text):
    """The row of one case from Google Benchmark's JSON."""
    # Google Benchmark may print a warning of its own before the object.
    runs = json.loads(text[text.index("{"):])["benchmarks"]
    runs = [r for r in runs if r["run_type"] == "iteration"]
    for run in runs:
        if run.get("error_occurred"):
            return {"skipped": run["error_message"]}
    times = [r["real_time"] for r in runs]
    return {"median_ms": statistics.median(times), "min_ms": min(times), "max_ms": max(times),
            "repetitions": len(times), "batch": runs[0]["iterations"], "verified": True, "note": ""}


def merged(case, rows):
    """One row from a peer's rounds; any round without a figure explains itself if none has one."""
    timed = [r for r in rows if "median_ms" in r]
    if not timed:
        return {"skipped": rows[0]["skipped"]}
    medians = [r["median_ms"] for r in timed]
    row = {
        "median_ms": statistics.median(medians),
        "min_ms": min(r["min_ms"] for r in timed),
        "max_ms": max(r["max_ms"] for r in timed),
        "rounds_ms": medians,
        "repetitions": sum(r["repetitions"] for r in timed),
        "verified": all(r["verified"] for r in timed),
        "note": timed[0].get("note", ""),
    }
    if "variants" in timed[0]:
        row["gb_per_s_by_variant"] = speeds = {
            v: statistics.median(r["variants"][v] for r in timed) for v in timed[0]["variants"]}
        # One variant for all rounds: the best of each round would be the luckiest of many draws.
        if row["note"] in speeds:
            row["note"] = max(speeds, key=speeds.get)
            row["median_ms"] = case.bytes / speeds[row["note"]] / 1e6
    return row


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list) else value


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
            row = {"case": case.name, "peer": name, **merged(case, results)}
            if "median_ms" in row:
                row["gb_per_s"] = case.bytes / row["median_ms"] / 1e6
            rows.append(rounded(row))
        shown = "  ".join(f"{r['peer']} {r['median_ms']:.4g}" for r in rows
                          if r["case"] == case.name and "median_ms" in r)
        say(f"[{number}/{len(chosen)}] {case.name}, ms: {shown}")
    return rows


def processor():
    """The processor's name, with family and model where the system tells: names alone repeat."""
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    fact = dict(re.findall(r"^([^\t:]+)\t*: (.*)$", text, re.MULTILINE))
    name = fact.get("model name", platform.machine())
    if "cpu family" in fact:
        name += f" (family {fact['cpu family']}, model {fact['model']})"
    return name


def slug(text):
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def about(commands, asked):
    compiler = shlex.split(os.environ.get("CXX", "g++"))
    versions = sorted({output_of([*command, "--about"]) for name, command in commands.items()
                       if PEERS[name].program not in (OURS, ROOFLINE)} - {""})
    revision = output_of(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"])
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "command": "python3 bench/run.py " + shlex.join(sys.argv[1:]),
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "load_at_start": round(os.getloadavg()[0], 2),
        "compiler": output_of([*compiler, "--version"]).splitlines()[0],
        "flags": " ".join(CXX_FLAGS),
        "versions": versions,
        "revision": revision,
        "threads": asked.threads,
        "rounds": asked.rounds,
        "repetitions_a_round": asked.repetitions,
    }


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
    result = about(commands, asked)
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
