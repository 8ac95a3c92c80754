// SPDX-License-Identifier: Apache-2.0
/// @file Statistics of rows: what is taken out of a norm, how often, and what is left.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/layer_norm.hpp>
#include <deepseek/ops/rms_norm.hpp>
#include <deepseek/ops/softmax.hpp>
#include <deepseek/plan/row_statistics.hpp>

#include <doctest/doctest.h>

#include <cmath>

namespace {
namespace ds = deepseek;
namespace plan = ds::plan;
using ds::dims;
using ds::dyn;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;

template <class E> constexpr int count(E const&) { return plan::statistic_count<E>(); }

TEST_CASE("one number of each row counts once, with the rules above it") {
  matrix const x(3, 5);
  ds::tensor<float, dims<dyn>> const gain(5);
  CHECK(count(x * 2.f) == 0);
  CHECK(count(ds::rms_norm(x, gain)) == 1);
  CHECK(count(ds::softmax(x, last)) == 2);
  CHECK(count(ds::layer_norm(x, last)) == 3);
}

TEST_CASE("what is left are maps that give the same values") {
  matrix x(3, 5), y(3, 5);
  for (int i = 0; i < 15; ++i) x.data()[i] = static_cast<float>(i * i % 7) - 2.5f;
  auto const whole = ds::softmax(x * 0.5f, last);
  using Whole = std::remove_cvref_t<decltype(whole)>;
  ds::detail::evaluate_by<ds::detail::host_machine> const evaluate{ds::detail::host_machine{1}};
  auto const maps = plan::with_statistics(whole, plan::empty_scope{}, evaluate);
  using Maps = std::remove_cvref_t<decltype(maps)>;
  static_assert(plan::kernel_set<Whole, plan::kernel_map<Whole>, plan::empty_scope, 2>() == 2);
  static_assert(plan::kernel_set<Maps, plan::kernel_map<Maps>, plan::empty_scope, 2>() == 0);
  static_assert(plan::statistic_count<Maps>() == 0);
  (y = maps).run(ds::host{});
  for (int i = 0; i < 3; ++i) {
    double sum = 0;
    for (int j = 0; j < 5; ++j) sum += std::exp(0.5 * static_cast<double>(x.data()[i * 5 + j]));
    for (int j = 0; j < 5; ++j)
      CHECK(static_cast<double>(y.data()[i * 5 + j]) ==
            doctest::Approx(std::exp(0.5 * static_cast<double>(x.data()[i * 5 + j])) / sum)
                .epsilon(1e-6));
  }
}
}  // namespace
