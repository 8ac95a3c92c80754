#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes matmul/: operands and results of PyTorch's products, for tests/exec/golden_products.hpp.

    pip install torch safetensors
    python3 make_matmul.py

Results are those of f64 arithmetic on the operands as they are stored. Of each case there are NAME (the
result, f64; of integers int32, exact) and NAME_error: the largest error of the same function in the
operands' own type, or, where that is larger, of a plain sum over k in f32 that is rounded to that type once.
"""

import pathlib

import torch
from safetensors.torch import save
from torch.nn.functional import gelu, silu

M, K, N = 37, 70, 45


def plain(a, b):
    """The sum over k in order, each step rounded to f32, then once to the operands' type."""
    total = torch.zeros(torch.broadcast_shapes(a.shape[:-1] + (1,), b.shape[:-2] + (1, b.shape[-1])))
    for p in range(a.shape[-1]):
        total = total + a[..., :, p, None].float() * b[..., None, p, :].float()
    return total.to(a.dtype)


class Cases:
    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)
        self.tensors = {}

    def normal(self, name, *shape, dtype=torch.float32):
        self.tensors[name] = torch.randn(shape, generator=self.generator).to(dtype)

    def whole(self, name, *shape):
        self.tensors[name] = torch.randint(-128, 128, shape, generator=self.generator, dtype=torch.int8)

    def add(self, name, operands, function=torch.matmul, above=lambda y, *more: y, more=()):
        """above(function(operands), more) is the case; `function` is the product."""
        a, b = (self.tensors[t] for t in operands)
        rest = [self.tensors[t] for t in more]
        wide = above(function(a.double(), b.double()), *(t.double() for t in rest))
        own = above(function(a, b), *rest)
        loop = above(plain(a, b), *rest)
        error = max((wide - y.double()).abs().max().item() if y.numel() else 0.0 for y in (own, loop))
        self.tensors[name] = wide.contiguous()
        self.tensors[name + "_error"] = torch.tensor([error], dtype=torch.float64)

    def add_whole(self, name, operands):
        a, b = (self.tensors[t].int() for t in operands)
        self.tensors[name] = (a @ b).contiguous()


def main():
    torch.set_num_threads(1)
    c = Cases(seed=20261125)
    for dtype, kind in ((torch.float32, "f32"), (torch.bfloat16, "bf16")):
        # Each as it lies and transposed in memory: at and bt are [k, m] and [n, k].
        c.normal(f"{kind}_a", M, K, dtype=dtype)
        c.normal(f"{kind}_b", K, N, dtype=dtype)
        c.tensors[f"{kind}_at"] = c.tensors[f"{kind}_a"].t().contiguous()
        c.tensors[f"{kind}_bt"] = c.tensors[f"{kind}_b"].t().contiguous()
        c.add(f"{kind}_product", (f"{kind}_a", f"{kind}_b"))
        c.normal(f"{kind}_bias", N, dtype=dtype)
        c.normal(f"{kind}_gate", M, N, dtype=dtype)
        c.normal(f"{kind}_residual", M, N, dtype=dtype)
        c.add(f"{kind}_gelu", (f"{kind}_a", f"{kind}_b"), above=lambda y, bias: gelu(y + bias),
              more=(f"{kind}_bias",))
        c.add(f"{kind}_gated", (f"{kind}_a", f"{kind}_b"),
              above=lambda y, bias, gate, residual: silu(y + bias) * gate + residual,
              more=(f"{kind}_bias", f"{kind}_gate", f"{kind}_residual"))
        c.normal(f"{kind}_batch_a", 2, 1, 7, 19, dtype=dtype)
        c.normal(f"{kind}_batch_b", 3, 19, 11, dtype=dtype)
        c.add(f"{kind}_batch", (f"{kind}_batch_a", f"{kind}_batch_b"))
        c.normal(f"{kind}_column", M, 1, dtype=dtype)
        c.normal(f"{kind}_row", 1, N, dtype=dtype)
        c.add(f"{kind}_outer", (f"{kind}_column", f"{kind}_row"))
        c.tensors[f"{kind}_nothing"] = torch.zeros(M, 0, dtype=dtype)
        c.tensors[f"{kind}_nothing_b"] = torch.zeros(0, N, dtype=dtype)
        c.add(f"{kind}_empty", (f"{kind}_nothing", f"{kind}_nothing_b"))
    c.whole("int8_a", M, K)
    c.whole("int8_b", K, N)
    c.tensors["int8_at"] = c.tensors["int8_a"].t().contiguous()
    c.tensors["int8_bt"] = c.tensors["int8_b"].t().contiguous()
    c.add_whole("int8_product", ("int8_a", "int8_b"))
    content = save({name: tensor.contiguous() for name, tensor in c.tensors.items()})
    folder = pathlib.Path(__file__).parent / "matmul"
    folder.mkdir(exist_ok=True)
    (folder / "matmul.safetensors").write_bytes(content)
    print(len(c.tensors), "tensors,", len(content) // 1024, "KiB")


if __name__ == "__main__":
    main()
