// SPDX-License-Identifier: Apache-2.0
/// @file Golden cases of layer_norm; its other laws are in layer_norm_test.cpp.
#include <deepseek/ops/layer_norm.hpp>

#include "reduce_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;

TEST_CASE("layer_norm: golden") {
  int count = 0;
  auto const plain = [&](golden_case const& one, auto const& x, auto along) {
    expect(one, evaluated(ds::layer_norm(x, along, one.number("epsilon"))));
    ++count;
  };
  auto const scaled = [&](golden_case const& one, auto const& x, auto) {
    auto const gain = loaded<float, 1>(one.inputs[1]);
    auto const bias = loaded<float, 1>(one.inputs[2]);
    expect(one, evaluated(ds::layer_norm(x, gain, bias, one.number("epsilon"))));
    ++count;
  };
  for (auto const& one : golden_cases("layer_norm")) {
    CAPTURE(one.name);
    bool const ran = one.inputs.size() == 3               ? along_last<float>(one, scaled)
                     : has_dtype<ds::bf16>(one.inputs[0]) ? along_last<ds::bf16>(one, plain)
                     : has_dtype<ds::f16>(one.inputs[0])  ? along_last<ds::f16>(one, plain)
                                                          : along_one_axis<float>(one, plain);
    CHECK(ran);
  }
  CHECK(count == 24);
}
