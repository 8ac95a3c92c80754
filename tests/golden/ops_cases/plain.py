# SPDX-License-Identifier: Apache-2.0
"""The verbs as a plain loop in f32 computes them: every sum from first to last, no more precision.

PyTorch sums pairwise and its var keeps f64 on the way. A library that sums in another order is not
wrong for it, so a case's error is the larger of PyTorch's and of what stands here. NumPy arrays;
reduced axes are kept with extent 1.
"""

import numpy

ONE = numpy.float32(1)


def folded(function, x, axes):
    """function.accumulate, whose last value is the fold from first to last."""
    first = numpy.moveaxis(x, axes, range(len(axes)))
    flat = first.reshape(-1, *first.shape[len(axes) :])
    return numpy.expand_dims(function.accumulate(flat, axis=0, dtype=x.dtype)[-1], axes)


def sum(x, axes):
    return folded(numpy.add, x, axes)


def prod(x, axes):
    return folded(numpy.multiply, x, axes)


def count(x, axes):
    return numpy.float32(numpy.prod([x.shape[axis] for axis in axes]))


def mean(x, axes):
    return sum(x, axes) / count(x, axes)


def var(x, axes, correction):
    return sum(numpy.square(x - mean(x, axes)), axes) / (count(x, axes) - numpy.float32(correction))


def norm(x, axes, ord=2):
    if ord == 1:
        return sum(numpy.abs(x), axes)
    if ord == 2:
        return numpy.sqrt(sum(x * x, axes))
    return numpy.max(numpy.abs(x), axis=axes, keepdims=True)


def exponentials(x, axes):
    """exp(x - max) with the max, which is 0 where it is infinite."""
    largest = numpy.max(x, axis=axes, keepdims=True)
    largest = numpy.where(numpy.isinf(largest), 0 * ONE, largest)
    return numpy.exp(x - largest), largest


def logsumexp(x, axes):
    powers, largest = exponentials(x, axes)
    return largest + numpy.log(sum(powers, axes))


def softmax(x, axes):
    powers, _ = exponentials(x, axes)
    return powers / sum(powers, axes)


def log_softmax(x, axes):
    powers, largest = exponentials(x, axes)
    return (x - largest) - numpy.log(sum(powers, axes))


def layer_norm(x, gain=ONE, bias=0 * ONE, *, axes, epsilon):
    centered = x - mean(x, axes)
    deviation = numpy.sqrt(mean(numpy.square(centered), axes) + numpy.float32(epsilon))
    return centered / deviation * gain + bias


def rms_norm(x, gain=ONE, *, axes, epsilon):
    return x / numpy.sqrt(mean(x * x, axes) + numpy.float32(epsilon)) * gain


def l2_normalize(x, axes, epsilon):
    return x / numpy.maximum(norm(x, axes), numpy.float32(epsilon))


def cumsum(x, axes):
    return numpy.add.accumulate(x, axis=axes[0], dtype=x.dtype)


VERBS = {
    "sum": sum,
    "prod": prod,
    "mean": mean,
    "var": var,
    "norm": norm,
    "logsumexp": logsumexp,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "layer_norm": layer_norm,
    "rms_norm": rms_norm,
    "l2_normalize": l2_normalize,
    "cumsum": cumsum,
}
