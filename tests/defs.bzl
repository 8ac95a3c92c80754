"""deepseek_tests(): every *_test.cpp below a package is a test of its own; nothing to register."""

load("@rules_cc//cc:defs.bzl", "cc_test")
load("@rules_cuda//cuda:defs.bzl", "cuda_test", "requires_cuda")

# Tests below these also run compiled for less than this machine has: name -> -march.
_VARIANT_PATHS = ["arch/cpu/", "arch/scalar_test"]
_VARIANTS = {
    "x86_64_v3": "x86-64-v3",
    "x86_64": "x86-64",
}

_DEPS = [
    "//:headers",
    "//examples:headers",
    "//tests/support:main",
    "//tests/support:doctest",
    "//tests/support:headers",
]

# Tests below these are the emulator's and of what stands on it directly: they run with the address and undefined
# behaviour sanitizers, which watch the stacks of its threads too. (Whole kernels take minutes to compile with
# them.)
_SANITIZED_PATHS = ["arch/gpu/", "arch/emulated/", "tile/"]
_SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]

# Tests below these run whole kernels thread by thread: they take their time.
_EMULATED_PATHS = ["kernel/", "plan/gpu/", "exec/emulated", "exec/detail/emulated", "exec/cuda"]

# Tests below these instantiate much to run it once: with fewer optimizations they are there in half the time. The
# property tests of exec/, the examples and the benchmarks are compiled as a user's program is.
_QUICKLY_COMPILED_PATHS = ["arch/cpu/", "attention/", "loop/", "ops/"]

_QUICK_COPTS = ["-O1", "-DDEEPSEEK_FORCE_INLINE=0"]

# What tests below a path need besides.
_PATH_DEPS = {
    "arch/gpu/": ["@boost.context"],  # they run on the emulator
    "arch/emulated/": ["@boost.context"],
    "tile/": ["@boost.context"],
    "kernel/": ["@boost.context"],
    "exec/cuda": ["@boost.context"],  # where nvcc does not compile it
    "plan/gpu/": ["@boost.context"],
    "exec/emulated": ["@boost.context"],
    "exec/detail/emulated": ["@boost.context"],
}

def deepseek_tests(exceptions = {}, cuda = []):
    """One cc_test for each *_test.cpp, named by its path: shape/layout_test.cpp -> :shape/layout_test.

    Args:
      exceptions: path without .cpp -> dict of cc_test attributes to add (size, copts, data, deps, tags ...).
      cuda: paths without .cpp that are compiled a second time by nvcc, as NAME_cuda, to run on a GPU.
    """
    support = native.glob(["**/*.hpp"], allow_empty = True)
    golden = native.glob(["golden/**"], allow_empty = True)
    names = [f[:-len(".cpp")] for f in native.glob(["**/*_test.cpp"], exclude = ["downstream/**"], allow_empty = True)]
    for name in [n for n in list(exceptions) + cuda if n not in names]:
        fail("tests: '%s' is named in BUILD, but there is no %s.cpp" % (name, name))

    for name in names:
        extra = dict(exceptions.get(name, {}))
        copts = ["-Iinclude"] + extra.pop("copts", [])
        data = golden + extra.pop("data", [])
        deps = _DEPS + extra.pop("deps", [])
        for path, more in _PATH_DEPS.items():
            if name.startswith(path):
                deps = deps + more
        emulated = [path for path in _EMULATED_PATHS + _SANITIZED_PATHS if name.startswith(path)]
        if emulated or [path for path in _QUICKLY_COMPILED_PATHS if name.startswith(path)]:
            copts = copts + _QUICK_COPTS
        size = extra.pop("size", "medium" if emulated else "small")
        linkopts = extra.pop("linkopts", [])
        variants = {name: ([], [], [])}
        if [path for path in _VARIANT_PATHS if name.startswith(path)]:
            for variant, march in _VARIANTS.items():
                variants[name + "_" + variant] = (["-march=" + march], ["--needs=" + march], [])
        if [path for path in _SANITIZED_PATHS if name.startswith(path)]:
            variants[name] = (_SANITIZE, [], _SANITIZE)
        for test, (variant_copts, args, variant_linkopts) in variants.items():
            cc_test(
                name = test,
                size = size,
                srcs = [name + ".cpp"] + support,
                copts = copts + variant_copts,
                args = args,
                linkopts = linkopts + variant_linkopts,
                data = data,
                deps = deps,
                **extra
            )

    for name in cuda:
        cuda_test(
            name = name + "_cuda",
            size = "medium",
            srcs = [name + ".cpp"] + support,
            copts = ["-Iinclude", "--extended-lambda"],
            data = golden,
            tags = ["gpu"],
            target_compatible_with = requires_cuda(),
            deps = _DEPS + ["//tests/support:gpu"],
        )
