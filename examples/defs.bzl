"""deepseek_examples(): a .cpp of a package is a program of its name, and so is a folder of them."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("@rules_shell//shell:sh_test.bzl", "sh_test")

def deepseek_examples(not_run = []):
    """Each program is also run as a test, NAME_runs.

    Args:
      not_run: names of programs that need what a test has not (a download, an argument).
    """
    programs = {}
    for source in native.glob(["*.cpp", "*/*.cpp"], allow_empty = True):
        folder, _, file = source.rpartition("/")
        name = folder or file[:-len(".cpp")]
        programs[name] = programs.get(name, []) + [source]
    for name in [n for n in not_run if n not in programs]:
        fail("examples: '%s' is named in BUILD, but there is no such program" % name)

    for name, sources in programs.items():
        cc_binary(
            name = name,
            srcs = sources + native.glob([name + "/*.hpp"], allow_empty = True),
            data = native.glob([name + "/data/**"], allow_empty = True),
            deps = ["//:deepseek"],
        )
        if name not in not_run:
            sh_test(
                name = name + "_runs",
                size = "small",
                srcs = ["//tests/support:run.sh"],
                args = ["$(location :%s)" % name],
                data = [":" + name],
            )
