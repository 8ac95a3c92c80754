// SPDX-License-Identifier: Apache-2.0
/// @file At most 15 reductions of one kernel need one another.
// expected-error {{\[DS-PROGRAM-PASSES\] more than 15 reductions that need one another}}
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/reduce_rules.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
constexpr int steps = 16;
#else
constexpr int steps = 3;
#endif

template <int Steps, class E> auto centred(E const& e) {
  if constexpr (Steps == 0) {
    return e;
  } else {
    auto const mean = deepseek::expr::reduce<deepseek::rules::sum>(e, deepseek::last);
    return centred<Steps - 1>(mean * 0.5f);
  }
}

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
  deepseek::tensor<float, deepseek::dims<2, 1>> y;
  (y = centred<steps>(x)).run(deepseek::host{});
}
