// SPDX-License-Identifier: Apache-2.0
/// @file The memory that a launch on the emulator may use: each operand's own, whatever else the program
/// runs over.
#include <deepseek/exec/detail/emulated_run.hpp>

#include <deepseek/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "../../kernel/launched.hpp"
#include "../engine_verbs.hpp"
#include "../exact_tensors.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::dims;
using ds::dyn;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;

/// Bytes that begin where x does; -1 where no operand does.
template <class Operands, class X> std::int64_t bytes_of(Operands const& operands, X const& x) {
  for (auto const& o : operands.operands())
    if (o.data == x.data()) return static_cast<std::int64_t>(o.bytes);
  return -1;
}

TEST_CASE("operands of reductions over different extents have their own") {
  matrix x(2, 40), y(2, 64), z(2, 1);
  fill(x);
  fill(y);
  auto const e = library::sum(x.as_view(), last) + library::max(y.as_view(), last);
  auto program = program_of(z, e);
  auto const operands = ds::detail::operands_of(program);
  CHECK(bytes_of(operands, x) == 2 * 40 * 4);
  CHECK(bytes_of(operands, y) == 2 * 64 * 4);
  CHECK(bytes_of(operands, z) == 2 * 4);
  (z = e).run(ds::emulated{1});
  for (int r = 0; r < 2; ++r) {
    double sum = 0, most = -1e9;
    for (int k = 0; k < 40; ++k) sum += double{x(r, k)};
    for (int k = 0; k < 64; ++k) most = y(r, k) > most ? double{y(r, k)} : most;
    CHECK(double{z(r, 0)} == sum + most);
  }
}

TEST_CASE("a bound value in a longer reduction, a slice, and an operand of one column") {
  matrix x(3, 20), y(3, 50), one(3, 1), z(3, 20);
  fill(x);
  fill(y);
  fill(one);
  auto const e = library::let(x.as_view(), [&](auto v) {
    auto const part = library::slice(y.as_view(), last, 4, 2, 10);  // columns 4, 6, … 22
    return v + library::sum(part * one.as_view(), last) + library::sum(y.as_view(), last);
  });
  auto program = program_of(z, e);
  auto const operands = ds::detail::operands_of(program);
  CHECK(bytes_of(operands, x) == 3 * 20 * 4);
  CHECK(bytes_of(operands, one) == 3 * 4);
  CHECK(bytes_of(operands, y) == 3 * 50 * 4);
  bool found = false;
  for (auto const& o : operands.operands())
    if (o.data == y.data() + 4) {
      found = true;
      CHECK(o.bytes == (2 * 50 + 18 + 1) * 4);
    }
  CHECK(found);
}

TEST_CASE("a kernel that reads beyond a shorter operand is a fault") {
  matrix x(1, 40), y(1, 64), z(1, 1);
  fill(x);
  fill(y);
  auto program = program_of(z, library::sum(x.as_view(), last) + library::max(y.as_view(), last));
  auto const operands = ds::detail::operands_of(program);
  ds::arch::emulated::global_memory less;
  for (auto const& o : operands.operands()) {
    auto shorter = o;
    if (o.data == x.data()) shorter.bytes -= 4;
    less.add(shorter);
  }
  auto const message = message_of([&] {
    program.launch([&](auto const& k, int blocks) {
      ds::detail::run_emulated(k, {blocks, 1, 1}, less, 1);
    });
  });
  CHECK(holds(message, "[DS-EMULATED-GLOBAL]"));
  CHECK(holds(message, "of an operand, which has 156."));
}

}  // namespace
