# SPDX-License-Identifier: Apache-2.0
"""The checks find what they are for: each is shown a wrong file and a right one."""
import contextlib
import io
import pathlib
import sys
import tempfile
import textwrap
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import check_compile_fail  # noqa: E402
import check_docs  # noqa: E402
import check_files  # noqa: E402
import check_layers  # noqa: E402
import check_resources  # noqa: E402
import compilers  # noqa: E402
import gpu_report  # noqa: E402
import project  # noqa: E402


class LayersTest(unittest.TestCase):
    def problems(self, path, text, **more):
        """Of an include folder with this file; more: others, base__x for base/x.hpp."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder) / "deepseek"
            others = {name.replace("__", "/") + ".hpp": content for name, content in more.items()}
            for name, content in {"base/config.hpp": "#define DEEPSEEK_KNOWN\n", path: text, **others}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(content)
            layers = check_layers.Layers(project.ROOT / "tools" / "layers.txt")
            return check_layers.check(root, layers)[0]

    def test_downward_and_own_folder_are_right(self):
        self.assertEqual([], self.problems(
            "ops/a.hpp", "#include <deepseek/ops/b.hpp>\n#include <deepseek/base/c.hpp>\n#include <array>\n"))

    def test_upward_sideways_umbrella_leaf_detail_and_quotes_are_wrong(self):
        for path, include in (("base/a.hpp", "<deepseek/shape/b.hpp>"), ("shape/a.hpp", "<deepseek/arch/b.hpp>"),
                              ("ops/a.hpp", "<deepseek/deepseek.hpp>"), ("train/a.hpp", "<deepseek/debug/b.hpp>"),
                              ("ops/a.hpp", "<deepseek/expr/detail/b.hpp>"), ("ops/a.hpp", '"b.hpp"'),
                              ("ops/a.hpp", "<deepseek/unheard_of/b.hpp>")):
            self.assertEqual(1, len(self.problems(path, f"#include {include}\n")), include)

    def test_the_umbrella_names_every_header_for_users(self):
        everything = "#include <deepseek/base/config.hpp>\n#include <deepseek/ops/softmax.hpp>\n"
        others = {"ops__softmax": "", "ops__detail__rows": "", "tensor__npy": "", "loop__team": ""}
        self.assertEqual([], self.problems("deepseek.hpp", everything, **others))
        found = self.problems("deepseek.hpp", everything.replace("softmax", "norm"), ops__norm="", **others)
        self.assertEqual(["deepseek/deepseek.hpp: does not include <deepseek/ops/softmax.hpp>"], found)

    def test_dear_headers_are_for_adapters(self):
        self.assertEqual(1, len(self.problems("tensor/view.hpp", "#include <string>\n")))
        self.assertEqual(1, len(self.problems("tensor/view.hpp", "#include <cub/cub.cuh>\n")))
        self.assertEqual([], self.problems("tensor/npy.hpp", "#include <string>\n"))
        self.assertEqual(1, len(self.problems("ops/a.hpp", "#include <deepseek/tensor/npy.hpp>\n")))

    def test_macros_and_asm(self):
        self.assertEqual(1, len(self.problems("ops/a.hpp", "#define LEAKS 1\n")))
        self.assertEqual([], self.problems("ops/a.hpp", "#define LOCAL 1\n#undef LOCAL\n"))
        self.assertEqual(1, len(self.problems("ops/a.hpp", "int x = DEEPSEEK_UNKNOWN;\n")))
        self.assertEqual([], self.problems("ops/a.hpp", "int x = DEEPSEEK_KNOWN;  // not asm\n"))
        self.assertEqual(1, len(self.problems("ops/a.hpp", 'void f() { asm("nop"); }\n')))
        self.assertEqual([], self.problems("arch/a.hpp", 'void f() { asm("nop"); }\n'))



class ResourcesTest(unittest.TestCase):
    PTXAS = """\
        ptxas info    : Function properties for kernel
            16 bytes stack frame, 8 bytes spill stores, 4 bytes spill loads
        ptxas info    : Used 24 registers, used 1 barriers, 512 bytes smem
        """
    SERIAL = """\
        ptxas info    : (C7510) Potential Performance Loss: wgmma.mma_async instructions are serialized due to \
        the presence of Extern calls in the function 'k'
        """
    SASS = """\
        /*0000*/                   LDG.E.128.CONSTANT R4, [R2.64] ;
        /*0010*/              @!P0 LDG.E R4, [R2.64] ;
        /*0020*/               @P1 STG.E.128 [R2.64], R4 ;
        /*0030*/                   HMMA.16816.F32.BF16 R4, R4, R8, R4 ;
        /*0040*/                   LDSM.16.M88.4 R4, [R8] ;
        /*0050*/                   NOP ;
        """

    def over(self, now, budget, same_toolkit=True):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            return list(check_resources.over_budget("k sm_80", now, budget, same_toolkit)), printed.getvalue()

    def test_what_the_tools_say(self):
        used = {"registers": 24, "stack_bytes": 16, "spill_bytes": 12, "shared_bytes": 512,
                "products one by one": 0}
        self.assertEqual(used, check_resources.of_ptxas(self.PTXAS))
        self.assertEqual(1, check_resources.of_ptxas(self.PTXAS + self.SERIAL)["products one by one"])
        with self.assertRaises(SystemExit):
            check_resources.of_ptxas(self.PTXAS * 2)  # two kernels
        found = check_resources.counts(check_resources.histogram(self.SASS))
        self.assertEqual({"LDG": 2, "LDG below 128 bits": 1, "STG": 1, "HMMA": 1, "LDSM": 1},
                         {name: n for name, n in found.items() if n})
        self.assertNotIn("NOP", check_resources.histogram(self.SASS))

    def test_more_is_a_problem_less_is_said(self):
        self.assertEqual(([], ""), self.over({"LDG": 4, "STL": 0}, {"LDG": 4}))
        self.assertEqual((["k sm_80: LDG 8, budget 4"], ""), self.over({"LDG": 8}, {"LDG": 4}))
        self.assertEqual(["k sm_80: spill_bytes 8, budget 0"], self.over({"spill_bytes": 8}, {})[0])
        problems, printed = self.over({"registers": 30}, {"registers": 32})
        self.assertEqual([], problems)
        self.assertIn("--update", printed)

    def test_fewer_products_are_a_problem_too(self):
        self.assertEqual(["k sm_80: HMMA 0, budget 4"], self.over({"HMMA": 0}, {"HMMA": 4})[0])

    def test_registers_are_those_of_a_toolkit(self):
        problems, printed = self.over({"registers": 40}, {"registers": 32}, same_toolkit=False)
        self.assertEqual([], problems)
        self.assertIn("registers 40", printed)

    def test_by_hand_is_the_same(self):
        def kernel(registers, **instructions):
            return {"resources": {"registers": registers}, "instructions": instructions}
        self.assertEqual([], list(check_resources.differences("k", kernel(8, LDG=1), kernel(8, LDG=1))))
        self.assertEqual(["k: registers 9, by hand 8", "k: 1 IADD3, by hand 0"],
                         list(check_resources.differences("k", kernel(9, LDG=1, IADD3=1), kernel(8, LDG=1))))



class GpuReportTest(unittest.TestCase):
    def test_what_programs_said(self):
        self.assertEqual({"name": "a_cuda", "state": "passed", "seconds": 1.0},
                         gpu_report.test_result("a_cuda", 0, "Status: SUCCESS!", 1.0))
        self.assertEqual("skipped", gpu_report.test_result("a_cuda", 0, "skipped: no CUDA device", 0)["state"])
        self.assertEqual(("failed", "wrong"), tuple(
            gpu_report.test_result("a_cuda", 1, "wrong", 0)[key] for key in ("state", "output")))
        self.assertEqual([{"case": "copy"}], gpu_report.bench_results('a note\n{"case": "copy"}\n'))

    def test_the_page(self):
        page = "\n".join(gpu_report.table({
            "gpu": "NVIDIA H200", "date": "today", "driver": "570", "toolkit": "13.0", "commit": "abc", "command": "c",
            "tests": [{"name": "a_cuda", "state": "passed", "seconds": 1.0}],
            "benches": [{"case": "copy", "program": "ours", "microseconds": 100.0, "bytes": 4 * 10**8}]}))
        self.assertIn("| a_cuda | passed | 1.0 |", page)
        self.assertIn("| copy | ours | 100.0 | 4000 |", page)
        self.assertEqual("nvidia_h100_80gb_hbm3", gpu_report.slug("NVIDIA H100 80GB HBM3"))


class DocsTest(unittest.TestCase):
    def found(self, text):
        return [(name, bool(doc)) for _, name, doc in check_docs.public_templates(textwrap.dedent(text))]

    def test_public_function_templates(self):
        self.assertEqual([("softmax", True), ("operator+", False)], self.found("""\
            namespace deepseek {
            /// softmax(x): rows.
            template <expression X, int N = (1 > 0)>
              requires valid<X>
            constexpr auto softmax(X&& x) {
              return f(x);
            }

            template <class A>
            auto operator+(A const& a, A const& b) { return a; }

            template <class X> struct node { X f(); };
            template <class X> concept good = requires(X x) { x.f(); };
            template <class X> inline constexpr int value_v = X::f();
            template <class T> DEEPSEEK_HOST_DEVICE constexpr T rule(T a) { return a; }
            namespace detail {
            template <class T> void hidden(T) {}
            }  // namespace detail
            }  // namespace deepseek
            """))


class FilesTest(unittest.TestCase):
    def problems(self, text, name="a.hpp"):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            path.write_text(text)
            return list(check_files.file_problems(path))

    def test_head_and_length(self):
        head = "// SPDX-License-Identifier: Apache-2.0\n/// @file An idea.\n#pragma once\n"
        self.assertEqual([], self.problems(head))
        self.assertEqual(3, len(self.problems("int x;\n")))
        self.assertEqual(1, len(self.problems(head + "int x;\n" * check_files.LONGEST_FILE)))
        self.assertEqual(1, len(self.problems(head + "// " + "x" * check_files.LONGEST_LINE)))


class CompileFailTest(unittest.TestCase):
    def problems(self, text):
        project.BUILD.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=project.BUILD) as folder:
            case = pathlib.Path(folder) / "case.cpp"
            case.write_text(textwrap.dedent(text))
            (gcc,) = compilers.compilers(["g++"], strict=False)
            return check_compile_fail.check(gcc, case)

    CASE = """\
        // expected-error {{%s}}
        %s
        #ifdef DEEPSEEK_EXPECT_ERROR
        %s
        #endif
        int main() {}
        """

    def test_one_error_with_the_text_is_right(self):
        wrong = 'static_assert(false, "[DS-A-B] why");'
        self.assertEqual([], self.problems(self.CASE % (r"\[DS-A-B\] why", "", wrong)))

    def test_each_way_to_be_wrong(self):
        wrong = 'static_assert(false, "[DS-A-B] why");'
        for case, message in (
                (self.CASE % ("another text", "", wrong), "no match"),
                (self.CASE % ("why", "", wrong + wrong), "2 errors, expected 1"),
                (self.CASE % ("why", "", "int unused;"), "compiles with"),
                (self.CASE % ("why", "int = 0;", wrong), "positive control"),
                ("int main() {}\n", "needs an expected-error line")):
            problems = self.problems(case)
            self.assertEqual(1, len(problems), case)
            self.assertIn(message, problems[0])


if __name__ == "__main__":
    unittest.main()
