"""Repositories for a Bazel without network: Debian's packages, and small stand-ins beside this file.

A stand-in offers the labels and names of the real repository, as far as this project uses them, so
BUILD files are the same with either. A project that brings its own (by an http_archive of the same
name before the call) keeps it.
"""

def _linked_repository(ctx):
    here = ctx.path(Label("//bazel:dependencies.bzl")).dirname
    for name, target in ctx.attr.links.items():
        ctx.symlink(target if target.startswith("/") else ctx.path(str(here) + "/" + target), name)
    for name, text in ctx.attr.files.items():
        ctx.file(name, text)

linked_repository = repository_rule(
    doc = "A repository of links (a relative target is a folder of //bazel) and of small files.",
    implementation = _linked_repository,
    attrs = {
        "links": attr.string_dict(),
        "files": attr.string_dict(),
    },
)

_HEADER = """
cc_library(
    name = "{name}",
    hdrs = ["{header}"],
    include_prefix = "{prefix}",
    linkopts = {linkopts},
    visibility = ["//visibility:public"],
)
"""

def deepseek_dependencies():
    """Declares every repository that is not declared yet."""
    folders = {
        # Debian: bazel-rules-java, bazel-rules-proto, bazel-platforms
        "rules_java": "/usr/share/bazel/rules/java",
        "rules_proto": "/usr/share/bazel/rules/proto",
        "platforms": "/usr/share/bazel/tools/platforms",
    }
    for name, path in folders.items():
        if not native.existing_rule(name):
            native.local_repository(name = name, path = path)

    stand_ins = {
        "rules_cc": ["cc"],
        "rules_cuda": ["cuda"],
        "rules_shell": ["shell"],
        "remote_coverage_tools": ["BUILD"],
    }
    for name, parts in stand_ins.items():
        if not native.existing_rule(name):
            linked_repository(
                name = name,
                links = {part: name + "/" + part for part in parts},
                files = {"WORKSPACE": ""},
            )

    # Debian: doctest-dev, libbenchmark-dev; labels as in the Bazel Central Registry.
    if not native.existing_rule("doctest"):
        linked_repository(
            name = "doctest",
            links = {"doctest/doctest.h": "/usr/include/doctest/doctest.h"},
            files = {
                "WORKSPACE": "",
                "doctest/BUILD": _HEADER.format(
                    name = "doctest",
                    header = "doctest.h",
                    prefix = "doctest",
                    linkopts = [],
                ),
            },
        )
    if not native.existing_rule("google_benchmark"):
        linked_repository(
            name = "google_benchmark",
            links = {
                "benchmark.h": "/usr/include/benchmark/benchmark.h",
                "export.h": "/usr/include/benchmark/export.h",
            },
            files = {
                "WORKSPACE": "",
                "BUILD": _HEADER.format(
                    name = "benchmark",
                    header = "benchmark.h\", \"export.h",
                    prefix = "benchmark",
                    linkopts = ["-lbenchmark", "-pthread"],
                ),
            },
        )

    # Debian: libboost-context-dev, whose headers every compiler finds; label as in the registry.
    if not native.existing_rule("boost.context"):
        linked_repository(
            name = "boost.context",
            links = {},
            files = {
                "WORKSPACE": "",
                "BUILD": """
cc_library(
    name = "boost.context",
    linkopts = ["-lboost_context"],
    visibility = ["//visibility:public"],
)
""",
            },
        )
