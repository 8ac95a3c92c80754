#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""include_cost.py [HEADER...]: what an #include costs, as a report; none named: the dearest ones.

Lines after preprocessing (g++), and for the headers shown the seconds of g++ -fsyntax-only and of nvcc
above an empty file, each the best of three.  Budget: a program with one fused softmax may cost 1.6 s
above an empty file under nvcc.
"""
import sys
import time

import compilers
import project

SHOWN = 3


def source_of(name):
    path = project.BUILD / "cost" / (name.replace("/", ".") + ".cpp")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#include <{name}>\n" if name != "empty" else "")
    return path


def lines(gcc, name):
    return gcc.run(source_of(name), "-E", "-P")[1].count("\n")


def seconds(compiler, name):
    best = None
    for _ in range(3):
        start = time.monotonic()
        compiler.run(source_of(name))
        took = time.monotonic() - start
        best = took if best is None else min(best, took)
    return best


def main():
    found = compilers.compilers(["g++", "nvcc"], strict=False)
    names = sys.argv[1:]
    if not names:
        all_names = [h.relative_to(project.INCLUDE).as_posix() for h in project.headers()]
        names = sorted(all_names, key=lambda n: -lines(found[0], n))[:SHOWN]
        names += [n for n in ("deepseek/ops/softmax.hpp",) if n in all_names and n not in names]
    empty = {c.name: seconds(c, "empty") for c in found}
    print("empty file: " + ", ".join(f"{c.name} {empty[c.name]:.2f} s" for c in found))
    for name in names:
        costs = ", ".join(f"{c.name} +{max(0.0, seconds(c, name) - empty[c.name]):.2f} s" for c in found)
        print(f"{name}: {lines(found[0], name)} lines, {costs}")


if __name__ == "__main__":
    main()
