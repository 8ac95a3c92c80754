# SPDX-License-Identifier: Apache-2.0
"""PyTorch's attention on the CPU: each case as a user writes it, one request a line on standard input.

    torch_attention.py --serve      lines of: --peer PEER --case NAME [--repetitions N] [--threads N]

torch_sdpa is scaled_dot_product_attention, torch_masked the same with the mask and biases in memory,
torch_flex is flex_attention through torch.compile. Rows of every result are checked in float64 first.
"""

import torch
from torch.nn.attention.flex_attention import create_block_mask, flex_attention
from torch.nn.functional import scaled_dot_product_attention

from torch_serve import measured, serve

from attention_cases import WINDOW, cases
from torch_peer import input_values


def slopes_of(heads):
    below = 1
    while 2 * below <= heads:
        below *= 2
    first = [2.0 ** (-8 * (h + 1) / below) for h in range(below)]
    more = [2.0 ** (-8 * (2 * h + 1) / (2 * below)) for h in range(heads - below)]
    return torch.tensor(first + more)


def seen(score, i, j):
    """Where query i sees key j."""
    if score == "plain":
        return torch.ones(torch.broadcast_shapes(i.shape, j.shape), dtype=torch.bool)
    return (j <= i) & (i - j < WINDOW) if score == "alibi_window" else j <= i


def bias_of(case):
    """The mask and the slopes as one tensor, as eager PyTorch takes them."""
    place = torch.arange(case.length)
    i, j = place[:, None], place[None, :]
    bias = torch.zeros(1, case.heads, case.length, case.length)
    if case.score == "alibi_window":
        bias -= slopes_of(case.heads)[None, :, None, None] * (i - j).abs()
    return bias.masked_fill_(~seen(case.score, i, j), float("-inf"))


def reference_rows(case, q, k, v, rows):
    q, k, v = q[:, :, rows].double(), k.double(), v.double()
    s = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
    i, j = torch.tensor(rows)[:, None], torch.arange(case.length)[None, :]
    if case.score == "alibi_window":
        s = s - slopes_of(case.heads).double()[None, :, None, None] * (i - j).abs()
    return s.masked_fill(~seen(case.score, i, j), float("-inf")).softmax(-1) @ v


def function_of(case, peer):
    if peer == "torch_sdpa":
        causal = case.score == "causal"
        return lambda q, k, v: scaled_dot_product_attention(q, k, v, is_causal=causal)
    if peer == "torch_masked":
        bias = bias_of(case)
        return lambda q, k, v: scaled_dot_product_attention(q, k, v, attn_mask=bias)
    slopes = slopes_of(case.heads)
    score = mask = None
    if case.score == "alibi_window":
        score = lambda s, b, h, i, j: s - slopes[h] * (i - j)
        keep = lambda b, h, i, j: (j <= i) & (i - j < WINDOW)
    elif case.score == "causal":
        keep = lambda b, h, i, j: j <= i
    if case.score != "plain":
        mask = create_block_mask(keep, 1, 1, case.length, case.length, device="cpu")
    torch.compiler.reset()
    compiled = torch.compile(flex_attention, dynamic=False)
    return lambda q, k, v: compiled(q, k, v, score_mod=score, block_mask=mask)


class Peer:
    def __init__(self):
        self.table = {c.name: c for c in cases()}
        self.kept = {}

    def answer(self, asked):
        case = self.table[asked.case]
        shape = (1, case.heads, case.length, case.width)
        size = case.heads * case.length * case.width
        q, k, v = (torch.from_numpy(input_values(s, size) / 4).reshape(shape) for s in (1, 2, 3))
        key = (case.name, asked.peer)
        if key not in self.kept:
            self.kept = {key: function_of(case, asked.peer)}
        call = self.kept[key]
        y = call(q, k, v)
        rows = [0, case.length // 3, case.length - 1]
        error = (y[:, :, rows].double() - reference_rows(case, q, k, v, rows)).abs().max().item()
        if not error <= 1e-5:
            return {"skipped": f"wrong result: error {error:.3g}"}
        return measured(lambda: call(q, k, v), asked.repetitions) | {"note": f"error {error:.2g}"}


if __name__ == "__main__":
    serve(Peer().answer)
