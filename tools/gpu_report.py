#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gpu_report.py: runs what tools/gpu_check.sh has built, and keeps what came out.

Tests are the programs NAME_cuda; one that says "skipped: …" has not passed.  Benches are the programs
bench_gpu_NAME and bench/gpu/*.py: each prints one JSON object a line: case, program, microseconds, bytes.
Writes results.json and results.md to bench/results/<gpu>, with date, driver, toolkit, commit and command.
"""
import argparse
import datetime
import json
import pathlib
import re
import subprocess
import sys
import time

import project

TEST_LIMIT_SECONDS = 300
BENCH_LIMIT_SECONDS = 900


def run(command, limit):
    """(exit code, output, errors, seconds) of a program; one that runs longer has failed."""
    start = time.monotonic()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, cwd=project.ROOT)
        code, output, errors = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        code, output, errors = -1, "", f"ended after {limit} s"
    return code, output, errors, round(time.monotonic() - start, 3)


def test_result(name, code, output, seconds):
    state = "failed" if code else "skipped" if output.startswith("skipped:") else "passed"
    return {"name": name, "state": state, "seconds": seconds,
            **({} if state == "passed" else {"output": output[-4000:]})}


def bench_results(output):
    """The lines of a bench that are JSON objects."""
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def table(report):
    """The report as a page."""
    yield f"# {report['gpu']}"
    yield ""
    yield (f"{report['date']}, driver {report['driver']}, CUDA {report['toolkit']}, commit {report['commit']}: "
           f"`{report['command']}`")
    yield ""
    yield "| test | result | s |"
    yield "|---|---|---:|"
    for test in report["tests"]:
        yield f"| {test['name']} | {test['state']} | {test['seconds']:.1f} |"
    if report["benches"]:
        yield ""
        yield "| case | program | µs | GB/s |"
        yield "|---|---|---:|---:|"
        for b in report["benches"]:
            yield (f"| {b['case']} | {b['program']} | {b['microseconds']:.1f} "
                   f"| {b['bytes'] / b['microseconds'] / 1e3:.0f} |")


def slug(name):
    """NVIDIA H100 80GB HBM3 -> nvidia_h100_80gb_hbm3"""
    return re.sub(r"\W+", "_", name.lower()).strip("_")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--gpu", required=True, help="name, compute capability, driver")
    parser.add_argument("--nvcc", required=True)
    parser.add_argument("--command", required=True)
    parser.add_argument("--out", type=pathlib.Path)
    arguments = parser.parse_args()
    name, _, driver = (part.strip() for part in arguments.gpu.split(","))
    build = arguments.build.resolve()

    failed = []
    tests = []
    for program in sorted(build.glob("*_cuda")):
        code, output, errors, seconds = run([str(program)], TEST_LIMIT_SECONDS)
        tests.append(test_result(program.name, code, output + errors, seconds))
        print(f"{tests[-1]['state']:8} {program.name} ({seconds:.1f} s)\n{tests[-1].get('output', '')}", end="")
        if tests[-1]["state"] != "passed":
            failed.append(program.name)
    benches = []
    programs = [[str(p)] for p in sorted(build.glob("bench_gpu_*"))]
    programs += [[sys.executable, str(p)] for p in sorted((project.ROOT / "bench" / "gpu").glob("*.py"))]
    for command in programs:
        code, output, errors, _ = run(command, BENCH_LIMIT_SECONDS)
        results = bench_results(output)
        print(f"{'failed' if code else 'ran':8} {pathlib.Path(command[-1]).name}: {len(results)} results")
        if code:
            print((output + errors)[-4000:])
            failed.append(pathlib.Path(command[-1]).name)
        benches += results

    def said(*command):
        return subprocess.run(command, capture_output=True, text=True, cwd=project.ROOT).stdout.strip()
    report = {
        "gpu": name, "driver": driver, "command": arguments.command,
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "toolkit": re.search(r"release ([\d.]+)", said(arguments.nvcc, "--version"))[1],
        "commit": said("git", "describe", "--always", "--dirty") or "unknown",
        "tests": tests, "benches": benches}
    out = arguments.out or project.ROOT / "bench" / "results" / slug(name)
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(report, indent=1) + "\n")
    (out / "results.md").write_text("\n".join(table(report)) + "\n")
    print(f"{out}: results.json, results.md; {len(tests)} tests, {len(benches)} figures, {len(failed)} failed"
          + "".join(f"\n  failed: {f}" for f in failed))
    if not tests:
        print("no test was built, that cannot be right")
    sys.exit(1 if failed or not tests else 0)


if __name__ == "__main__":
    main()
