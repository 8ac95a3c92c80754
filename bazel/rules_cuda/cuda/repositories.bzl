"""@cuda: the toolkit found on this machine, or an empty one."""

_FOUND = """
cc_library(
    name = "cuda_headers",
    hdrs = glob(["include/**"], exclude = ["include/cccl/**"]),
    includes = ["include"],
)

cc_library(
    name = "cuda_runtime",
    linkopts = ["-L{path}/lib64", "-Wl,-rpath,{path}/lib64", "-lcudart", "-ldl", "-lpthread", "-lrt"],
    deps = [":cuda_headers"],
)

cc_library(
    name = "cuda_runtime_static",
    linkopts = ["-L{path}/lib64", "-lcudart_static", "-ldl", "-lpthread", "-lrt"],
    deps = [":cuda_headers"],
)

cc_library(
    name = "libcudacxx",
    hdrs = glob(["include/cccl/cuda/**", "include/cccl/nv/**"]),
    includes = ["include/cccl"],
    deps = [":cuda_headers"],
)

cc_library(
    name = "cub",
    hdrs = glob(["include/cccl/cub/**"]),
    includes = ["include/cccl"],
    deps = [":libcudacxx"],
)

cc_library(
    name = "thrust",
    hdrs = glob(["include/cccl/thrust/**"]),
    includes = ["include/cccl"],
    deps = [":cub"],
)
"""

_NAMES = ["cuda_headers", "cuda_runtime", "cuda_runtime_static", "libcudacxx", "cub", "thrust"]

_HEADER = """
load("@rules_cuda//cuda/private:flags.bzl", "bool_flag")

package(default_visibility = ["//visibility:public"])

bool_flag(
    name = "valid_toolchain_found",
    build_setting_default = {found},
)
"""

def _toolkit_path(ctx):
    """CUDA_HOME, else CUDA_PATH, else the nvcc on PATH, else the conventional folder; None without."""
    nvcc = ctx.which("nvcc")
    for path in [
        ctx.os.environ.get("CUDA_HOME"),
        ctx.os.environ.get("CUDA_PATH"),
        str(nvcc.realpath.dirname.dirname) if nvcc else None,
        "/usr/local/cuda",
    ]:
        if path and ctx.path(path + "/bin/nvcc").exists:
            return str(ctx.path(path).realpath)
    return None

def _cuda(ctx):
    path = _toolkit_path(ctx)
    version = ""
    if path:
        told = ctx.execute([path + "/bin/nvcc", "--version"])
        if told.return_code != 0:
            fail("%s/bin/nvcc does not run: %s" % (path, told.stderr))
        version = told.stdout.split(", release ")[1].split("\n")[0]
        ctx.symlink(path + "/include", "include")
    else:
        # buildifier: disable=print
        print("no CUDA toolkit (CUDA_HOME, nvcc on PATH, /usr/local/cuda): building for the CPU only.")
    ctx.file("toolkit.bzl", "TOOLKIT_PATH = %r\nTOOLKIT_VERSION = %r\n" % (path or "", version))
    targets = _FOUND.format(path = path) if path else "\n".join([
        "cc_library(name = \"%s\")" % name
        for name in _NAMES
    ])
    ctx.file("BUILD", _HEADER.format(found = path != None) + targets)
    ctx.file("WORKSPACE", "")

_cuda_toolkit = repository_rule(
    implementation = _cuda,
    environ = ["CUDA_HOME", "CUDA_PATH", "PATH"],
    configure = True,
)

def rules_cuda_dependencies():
    """The real rules_cuda needs other repositories; the stand-in needs none."""

def rules_cuda_toolchains(register_toolchains = False):
    """Declares @cuda; register_toolchains is for the real rules, the stand-in has no toolchain to register."""
    _cuda_toolkit(name = "cuda")
