#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the small language model of this example and writes model.safetensors, and the goldens of its test.

    pip install torch safetensors
    python3 make_model.py            minutes on two cores

The text is Python's own documentation, as pydoc_data.topics carries it with every Python. The model reads
bytes: a transformer of LAYERS layers with root-mean-square norms, rotary positions, grouped heads and gated
feed-forward parts, as larger models have. Weights are kept in f16; the goldens are what PyTorch makes of the
rounded weights in f32: for each prompt, the bytes that follow greedily, and the logits of the last.
"""

import math
import pathlib

import pydoc_data.topics
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

WIDTH, LAYERS, HEADS, KV_HEADS, INNER, BYTES = 96, 3, 6, 2, 256, 256
HEAD = WIDTH // HEADS
CONTEXT, BATCH, STEPS = 128, 16, 2000
PROMPTS = ("The import statement ", "A class definition ", "If the object is ", "x", "Note that the ")
FOLLOWING = 160
HERE = pathlib.Path(__file__).resolve().parent


def rotate(x, start=0):
    """Turns x [b, h, n, HEAD] by positions from `start` on, halves with each other."""
    n, half = x.shape[-2], HEAD // 2
    angle = torch.arange(start, start + n)[:, None] * 10000.0 ** (-2 * torch.arange(half) / HEAD)
    c, s = angle.cos(), angle.sin()
    a, b = x[..., :half], x[..., half:]
    return torch.cat((a * c - b * s, b * c + a * s), -1)


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        return F.rms_norm(x, (WIDTH,), self.gain, 1e-5)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        linear = lambda a, b: nn.Linear(a, b, bias=False)
        self.attention_norm, self.inner_norm = Norm(), Norm()
        self.query, self.output = linear(WIDTH, WIDTH), linear(WIDTH, WIDTH)
        self.key, self.value = linear(WIDTH, KV_HEADS * HEAD), linear(WIDTH, KV_HEADS * HEAD)
        self.gate, self.up = linear(WIDTH, INNER), linear(WIDTH, INNER)
        self.down = linear(INNER, WIDTH)

    def forward(self, x):
        h = self.attention_norm(x)
        split = lambda y, heads: y.unflatten(-1, (heads, HEAD)).transpose(1, 2)
        q = rotate(split(self.query(h), HEADS))
        k = rotate(split(self.key(h), KV_HEADS))
        v = split(self.value(h), KV_HEADS)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        x = x + self.output(y.transpose(1, 2).flatten(-2))
        h = self.inner_norm(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(BYTES, WIDTH)
        nn.init.normal_(self.embedding.weight, std=0.1)
        self.layer = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.norm = Norm()

    def forward(self, tokens):
        x = self.embedding(tokens)
        for layer in self.layer:
            x = layer(x)
        return self.norm(x) @ self.embedding.weight.T


def train(model, text):
    generator = torch.Generator().manual_seed(1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, betas=(0.9, 0.98), weight_decay=0.05)
    for step in range(STEPS):
        share = min(1, (step + 1) / 100) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / STEPS)))
        for group in optimizer.param_groups:
            group["lr"] = 3e-3 * share
        start = torch.randint(0, len(text) - CONTEXT - 1, (BATCH,), generator=generator)
        part = torch.stack([text[s : s + CONTEXT + 1] for s in start])
        loss = F.cross_entropy(model(part[:, :-1]).flatten(0, 1), part[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 100 == 0 or step == STEPS - 1:
            print(f"step {step}: {loss.item():.3f} nats a byte", flush=True)


@torch.no_grad()
def continued(model, prompt):
    """The bytes that follow greedily, each from the whole of what is before, and the last logits."""
    tokens = torch.tensor([list(prompt.encode())])
    logits = None
    for _ in range(FOLLOWING):
        logits = model(tokens)[0, -1]
        tokens = torch.cat((tokens, logits.argmax().reshape(1, 1)), 1)
    return tokens[0, -FOLLOWING:], logits


def main():
    torch.manual_seed(0)
    text = "\n".join(pydoc_data.topics.topics.values()).encode()
    model = Model()
    train(model, torch.tensor(list(text), dtype=torch.long))
    weights = {n: p.detach().half().contiguous() for n, p in model.named_parameters()}
    save_file(weights, HERE / "model.safetensors")
    model.load_state_dict({n: w.float() for n, w in weights.items()})
    golden = {}
    for i, prompt in enumerate(PROMPTS):
        following, logits = continued(model, prompt)
        print(repr(prompt), repr(bytes(following.tolist()).decode(errors="replace")))
        golden[f"prompt_{i}"] = torch.tensor(list(prompt.encode()), dtype=torch.int32)
        golden[f"following_{i}"] = following.int()
        golden[f"logits_{i}"] = logits
    folder = HERE.parent.parent / "tests" / "golden" / "generate"
    folder.mkdir(exist_ok=True)
    save_file(golden, folder / "generate.safetensors")


if __name__ == "__main__":
    main()
