// SPDX-License-Identifier: Apache-2.0
/// @file explain(e): the whole text, for a machine with round numbers.
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/quantize.hpp>
#include <deepseek/ops/rms_norm.hpp>
#include <deepseek/ops/softmax.hpp>
#include <deepseek/plan/explain.hpp>

#include <doctest/doctest.h>

#include <string>

#include "../exec/engine_verbs.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;
ds::machine const round_machine{1e6, 1e9, 2};  // a byte a microsecond, a thousand flops
bool holds(std::string const& text, std::string const& part) {
  return text.find(part) != text.npos;
}

TEST_CASE("an elementwise kernel: formula, bytes, flops, the roofline's answer") {
  matrix const x(25, 10), z(25, 10);
  CHECK(ds::explain(x * 2.f + z, round_machine) ==
        "kernel 1 of 1: elementwise, one pass\n"
        "  ((f32[25, 10] * 2) + f32[25, 10])\n"
        "  reads 2 kB, writes 1 kB, 500 flop\n"
        "  at least 3 ms, bound by memory\n");
}

TEST_CASE("arithmetic bounds what computes more than it moves") {
  ds::tensor<float, dims<dyn>> const x(1000);
  ds::machine const slow{1e9, 1e6, 1};
  auto const text = ds::explain(library::exp(x), slow);
  CHECK(holds(text, "exp(f32[1000])"));
  CHECK(holds(text, "16 kflop"));
  CHECK(holds(text, "at least 16 ms, bound by arithmetic"));
}

TEST_CASE("softmax: lets by name, one kernel, its walk") {
  matrix const x(25, 10);
  CHECK(ds::explain(softmax(x * 0.5f), round_machine) ==
        "kernel 1 of 1: rows along axes<1>, lanes along the row, each row read once, later passes "
        "from the cache\n"
        "  v0 = (f32[25, 10] * 0.5)\n"
        "  v1 = exp((v0 - max(v0, axes<1>)))\n"
        "  (v1 / sum(v1, axes<1>))\n"
        "  reads 1 kB, writes 1 kB, 6 kflop\n"
        "  at least 2 ms, bound by memory\n");
}

TEST_CASE("several kernels: each with its number, and why it stands apart") {
  matrix const x(25, 10);
  auto const text = ds::explain(x - library::sum(library::max(x, axes<0>), last), round_machine);
  CHECK(holds(text, "kernel 1 of 2: rows along axes<0>, lanes across rows"));
  CHECK(holds(text, "apart because what uses it reduces along other axes"));
  CHECK(holds(text, "kernel 2 of 2: rows along axes<1>, lanes along the row"));
  CHECK(text.find("apart because") == text.rfind("apart because"));
}

TEST_CASE("a matrix product and what needs memory") {
  matrix const a(4, 5), b(5, 7);
  auto const text = ds::explain(library::flat(ds::matmul(a, b) * 2.f) + 1.f, round_machine);
  CHECK(holds(text, "kernel 1 of 2: matrix product"));
  CHECK(holds(text, "what is above it runs over each piece of the product"));
  CHECK(holds(text, "(matmul(f32[4, 5], f32[5, 7]) * 2)"));
  CHECK(holds(text, "apart because what uses it needs it in memory"));
  CHECK(holds(text, "kernel 2 of 2: elementwise"));
  auto const sums = ds::explain(library::sum(ds::matmul(a - 1.f, b * 2.f), axes<0>), round_machine);
  CHECK(holds(sums, "rows of a are evaluated as they are packed; blocks of b are"));
  CHECK(holds(sums, "apart because what uses the product needs it in memory, or elsewhere"));
}

TEST_CASE("a product on a GPU: what is computed on the way, and why the rest is in memory") {
  ds::tensor<ds::bf16, dims<dyn, dyn>> const x(4, 8), gate(4, 6), w(8, 6);
  ds::tensor<ds::bf16, dims<dyn>> const gain(8), scale(6), bias(6);
  ds::tensor<std::int8_t, dims<dyn, dyn>> const codes(8, 6);
  auto const fused =
      ds::silu(ds::matmul(ds::rms_norm(x, gain), ds::dequantize(codes, scale)) + bias) * gate +
      gate;
  auto const text = ds::explain<ds::on_gpu>(fused, round_machine);
  CHECK(holds(text, "kernel 1 of 2: rows along axes<1>"));
  CHECK(holds(text, "inverse_rms(sum("));
  CHECK(holds(text, "writes 16 B"));
  CHECK(
      holds(text,
            "kernel 2 of 2: matrix product by mma, on sm_90a too; elements of a and b are computed "
            "where tiles of them are filled; what is above it runs over the sums"));
  CHECK(!holds(text, "evaluated into memory"));
  auto const apart = ds::explain<ds::on_gpu>(ds::matmul(ds::softmax(x, last), w), round_machine);
  CHECK(holds(apart, "kernel 2 of 2: matrix product by mma, by wgmma on sm_90a\n"));
  CHECK(holds(apart, "a is evaluated into memory: it scans, or has several reductions"));
  matrix const a(4, 5), b(5, 7);
  auto const floats =
      ds::explain<ds::on_gpu>(ds::softmax(ds::matmul(a, b * 2.f), last), round_machine);
  CHECK(holds(floats, "kernel 2 of 3: matrix product on CUDA cores"));
  CHECK(holds(floats, "b is evaluated into memory: only products by mma"));
}

TEST_CASE("other nodes by name") {
  matrix const x(4, 6);
  ds::tensor<std::int64_t, dims<dyn>> const ids(dims<dyn>{2}, {1, 2});
  CHECK(holds(ds::explain(library::cumsum(x, last), round_machine), "cumsum(f32[4, 6], axes<1>)"));
  CHECK(holds(ds::explain(library::pad(x, last, 1, 1, 0.f), round_machine), "pad(f32[4, 6])"));
  CHECK(holds(ds::explain(library::take(x, ids, axes<0>), round_machine),
              "gather(f32[4, 6], int64[2])"));
  CHECK(holds(ds::explain(library::ramp_like(x, 1.f, 0.f) + x, round_machine), "generate()"));
  CHECK(holds(ds::explain(library::permute(x + 1.f, axes<1, 0>), round_machine),
              "view((f32[4, 6] + 1))"));
  CHECK(holds(ds::explain(-x, round_machine), "-(f32[4, 6])"));
}

TEST_CASE("names become variables") {
  matrix const x(4, 6);
  CHECK(holds(ds::explain(ds::named<"x">(x) * ds::named<"x">(x), round_machine),
              "  v0 = f32[4, 6]\n  (v0 * v0)\n"));
}

TEST_CASE("quantities: three digits and a prefix") {
  CHECK(ds::plan::quantity(0, "B") == "0 B");
  CHECK(ds::plan::quantity(999, "B") == "999 B");
  CHECK(ds::plan::quantity(1536, "B") == "1.54 kB");
  CHECK(ds::plan::quantity(3.2e9, "flop") == "3.2 Gflop");
  CHECK(ds::plan::quantity(5e15, "B") == "5e+03 TB");
}
}  // namespace
