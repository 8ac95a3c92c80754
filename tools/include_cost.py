#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""include_cost.py [HEADER...]: what an #include costs, and whether the budgets hold.

For the headers named, else for deepseek.hpp and the dearest ones: lines after preprocessing (g++),
seconds of g++ -fsyntax-only and of nvcc above an empty file.  Budgets, which fail the check:

  deepseek.hpp            at most 80000 lines, nearly all of them the compiler's intrinsics
  a whole fused softmax   (bench/compile_time/softmax.cpp) at most 4 s with g++ -O2, at most three
                          times an empty file with nvcc

Seconds are the processor's, the best of three, so that other work on the machine changes little.
"""
import resource
import sys

import compilers
import project

SHOWN = 3
UMBRELLA = "deepseek/deepseek.hpp"
MOST_UMBRELLA_LINES = 80000
LONGEST_GXX_SECONDS = 4.0
MOST_NVCC_TIMES_EMPTY = 3.0
NOISE = 1.1  # a budget is passed a tenth too late rather than by chance
PROGRAM = project.ROOT / "bench" / "compile_time" / "softmax.cpp"


def source_of(name):
    path = project.BUILD / "cost" / (name.replace("/", ".") + ".cpp")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#include <{name}>\n" if name != "empty" else "")
    return path


def lines(gcc, name):
    return gcc.run(source_of(name), "-E", "-P")[1].count("\n")


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def seconds(compiler, source, *options):
    """The processor's seconds of compiling a file, the best of three."""
    times = []
    for _ in range(3):
        start = processor_seconds()
        code, output = compiler.run(source, *options)
        if code:
            raise SystemExit(f"{project.shown(source)} does not compile under {compiler.name}:\n{output}")
        times.append(processor_seconds() - start)
    return min(times)


def budget(what, value, most, unit):
    """Prints the line; a list with the problem where there is one."""
    over = value > most * NOISE
    print(f"{what}: {value:.{0 if unit == 'lines' else 2}f} {unit}, budget {most:g}{', OVER' if over else ''}")
    return [f"{what} is over its budget"] if over else []


def program_budgets(found, empty):
    """The whole program, by each compiler that is here."""
    problems = []
    for compiler in found:
        if compiler.name == "g++":
            whole = compilers.Compiler(
                compiler.name, compiler.path,
                [o for o in compiler.command if o != "-fsyntax-only"] + ["-O2", "-S", "-o", "/dev/null"])
            problems += budget("a fused softmax, g++ -O2", seconds(whole, PROGRAM), LONGEST_GXX_SECONDS, "s")
        else:
            times = seconds(compiler, PROGRAM, "-O2") / empty[compiler.name]
            problems += budget("a fused softmax, nvcc", times, MOST_NVCC_TIMES_EMPTY, "times an empty file")
    return problems


def main():
    found = compilers.compilers(["g++", "nvcc"], strict=False)
    names = sys.argv[1:]
    if not names:
        all_names = [h.relative_to(project.INCLUDE).as_posix() for h in project.headers()]
        dearest = sorted(all_names, key=lambda n: -lines(found[0], n))[:SHOWN]
        names = [UMBRELLA, *(n for n in dearest if n != UMBRELLA)]
    empty = {c.name: seconds(c, source_of("empty")) for c in found}
    print("empty file: " + ", ".join(f"{c.name} {empty[c.name]:.2f} s" for c in found))
    for name in names:
        costs = ", ".join(f"{c.name} +{max(0.0, seconds(c, source_of(name)) - empty[c.name]):.2f} s"
                          for c in found)
        print(f"{name}: {lines(found[0], name)} lines, {costs}")
    problems = budget(UMBRELLA, lines(found[0], UMBRELLA), MOST_UMBRELLA_LINES, "lines")
    problems += program_budgets(found, empty)
    project.finish("include cost", problems, len(names) + 1)


if __name__ == "__main__":
    main()
