// SPDX-License-Identifier: Apache-2.0
/// @file Elementwise kernels: each element once, in accesses as wide as all operands allow.
#include <deepseek/kernel/elementwise.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "../exec/engine_verbs.hpp"
#include "launched.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::dims;
using ds::dyn;
using line = ds::tensor<float, dims<dyn>>;
using matrix = ds::tensor<float, dims<dyn, dyn>>;
using part = ds::view<float const, dims<dyn, dyn>, ds::strided<2>>;

template <class Tensor> void fill(Tensor& x) {
  for (std::int64_t i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<typename Tensor::value_type>(i % 61);
}

TEST_CASE("lengths around an access, a block and two blocks") {
  // 256 threads with 4 accesses of 4 elements each; of 1 where the rows' length is no multiple of 4.
  for (std::int64_t const n : {1, 3, 4, 5, 1023, 1024, 1025, 4095, 4096, 4097, 4100, 8192, 8196}) {
    CAPTURE(n);
    line x(n), y(n);
    fill(x);
    for (std::int64_t i = 0; i < n; ++i) y.data()[i] = -1.f;
    launched run;
    launch_of(run, y, x * 2.f + 1.f);
    CHECK(run.kernel == "elementwise");
    CHECK(run.threads == 256);
    CHECK(run.reads(x) == 1);
    CHECK(run.writes(y) == 1);
    bool right = true;
    for (std::int64_t i = 0; i < n; ++i) right &= y.data()[i] == x.data()[i] * 2 + 1;
    CHECK(right);
  }
}

TEST_CASE("blocks: one for 4096 elements in accesses of four") {
  line x(4096), y(4096), z(4100), w(4100);
  CHECK(kernel_of(y, x * 2.f) == "elementwise, 1 of 256");
  CHECK(kernel_of(w, z * 2.f) == "elementwise, 2 of 256");
  line none(0), nowhere(0);
  CHECK(kernel_of(nowhere, none * 2.f) == "");
}

TEST_CASE("fewer blocks than pieces: each takes several") {
  line x(9000), y(9000);
  fill(x);
  launched run;
  launch_of(run, y, x + 1.f, 2);
  CHECK(run.blocks == 3);
  CHECK(run.reads(x) == 1);
  CHECK(run.writes(y) == 1);
}

TEST_CASE("width by alignment: of the operand that allows least") {
  std::vector<float> memory(1000);
  matrix y(4, 32);
  for (int const off : {0, 1, 2, 4})
    for (std::int64_t const stride : {32, 33, 36}) {
      CAPTURE(off);
      CAPTURE(stride);
      part const x{memory.data() + off, dims<dyn, dyn>{4, 32}, ds::strided<2>{{stride, 1}}};
      bool const aligned = reinterpret_cast<std::uintptr_t>(x.data()) % 16 == 0 && stride % 4 == 0;
      launched run;
      launch_of(run, y, x * 2.f);
      CHECK(run.widest_read() == (aligned ? 16 : 4));
      CHECK(run.widest_write() == (aligned ? 16 : 4));
      CHECK(run.writes(y) == 1);
    }
}

TEST_CASE("an operand that broadcasts along the lanes does not narrow the others") {
  matrix x(4, 32), y(4, 32), column(4, 1);
  fill(x);
  fill(column);
  launched run;
  launch_of(run, y, x + column);
  CHECK(run.widest_read() == 16);
  CHECK(run.reads(x) == 1);
  for (int r = 0; r < 4; ++r)
    for (int c = 0; c < 32; ++c) REQUIRE(y(r, c) == x(r, c) + column(r, 0));
}

TEST_CASE("results decide the width: bytes in eights, what is read in as many pieces as it takes") {
  ds::tensor<std::uint8_t, dims<dyn>> bytes(64), sums(64);
  ds::tensor<ds::bf16, dims<dyn>> y(64);
  line x(64);
  fill(x);
  fill(bytes);
  launched narrow;
  launch_of(narrow, sums, bytes + bytes);
  CHECK(narrow.widest_read() == 8);
  CHECK(narrow.widest_write() == 8);
  for (int i = 0; i < 64; ++i) REQUIRE(sums.data()[i] == 2 * (i % 61));
  launched mixed;
  launch_of(mixed, y, x * 0.5f);
  CHECK(mixed.widest_read() == 16);
  CHECK(mixed.widest_write() == 16);
  CHECK(mixed.reads(x) == 1);
  for (int i = 0; i < 64; ++i)
    REQUIRE(static_cast<float>(y.data()[i]) == 0.5f * static_cast<float>(i % 61));
}

TEST_CASE("memory that ends before its view does: the kernel, the thread and the byte") {
  line x(64), y(64);
  fill(x);
  auto program = program_of(y, x * 2.f);
  ds::arch::emulated::global_memory operands;
  operands.add({x.data(), 64 * sizeof(float), false, "x", 4});
  operands.add({y.data(), 60 * sizeof(float), true, "y", 4});
  std::string text;
  try {
    program.launch([&](auto const& k, int blocks) {
      ds::detail::run_emulated(k, {blocks, 1, 1}, operands, 1);
    });
  } catch (ds::kernel_fault const& fault) {
    text = fault.what();
  }
  CHECK(text.find("[DS-EMULATED-GLOBAL] elementwise: thread 15 of block (0, 0, 0) writes 16 bytes "
                  "at byte 240 of y, which has 240.") != text.npos);
}

}  // namespace
