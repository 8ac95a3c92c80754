// SPDX-License-Identifier: Apache-2.0
/// @file sort and argsort on the emulator, in a block and by digits: the values and places of the host.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/sort.hpp>
using other_executor = deepseek::emulated;
#include "by_another.hpp"

namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

TEST_CASE("by warps and by blocks, in both directions, along another axis, of an expression") {
  check_two<matrix<float>, places>(random_tensor<float>(9, 31),
                                   [](auto const& x) { return ds::sort_with_places(x); });
  check_one<matrix<ds::bf16>>(random_tensor<ds::bf16>(2, 2048), [](auto const& x) {
    return ds::sort(x, ds::sort_order::descending);
  });
  check_one<places>(random_tensor<std::int64_t>(50, 3), [](auto const& x) {
    return ds::argsort(x * 2, ds::sort_order::ascending, ds::axes<0>);
  });
  check_one<matrix<float>>(random_tensor<float>(0, 3), [](auto const& x) { return ds::sort(x); });
}

TEST_CASE(
    "rows that no block holds: of every width of keys, several, one more and less than tiles") {
  check_two<matrix<float>, places>(random_tensor<float>(2, 2049),
                                   [](auto const& x) { return ds::sort_with_places(x); });
  check_two<matrix<std::int8_t>, places>(random_tensor<std::int8_t>(3, 4097), [](auto const& x) {
    return ds::sort_with_places(x, ds::sort_order::descending);
  });
  check_one<places>(random_tensor<ds::bf16>(1, 12287),
                    [](auto const& x) { return ds::argsort(x); });
  check_one<matrix<std::int64_t>>(random_tensor<std::int64_t>(1, 2500), [](auto const& x) {
    return ds::sort(x * std::int64_t{1000003}, ds::sort_order::descending);
  });
  check_one<places>(random_tensor<float>(2049, 2), [](auto const& x) {
    return ds::argsort(-x, ds::sort_order::ascending, ds::axes<0>);
  });
}
