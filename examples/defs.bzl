"""deepseek_example(): a program, which is also run as a test, NAME_runs."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("@rules_shell//shell:sh_test.bzl", "sh_test")

def deepseek_example(name, srcs, data = [], **test):
    """A program and the test that it runs and ends well.

    Args:
      name: of the program.
      srcs: its sources.
      data: what it reads.
      **test: attributes for the test (size, tags).
    """
    cc_binary(
        name = name,
        srcs = srcs,
        data = data,
        deps = [
            "//:deepseek",
            "//examples:file_beside",
        ],
    )
    sh_test(
        name = name + "_runs",
        srcs = ["//tests/support:run.sh"],
        args = ["$(location :%s)" % name],
        data = [":" + name],
        size = test.pop("size", "small"),
        **test
    )

def deepseek_examples():
    """Each .cpp of a package is a program of its name; nothing to register."""
    for source in native.glob(["*.cpp"], allow_empty = True):
        deepseek_example(
            name = source[:-len(".cpp")],
            srcs = [source],
        )
