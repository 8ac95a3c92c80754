// SPDX-License-Identifier: Apache-2.0
/// @file Rows: which threads have one by its length, how wide and how often they read, what they compute.
#include <deepseek/kernel/row_program.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "../exec/engine_verbs.hpp"
#include "../exec/exact_tensors.hpp"
#include "launched.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::dims;
using ds::dyn;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;
using half_matrix = ds::tensor<ds::f16, dims<dyn, dyn>>;

/// The largest difference of y from the softmax of each of x's rows, in double.
double softmax_error(matrix const& x, matrix const& y) {
  double worst = 0;
  for (std::int64_t r = 0; r < x.extent(0); ++r) {
    double sum = 0;
    for (std::int64_t c = 0; c < x.extent(1); ++c) sum += std::exp(double{x(r, c)});
    for (std::int64_t c = 0; c < x.extent(1); ++c)
      worst = std::fmax(worst, std::abs(std::exp(double{x(r, c)}) / sum - double{y(r, c)}));
  }
  return worst;
}

struct length_case {
  std::int64_t length;
  char const* kernel;
  int threads;
  int rows_per_block;
};
/// Up to 32 elements: 8 threads; 512: a warp; 4096: 256 threads; 16384: 1024 threads; then shared memory.
constexpr length_case lengths[] = {
    {1, "row_program, held", 128, 16},        {31, "row_program, held", 128, 16},
    {32, "row_program, held", 128, 16},       {33, "row_program, held", 128, 4},
    {511, "row_program, held", 128, 4},       {512, "row_program, held", 128, 4},
    {513, "row_program, held", 256, 1},       {4095, "row_program, held", 256, 1},
    {4096, "row_program, held", 256, 1},      {4097, "row_program, held", 1024, 1},
    {16383, "row_program, held", 1024, 1},    {16384, "row_program, held", 1024, 1},
    {16385, "row_program, streamed", 512, 1}, {20000, "row_program, streamed", 512, 1},
};

TEST_CASE("softmax: the kernel of each length; each element is read once") {
  for (auto const& c : lengths) {
    CAPTURE(c.length);
    std::int64_t const rows =
        2 * c.rows_per_block;  // whole blocks: others read their last row again
    matrix x(rows, c.length), y(rows, c.length);
    fill(x);
    for (std::int64_t i = 0; i < y.size(); ++i) y.data()[i] = -9.f;
    launched run;
    launch_of(run, y, softmax(x));
    CHECK(run.kernel == c.kernel);
    CHECK(run.threads == c.threads);
    CHECK(run.blocks == (rows + c.rows_per_block - 1) / c.rows_per_block);
    CHECK(run.launches == 1);
    CHECK(run.reads(x) == 1);
    CHECK(run.writes(y) == 1);
    int const wide = c.length % 4 == 0 ? 16 : 4;
    CHECK(run.widest_read() == wide);
    CHECK(run.widest_write() == wide);
    CHECK(softmax_error(x, y) < 1e-6);
  }
}

TEST_CASE("f16 rows: eight elements an access, written rounded") {
  for (std::int64_t const length : {8, 64, 72, 512, 520, 4096, 4104, 16384, 16392}) {
    CAPTURE(length);
    std::int64_t const rows = length <= 512 ? 16 : 2;
    half_matrix x(rows, length), y(rows, length);
    fill(x);
    launched run;
    launch_of(run, y, library::let(x, [](auto v) { return v - library::max(v, last); }));
    CHECK(run.widest_read() == 16);
    CHECK(run.widest_write() == 16);
    CHECK(run.reads(x) == 1);
    CHECK(run.writes(y) == 1);
    bool right = true;
    for (std::int64_t r = 0; r < rows; ++r) {
      float most = -1e9f;
      for (std::int64_t c = 0; c < length; ++c) most = std::fmax(most, static_cast<float>(x(r, c)));
      for (std::int64_t c = 0; c < length; ++c)
        right &= static_cast<float>(y(r, c)) == static_cast<float>(x(r, c)) - most;
    }
    CHECK(right);
  }
}

