// SPDX-License-Identifier: Apache-2.0
/// @file Laws of tie: several results of one kernel.
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/arg_extremum.hpp>
#include <deepseek/ops/logsumexp.hpp>
#include <deepseek/ops/moments.hpp>
#include <deepseek/ops/softmax.hpp>
#include <doctest/doctest.h>

#include <cstring>
#include <string>

namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using ds::host;
using ds::last;
using ds::let;
using ds::outputs;
using ds::tensor;
using ds::tie;

namespace {

using matrix = tensor<float, dims<dyn, dyn>>;

matrix sequence(std::int64_t rows, std::int64_t columns) {
  matrix x{rows, columns};
  for (std::int64_t i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(i * 7919 % 1000) / 100.f - 5.f;
  return x;
}
matrix poisoned(std::int64_t rows, std::int64_t columns) {
  matrix x{rows, columns};
  std::memset(x.data(), 0x70, static_cast<std::size_t>(x.size()) * sizeof(float));
  return x;
}
template <class T, class D> bool same(tensor<T, D> const& a, tensor<T, D> const& b) {
  return a.extents() == b.extents() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(T)) == 0;
}
template <class Error, class F> std::string thrown(F const& f) {
  try {
    f();
  } catch (Error const& e) {
    return e.what();
  }
  return "nothing was thrown";
}

}  // namespace

