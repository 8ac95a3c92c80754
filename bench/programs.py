# SPDX-License-Identifier: Apache-2.0
"""Programs that are compared: how they are built, asked for a case, and their results kept."""

import datetime
import json
import os
import pathlib
import platform
import re
import shlex
import statistics
import subprocess
import sys
from dataclasses import dataclass

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


def row_of_process(command, parse, threads, limit_seconds):
    """What `parse` makes of a program's output, or why there is none."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=limit_seconds)
    except subprocess.TimeoutExpired:
        return {"skipped": f"no result within {limit_seconds} s"}
    try:
        return parse(done.stdout)
    except (ValueError, KeyError, IndexError):
        error = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        return {"skipped": error[0]}


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


def merged(rows):
    """One row from a program's rounds; any round without a figure explains itself if none has one."""
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
    return row


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list) else value


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


def about(script, versions, asked):
    """What a kept result says of where it comes from; `versions` are those of the peers."""
    compiler = shlex.split(os.environ.get("CXX", "g++"))
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "command": f"python3 bench/{script} " + shlex.join(sys.argv[1:]),
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "load_at_start": round(os.getloadavg()[0], 2),
        "compiler": output_of([*compiler, "--version"]).splitlines()[0],
        "flags": " ".join(CXX_FLAGS),
        "versions": sorted(set(versions) - {""}),
        "revision": output_of(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]),
        "threads": asked.threads,
        "rounds": asked.rounds,
        "repetitions_a_round": asked.repetitions,
    }


def keep(path, result, part):
    """Writes a result; of a part of the cases, in the place of theirs in the file that is kept. Gives what the
    file then holds: each row has the date and the revision that it was measured at."""
    for row in result["rows"]:
        row |= {"date": result["date"], "revision": result["revision"]}
    if part and path.exists():
        new = {row["case"] for row in result["rows"]}
        before = json.loads(path.read_text())["rows"]
        result["rows"] = [row for row in before if row["case"] not in new] + result["rows"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")
    say(f"wrote {path}")
    return result


def measured_at(kept):
    """When and at which revisions the rows of a kept result were measured, in words."""
    dates = sorted({row["date"] for row in kept["rows"]})
    revisions = sorted({row["revision"] for row in kept["rows"]})
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}, case by case,"
    return f"{when} at revision {', '.join(revisions)}"
