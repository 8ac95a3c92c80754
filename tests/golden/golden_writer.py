# SPDX-License-Identifier: Apache-2.0
"""Collects golden cases and writes them as safetensors files and one index; used by make_ops.py."""

import math

import torch
from safetensors.torch import save

from ops_cases.plain import VERBS

DTYPES = {
    torch.float32: "",
    torch.bfloat16: "bf16_",
    torch.float16: "f16_",
    torch.int8: "int8_",
    torch.int32: "int32_",
    torch.int64: "int64_",
    torch.bool: "bool_",
}
SMALLEST = 2.0**-126  # the smallest normal f32; relative errors of smaller values are not relative


def shape_text(shape):
    return "x".join(map(str, shape)) if len(shape) else "scalar"


def axes_text(rank, axes):
    return "all" if len(axes) == rank and rank > 1 else "_".join(map(str, axes))


def attribute_text(value):
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    return str(int(value)) if isinstance(value, bool) else str(value)


class Golden:
    """Inputs by name, expected values by case, and how far others in the same precision are off."""

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)
        self.inputs, self.expected, self.rows = {}, {}, []

    # inputs ---------------------------------------------------------------------------------------

    def input(self, kind, shape, make, dtype=torch.float32):
        """Name of an input; `make(shape)` is called once per kind, dtype and shape."""
        name = f"{kind}_{DTYPES[dtype]}{shape_text(shape)}"
        if name not in self.inputs:
            self.inputs[name] = make(shape).to(dtype).contiguous()
        return name

    def normal(self, *shape, dtype=torch.float32):
        return self.input(
            "normal", shape, lambda s: torch.randn(s, generator=self.generator), dtype
        )

    def uniform(self, low, high, kind, *shape):
        return self.input(
            kind, shape, lambda s: low + (high - low) * torch.rand(s, generator=self.generator)
        )

    def integers(self, low, high, kind, *shape, dtype=torch.float32):
        return self.input(
            kind, shape, lambda s: torch.randint(low, high, s, generator=self.generator), dtype
        )

    def values(self, kind, values, dtype=torch.float32):
        """An input of these values, given as nested lists or a tensor."""
        tensor = torch.as_tensor(values, dtype=dtype)
        return self.input(kind, tensor.shape, lambda _: tensor, dtype)

    # cases ----------------------------------------------------------------------------------------

    def case(self, verb, name, inputs, expected, error=None, **attributes):
        """Adds a case. No error: the library must give exactly these values."""
        outputs = self.expected.setdefault(verb, {})
        assert name not in outputs, (verb, name)
        outputs[name] = expected.contiguous().clone()
        listed = " ".join(f"{k}={attribute_text(v)}" for k, v in attributes.items()) or "-"
        absolute, relative = (f"{e:.3g}" for e in error) if error else ("exact", "exact")
        self.rows.append([verb, name, ",".join(inputs), listed, absolute, relative])

    def exact(self, verb, name, inputs, function, **attributes):
        """A case whose values need no rounding, or one that every implementation must agree on."""
        self.case(verb, name, inputs, function(*(self.inputs[i] for i in inputs)), **attributes)

    def measured(self, verb, name, inputs, function, check=None, plain=None, **attributes):
        """Expected: `function` in f64 of the inputs. Error: that of `function` in their own type,
        or that of a plain loop in f32 where it is larger.

        `check` is a second implementation (NumPy, SciPy) that must agree with the f64 values;
        `plain` the loop, where it is not the one of the verb.
        """
        tensors = [self.inputs[i] for i in inputs]
        doubles = [t.double() if t.is_floating_point() else t for t in tensors]
        expected, single = function(*doubles), function(*tensors)
        assert expected.dtype == torch.float64 and expected.shape == single.shape, (verb, name)
        if check is not None:
            self.agree(verb, name, expected, check(*(t.numpy() for t in doubles)))
        self.report(verb, name, expected, single)
        errors = [self.error(expected, single)]
        plain = plain or VERBS.get(verb)
        if plain and all(t.dtype == torch.float32 for t in tensors):
            known = {k: v for k, v in attributes.items() if k not in ("keepdim", "law")}
            loop = torch.from_numpy(plain(*(t.numpy() for t in tensors), **known))
            assert loop.dtype == torch.float32, (verb, name)
            errors.append(self.error(expected, loop.reshape(expected.shape)))
        self.case(verb, name, inputs, expected, map(max, *errors, (0, 0)), **attributes)

    @staticmethod
    def agree(verb, name, expected, other):
        other = torch.as_tensor(other, dtype=torch.float64).reshape(expected.shape)
        close = torch.isclose(expected, other, rtol=1e-11, atol=1e-14, equal_nan=True)
        if not close.all():
            raise SystemExit(
                f"{verb}/{name}: PyTorch in f64 {expected[~close][:4].tolist()}, "
                f"but NumPy or SciPy {other[~close][:4].tolist()}"
            )

    @staticmethod
    def report(verb, name, expected, single):
        """Says where PyTorch in the inputs' type has NaN or infinity and f64 has not, or vice versa."""
        rounded, wide = expected.to(single.dtype).double(), single.double()
        same = (rounded == wide) | (rounded.isnan() & wide.isnan())
        differs = ~same & ~(rounded.isfinite() & wide.isfinite())
        if differs.any():
            print(
                f"{verb}/{name}: PyTorch in {single.dtype} gives {wide[differs].tolist()}, "
                f"f64 {expected[differs].tolist()}; f64 is expected"
            )

    @staticmethod
    def error(expected, computed):
        """Largest absolute and relative error of the values that are finite in both."""
        finite = expected.to(computed.dtype).isfinite() & computed.isfinite()
        off = (computed.double() - expected).abs()[finite]
        size = expected.abs()[finite].clamp(min=SMALLEST)
        return (off.max().item(), (off / size).max().item()) if off.numel() else (0.0, 0.0)

    # files ----------------------------------------------------------------------------------------

    def write(self, folder):
        for old in folder.glob("*.safetensors"):
            old.unlink()
        used = {i for row in self.rows for i in row[2].split(",")}
        assert used == set(self.inputs), used ^ set(self.inputs)
        total = 0
        for stem, tensors in {"inputs": self.inputs, **self.expected}.items():
            content = save(tensors)
            total += len(content)
            (folder / f"{stem}.safetensors").write_bytes(content)
        head = ["verb", "case", "inputs", "attributes", "error", "relative_error"]
        lines = ["\t".join(row) for row in [head, *self.rows]]
        (folder / "index.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(
            len(self.rows), "cases of", len(self.expected), "verbs,", math.ceil(total / 1024), "KiB"
        )