TEST_CASE("tie: mean and var of rows from one kernel are those of two") {
  for (auto const& [rows, columns] : {std::pair{37, 101}, {2, 90001}, {4001, 3}}) {
    auto const x = sequence(rows, columns);
    auto const e = let(x, [](auto v) { return outputs(ds::mean(v, last), ds::var(v, last)); });
    static_assert(ds::kernel_count<decltype(e)> == 1);
    tensor<float, dims<dyn, 1>> const a = ds::eval(ds::mean(x, last)),
                                      b = ds::eval(ds::var(x, last));
    for (int const threads : {1, 3}) {
      tensor<float, dims<dyn, 1>> average(rows), spread(rows);
      (tie(average, spread) = e).run(host{threads});
      CHECK(same(average, a));
      CHECK(same(spread, b));
    }
  }
}
TEST_CASE("tie: a whole row and a value of it") {
  auto const x = sequence(37, 101);
  auto const e = let(x, [](auto v) { return outputs(ds::softmax(v), ds::logsumexp(v, last)); });
  static_assert(ds::kernel_count<decltype(e)> == 1);
  auto y = poisoned(37, 101);
  tensor<float, dims<dyn, 1>> total(37);
  (tie(y, total) = e).run(host{2});
  CHECK(same(y, ds::eval(ds::softmax(x))));
  auto const expected = ds::eval(ds::logsumexp(x, last));
  for (int i = 0; i < 37; ++i) CHECK(total(i, 0) == expected(i, 0));
}
TEST_CASE("tie: columns, elements of other dtypes, three results") {
  auto const x = sequence(53, 29);
  tensor<float, dims<1, dyn>> most(29);
  tensor<std::int64_t, dims<1, dyn>> where(29);
  auto shifted = poisoned(53, 29);
  auto const e =
      outputs(ds::max(x, ds::axes<0>), ds::argmax(x, ds::axes<0>), x - ds::max(x, ds::axes<0>));
  static_assert(ds::kernel_count<decltype(e)> == 1);
  (tie(most, where, shifted) = e).run(host{});
  for (int j = 0; j < 29; ++j) {
    CHECK(most(0, j) == x(where(0, j), j));
    CHECK(shifted(where(0, j), j) == 0);
    CHECK(shifted(5, j) == x(5, j) - most(0, j));
  }
}
TEST_CASE("tie: maps alone; each result broadcasts to its tensor") {
  auto const x = sequence(1, 40);
  auto twice = poisoned(3, 40);
  matrix less(1, 40);
  (tie(twice, less) = outputs(x * 2.f, x - 1.f)).run(host{});
  for (int j = 0; j < 40; ++j)
    CHECK((twice(0, j) == 2 * x(0, j) && twice(2, j) == 2 * x(0, j) && less(0, j) == x(0, j) - 1));
}
TEST_CASE("tie: results in the memory of operands; all see the operands as they were") {
  auto a = sequence(31, 17);
  auto b = ds::eval(a * 3.f + 1.f);
  auto const sum = ds::eval(a + b), difference = ds::eval(a - b);
  (tie(a, b) = outputs(a + b, a - b)).run(host{2});
  CHECK(same(a, sum));
  CHECK(same(b, difference));
  auto c = sequence(31, 17);
  auto d = ds::eval(c * 0.5f);
  auto const c_old = ds::eval(c + 0.f), d_old = ds::eval(d + 0.f);
  (tie(c, d) = outputs(d, c)).run(host{});  // swapped
  CHECK(same(c, d_old));
  CHECK(same(d, c_old));
}
TEST_CASE("tie: ten results, each in the memory of another's operand") {
  float memory[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  auto const at = [&](int i) { return ds::view<float, dims<1>>{memory + i, {}}; };
  (tie(at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8), at(9)) =
       outputs(at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8), at(9), at(0)))
      .run(host{});
  for (int i = 0; i < 10; ++i) CHECK(memory[i] == static_cast<float>((i + 1) % 10));
}
TEST_CASE("tie: two columns of one matrix are apart") {
  auto const x = sequence(19, 33);
  matrix table = poisoned(19, 2);
  using column = ds::view<float, dims<dyn, 1>, ds::strided<2>>;
  column const first{table.data(), dims<dyn, 1>{19}, {{2, 1}}};
  column const second{table.data() + 1, dims<dyn, 1>{19}, {{2, 1}}};
  (tie(first, second) = outputs(ds::max(x, last), ds::min(x, last))).run(host{});
  auto const most = ds::eval(ds::max(x, last)), least = ds::eval(ds::min(x, last));
  for (int i = 0; i < 19; ++i) CHECK((table(i, 0) == most(i, 0) && table(i, 1) == least(i, 0)));
}
TEST_CASE("tie: results that share memory are refused before anything runs") {
  auto const x = sequence(4, 4);
  auto y = ds::eval(x + 0.f);
  auto const text = thrown<ds::argument_error>([&] { (void)(tie(y, y) = outputs(x, x)); });
  CHECK(text.find("[DS-TIE-OVERLAP]") != text.npos);
  CHECK(text.find("results 0 and 1 share memory") != text.npos);
  using part = ds::view<float, dims<2, 4>>;
  part const upper{y.data(), {}}, middle{y.data() + 4, {}}, lower{y.data() + 8, {}};
  CHECK(thrown<ds::argument_error>([&] {
          (void)(tie(upper, middle) = outputs(x, x));
        }).find("[DS-TIE-OVERLAP]") != std::string::npos);
  CHECK(thrown<ds::argument_error>([&] { (void)(tie(upper, lower) = outputs(x, x)); }) ==
        "nothing was thrown");
  CHECK(same(y, x));
}
TEST_CASE("tie: extents that do not fit throw before anything is written") {
  auto const x = sequence(4, 5);
  auto good = poisoned(4, 5);
  auto const before = ds::eval(good + 0.f);
  matrix bad(3, 5);
  auto const text =
      thrown<ds::shape_error>([&] { (tie(good, bad) = outputs(x * 2.f, x)).run(host{}); });
  CHECK(text.find("[DS-ASSIGN-EXTENTS]") != text.npos);
  CHECK(text.find("[3, 5]") != text.npos);
  CHECK(text.find("[4, 5]") != text.npos);
  CHECK(same(good, before));
  auto other = poisoned(7, 5);
  auto const differ = thrown<ds::shape_error>(
      [&] { (tie(good, other) = outputs(x * 2.f, sequence(7, 5))).run(host{}); });
  CHECK(differ.find("[DS-TIE-EXTENTS]") != differ.npos);
  CHECK(same(good, before));
}
TEST_CASE("tie: one result, and a result of a result that is a kernel before it") {
  auto const x = sequence(6, 7);
  auto y = poisoned(6, 7);
  (tie(y) = x * 2.f).run(host{});
  CHECK(y(5, 6) == 2 * x(5, 6));
  tensor<float, dims<dyn, 1>> row(6);
  auto centered = poisoned(6, 7);
  auto const e = outputs(ds::sum(x - ds::mean(x, ds::axes<0>), last), x - ds::mean(x, ds::axes<0>));
  static_assert(ds::kernel_count<decltype(e)> > 1);
  (tie(row, centered) = e).run(host{});
  CHECK(same(centered, ds::eval(x - ds::mean(x, ds::axes<0>))));
}
