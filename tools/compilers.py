# SPDX-License-Identifier: Apache-2.0
"""The three compilers every header and every compile-fail case must meet, and a memory of what passed."""
import concurrent.futures
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import project


class Compiler:
    """One of g++, clang++, nvcc: how it checks a source without making a program of it."""

    def __init__(self, name, path, command):
        self.name, self.path, self.command = name, path, command
        told = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
        self.version = told + " ".join(command)

    def run(self, source, *options):
        """(exit code, output) of compiling the file."""
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [*self.command, *options, *(["-o", folder + "/out.o"] if self.name == "nvcc" else []),
                 str(source)], capture_output=True, text=True, cwd=project.ROOT)
        return done.returncode, done.stdout + done.stderr


def _nvcc():
    for home in (os.environ.get("CUDA_HOME"), os.environ.get("CUDA_PATH")):
        if home and (pathlib.Path(home) / "bin" / "nvcc").exists():
            return str(pathlib.Path(home) / "bin" / "nvcc")
    return shutil.which("nvcc") or shutil.which("/usr/local/cuda/bin/nvcc")


def compilers(wanted, strict=True):
    """The compilers of these names that are here; g++ and clang++ must be, nvcc may be missing.

    strict: with warnings, as errors.
    """
    warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"] if strict else []
    nvcc_warnings = ["-Werror", "all-warnings", "-Xcompiler", "-Wall"] if strict else []
    include = f"-I{project.INCLUDE}"
    native = [] if os.environ.get("DEEPSEEK_PORTABLE") else ["-march=native"]
    found = []
    for name in wanted:
        path = _nvcc() if name == "nvcc" else shutil.which(name)
        if path is None and name == "nvcc":
            print("nvcc: no CUDA toolkit here, so it is left out")
            continue
        if path is None:
            raise SystemExit(f"{name} is missing: tools/check.sh --install")
        if name == "nvcc":
            command = [path, "-x", "cu", "-std=c++20", "-arch=sm_90a", "--extended-lambda", include,
                       "-c", *nvcc_warnings, *[o for flag in native for o in ("-Xcompiler", flag)]]
        else:
            command = [path, "-x", "c++", "-std=c++20", "-fsyntax-only", include, *warnings, *native]
        found.append(Compiler(name, path, command))
    return found


def errors(output):
    """The lines of a compiler's output that state an error."""
    return [line for line in output.splitlines()
            if re.search(r"\berror\b( #[\w-]+)?:", line) and "errors detected" not in line]


def unlimited_width(name):
    """Options that make a message whole and on one line."""
    return {"g++": ["-fno-diagnostics-show-caret", "-fmessage-length=0"],
            "clang++": ["-fno-caret-diagnostics", "-fmessage-length=0"],
            "nvcc": []}[name]


def remembered(kind, compiler, source, options, act):
    """act() -> list of problems; skipped when it had none before with the same text and compiler."""
    digest = hashlib.sha256()
    digest.update("\0".join([kind, compiler.version, *options]).encode())
    for path, content in sorted(project.closure(source.resolve()).items()):
        digest.update(str(path.relative_to(project.ROOT)).encode() + b"\0" + content + b"\0")
    mark = project.BUILD / kind / digest.hexdigest()
    if mark.exists():
        mark.touch()
        return []
    problems = act()
    if not problems:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    return problems


def parallel(jobs):
    """Runs the callables, two at a time at most; their lists of problems, joined, in order."""
    with concurrent.futures.ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        return [problem for result in pool.map(lambda job: job(), jobs) for problem in result]
