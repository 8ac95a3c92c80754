#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes calls/: inputs and results of the verbs that are whole algorithms, and of quantize, by PyTorch.

    pip install torch numpy safetensors
    python3 make_calls.py

One file a verb; the names of its arrays say what they are (the tests read them by name).
"""

import pathlib

import numpy
import torch
from safetensors.torch import save

INFINITY = float("inf")
NAN = float("nan")


def special(generator, rows, columns):
    """Rows with infinities, NaN of both signs and zeros of both signs among normal values."""
    x = torch.randn(rows, columns, generator=generator)
    chosen = torch.rand(rows, columns, generator=generator)
    for i, value in enumerate([INFINITY, -INFINITY, NAN, -NAN, 0.0, -0.0]):
        x[(chosen >= i * 0.03) & (chosen < (i + 1) * 0.03)] = value
    return x


def distinct(generator, *shape):
    """Different values, so that PyTorch's places are the only ones."""
    count = torch.Size(shape).numel()
    return ((torch.randperm(count, generator=generator) - count // 3) / 8).reshape(shape)


def top_k(g):
    arrays = {"distinct": distinct(g, 3, 700), "cube": distinct(g, 5, 6, 7)}
    arrays["special"] = special(g, 4, 333)
    for name, k, axis in (("distinct", 1, 1), ("distinct", 37, 1), ("distinct", 700, 1), ("cube", 3, 1), ("cube", 2, 0)):
        for largest in (True, False):
            values, places = torch.topk(arrays[name], k, dim=axis, largest=largest, sorted=True)
            key = f"{name}_{k}_{axis}_{'largest' if largest else 'smallest'}"
            arrays[key + "_values"] = values.contiguous()
            arrays[key + "_places"] = places.contiguous()
    for largest in (True, False):  # of equals PyTorch takes any: values alone
        key = f"special_50_1_{'largest' if largest else 'smallest'}_values"
        arrays[key] = torch.topk(arrays["special"], 50, dim=1, largest=largest)[0].contiguous()
    return arrays


def sort(g):
    arrays = {"special": special(g, 3, 257), "few": torch.randint(-3, 4, (4, 101), generator=g).float()}
    arrays["int64"] = torch.randint(-(2**62), 2**62, (2, 300), generator=g)
    arrays["bf16"] = torch.randn(2, 300, generator=g).bfloat16()
    arrays["cube"] = torch.randint(-9, 9, (4, 5, 6), generator=g).to(torch.int32)
    for name, axis in (("special", 1), ("few", 1), ("int64", 1), ("bf16", 1), ("cube", 1), ("cube", 0)):
        for descending in (False, True):
            values, places = torch.sort(arrays[name], dim=axis, descending=descending, stable=True)
            key = f"{name}_{axis}_{'descending' if descending else 'ascending'}"
            arrays[key + "_values"] = values.contiguous()
            arrays[key + "_places"] = places.contiguous()
    return arrays


def histogram(g):
    x = torch.randn(3, 1000, generator=g) * 2
    x[0, :4] = torch.tensor([-4.0, 4.0, 4.5, -5.0])
    arrays = {"x": x, "indices": torch.randint(0, 50, (2, 500), generator=g).to(torch.int32)}
    arrays["x_8_-4_4"] = torch.histc(x, 8, -4, 4).long()
    arrays["x_100_0_1"] = torch.histc(x, 100, 0, 1).long()
    arrays["indices_60"] = torch.bincount(arrays["indices"].flatten(), minlength=60)
    return arrays


def scatter_add(g):
    arrays = {"x": torch.randint(-8, 8, (6, 5), generator=g).float()}
    arrays["indices"] = torch.randint(0, 6, (20,), generator=g)
    arrays["source"] = torch.randint(-8, 8, (20, 5), generator=g).float()
    arrays["rows"] = arrays["x"].index_add(0, arrays["indices"], arrays["source"])
    arrays["columns"] = arrays["x"].T.contiguous().index_add(
        1, arrays["indices"], arrays["source"].T.contiguous()
    )
    return arrays


def segment(g):
    """torch.segment_reduce, which knows one kind of float for all; lengths with zeros among them."""
    arrays = {"x": torch.randn(500, 7, generator=g), "x1": torch.randn(3000, generator=g)}
    arrays["x"][40, 3], arrays["x1"][700] = NAN, INFINITY
    arrays["offsets"] = torch.tensor([0, 0, 3, 3, 200, 201, 499, 500, 500])
    arrays["offsets1"] = torch.tensor([0, 1, 50, 50, 1000, 3000])
    for name, offsets in (("x", "offsets"), ("x1", "offsets1")):
        for reduce in ("sum", "mean", "max", "min"):
            y = torch.segment_reduce(arrays[name].double(), reduce, offsets=arrays[offsets], axis=0)
            arrays[f"{name}_{reduce}"] = y.contiguous()
    return arrays


def unique(g):
    arrays = {"few": torch.randint(-20, 20, (7, 60), generator=g)}
    arrays["floats"] = torch.randint(-20, 20, (300,), generator=g).float() / 4
    for name in ("few", "floats"):
        found = torch.unique(arrays[name], sorted=True, return_inverse=True, return_counts=True)
        for part, value in zip(("values", "inverse", "counts"), found):
            arrays[f"{name}_{part}"] = value.contiguous()
    return arrays


def one_hot(g):
    ids = torch.randint(0, 9, (4, 5), generator=g)
    return {"ids": ids, "ids_9": torch.nn.functional.one_hot(ids, 9)}


def quantize(g):
    """scale = amax / largest, 1 where amax is 0; q = round or conversion of x / scale, saturated."""
    x = torch.randn(12, 256, generator=g) * torch.exp2(torch.arange(12.0) - 6)[:, None]
    x[3] = 0
    arrays = {"x": x}
    kinds = {"int8": (torch.int8, 127.0), "e4m3": (torch.float8_e4m3fn, 448.0), "e5m2": (torch.float8_e5m2, 57344.0)}
    for kind, (dtype, largest) in kinds.items():
        shaped = {"tensor": x.reshape(1, -1), "row": x, "block": x.reshape(-1, 128)}
        for grain, rows in shaped.items():
            amax = rows.abs().amax(dim=1, keepdim=True)
            scale = torch.where(amax == 0, torch.ones_like(amax), amax / largest)
            scaled = rows / scale
            q = (scaled.round() if kind == "int8" else scaled).clamp(-largest, largest).to(dtype)
            arrays[f"{kind}_{grain}_q"] = q.reshape(12, 256)
            arrays[f"{kind}_{grain}_scale"] = scale.reshape({"tensor": (1, 1), "row": (12, 1), "block": (12, 2)}[grain])
    return arrays


EINSUMS = """ij->ji ijk->ki ij-> ii->i iji->j ba ii
    ij,jk->ik ij,jk->ki bhqd,bhkd->bhqk bhqk,bkhd->bqhd btd,dk->btk btd,ehd->bteh jki,jl
    bqhd,hdo->bqo bhqd,hdo->bqo dahb,hcd->abc iijk,jkl->il
    ij,j->i ij,i->j i,i-> i,j->ji bi,bi->bi bi,bi->b ijk,il->l ij,kl-> ijk,k->i"""


def einsum(g):
    """Small whole numbers, so that sums in any order are the same; by numpy.einsum."""
    extents = dict(zip("abcdehijkloqt", (2, 3, 4, 5, 3, 4, 6, 7, 5, 9, 8, 6, 7)))
    arrays = {}
    for text in EINSUMS.split():
        operands = []
        for name, letters in zip("ab", text.split("->")[0].split(",")):
            shape = [extents[letter] for letter in letters]
            sign = torch.randint(0, 2, shape, generator=g) * 2 - 1  # no zeros, which have two signs
            operands.append((torch.randint(1, 5, shape, generator=g) * sign).float())
            arrays[f"{text} {name}"] = operands[-1]
        result = numpy.einsum(text, *[x.double().numpy() for x in operands])
        arrays[text] = torch.from_numpy(numpy.array(result)).float().contiguous()
    return arrays


def scaled(g):
    """a [9, 300], b [300, 140] of fp8 and int8; results in f64, with the sums of sizes beside them."""
    m, n, k = 9, 140, 300
    a = (torch.randn(m, k, generator=g) * 4).to(torch.float8_e4m3fn)
    b = (torch.randn(k, n, generator=g) * 4).to(torch.float8_e4m3fn)
    arrays = {"a": a, "b": b, "w": b.T.contiguous()}
    for name, shape in (("a row", (m, 1)), ("b column", (1, n)), ("a block", (m, 3)), ("b block", (3, 2))):
        arrays[name] = torch.rand(shape, generator=g) + 0.01
    arrays["w block"] = arrays["b block"].T.contiguous()
    arrays["bytes a"] = torch.randint(-127, 128, (m, k), generator=g).to(torch.int8)
    arrays["bytes b"] = torch.randint(-127, 128, (k, n), generator=g).to(torch.int8)

    def product(name, x, y, left, right):
        factors = x.double() * left.double(), y.double() * right.double()
        arrays[name] = factors[0] @ factors[1]
        arrays[name + " sizes"] = factors[0].abs() @ factors[1].abs()

    one = torch.ones(1, 1)
    of_a = arrays["a block"].repeat_interleave(128, 1)[:, :k]
    of_b = arrays["b block"].repeat_interleave(128, 0).repeat_interleave(128, 1)[:k, :n]
    product("rows", a, b, arrays["a row"], arrays["b column"])
    product("all", a, b, one / 2, one / 4)
    product("bytes", arrays["bytes a"], arrays["bytes b"], arrays["a row"], arrays["b column"])
    product("blocks", a, b, of_a, of_b)
    product("left", a, b, of_a, one)
    product("right", a, b, one, of_b)
    return arrays


def main():
    folder = pathlib.Path(__file__).parent / "calls"
    folder.mkdir(exist_ok=True)
    for seed, verb in enumerate((top_k, sort, histogram, scatter_add, unique, one_hot, quantize, einsum, segment, scaled)):
        arrays = verb(torch.Generator().manual_seed(seed))
        (folder / f"{verb.__name__}.safetensors").write_bytes(save(arrays))


if __name__ == "__main__":
    main()
