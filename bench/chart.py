# SPDX-License-Identifier: Apache-2.0
"""Draws the comparison that bench/run.py kept: docs/performance.md and docs/performance.png.

    python3 bench/chart.py bench/results/cpu/NAME.json

The table is written in any case; the picture needs matplotlib. Goals that are missed stand in the
table as missed.
"""

import argparse
import json
import pathlib
import sys

from cases import cases

BENCH = pathlib.Path(__file__).resolve().parent
DOCS = BENCH.parent / "docs"

TITLES = {
    "deepseek": "deepseek",
    "roofline": "machine",
    "torch_eager": "PyTorch eager",
    "torch_compiled": "PyTorch compiled",
    "torch_eager_default_heap": "PyTorch eager, default heap",
    "torch_compiled_default_heap": "PyTorch compiled, default heap",
    "eigen": "Eigen",
    "eigen_lazy": "Eigen, one expression",
    "xtensor": "xtensor",
    "xtensor_lazy": "xtensor, one expression",
    "onednn": "oneDNN",
}
GOAL_PEERS = {"eager": "torch_eager", "compiled": "torch_compiled", "eigen": "eigen",
              "xtensor": "xtensor"}


class Results:
    """Rows by case and peer."""

    def __init__(self, kept):
        self.kept = kept
        self.rows = {(r["case"], r["peer"]): r for r in kept["rows"]}
        self.peers = [p for p in TITLES if any(r["peer"] == p for r in kept["rows"])]

    def ms(self, case, peer, figure="median_ms"):
        return self.rows.get((case.name, peer), {}).get(figure)

    def times_as_fast(self, case, peer, figure="median_ms"):
        """How many times as fast as the peer our program is."""
        return self.ratio(self.ms(case, peer, figure), self.ms(case, "deepseek", figure))

    def share(self, case, peer="deepseek", figure="median_ms"):
        """The machine's time as a part of the program's."""
        return self.ratio(self.ms(case, "roofline", figure), self.ms(case, peer, figure))

    @staticmethod
    def ratio(a, b):
        return a / b if a and b else None


def number(value, digits=3):
    if value is None:
        return ""
    text = f"{value:.{digits}g}"
    return f"{float(text):.0f}" if "e" in text else text


def table(head, rows):
    align = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, align, *rows]) + "\n"


def measured_for(results, case, key, figure="median_ms"):
    """What a goal is held against; with "min_ms", the same of the fastest samples."""
    if key == "share":
        return results.share(case, figure=figure)
    return results.times_as_fast(case, GOAL_PEERS[key], figure)


def verdicts(results):
    """met, missed or not measured, for every goal of every case."""
    for case in cases():
        for key, goal in case.goals.items():
            measured = measured_for(results, case, key)
            yield "not measured" if measured is None else "met" if measured >= goal else "missed"


def goal_rows(results):
    """One row a case: by medians, by fastest samples, and in brackets the goal."""
    for case in cases():
        cells = []
        for key in ("share", *GOAL_PEERS):
            goal, measured = case.goals.get(key), measured_for(results, case, key)
            if goal is None:
                cells.append("")
            elif measured is None:
                cells.append(f"– ({goal:g})")
            else:
                fastest = number(measured_for(results, case, key, "min_ms"))
                missed = " **missed**" if measured < goal else ""
                cells.append(f"{number(measured)}; {fastest} ({goal:g}){missed}")
        if case.goals:
            yield [case.name, *cells]


def time_rows(results):
    for case in cases():
        cells = []
        for peer in results.peers:
            row = results.rows.get((case.name, peer), {})
            cells.append(number(row["median_ms"]) if "median_ms" in row else "–")
        yield [case.name, *cells]


def spread_rows(results):
    """Fastest and slowest sample beside the median: how quiet the machine was."""
    for case in cases():
        cells = []
        for peer in results.peers:
            row = results.rows.get((case.name, peer), {})
            cells.append(f"{number(row['min_ms'])}–{number(row['max_ms'])}" if "median_ms" in row
                         else "–")
        yield [case.name, *cells]


def speed_rows(results):
    for case in cases():
        if not results.ms(case, "deepseek"):
            continue
        ours = results.ms(case, "deepseek")
        peers = [p for p in results.peers if p not in ("deepseek", "roofline")]
        yield [case.name, number(case.bytes / ours / 1e6), number(results.share(case)),
               *(number(results.times_as_fast(case, p)) for p in peers)]


def skipped(results):
    lines = []
    for peer in results.peers:
        found = {}
        for row in results.rows.values():
            if row["peer"] == peer and "skipped" in row:
                found.setdefault(row["skipped"], []).append(row["case"])
        lines += [f"- {TITLES[peer]}: {', '.join(names)}: {why}" for why, names in found.items()]
    return lines


def compile_rows(processor_file):
    """The kept compile times of the same processor, where there are any."""
    path = BENCH / "results" / "compile_time" / processor_file
    if not path.exists():
        return []
    return [[r["program"], r["compiler"], number(r["empty_s"]), number(r["program_s"]),
             number(r["ratio"]), r["goal"], "met" if r["met"] else "**missed**"]
            for r in json.loads(path.read_text())["rows"]]


