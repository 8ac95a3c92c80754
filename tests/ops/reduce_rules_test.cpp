// SPDX-License-Identifier: Apache-2.0
/// @file Laws of the rules of reductions: identity, join, finish, for numbers and for packs.
#include <deepseek/ops/arg_extremum.hpp>
#include <deepseek/ops/reduce_rules.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

namespace ds = deepseek;
namespace arch = deepseek::arch;
namespace rules = deepseek::rules;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
float const not_a_number = std::numeric_limits<float>::quiet_NaN();

template <class P> P lanes_of(std::initializer_list<typename P::element> values) {
  P p(typename P::element(0));
  int lane = 0;
  for (auto v : values) arch::set(p, lane++, v);
  return p;
}

/// The rule over the numbers one by one, from the start.
template <class Rule, class T> auto folded(std::initializer_list<T> values) {
  T state = Rule::template start<T>();
  for (T v : values) state = Rule::join(state, v);
  return Rule::finish(state);
}

template <class Rule> std::int64_t picked(std::initializer_list<float> values) {
  auto state = Rule::template start<float>();
  std::int64_t number = 0;
  for (float v : values) state = Rule::step(state, v, number++);
  return Rule::finish(state);
}

}  // namespace

TEST_CASE("start is the identity of join, in either place") {
  for (float const v : {0.f, -3.5f, infinity, -infinity}) {
    CAPTURE(v);
    CHECK(rules::sum::join(rules::sum::start<float>(), v) == v);
    CHECK(rules::sum::join(v, rules::sum::start<float>()) == v);
    CHECK(rules::product::join(rules::product::start<float>(), v) == v);
    CHECK(rules::max::join(rules::max::start<float>(), v) == v);
    CHECK(rules::max::join(v, rules::max::start<float>()) == v);
    CHECK(rules::min::join(rules::min::start<float>(), v) == v);
    CHECK(rules::min::join(v, rules::min::start<float>()) == v);
  }
  for (bool const v : {false, true}) {
    CHECK(rules::any::join(rules::any::start<bool>(), v) == v);
    CHECK(rules::all::join(rules::all::start<bool>(), v) == v);
  }
}
TEST_CASE("folding numbers") {
  CHECK(folded<rules::sum, float>({1, 2, 3.5f}) == 6.5f);
  CHECK(folded<rules::product, std::int64_t>({-2, 3, 5}) == -30);
  CHECK(folded<rules::max, std::int32_t>({-7, -3, -5}) == -3);
  CHECK(folded<rules::min, double>({2, -1, 4}) == -1);
  CHECK(folded<rules::any, bool>({false, true, false}));
  CHECK(!folded<rules::all, bool>({true, false, true}));
}
TEST_CASE("no elements: 0, 1, the limits, false, true") {
  CHECK(folded<rules::sum, float>({}) == 0);
  CHECK(folded<rules::product, float>({}) == 1);
  CHECK(folded<rules::max, float>({}) == -infinity);
  CHECK(folded<rules::min, float>({}) == infinity);
  CHECK(folded<rules::max, std::int32_t>({}) == std::numeric_limits<std::int32_t>::lowest());
  CHECK(folded<rules::min, std::int64_t>({}) == std::numeric_limits<std::int64_t>::max());
  CHECK(!folded<rules::any, bool>({}));
  CHECK(folded<rules::all, bool>({}));
}
TEST_CASE("max, min: NaN from either side") {
  CHECK(std::isnan(rules::max::join(not_a_number, 1.f)));
  CHECK(std::isnan(rules::max::join(1.f, not_a_number)));
  CHECK(std::isnan(rules::min::join(not_a_number, 1.f)));
  CHECK(std::isnan(rules::min::join(1.f, not_a_number)));
}
TEST_CASE("finish: a pack gives what its lanes give as numbers") {
  using pack = arch::pack<float, 8>;
  auto const p = lanes_of<pack>({3, -1, 4, 1, -5, 9, 2, -6});
  CHECK(rules::sum::finish(p) == 7);
  CHECK(rules::product::finish(p) == -6480);
  CHECK(rules::max::finish(p) == 9);
  CHECK(rules::min::finish(p) == -6);
  CHECK(rules::any::finish(p > pack(8.f)));
  CHECK(!rules::any::finish(p > pack(9.f)));
  CHECK(rules::all::finish(p < pack(10.f)));
  CHECK(!rules::all::finish(p < pack(9.f)));
}
TEST_CASE("sum: scan is the running sum of the lanes") {
  using pack = arch::pack<std::int32_t, 4>;
  auto const s = rules::sum::scan(lanes_of<pack>({1, 20, 300, 4000}));
  std::int32_t const expected[] = {1, 21, 321, 4321};
  for (int i = 0; i < 4; ++i) CHECK(arch::get(s, i) == expected[i]);
}
TEST_CASE(
    "dtypes: integers and bool are summed in int64, small floats in f32, bool has an int32 "
    "maximum") {
  CHECK(std::is_same_v<rules::sum::value<std::int8_t>, std::int64_t>);
  CHECK(std::is_same_v<rules::sum::value<bool>, std::int64_t>);
  CHECK(std::is_same_v<rules::sum::value<ds::bf16>, ds::bf16>);
  CHECK(std::is_same_v<rules::sum::accumulator<ds::bf16>, float>);
  CHECK(std::is_same_v<rules::sum::accumulator<double>, double>);
  CHECK(std::is_same_v<rules::max::value<bool>, std::int32_t>);
  CHECK(std::is_same_v<rules::max::value<std::uint8_t>, std::uint8_t>);
  CHECK(std::is_same_v<rules::any::value<float>, bool>);
  CHECK(std::is_same_v<rules::argmax::value<ds::f16>, std::int64_t>);
}

