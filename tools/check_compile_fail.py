#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_compile_fail.py [FILE...]: wrong programs do not compile, and say why in one error.

A case is tests/compile_fail/OP/LAW.cpp.  As it stands it must compile (the positive control); with
-DDEEPSEEK_EXPECT_ERROR it must not, under g++, clang++ and nvcc alike.  The file says what is expected:

  // expected-error {{REGEX}}            the one error's text, somewhere in the compiler's output
  // expected-error nvcc {{REGEX}}       the same for one compiler alone (g++, clang++, nvcc)
  // max-errors nvcc 2: REASON           this compiler prints more than one error; say why
"""
import pathlib
import re
import sys

import compilers
import project

FOLDER = project.ROOT / "tests" / "compile_fail"
EXPECTED = re.compile(r"^//\s*expected-error(?:\s+(g\+\+|clang\+\+|nvcc))?\s*\{\{(.*)\}\}\s*$", re.M)
MAXIMUM = re.compile(r"^//\s*max-errors\s+(g\+\+|clang\+\+|nvcc)\s+(\d+):\s*\S", re.M)


def flat(output):
    """The output with runs of white space made one space: compilers break lines where they like."""
    return re.sub(r"\s+", " ", output)


def check(compiler, case):
    """The problems of one case under one compiler."""
    text = case.read_text(encoding="utf-8")
    patterns = [p for only, p in EXPECTED.findall(text) if only in ("", compiler.name)]
    most = max([1] + [int(n) for name, n in MAXIMUM.findall(text) if name == compiler.name])
    where = f"{project.shown(case)} ({compiler.name})"
    if not patterns or "DEEPSEEK_EXPECT_ERROR" not in text:
        return [f"{where}: needs an expected-error line and #ifdef DEEPSEEK_EXPECT_ERROR"]
    options = compilers.unlimited_width(compiler.name)

    def act():
        code, output = compiler.run(case, *options)
        if code:
            return [f"{where}: the positive control does not compile:\n{output}"]
        code, output = compiler.run(case, "-DDEEPSEEK_EXPECT_ERROR", *options)
        if code == 0:
            return [f"{where}: compiles with DEEPSEEK_EXPECT_ERROR"]
        problems = [f"{where}: no match for {{{{{p}}}}} in:\n{output}"
                    for p in patterns if not re.search(p, flat(output))]
        count = len(compilers.errors(output))
        if count > most:
            problems.append(f"{where}: {count} errors, expected {most}:\n{output}")
        return problems

    return compilers.remembered("compile_fail", compiler, case, options, act)


def main():
    cases = [pathlib.Path(a).resolve() for a in sys.argv[1:]] or sorted(FOLDER.rglob("*.cpp"))
    jobs = [(c, case) for c in compilers.compilers(["g++", "clang++", "nvcc"], strict=False)
            for case in cases]
    problems = compilers.parallel([lambda c=c, case=case: check(c, case) for c, case in jobs])
    project.finish("compile_fail", problems, len(jobs))


if __name__ == "__main__":
    main()
