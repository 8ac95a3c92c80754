// SPDX-License-Identifier: Apache-2.0
/// @file y = e: static extents of e broadcast to those of y.
// expected-error {{\[DS-ASSIGN-STATIC\] y = e: e does not broadcast to the extents of y}}
// expected-error {{extents_of<.*target.*2.*5.*>.*extents_of<.*first.*2.*3.*>}}
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using result = deepseek::dims<2, 5>;
#else
using result = deepseek::dims<2, deepseek::dyn>;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
  deepseek::tensor<float, result> y(result::from_array(
      x.extents().size() == 6 ? (std::int64_t const[]){2, 3} : (std::int64_t const[]){2, 5}));
  (y = x + 1.f).run(deepseek::host{});
}
