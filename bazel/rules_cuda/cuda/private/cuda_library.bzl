"""cuda_library: compiles CUDA C++ with nvcc and archives it for cc_* rules to link."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "CPP_COMPILE_ACTION_NAME")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")
load("@cuda//:toolkit.bzl", "TOOLKIT_PATH", "TOOLKIT_VERSION")
load("//cuda/private:flags.bzl", "FlagInfo")

_SOURCES = [".cu", ".cpp", ".cc"]
_HEADERS = [".cuh", ".hpp", ".hh", ".h", ".inl", ".inc"]

CudaDefinesInfo = provider(doc = "Defines for CUDA dependents.", fields = ["defines"])

def _gencode(specs):
    """'sm_80;compute_90a:sm_90a' -> nvcc's -gencode options; a spec is [compute_X:]code,code."""
    options = []
    for spec in specs:
        spec = spec.strip()
        if not spec:
            continue
        virtual, _, codes = spec.rpartition(":")
        codes = codes.split(",")
        if not virtual:
            virtual = "compute_" + codes[0].strip().rpartition("_")[2]
        codes = [code.strip() for code in codes]
        options.append("-gencode=arch={},code=[{}]".format(virtual, ",".join(codes)))
    return options

def _host_flags(ctx, cc_toolchain, feature_configuration):
    """(standard, flags): the C++ toolchain's own flags; nvcc takes -std itself, the rest is passed on."""
    variables = cc_common.create_compile_variables(
        feature_configuration = feature_configuration,
        cc_toolchain = cc_toolchain,
        user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts,
        use_pic = True,
    )
    flags = cc_common.get_memory_inefficient_command_line(
        feature_configuration = feature_configuration,
        action_name = CPP_COMPILE_ACTION_NAME,
        variables = variables,
    )
    standard = "-std=c++20"
    rest = []
    for flag in flags:
        if flag.startswith("-std="):
            standard = flag.replace("-std=c++0x", "-std=c++17")
        elif flag != "-c":
            rest.append(flag)
    return standard, rest

