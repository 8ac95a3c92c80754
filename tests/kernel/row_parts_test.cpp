// SPDX-License-Identifier: Apache-2.0
/// @file Few long rows by many blocks: how many, which launches, what they read, and their results.
#include <deepseek/kernel/row_parts.hpp>
#include <deepseek/ops/arg_extremum.hpp>
#include <deepseek/ops/sum.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "../exec/engine_verbs.hpp"
#include "../exec/exact_tensors.hpp"
#include "launched.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;

TEST_CASE("sums of all elements: parts of 16384 elements or more; each element is read once") {
  for (std::int64_t const n : {32767, 32768, 40001, 65540, 100000}) {
    CAPTURE(n);
    ds::tensor<float, dims<dyn>> x(n), y(1);
    fill(x);
    y(0) = -99.f;
    launched run;
    launch_of(run, y, library::sum(x, axes<>));
    CHECK(run.kernel == (n < 32768 ? "row_program, streamed" : "row_parts, results"));
    CHECK(run.launches == (n < 32768 ? 1 : 2));
    CHECK(run.blocks == 1);  // of the last launch: it joins the parts
    CHECK(run.threads == 512);
    CHECK(run.widest_read() == (n % 4 == 0 ? 16 : 4));
    CHECK(run.reads(x) == 1);
    CHECK(run.writes(y) == 1);
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) sum += double{x(i)};
    CHECK(double{y(0)} == sum);  // quarters: exact in float
  }
}

TEST_CASE("the grids: rows side by side, about 528 blocks at most") {
  auto const kernels = [](auto& y, auto const& e) {
    std::string out;
    auto program = program_of(y, e);
    std::vector<char> workspace(static_cast<std::size_t>(program.workspace_bytes()));
    program.launch(
        [&](auto const& k, int blocks) {
          out += std::string{k.name} + " " + std::to_string(blocks) + "; ";
        },
        workspace.empty() ? nullptr : workspace.data());
    return out;
  };
  std::vector<float> memory(1);
  using wide = ds::view<float const, dims<dyn, dyn>>;  // of which nothing is read here
  auto const sums = [&](std::int64_t rows, std::int64_t n) {
    ds::tensor<float, dims<dyn, dyn>> y(rows, 1);
    wide const x{memory.data(), dims<dyn, dyn>{rows, n}};
    return kernels(y, library::sum(x, last));
  };
  CHECK(sums(1, std::int64_t{1} << 30) == "row_parts, sums 528; row_parts, results 1; ");
  CHECK(sums(3, std::int64_t{1} << 15) == "row_parts, sums 6; row_parts, results 3; ");
  CHECK(sums(100, std::int64_t{1} << 20) == "row_parts, sums 500; row_parts, results 100; ");
  CHECK(sums(263, std::int64_t{1} << 20) == "row_parts, sums 526; row_parts, results 263; ");
  CHECK(sums(264, std::int64_t{1} << 20) == "row_program, streamed 264; ");
}

TEST_CASE("softmax of two rows: a launch for the largest, for the sum, and for the results") {
  ds::tensor<float, dims<2, 33000>> x, y;
  fill(x);
  for (std::int64_t i = 0; i < y.size(); ++i) y.data()[i] = -9.f;
  launched run;
  launch_of(run, y, softmax(x));
  CHECK(run.launches == 3);
  CHECK(run.kernel == "row_parts, results");
  CHECK(run.blocks == 4);
  CHECK(run.reads(x) == 3);
  CHECK(run.writes(y) == 1);
  double worst = 0;
  for (std::int64_t r = 0; r < 2; ++r) {
    double sum = 0;
    for (std::int64_t c = 0; c < 33000; ++c) sum += std::exp(double{x(r, c)});
    for (std::int64_t c = 0; c < 33000; ++c)
      worst = std::fmax(worst, std::abs(std::exp(double{x(r, c)}) / sum - double{y(r, c)}));
  }
  CHECK(worst < 1e-7);
}

TEST_CASE("the first of the largest elements, wherever the parts meet") {
  for (std::int64_t const at : {0, 16383, 16384, 20479, 20480, 39999}) {
    CAPTURE(at);
    ds::tensor<float, dims<40000>> x;
    for (std::int64_t i = 0; i < 40000; ++i) x(i) = i >= at && (i - at) % 577 == 0 ? 5.f : -1.f;
    ds::tensor<std::int64_t, dims<1>> y;
    launched run;
    launch_of(run, y, ds::argmax(x, last));
    CHECK(run.kernel == "row_parts, results");
    CHECK(y(0) == at);
  }
}

TEST_CASE("rows of two axes that do not lie in a row") {
  ds::tensor<float, dims<400, 3, 100>> x;
  ds::tensor<float, dims<1, 3, 1>> y;
  fill(x);
  launched run;
  launch_of(run, y, library::sum(x, axes<0, 2>));
  CHECK(run.kernel == "row_parts, results");
  CHECK(run.blocks == 3);
  for (int b = 0; b < 3; ++b) {
    double sum = 0;
    for (int a = 0; a < 400; ++a)
      for (int c = 0; c < 100; ++c) sum += double{x(a, b, c)};
    CHECK(double{y(0, b, 0)} == sum);
  }
}

TEST_CASE("the same bits on any number of threads of this machine") {
  ds::tensor<float, dims<70000>> x;
  for (std::int64_t i = 0; i < x.size(); ++i) x(i) = 1.f / static_cast<float>(i + 1);
  ds::tensor<float, dims<1>> one, three;
  (one = ds::sum(x, last)).run(ds::emulated{1});
  (three = ds::sum(x, last)).run(ds::emulated{3});
  CHECK(std::memcmp(one.data(), three.data(), sizeof(float)) == 0);
  CHECK(std::abs(double{one(0)} - (std::log(70000.) + 0.57721566490153286)) < 1e-4);
}

}  // namespace
