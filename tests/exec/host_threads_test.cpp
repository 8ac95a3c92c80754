// SPDX-License-Identifier: Apache-2.0
/// @file Threads: results do not depend on their number, exceptions, runs inside runs and beside runs.
#include <deepseek/exec/host.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "engine_verbs.hpp"
#include "exact_tensors.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::host;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;
constexpr int lanes = ds::arch::vector_bytes / 4;
constexpr float poison = -12345.f;

struct failing : ds::expr::floating_rule {
  static constexpr char const* name = "fail";
  static constexpr int flops = 1;
  float operator()(float v) const {
    if (v == 777.f) throw ds::argument_error("seven hundred and seventy-seven");
    return v;
  }
};

struct nested : ds::expr::floating_rule {
  static constexpr char const* name = "nested";
  static constexpr int flops = 1000;
  float operator()(float v) const {
    ds::tensor<float, dims<dyn>> x(40);
    (x = v).run(host{4});
    return ds::eval(softmax(x), host{4}).data()[3] * 40.f +
           ds::eval(library::sum(x, axes<>)).data()[0];
  }
};

TEST_CASE("rows that a team of threads shares give the same for any number of threads") {
  for (std::int64_t const columns : {std::int64_t{65536}, std::int64_t{262144 + 17}}) {
    matrix x(2, columns), y(2, columns), first(2, columns);
    for (std::int64_t i = 0; i < x.size(); ++i)
      x.data()[i] = static_cast<float>(i * 7919 % 1009) / 331.f;  // sums are rounded
    (first = softmax(x)).run(host{1});
    double total = 0;
    for (std::int64_t c = 0; c < columns; ++c) total += first(1, c);
    CHECK(std::abs(total - 1) < 1e-4);
    for (int threads = 2; threads <= 8; ++threads) {
      (y = 0.f).run(host{});
      (y = softmax(x)).run(host{threads});
      CHECK(std::memcmp(first.data(), y.data(), sizeof(float) * std::size_t(x.size())) == 0);
    }
  }
}

TEST_CASE("sums over all axes and over columns are the same for any number of threads") {
  matrix x(611, 517);
  for (std::int64_t i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(i * 7919 % 1009) / 331.f;
  auto const all = ds::eval(library::sum(x, axes<>), host{1});
  auto const down = ds::eval(library::sum(x, axes<0>), host{1});
  for (int threads = 2; threads <= 8; ++threads) {
    auto const again = ds::eval(library::sum(x, axes<>), host{threads});
    CHECK(again(0, 0) == all(0, 0));
    auto const columns = ds::eval(library::sum(x, axes<0>), host{threads});
    CHECK(std::memcmp(columns.data(), down.data(), sizeof(float) * 517) == 0);
  }
}

TEST_CASE("an exception of a user's function leaves the executor usable") {
  ds::tensor<float, dims<dyn>> x(200000), y(200000);
  fill(x);
  x.data()[150000] = 777.f;
  for (int threads : {1, 4})
    CHECK_THROWS_AS((y = ds::expr::map_of(failing{}, x)).run(host{threads}), ds::argument_error);
  x.data()[150000] = 1.f;
  (y = ds::expr::map_of(failing{}, x)).run(host{4});
  CHECK(std::memcmp(x.data(), y.data(), sizeof(float) * 200000) == 0);
}

TEST_CASE("a run from inside a user's function, on any thread") {
  ds::tensor<float, dims<dyn>> x(40000), y(40000);
  fill(x);
  (y = ds::expr::map_of(nested{}, x)).run(host{4});
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < x.size(); ++i)
    wrong += std::abs(y.data()[i] - (1.f + 40.f * x.data()[i])) > 1e-3f;
  CHECK(wrong == 0);
}

TEST_CASE("runs from several threads at once do not disturb each other") {
  constexpr int callers = 4;
  int right[callers] = {};
  std::vector<std::thread> threads;
  for (int t = 0; t < callers; ++t)
    threads.emplace_back([t, &right] {
      matrix x(70 + t, 400), y(70 + t, 400);
      fill(x);
      auto const expected = ds::eval(softmax(x + float(t)), host{1});
      for (int round = 0; round < 20; ++round) {
        (y = 0.f).run(host{2});
        (y = softmax(x + float(t))).run(host{3});
        right[t] +=
            std::memcmp(expected.data(), y.data(), sizeof(float) * std::size_t(y.size())) == 0;
      }
    });
  for (auto& thread : threads) thread.join();
  for (int const count : right) CHECK(count == 20);
}

}  // namespace