def _cuda_library(ctx):
    if not TOOLKIT_PATH:
        fail("no CUDA toolkit was found; add target_compatible_with = requires_cuda()")
    cc_toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = cc_toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    package = "/".join([p for p in [ctx.label.workspace_root, ctx.label.package] if p])
    include_folders = [
        "/".join([root for root in [base, package, include] if root and root != "."]) or "."
        for include in ctx.attr.includes
        for base in ["", ctx.bin_dir.path]
    ]
    sources = [f for f in ctx.files.srcs if not f.basename.endswith(tuple(_HEADERS))]
    headers = [f for f in ctx.files.srcs + ctx.files.hdrs if f.basename.endswith(tuple(_HEADERS))]
    dep_infos = [dep[CcInfo] for dep in ctx.attr.deps + [ctx.attr._runtime]]
    merged = cc_common.merge_cc_infos(cc_infos = dep_infos)
    context = merged.compilation_context
    defines = depset(
        ctx.attr.defines,
        transitive = [d[CudaDefinesInfo].defines for d in ctx.attr.deps if CudaDefinesInfo in d],
    )

    # nvcc finds the toolkit's own headers by itself; they are thousands of files, so not inputs.
    inputs = depset(
        [f for f in context.headers.to_list() if f.owner.workspace_name != "cuda"] + headers,
    )
    standard, host_flags = _host_flags(ctx, cc_toolchain, features)
    host_flags = host_flags + ctx.attr.host_copts + ctx.attr._host_copts[FlagInfo].value

    archs = ctx.attr.archs if ctx.attr.archs else ctx.attr._archs[FlagInfo].value.split(";")
    shared_args = ctx.actions.args()
    shared_args.add_all([standard, "-x", "cu", "-ccbin", cc_toolchain.compiler_executable])
    shared_args.add("-O0" if ctx.var["COMPILATION_MODE"] == "dbg" else "-O2")
    shared_args.add_all(_gencode(archs))
    shared_args.add_all(host_flags, before_each = "-Xcompiler")
    shared_args.add_all(ctx.attr.ptxasopts, before_each = "-Xptxas")
    shared_args.add_all(defines, format_each = "-D%s")
    shared_args.add_all(
        ctx.attr.local_defines + ctx.attr.host_defines + ctx.attr.host_local_defines,
        format_each = "-D%s",
    )
    shared_args.add_all(context.defines, format_each = "-D%s")
    shared_args.add_all(context.quote_includes.to_list(), before_each = "-I")
    shared_args.add_all(include_folders + context.includes.to_list(), before_each = "-I")
    shared_args.add_all(
        [f for f in context.system_includes.to_list() if "external/cuda" not in f],
        before_each = "-isystem",
    )
    shared_args.add_all(ctx.attr._copts[FlagInfo].value + ctx.attr.copts)

    objects = []
    for source in sources:
        object_file = ctx.actions.declare_file("_objs/{}/{}.o".format(ctx.label.name, source.basename))
        args = ctx.actions.args()
        args.add_all(["-c", source, "-o", object_file])
        ctx.actions.run(
            executable = TOOLKIT_PATH + "/bin/nvcc",
            arguments = [shared_args, args],
            inputs = depset([source], transitive = [inputs, cc_toolchain.all_files]),
            outputs = [object_file],
            env = {"CUDA_TOOLKIT_VERSION": TOOLKIT_VERSION, "PATH": "/usr/local/bin:/usr/bin:/bin"},
            mnemonic = "CudaCompile",
            progress_message = "Compiling %s with nvcc" % source.short_path,
        )
        objects.append(object_file)

    own_context = cc_common.create_compilation_context(
        headers = depset(headers),
        system_includes = depset(include_folders),
        defines = depset(ctx.attr.host_defines),
    )
    compiled = cc_common.create_compilation_outputs(
        objects = depset(objects),  # position independent as well: compiled once, linked either way
        pic_objects = depset(objects),
    )
    linking_context, linked = cc_common.create_linking_context_from_compilation_outputs(
        name = ctx.label.name,
        actions = ctx.actions,
        feature_configuration = features,
        cc_toolchain = cc_toolchain,
        compilation_outputs = compiled,
        user_link_flags = ctx.attr.host_linkopts,
        alwayslink = ctx.attr.alwayslink,
        linking_contexts = [info.linking_context for info in dep_infos],
        disallow_dynamic_library = True,
    )
    library = linked.library_to_link
    archives = [library.pic_static_library or library.static_library] if library else []
    return [
        DefaultInfo(files = depset(archives)),
        OutputGroupInfo(objects = depset(objects)),
        cc_common.merge_cc_infos(
            direct_cc_infos = [CcInfo(
                compilation_context = own_context,
                linking_context = linking_context,
            )],
            cc_infos = dep_infos,
        ),
        CudaDefinesInfo(defines = defines),
    ]

cuda_library = rule(
    doc = "CUDA C++ compiled by nvcc into a static library. No device linking (rdc) in this stand-in.",
    implementation = _cuda_library,
    attrs = {
        "srcs": attr.label_list(allow_files = _SOURCES + _HEADERS),
        "hdrs": attr.label_list(allow_files = _HEADERS),
        "deps": attr.label_list(providers = [CcInfo]),
        "includes": attr.string_list(doc = "Include folders, relative to the package."),
        "copts": attr.string_list(doc = "For nvcc."),
        "host_copts": attr.string_list(doc = "For the host compiler."),
        "defines": attr.string_list(doc = "For this target and CUDA dependents."),
        "local_defines": attr.string_list(doc = "For this target alone."),
        "host_defines": attr.string_list(doc = "For this target and all dependents."),
        "host_local_defines": attr.string_list(doc = "For this target alone."),
        "host_linkopts": attr.string_list(doc = "For whatever links this library."),
        "linkopts": attr.string_list(doc = "For the device link; there is none here."),
        "ptxasopts": attr.string_list(doc = "For ptxas."),
        "archs": attr.string_list(doc = "Instead of --@rules_cuda//cuda:archs."),
        "alwayslink": attr.bool(default = False),
        "_archs": attr.label(default = "//cuda:archs"),
        "_copts": attr.label(default = "//cuda:copts"),
        "_host_copts": attr.label(default = "//cuda:host_copts"),
        "_runtime": attr.label(default = "//cuda:runtime"),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
    provides = [CcInfo],
)
