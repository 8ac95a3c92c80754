#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_resources.py [NAME...] [--update] [--install]: what nvcc makes of kernels, held to budgets.

Each tests/resources/NAME.cu has one kernel.  It is compiled for sm_80 and sm_90a, or for those that a line
"// architectures: sm_90a" in it names; where a line says "// budget: instructions" all of them are counted
together as well, of the budgets' toolkit; registers, stack, spills and shared memory that is not asked for at the
launch are from ptxas, instructions from nvdisasm.  tests/resources/budgets.json has the budgets:

  more than the budget is a failure, of products (HMMA, HGMMA, QGMMA, IGMMA) also less; --update writes what is now;
  NAME_by_hand.cu is the same kernel in plain CUDA: it and NAME have the same instructions.

nvdisasm is that of NVDISASM, the toolkit, PATH, or the Python package nvidia-cuda-nvdisasm, which --install
fetches to build/check where there is nvcc and no nvdisasm; without one instructions are not counted, and
the check says so.  Registers are those of the toolkit that
the budgets are of; another toolkit's are printed and not judged.  Exit code 77: there is no nvcc.
"""
import argparse
import collections
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import compilers
import project

FOLDER = project.ROOT / "tests" / "resources"
BUDGETS = FOLDER / "budgets.json"
ARCHITECTURES = ("sm_80", "sm_90a")
PACKAGES = project.BUILD / "packages"
DISASSEMBLER = "nvidia-cuda-nvdisasm==13.2.51"
BY_HAND = "_by_hand"
OF_TOOLKIT = ("registers", "instructions")  # what another version of the toolkit may choose otherwise
EXACT = ("HMMA", "HGMMA", "QGMMA", "IGMMA")  # fewer of these is work done elsewhere

PTXAS_STACK = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")
PTXAS_SERIAL = re.compile(r"wgmma\.mma_async instructions are serialized")
ARCHITECTURES_LINE = re.compile(r"^// architectures: (.+)$", re.MULTILINE)
COUNT_LINE = re.compile(r"^// budget: instructions$", re.MULTILINE)
PTXAS_USED = re.compile(r"Used (\d+) registers(.*)")
INSTRUCTION = re.compile(r"/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+\s+)?([A-Z][A-Z0-9_.a-z]*)")


def find_nvdisasm(nvcc):
    """The path of nvdisasm, or None."""
    places = [os.environ.get("NVDISASM"), str(pathlib.Path(nvcc).parent / "nvdisasm"),
              shutil.which("nvdisasm")]
    for folder in map(pathlib.Path, [PACKAGES, *sys.path]):
        places += [folder / "triton/backends/nvidia/bin/nvdisasm",
                   *sorted((folder / "nvidia").glob("*/bin/nvdisasm"))]
    return next((str(p) for p in places if p and os.access(p, os.X_OK)), None)


def install():
    """Fetches nvdisasm where kernels can be compiled and not be looked at; without a network it says so."""
    nvcc = compilers.compilers(["nvcc"])
    if not nvcc or find_nvdisasm(nvcc[0].path):
        return
    done = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(PACKAGES),
                           DISASSEMBLER], capture_output=True, text=True)
    if done.returncode:
        print(f"{DISASSEMBLER} cannot be fetched, so instructions of kernels will not be counted:\n{done.stderr}")


def of_ptxas(text):
    """Registers and bytes that ptxas -v tells of the one kernel of a file."""
    stack, used = PTXAS_STACK.findall(text), PTXAS_USED.findall(text)
    if len(used) != 1 or len(stack) < 1:
        raise SystemExit(f"{len(used)} kernels in a file of tests/resources; one is wanted:\n{text}")
    shared = re.search(r"(\d+) bytes smem", used[0][1])
    return {"registers": int(used[0][0]), "stack_bytes": sum(int(s[0]) for s in stack),
            "spill_bytes": sum(int(s[1]) + int(s[2]) for s in stack),
            "shared_bytes": int(shared[1]) if shared else 0,
            "products one by one": len(PTXAS_SERIAL.findall(text))}


def architectures_of(source):
    """Those that a file is compiled for."""
    named = ARCHITECTURES_LINE.search(source.read_text())
    return tuple(named[1].split()) if named else ARCHITECTURES


def histogram(disassembly):
    """How often each instruction stands in nvdisasm's text; padding left out."""
    return collections.Counter(n for n in INSTRUCTION.findall(disassembly) if n != "NOP")


def counts(instructions):
    """The instructions that budgets are about."""
    def total(name, *parts):
        return sum(n for full, n in instructions.items()
                   if full.split(".")[0] == name and all(p in full.split(".") for p in parts))
    result = {name: total(name) for name in ("LDG", "STG", "LDS", "STS", "LDL", "STL", "SHFL", "BAR",
                                             "LDSM", "LDGSTS", "UBLKCP", "HMMA", "HGMMA", "QGMMA", "IGMMA",
                                             "UTMALDG", "UTMASTG", "STSM")}
    result["LDG below 128 bits"] = total("LDG") - total("LDG", "128")
    result["STG below 128 bits"] = total("STG") - total("STG", "128")
    return result


