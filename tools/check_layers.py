#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_layers.py: who includes whom, what the core must not include, where macros and asm may be.

The rules are in layers.txt.  --root FOLDER checks another include folder (for the check's own test).
"""
import argparse
import fnmatch
import pathlib
import re

import project


class Layers:
    """layers.txt, read."""

    def __init__(self, path):
        self.level, self.leaf, self.core, self.deny, self.adapters = {}, set(), set(), [], []
        self.umbrella = []
        for line in path.read_text().splitlines():
            kind, *words = line.split("#")[0].split() or [""]
            if kind == "level":
                for folder in words[1:]:
                    self.level[folder.lstrip("!")] = int(words[0])
                    if folder.startswith("!"):
                        self.leaf.add(folder[1:])
            elif kind == "core":
                self.core.update(words)
            elif kind == "deny":
                self.deny += words
            elif kind == "adapter":
                self.adapters += words
            elif kind == "umbrella":
                self.umbrella += words

    def why_not(self, source, target):
        """None, or why a file of this path below deepseek/ may not include that one."""
        if "/" not in target:
            return "the umbrella is for users only"
        own, other = source.split("/")[0], target.split("/")[0]
        if own == other:
            return None
        for folder in (own, other):
            if folder not in self.level:
                return f"folder '{folder}' has no level in tools/layers.txt"
        if other in self.leaf:
            return f"nobody includes {other}/"
        if self.level[other] >= self.level[own]:
            return (f"{other}/ (level {self.level[other]}) is not below "
                    f"{own}/ (level {self.level[own]})")
        if target.split("/")[1] == "detail":
            return f"{other}/detail/ is for {other}/ alone"
        return None

    def adapter(self, source):
        return any(fnmatch.fnmatch(source, pattern) for pattern in self.adapters)

    def denied(self, source, name):
        """Whether a core header names a header that costs too much, its own folder's adapters included."""
        umbrella = "/" not in source
        if self.adapter(source) or not (umbrella or source.split("/")[0] in self.core):
            return False
        if name.startswith("deepseek/"):
            return self.adapter(name[len("deepseek/"):])
        return any(name == d or (d.endswith("/") and name.startswith(d)) for d in self.deny)


def macro_problems(source, code):
    """Macros outlive their file only in base/config.hpp; no other DEEPSEEK_ name is used than its."""
    if source == "base/config.hpp":
        return
    defined = re.findall(r"^\s*#\s*define\s+(\w+)", code, re.M)
    undefined = set(re.findall(r"^\s*#\s*undef\s+(\w+)", code, re.M))
    for name in defined:
        if name not in undefined:
            yield f"macro {name} outlives its file; only base/config.hpp defines such"


def umbrella_problems(root, layers):
    """Headers for users that deepseek.hpp leaves out."""
    umbrella = root / "deepseek.hpp"
    if not umbrella.is_file():
        return
    named = {name for _, name, _ in project.includes(umbrella)}
    for folder in layers.umbrella:
        for path in sorted((root / folder).glob("*.hpp")):
            source = path.relative_to(root).as_posix()
            if f"deepseek/{source}" not in named and not layers.adapter(source):
                yield f"{root.name}/deepseek.hpp: does not include <deepseek/{source}>"


def check(root, layers):
    """(problems, number of headers) of an include/deepseek folder."""
    problems, count = [], 0
    config = root / "base" / "config.hpp"
    known = set(re.findall(r"#\s*define\s+(DEEPSEEK_\w+)", config.read_text())) if config.is_file() else set()
    for path in sorted(p for p in root.rglob("*") if p.suffix in (".hpp", ".cuh")):
        count += 1
        source = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        code = project.without_comments(text, strings=False)
        umbrella = "/" not in source

        def problem(what, number=None):
            problems.append(f"{root.name}/{source}{f':{number}' if number else ''}: {what}")

        for number, name, quoted in project.includes(path):
            if quoted:
                problem(f'"{name}": write <deepseek/…>', number)
            elif name.startswith("deepseek/"):
                why = None if umbrella else layers.why_not(source, name[len("deepseek/"):])
                if why:
                    problem(f"may not include <{name}>: {why}", number)
            if layers.denied(source, name):
                problem(f"<{name}> costs too much for a core header", number)
        if umbrella:
            rest = [l for l in code.splitlines() if l.strip() and not re.match(r"\s*#\s*(include|pragma)", l)]
            if rest:
                problem(f"an umbrella has includes only, not '{rest[0].strip()}'")
        if not source.startswith("arch/") and re.search(r"\b(asm|__asm__)\b", code):
            problem("asm stands in arch/ only")
        for what in macro_problems(source, code):
            problem(what)
        for name in sorted(set(re.findall(r"\bDEEPSEEK_\w+", code)) - known):
            if not re.search(rf"#\s*undef\s+{name}\b", code):
                problem(f"{name} is not in base/config.hpp")
    return problems + list(umbrella_problems(root, layers)), count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, default=project.LIBRARY)
    root = parser.parse_args().root
    problems, count = check(root, Layers(project.ROOT / "tools" / "layers.txt"))
    project.finish("layers", problems, count)


if __name__ == "__main__":
    main()
