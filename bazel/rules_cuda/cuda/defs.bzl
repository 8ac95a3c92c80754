"""Stand-in for rules_cuda: same names and attributes, as far as this project uses them."""

load("//cuda/private:cuda_library.bzl", _cuda_library = "cuda_library")
load("//cuda/private:macros.bzl", _cuda_binary = "cuda_binary", _cuda_test = "cuda_test")

cuda_library = _cuda_library
cuda_binary = _cuda_binary
cuda_test = _cuda_test

def requires_cuda():
    """For target_compatible_with: no toolkit or no --@rules_cuda//cuda:enable leaves the target out."""
    return select({
        "@rules_cuda//cuda:is_enabled": [],
        "//conditions:default": ["@rules_cuda//cuda:rules_are_enabled"],
    }) + select({
        "@rules_cuda//cuda:is_valid_toolchain_found": [],
        "//conditions:default": ["@rules_cuda//cuda:valid_toolchain_is_configured"],
    })
