#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_headers.py [COMPILER...]: every header compiles alone, without a warning.

Compilers: g++, clang++ (both on .hpp) and nvcc (on .hpp and .cuh); none named: all.  What passed is
remembered in build/check by the text of the header and of all it includes, so a second run is quick.
Exit code 77: none of the compilers is here.
"""
import sys

import compilers
import project


def check(compiler, header):
    """The problems of one header under one compiler."""
    name = header.relative_to(project.INCLUDE).as_posix()

    def act():
        source = project.BUILD / "alone" / compiler.name.strip("+") / (name.replace("/", ".") + ".cpp")
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(f"#include <{name}>\n#include <{name}>\n")
        code, output = compiler.run(source)
        return [f"{name} does not compile alone under {compiler.name}:\n{output}"] if code or output else []

    return compilers.remembered("headers", compiler, header, [], act)


def main():
    wanted = sys.argv[1:] or ["g++", "clang++", "nvcc"]
    found = compilers.compilers(wanted)
    if not found:
        sys.exit(77)
    jobs = [(c, h) for c in found for h in project.headers()
            if h.suffix == ".hpp" or c.name == "nvcc"]
    problems = compilers.parallel([lambda c=c, h=h: check(c, h) for c, h in jobs])
    project.finish("headers", problems, len(jobs))


if __name__ == "__main__":
    main()
