#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes attention/: operands and results of PyTorch's attention, for tests/attention/.

    pip install torch safetensors
    python3 make_attention.py

Results are those of scaled_dot_product_attention and flex_attention in f64 of the f32 operands. Of each case
there are NAME (the result), NAME_lse where PyTorch gives it, and NAME_error: the largest error of the same
function in f32.
"""

import pathlib

import torch
from safetensors.torch import save
from torch.nn.attention.flex_attention import create_block_mask, flex_attention
from torch.nn.functional import scaled_dot_product_attention

BATCH, HEADS, KV_HEADS, QUERIES, KEYS, WIDTH = 2, 4, 2, 37, 53, 16


class Cases:
    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)
        self.tensors = {}

    def normal(self, name, *shape):
        self.tensors[name] = torch.randn(shape, generator=self.generator)
        return self.tensors[name]

    def add(self, name, function, *operands):
        """function(operands...) gives the result, or the result and its logsumexp."""
        wide = function(*(t.double() for t in operands))
        single = function(*operands)
        wide, single = (r if isinstance(r, tuple) else (r,) for r in (wide, single))
        for key, tensor in zip((name, name + "_lse"), wide):
            self.tensors[key] = tensor.float().contiguous()
        error = (wide[0] - single[0].double()).abs().max()
        self.tensors[name + "_error"] = error.float().reshape(1)


def t5_bucket(distance, buckets=32, most=128):
    """T5's bucket of key - query, both directions (mesh tensorflow, transformers)."""
    half = buckets // 2
    bucket = (distance > 0).long() * half
    distance = distance.abs()
    exact = half // 2
    far = exact + (
        torch.log(distance.float() / exact) / torch.log(torch.tensor(most / exact)) * (half - exact)
    ).long().clamp(max=half - exact - 1)
    return bucket + torch.where(distance < exact, distance, far)


def main():
    torch.set_num_threads(1)
    c = Cases(seed=20261124)
    q = c.normal("q", BATCH, HEADS, QUERIES, WIDTH)
    k = c.normal("k", BATCH, KV_HEADS, KEYS, WIDTH)
    v = c.normal("v", BATCH, KV_HEADS, KEYS, WIDTH)
    square = q[:, :, :, :], c.normal("k_square", BATCH, HEADS, QUERIES, WIDTH), c.normal(
        "v_square", BATCH, HEADS, QUERIES, WIDTH
    )
    offset = KEYS - QUERIES

    def sdpa(*operands, **options):
        return scaled_dot_product_attention(*operands, **options)

    c.add("sdpa_full", lambda *t: sdpa(*t, enable_gqa=True), q, k, v)
    c.add("sdpa_causal_square", lambda *t: sdpa(*t, is_causal=True), *square)
    bias = c.normal("bias", 1, HEADS, QUERIES, KEYS)
    c.add("sdpa_bias", lambda a, b, d, m: sdpa(a, b, d, attn_mask=m, enable_gqa=True), q, k, v, bias)
    lengths = torch.tensor([53, 20], dtype=torch.int32)
    c.tensors["lengths"] = lengths
    padding = torch.arange(KEYS)[None, None, None, :] < lengths[:, None, None, None]
    c.add("sdpa_padding", lambda *t: sdpa(*t, attn_mask=padding, enable_gqa=True), q, k, v)

    def flex(name, score=None, mask=None, *more):
        def function(a, b, d, *extra):
            block = None
            if mask is not None:
                block = create_block_mask(mask, BATCH, HEADS, QUERIES, KEYS, device="cpu")
            modify = None if score is None else lambda s, *at: score(s, *at, *extra)
            return flex_attention(
                a, b, d, score_mod=modify, block_mask=block, enable_gqa=True, return_lse=True
            )

        c.add(name, function, q, k, v, *more)

    def causal(b, h, i, j):
        return j <= i + offset

    flex("flex_plain")
    flex("flex_causal", mask=causal)
    flex("flex_window", mask=lambda b, h, i, j: (j <= i + offset) & (i + offset - j <= 9))
    slopes = torch.tensor([2.0 ** (-2 * (h + 1)) for h in range(HEADS)])
    flex(
        "flex_alibi_causal",
        lambda s, b, h, i, j, m: s - m[h] * (i + offset - j).abs(),
        causal,
        slopes,
    )
    flex("flex_soft_cap", lambda s, b, h, i, j: 2.5 * torch.tanh(s / 2.5))
    prefix = torch.tensor([30, 3], dtype=torch.int32)
    c.tensors["prefix"] = prefix
    flex("flex_prefix", mask=lambda b, h, i, j: (j < prefix[b]) | (j <= i + offset))
    of_queries = (torch.arange(QUERIES) * torch.tensor([[1], [2]]) // 9).int().contiguous()
    of_keys = (torch.arange(KEYS) * torch.tensor([[1], [2]]) // 13).int().contiguous()
    c.tensors["of_queries"], c.tensors["of_keys"] = of_queries, of_keys
    flex("flex_documents", mask=lambda b, h, i, j: of_queries[b, i] == of_keys[b, j])
    table = c.normal("t5_table", 32, HEADS)
    flex("flex_t5", lambda s, b, h, i, j, t: s + t[t5_bucket(j - i), h], None, table)

    # Swin: windows of 4 x 5 tokens, a table of (2 * 4 - 1) * (2 * 5 - 1) offsets for each head.
    rows, columns = 4, 5
    window = [c.normal(n, BATCH, HEADS, rows * columns, WIDTH) for n in ("q_swin", "k_swin", "v_swin")]
    swin = c.normal("swin_table", (2 * rows - 1) * (2 * columns - 1), HEADS)
    at = torch.stack(torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")).flatten(1)
    apart = at[:, :, None] - at[:, None, :]
    index = (apart[0] + rows - 1) * (2 * columns - 1) + apart[1] + columns - 1
    c.add(
        "swin",
        lambda a, b, d, t: sdpa(a, b, d, attn_mask=t[index].permute(2, 0, 1)[None]),
        *window,
        swin,
    )
    folder = pathlib.Path(__file__).parent / "attention"
    folder.mkdir(exist_ok=True)
    (folder / "attention.safetensors").write_bytes(save({k: t.contiguous() for k, t in c.tensors.items()}))
    print(len(c.tensors), "tensors")


if __name__ == "__main__":
    main()