TEST_CASE("argmax, argmin: the first of equals, the first NaN, the first of infinities") {
  CHECK(picked<rules::argmax>({1, 3, 3, 2}) == 1);
  CHECK(picked<rules::argmin>({4, 3, 5, 3}) == 1);
  CHECK(picked<rules::argmax>({1, infinity, not_a_number, not_a_number}) == 2);
  CHECK(picked<rules::argmin>({-infinity, not_a_number, 1}) == 1);
  CHECK(picked<rules::argmax>({-infinity, -infinity}) == 0);
  CHECK(picked<rules::argmin>({infinity, infinity}) == 0);
  CHECK(picked<rules::argmax>({0.f, -0.f}) == 0);
  CHECK(picked<rules::argmin>({0.f, -0.f}) == 0);
}
TEST_CASE("argmax: join takes the earlier of equals in either order, a NaN before any number") {
  using state = rules::argmax::state<float>;
  CHECK(rules::argmax::join(state{2, 7}, state{2, 3}).index == 3);
  CHECK(rules::argmax::join(state{2, 3}, state{2, 7}).index == 3);
  CHECK(rules::argmax::join(state{not_a_number, 9}, state{not_a_number, 4}).index == 4);
  CHECK(rules::argmax::join(state{not_a_number, 9}, state{infinity, 4}).index == 9);
  CHECK(rules::argmax::join(state{infinity, 4}, state{not_a_number, 9}).index == 9);
  CHECK(rules::argmax::join(rules::argmax::start<float>(), state{-infinity, 5}).index == 5);
}
TEST_CASE("argmax: finish of a pack is the join of its lanes") {
  using pack = arch::pack<float, 8>;
  using state = rules::argmax::state<pack>;
  auto const numbers = lanes_of<arch::pack<std::int64_t, 8>>({40, 33, 26, 19, 12, 5, 47, 54});
  CHECK(rules::argmax::finish(state{lanes_of<pack>({1, 2, 9, 3, 9, 4, 9, 0}), numbers}) == 12);
  CHECK(rules::argmax::finish(
            state{lanes_of<pack>({not_a_number, 2, 9, 3, 9, 4, not_a_number, 0}), numbers}) == 40);
}
