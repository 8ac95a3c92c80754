#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_docs.py: what the docs and comments say is there.

  * every public function template in ops/ and attention/ says @shape, @dtype and @cost; an overload
    set is documented once, declarations with no blank line between them share a block, and an
    element rule (DEEPSEEK_HOST_DEVICE) is no verb;
  * every error id [DS-...] in a page or a comment is one that the code can print;
  * every `@example FILE (region: NAME)` names a file with the lines `// region: NAME` and
    `// endregion: NAME`;
  * every link of a page leads to a file and a heading of this repository.
"""
import re

import project

TAGS = ("@shape", "@dtype", "@cost")
TAGGED_FOLDERS = ("ops", "attention")
ERROR_ID = re.compile(r"\[(DS-[A-Z0-9]+(?:-[A-Z0-9]+)*)\]")


def skip_angles(code, start):
    """The place after the <...> that opens at start."""
    depth = 0
    for i in range(start, len(code)):
        if code[i] == "<":
            depth += 1
        elif code[i] == ">" and code[i - 1] != "-":
            depth -= 1
            if depth == 0:
                return i + 1
    return len(code)


def function_name(declaration):
    """The name of the function that this text declares, or None for a class, concept, variable."""
    declaration = re.sub(r"\[\[[^\]]*\]\]", " ", declaration)
    requires = re.match(r"\s*requires\b[^\n]*\n", declaration)
    if requires:
        declaration = declaration[requires.end():]
    if re.match(r"\s*(struct|class|union|enum|concept|using|friend|template)\b", declaration):
        return None
    head = re.split(r"[{;]", declaration, 1)[0]
    match = re.search(r"(operator\s*(?:\(\)|[^\s(]+)|~?\w+)\s*\(", head)
    if not match or "=" in head[:match.start()].replace("operator=", ""):
        return None
    if "DEEPSEEK_HOST_DEVICE" in head[:match.start()] or head[match.end():].startswith(")"):
        return None
    return match[1]


def public_templates(text):
    """(line, name, doc) of each function template at namespace level outside detail and why.

    Namespace level is column 0, which clang-format sees to.  doc is the /// block above, '' without;
    declarations with no blank line between them share one.
    """
    lines = text.splitlines()
    code = project.without_comments(text)
    starts = [0]
    for line in code.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    spaces = []
    for number, line in enumerate(code.splitlines()):
        opened = re.match(r"(?:inline )?namespace\s*([\w:]*)\s*\{", line)
        if opened:
            if "}" not in line:
                spaces.append(opened[1])
        elif line.startswith("}") and not line.startswith("};") and spaces and len(line.strip()) == 1:
            if re.match(r"\}\s*//\s*namespace", lines[number]):
                spaces.pop()
        elif re.match(r"template\s*<", line):
            if any(part in ("detail", "why") for s in spaces for part in s.split("::")):
                continue
            after = skip_angles(code, starts[number] + line.index("<"))
            name = function_name(code[after:after + 2000])
            if name:
                first = number
                while first > 0 and lines[first - 1].strip():
                    first -= 1
                block = [line for line in lines[first:number] if line.startswith("///")]
                yield number + 1, name, "\n".join(block)


def tag_problems(header):
    documented, found = {}, {}
    for number, name, doc in public_templates(header.read_text(encoding="utf-8")):
        found.setdefault(name, number)
        if doc:
            documented[name] = documented.get(name, "") + doc
    for name, number in found.items():
        lacking = [tag for tag in TAGS if tag not in documented.get(name, "")]
        if lacking:
            yield f"{project.shown(header)}:{number}: {name}() does not say {', '.join(lacking)}"


def error_ids():
    """Every id that a string of the library's code holds."""
    ids = {i for h in project.headers()
           for i in ERROR_ID.findall(project.without_comments(h.read_text(encoding="utf-8")))}
    return ids | {"DS-OP-LAW"}  # the form of an id


def mentions(path):
    """(line number, text) of what a page or the comments of a source say."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return list(enumerate(text.splitlines(), 1))
    return [(number, match[0]) for number, line in enumerate(text.splitlines(), 1)
            if (match := re.search(r"//.*", line))]


def example_problems(path):
    for number, line in mentions(path):
        for name, _, region in re.findall(r"@example\s+([\w./-]+)(\s*\(region:\s*(\w+)\))?", line):
            file = project.ROOT / name
            if not file.is_file():
                yield f"{project.shown(path)}:{number}: @example {name}: no such file"
            elif region:
                text = file.read_text(encoding="utf-8")
                for mark in (f"// region: {region}\n", f"// endregion: {region}\n"):
                    if mark not in text:
                        yield f"{project.shown(path)}:{number}: {name} has no line '{mark.strip()}'"


def anchors(page):
    """The names of a page's headings, as web views of Markdown derive them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
            for heading in re.findall(r"^#+\s+(.*)$", text, re.M)}


def link_problems(page):
    text = re.sub(r"^```.*?^```", lambda m: "\n" * m[0].count("\n"),
                  page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for number, line in enumerate(text.splitlines(), 1):
        for target in re.findall(r"\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)", re.sub(r"`[^`]*`", "", line)):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            file = (page.parent / name).resolve() if name else page
            if not file.exists():
                yield f"{project.shown(page)}:{number}: link to {target}: no such file"
            elif anchor and file.suffix == ".md" and anchor not in anchors(file):
                yield f"{project.shown(page)}:{number}: link to {target}: no such heading"


def main():
    pages = project.tracked("*.md")
    sources = project.tracked("*.hpp", "*.cuh", "*.cpp", "*.cu")
    known = error_ids()
    problems = []
    for header in project.headers():
        if header.relative_to(project.LIBRARY).parts[0] in TAGGED_FOLDERS and "detail" not in header.parts:
            problems += tag_problems(header)
    for path in pages + sources:
        if path.parent.name == "compile_fail" or "tests" in path.relative_to(project.ROOT).parts:
            continue
        for number, line in mentions(path):
            problems += [f"{project.shown(path)}:{number}: no code prints [{i}]"
                         for i in ERROR_ID.findall(line) if i not in known]
        problems += example_problems(path)
    for page in pages:
        problems += link_problems(page)
    project.finish("docs", problems, len(pages) + len(sources))


if __name__ == "__main__":
    main()