TEST_CASE(
    "longer rows: by one block or those of a cluster; what has no room is read in each pass") {
  constexpr std::int64_t piece = 8192;  // elements of 512 threads, of 32 KiB
  constexpr std::int64_t room = piece * 4 + 512;
  struct long_case {
    std::int64_t length;
    ds::plan::gpu::launch_limits limits;
    int cluster, kept;  ///< pieces of a block
    int reads;          ///< of each element, -1: not of all the same
  };
  for (long_case const& c : {long_case{piece * 2 + 1, {0, 1}, 1, 0, 3},  // no room for a piece
                             {piece * 3, {2 * room, 1}, 1, 2, -1},
                             {piece * 3, {3 * room, 1}, 1, 3, 1},
                             {piece * 9 + 4, {2 * room, 1}, 1, 0, 3},  // under a quarter
                             {piece * 2 + 1, {2 * room, 8}, 2, 2, 1},
                             {piece * 3 - 5, {2 * room, 2}, 2, 2, 1},
                             {piece * 3, {room, 2}, 2, 1, -1},
                             {piece * 8, {4 * room, 8}, 8, 1, 1},
                             {piece * 9 + 1, {4 * room, 8}, 8, 2, 1}}) {
    CAPTURE(c.length);
    CAPTURE(c.cluster);
    matrix x(2, c.length), y(2, c.length);
    fill(x);
    for (std::int64_t i = 0; i < y.size(); ++i) y.data()[i] = -9.f;
    launched run;
    // Both rows by the same blocks, unless parts of them are a launch for each pass.
    launch_of(run, y, softmax(x), c.kept == 0 ? 1 << 20 : c.cluster, c.limits);
    if (run.launches == 1) {
      CHECK(run.kernel == "row_program, streamed");
      CHECK(run.blocks == 2 * c.cluster);
      CHECK(run.cluster == c.cluster);
      CHECK(run.shared_bytes >= c.kept * piece * 4);
      CHECK(run.shared_bytes < c.kept * piece * 4 + 1024);
      CHECK(run.reads(x) == c.reads);
      CHECK(run.writes(y) == 1);
    } else {
      CHECK(c.kept == 0);
      CHECK(run.reads(x) == 3);
    }
    CHECK(softmax_error(x, y) < 1e-6);
  }
}

TEST_CASE("an operand one element off a 16-byte boundary: element by element") {
  std::vector<float> memory(4 * 64 + 1);
  using view = ds::view<float const, dims<dyn, dyn>>;
  for (int const off : {0, 1}) {
    view const x{memory.data() + off, dims<dyn, dyn>{4, 64}};
    bool const aligned = reinterpret_cast<std::uintptr_t>(x.data()) % 16 == 0;
    matrix y(4, 64);
    launched run;
    launch_of(run, y, softmax(x));
    CHECK(run.widest_read() == (aligned ? 16 : 4));
    CHECK(run.reads(x) == 1);
  }
}

TEST_CASE("one value of a row: written once, by one thread") {
  for (std::int64_t const length : {5, 100, 700, 5000, 17000}) {
    CAPTURE(length);
    matrix x(16, length), y(16, 1);
    fill(x);
    launched run;
    launch_of(run, y, library::sum(x, last));
    CHECK(run.reads(x) == 1);
    CHECK(run.writes(y) == 1);
    for (int r = 0; r < 16; ++r) {
      double sum = 0;
      for (std::int64_t c = 0; c < length; ++c) sum += double{x(r, c)};
      CHECK(double{y(r, 0)} == sum);  // quarters: exact in float
    }
  }
}

TEST_CASE("fewer blocks than rows: each takes several") {
  matrix x(37, 40), y(37, 40);
  fill(x);
  launched run;
  launch_of(run, y, softmax(x), 2);
  CHECK(run.blocks == 10);
  CHECK(run.writes(y) == 1);
  CHECK(softmax_error(x, y) < 1e-6);
}

TEST_CASE("rows of two axes") {
  ds::tensor<float, dims<dyn, dyn, dyn>> x(4, 3, 30);
  fill(x);
  ds::tensor<float, dims<dyn, dyn, dyn>> y(4, 1, 1);
  launched run;
  launch_of(run, y, library::sum(x, ds::axes<1, 2>));
  CHECK(run.kernel == "row_program, held");  // 3 * 30 elements in a row
  CHECK(run.reads(x) == 1);
  CHECK(run.writes(y) == 1);
  ds::tensor<float, dims<dyn, dyn, dyn>> z(1, 3, 1);
  launched apart;
  launch_of(apart, z, library::sum(x, ds::axes<0, 2>));
  CHECK(apart.kernel == "row_program, streamed");
  CHECK(apart.writes(z) == 1);
  for (int b = 0; b < 3; ++b) {
    double sum = 0;
    for (int a = 0; a < 4; ++a)
      for (int c = 0; c < 30; ++c) sum += double{x(a, b, c)};
    CHECK(double{z(0, b, 0)} == sum);
  }
}

TEST_CASE("memory that ends before its view does: the kernel, the thread and the byte") {
  matrix x(2, 64), y(2, 64);
  fill(x);
  auto program = program_of(y, softmax(x));
  ds::arch::emulated::global_memory operands;
  operands.add({x.data(), 100 * sizeof(float), false, "x", 4});
  operands.add({y.data(), 128 * sizeof(float), true, "y", 4});
  std::string text;
  try {
    program.launch([&](auto const& k, int blocks) {
      ds::detail::run_emulated(k, {blocks, 1, 1}, operands, 2);
    });
  } catch (ds::kernel_fault const& fault) {
    text = fault.what();
  }
  // Row 1 is warp 1's; its lanes from 9 on read what begins at element 64 + 36.
  CHECK(text.find("[DS-EMULATED-GLOBAL] row_program, held: thread 41 of block (0, 0, 0) reads 16 "
                  "bytes at byte 400 of x, which has 400.") != text.npos);
}

}  // namespace
