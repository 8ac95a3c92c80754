# SPDX-License-Identifier: Apache-2.0
"""Times compilers on an empty file and on a program with one fused softmax.

    python3 bench/compile_time.py [--repetitions 5] [--out FILE]

g++ -O2 and, where there is one, nvcc -O2 (for one architecture), each on compile_time/empty.cpp and
compile_time/softmax.cpp in turn; medians of the time that passed and of the processor's. The two
goals: the program takes at most 4 s with g++ and at most 3 times an empty file with nvcc.
"""

import argparse
import json
import os
import pathlib
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from programs import BENCH, ROOT, processor, rounded, say, slug

LONGEST_GXX_SECONDS = 4.0
MOST_NVCC_TIMES_EMPTY = 3.0
PROGRAMS = BENCH / "compile_time"


def find_nvcc():
    """nvcc from CUDA_HOME, the PATH or the toolkit's conventional folder."""
    candidates = [os.path.join(os.environ.get("CUDA_HOME", ""), "bin", "nvcc"), shutil.which("nvcc"),
                  "/usr/local/cuda/bin/nvcc"]
    return next((c for c in candidates if c and os.path.isabs(c) and os.access(c, os.X_OK)), None)


def compilers():
    common = ["-std=c++20", "-O2", f"-I{ROOT / 'include'}", "-c"]
    found = {"g++": [*shlex.split(os.environ.get("CXX", "g++")), "-march=native", *common]}
    if nvcc := find_nvcc():
        found["nvcc"] = [nvcc, "-x", "cu", "-arch=sm_90a", "--extended-lambda",
                         "-Xcompiler", "-march=native", *common]
    else:
        say("nvcc: not found, left out")
    return found


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def seconds_of(command):
    """(seconds that passed, seconds of processor time) of one compilation."""
    used, start = processor_seconds(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{shlex.join(command)}\n{done.stderr[:4000]}")
    return seconds, processor_seconds() - used


def measure(compiler, program, repetitions, folder):
    """Seconds for the empty file and for the program, in turn."""
    times = {"empty": [], program: []}
    for _ in range(repetitions + 1):  # the first round fills the caches of the file system
        for stem, samples in times.items():
            source = PROGRAMS / f"{stem}.cpp"
            samples.append(seconds_of([*compiler, str(source), "-o", str(folder / f"{stem}.o")]))
    return times["empty"][1:], times[program][1:]


def row(name, program, empty, whole):
    """The figures beside the goal of that compiler."""
    (empty_s, empty_cpu_s), (program_s, program_cpu_s) = (
        map(statistics.median, zip(*samples)) for samples in (empty, whole))
    ratio = program_s / empty_s
    if name == "nvcc":
        goal, met = f"at most {MOST_NVCC_TIMES_EMPTY:g} times an empty file", ratio <= MOST_NVCC_TIMES_EMPTY
    else:
        goal, met = f"at most {LONGEST_GXX_SECONDS:g} s", program_s <= LONGEST_GXX_SECONDS
    return {"program": program, "compiler": name, "empty_s": empty_s, "program_s": program_s,
            "empty_cpu_s": empty_cpu_s, "program_cpu_s": program_cpu_s, "ratio": ratio, "goal": goal,
            "met": met}


def version(command):
    text = subprocess.run([command[0], "--version"], capture_output=True, text=True).stdout
    return text.splitlines()[-2 if "nvcc" in command[0] else 0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--compiler", action="append", choices=("g++", "nvcc"), help="(both)")
    parser.add_argument("--out", type=pathlib.Path)
    asked = parser.parse_args()
    rows, found = [], compilers()
    for name in asked.compiler or list(found):
        if name not in found:
            sys.exit(f"{name} was asked for and is not found")
        with tempfile.TemporaryDirectory() as folder:
            times = measure(found[name], "softmax", asked.repetitions, pathlib.Path(folder))
        rows.append(rounded(row(name, "softmax", *times)))
        print("{program} with {compiler}: empty file {empty_s} s, program {program_s} s, ratio {ratio}; "
              "goal {goal}: ".format(**rows[-1]) + ("met" if rows[-1]["met"] else "missed"))
    result = {"command": "python3 bench/compile_time.py " + shlex.join(sys.argv[1:]),
              "processor": processor(), "repetitions": asked.repetitions,
              "versions": [version(c) for c in found.values()], "rows": rows}
    out = asked.out or BENCH / "results" / "compile_time" / f"{slug(result['processor'])}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
