# SPDX-License-Identifier: Apache-2.0
"""What the checks share: the project's files, the text of a header without comments, the report."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = ROOT / "include"
LIBRARY = INCLUDE / "deepseek"
BUILD = ROOT / "build" / "check"

INCLUDE_LINE = re.compile(r'^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")')


def tracked(*patterns):
    """Files of the repository (committed or new, not ignored) that match git's patterns."""
    names = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--",
         *patterns], check=True, capture_output=True, text=True).stdout.split("\0")
    return sorted(p for p in {ROOT / n for n in names if n} if p.is_file())


def headers():
    """Every header of the library."""
    return sorted(p for p in LIBRARY.rglob("*") if p.suffix in (".hpp", ".cuh"))


def shown(path):
    """The path as messages print it: relative to the repository."""
    return str(pathlib.Path(path).relative_to(ROOT))


_LEXEME = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'", re.S)


def without_comments(text, strings=True):
    """The code of a C++ text, lines kept; with strings=False the strings are emptied, too."""
    def blank(match):
        lexeme = match[0]
        if lexeme.startswith(("//", "/*")):
            return "\n" * lexeme.count("\n")
        return lexeme if strings else '""' + "\n" * lexeme.count("\n")
    return _LEXEME.sub(blank, text)


def comments(text):
    """The comments of a C++ text."""
    return [m[0] for m in _LEXEME.finditer(text) if m[0].startswith(("//", "/*"))]


def includes(path):
    """(line number, name, quoted) for each include of a file."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE_LINE.match(line)
        if match:
            yield number, match[1] or match[2], match[1] is None


def closure(path, seen=None):
    """The file and everything of this repository that it includes, directly or not."""
    seen = {} if seen is None else seen
    if path in seen:
        return seen
    seen[path] = path.read_bytes()
    for _, name, _ in includes(path):
        for candidate in (INCLUDE / name, path.parent / name, ROOT / name):
            if candidate.is_file():
                closure(candidate.resolve(), seen)
                break
    return seen


def finish(what, problems, looked_at):
    """Prints the problems and ends; a check that looked at nothing has failed."""
    for problem in problems:
        print(problem)
    if not looked_at:
        print(f"{what}: nothing to check, that cannot be right")
    print(f"{what}: {looked_at} checked, {len(problems)} problems")
    sys.exit(1 if problems or not looked_at else 0)
