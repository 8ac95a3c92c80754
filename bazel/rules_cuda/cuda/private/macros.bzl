"""cuda_binary and cuda_test: a cuda_library and the cc_ rule that links it."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_test")
load("//cuda/private:cuda_library.bzl", "cuda_library")

# What only compiling needs, and what only the linked program needs; the rest goes to both.
_COMPILE_ONLY = [
    "alwayslink",
    "archs",
    "copts",
    "defines",
    "deps",
    "hdrs",
    "host_copts",
    "host_defines",
    "host_local_defines",
    "includes",
    "local_defines",
    "ptxasopts",
    "srcs",
]
_LINK_ONLY = [
    "args",
    "data",
    "env",
    "flaky",
    "host_linkopts",
    "linkopts",
    "local",
    "shard_count",
    "size",
    "timeout",
]

def _compile_and_link(cc_rule, name, attrs):
    compile_attrs = {k: v for k, v in attrs.items() if k not in _LINK_ONLY}
    link_attrs = {k: v for k, v in attrs.items() if k not in _COMPILE_ONLY + ["linkopts", "host_linkopts"]}
    cuda_library(name = "_" + name, **dict({"alwayslink": True}, **compile_attrs))
    cc_rule(
        name = name,
        deps = [":_" + name],
        linkopts = attrs.get("host_linkopts", []),
        **link_attrs
    )

def cuda_binary(name, **attrs):
    """A program whose sources nvcc compiles; attributes of cuda_library and of cc_binary."""
    _compile_and_link(cc_binary, name, attrs)

def cuda_test(name, **attrs):
    """A test whose sources nvcc compiles; attributes of cuda_library and of cc_test."""
    _compile_and_link(cc_test, name, dict({"testonly": True}, **attrs))