def page(results, file_name, picture):
    kept = results.kept
    count = [*verdicts(results)].count
    peers = [p for p in results.peers if p not in ("deepseek", "roofline")]
    parts = [
        "# Performance\n",
        f"Measured {kept['date']} at revision {kept['revision']} on {kept['processor']}, "
        f"{kept['cores']} cores, {kept['threads']} threads, f32. Medians over {kept['rounds']} rounds in "
        f"which the programs took turns; load average at the start {kept['load_at_start']}. Each result "
        "was checked against a float64 reference before it was timed.\n",
        f"    {kept['command']}\n",
        f"{kept['compiler']}, `{kept['flags']}`; {'; '.join(kept['versions'])}. Written by "
        "`bench/chart.py`; what the columns mean: `bench/README.md`.\n",
    ]
    if "measured_again" in kept:
        again = kept["measured_again"]
        parts.append(f"Measured again, because {again['why']}: {', '.join(again['cases'])}; {again['command']}.\n")
    if picture:
        parts.append("![Share of the machine's own speed, by case and program](performance.png)\n")
    parts += [
        "## Goals\n",
        f"{count('met')} met, {count('missed')} missed, {count('not measured')} not measured. Each cell: "
        "the figure by medians, which the goal is held against; by the fastest samples, which a busy machine "
        "disturbs less; in brackets the least it should be.\n",
        table(["case", "share of machine", *(f"times {TITLES[p]}" for p in GOAL_PEERS.values())],
              goal_rows(results)),
    ]
    ours = list(speed_rows(results))
    if ours:
        parts += ["## How many times as fast as each peer\n",
                  table(["case", "GB/s", "share of machine", *(TITLES[p] for p in peers)], ours)]
    parts += [
        "## Medians, ms\n",
        table(["case", *(TITLES[p] for p in results.peers)], time_rows(results)),
        "## Fastest and slowest sample, ms\n",
        table(["case", *(TITLES[p] for p in results.peers)], spread_rows(results)),
    ]
    if "peak" in kept:
        parts.append(f"FMA peak: {number(kept['peak']['gflops_1_thread'])} GFLOP/s with one thread, "
                     f"{number(kept['peak']['gflops'])} with {kept['threads']}.\n")
    if lines := skipped(results):
        parts += ["No figure:\n", "\n".join(lines) + "\n"]
    if rows := compile_rows(file_name):
        parts += ["## Compile time, s\n",
                  table(["program", "compiler", "empty file", "program", "ratio", "goal", ""], rows)]
    return "\n".join(parts)


def draw(results, path):
    """A dot for each case and program: the machine's time over the program's, on a log axis."""
    try:
        import matplotlib
    except ImportError:
        print("no picture: matplotlib is not installed. Fix: pip install matplotlib, or Debian's "
              "python3-matplotlib", file=sys.stderr)
        return False
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    styles = {
        "deepseek": ("D", "#c62828", 70), "torch_eager": ("o", "#ef8c3a", 34),
        "torch_compiled": ("s", "#b3590a", 34), "eigen": ("^", "#2b6cb0", 34),
        "xtensor": ("v", "#2f855a", 34), "onednn": ("P", "#6b46c1", 38),
        "eigen_lazy": ("2", "#2b6cb0", 42), "xtensor_lazy": ("1", "#2f855a", 42),
        "torch_eager_default_heap": (".", "#f6c28b", 30),
        "torch_compiled_default_heap": (".", "#cf9a6a", 30),
    }
    shown = list(reversed(cases()))
    figure, axes = plt.subplots(figsize=(10, 0.42 * len(shown) + 1.9))
    for peer, (marker, color, size) in styles.items():
        points = [(results.share(c, peer), y) for y, c in enumerate(shown)]
        points = [p for p in points if p[0]]
        if points:
            x, y = zip(*points)
            axes.scatter(x, y, marker=marker, c=color, s=size, label=TITLES[peer],
                         zorder=3 if peer == "deepseek" else 2)
    axes.axvline(1, color="#444", linewidth=1)
    axes.set_xscale("log")
    axes.set_xlim(max(1e-4, axes.get_xlim()[0]), 1.6)
    axes.set_ylim(-0.7, len(shown) - 0.3)
    axes.set_yticks(range(len(shown)), [c.name for c in shown], fontsize=9)
    axes.grid(axis="both", color="#ddd", linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    axes.set_xlabel("share of the machine's own speed (1: a loop that only moves the bytes); right is faster")
    axes.set_title(f"{results.kept['processor']}, {results.kept['threads']} threads, f32, medians",
                   fontsize=10)
    axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.1), ncol=4, fontsize=8, frameon=False)
    figure.tight_layout()
    figure.savefig(path, dpi=130)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=pathlib.Path)
    parser.add_argument("--docs", type=pathlib.Path, default=DOCS, help="folder to write into")
    asked = parser.parse_args()
    results = Results(json.loads(asked.results.read_text()))
    asked.docs.mkdir(parents=True, exist_ok=True)
    picture = draw(results, asked.docs / "performance.png")
    (asked.docs / "performance.md").write_text(page(results, asked.results.name, picture))
    print(f"wrote {asked.docs / 'performance.md'}")


if __name__ == "__main__":
    main()