def measure(compiler, nvdisasm, source, architecture):
    """{"resources": …, "instructions": … or None} of a file; remembered by the text of all it includes."""
    options = [architecture, compiler.version, str(nvdisasm), pathlib.Path(__file__).read_text()]
    digest = hashlib.sha256("\0".join(options).encode())
    for path, content in sorted(project.closure(source.resolve()).items()):
        digest.update(str(path.relative_to(project.ROOT)).encode() + b"\0" + content + b"\0")
    mark = project.BUILD / "resources" / (digest.hexdigest() + ".json")
    if mark.exists():
        return json.loads(mark.read_text())
    with tempfile.TemporaryDirectory() as folder:
        cubin = folder + "/kernel.cubin"
        done = subprocess.run(
            [compiler.path, "-std=c++20", "--extended-lambda", f"-I{project.INCLUDE}", f"-I{project.ROOT}",
             f"-arch={architecture}", "-cubin", "-Xptxas", "-v", "-o", cubin, str(source)],
            capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{project.shown(source)} does not compile for {architecture}:\n{done.stderr}")
        result = {"resources": of_ptxas(done.stdout + done.stderr), "instructions": None}
        if nvdisasm:
            text = subprocess.run([nvdisasm, "-c", cubin], capture_output=True, text=True, check=True).stdout
            result["instructions"] = dict(sorted(histogram(text).items()))
            if not result["instructions"]:
                raise SystemExit(f"{nvdisasm} shows no instructions of {project.shown(source)}")
            result["resources"].update(counts(result["instructions"]))
            if COUNT_LINE.search(source.read_text()):
                result["resources"]["instructions"] = sum(result["instructions"].values())
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(json.dumps(result))
    return result


def over_budget(what, now, budget, same_toolkit):
    """The problems of one kernel; prints what is better than its budget."""
    for key, value in now.items():
        allowed = budget.get(key, 0)  # what is not named is not there
        if key in OF_TOOLKIT and not same_toolkit:
            if value != allowed:
                print(f"{what}: {key} {value}, with the budgets' toolkit {allowed}")
        elif value > allowed or (key in EXACT and value != allowed):
            yield f"{what}: {key} {value}, budget {allowed}"
        elif value < allowed:
            print(f"{what}: {key} {value}, budget {allowed}; tools/check_resources.py --update keeps that")


def differences(what, ours, by_hand):
    """Where a kernel is not what its form in plain CUDA is."""
    if ours["resources"]["registers"] != by_hand["resources"]["registers"]:
        yield (f"{what}: registers {ours['resources']['registers']}, by hand "
               f"{by_hand['resources']['registers']}")
    mine, theirs = ours["instructions"] or {}, by_hand["instructions"] or {}
    for name in sorted(mine.keys() | theirs.keys()):
        if mine.get(name, 0) != theirs.get(name, 0):
            yield f"{what}: {mine.get(name, 0)} {name}, by hand {theirs.get(name, 0)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--update", action="store_true", help="write the budgets")
    parser.add_argument("--install", action="store_true", help="fetch nvdisasm, and end")
    arguments = parser.parse_args()
    if arguments.install:
        return install()
    nvcc = compilers.compilers(["nvcc"])
    if not nvcc:
        sys.exit(77)
    nvcc = nvcc[0]
    nvdisasm = find_nvdisasm(nvcc.path)
    if not nvdisasm:
        print("nvdisasm: not here, so instructions are not counted; --install fetches it")
        if arguments.update:
            raise SystemExit("budgets need nvdisasm")
    toolkit = re.search(r"release ([\d.]+)", nvcc.version)[1]
    kept = json.loads(BUDGETS.read_text()) if BUDGETS.exists() else {"toolkit": toolkit, "kernels": {}}
    same_toolkit = kept["toolkit"] == toolkit
    if not same_toolkit:
        print(f"toolkit {toolkit}; the registers of the budgets are of {kept['toolkit']}")

    sources = sorted(FOLDER.glob("*.cu"))
    unknown = set(arguments.names) - {s.stem for s in sources}
    if unknown:
        raise SystemExit(f"not in tests/resources: {', '.join(sorted(unknown))}")
    if arguments.names:
        sources = [s for s in sources if s.stem in arguments.names]
    jobs = [(s, a) for s in sources for a in architectures_of(s)]
    results = dict(zip(jobs, compilers.parallel(
        [lambda s=s, a=a: [measure(nvcc, nvdisasm, s, a)] for s, a in jobs])))

    problems, budgets = [], dict(kept["kernels"])
    for (source, architecture), now in results.items():
        what = f"{source.stem} {architecture}"
        if source.stem.endswith(BY_HAND):
            ours = source.with_name(source.name.replace(BY_HAND, ""))
            if (ours, architecture) in results:
                problems += differences(f"{ours.stem} {architecture}", results[ours, architecture], now)
            elif not ours.exists():
                problems.append(f"{project.shown(source)}: there is no {ours.name} to compare it with")
            continue
        if arguments.update:
            kernel = budgets.setdefault(source.stem, {})
            kernel[architecture] = {k: v for k, v in now["resources"].items() if v}
        elif architecture not in budgets.get(source.stem, {}):
            problems.append(f"{what}: no budget; tools/check_resources.py --update writes it")
        else:
            problems += over_budget(what, now["resources"], budgets[source.stem][architecture], same_toolkit)
    if not arguments.names:
        there = {s.stem for s in sources}
        problems += [f"budgets.json: {name}: there is no such kernel"
                     for name in budgets if name not in there and not arguments.update]
        budgets = {name: b for name, b in budgets.items() if name in there}
    if arguments.update:
        BUDGETS.write_text(json.dumps({"toolkit": toolkit, "kernels": budgets}, indent=2, sort_keys=True) + "\n")
    project.finish("resources", problems, len(results))


if __name__ == "__main__":
    main()
