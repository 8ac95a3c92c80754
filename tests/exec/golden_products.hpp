// SPDX-License-Identifier: Apache-2.0
/// @file Products against PyTorch's (golden/make_matmul.py), one table for every machine.
///
/// What may be wrong is twice what is wrong with PyTorch's result in the same precision, or with a plain sum,
/// and one unit in the last place of the result's type; integers are exact.
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/tensor/safetensors.hpp>

#include <doctest/doctest.h>

#include "tests/support/golden.hpp"

namespace deepseek::test {

inline safetensors_file const& golden_matmul() {
  static safetensors_file const file{golden_path("matmul/matmul.safetensors")};
  return file;
}
template <class T> auto golden_matrix(std::string const& name) {
  return golden_matmul().read<T, dims<dyn, dyn>>(name);
}

/// One unit in the last place of 1 in T.
template <class T>
inline constexpr double last_place = std::is_same_v<T, bf16>              ? 0x1p-7
                                     : std::is_same_v<T, float>           ? 0x1p-23
                                     : std::numeric_limits<T>::is_integer ? 0
                                                                          : 0x1p-52;

template <class Y, class Want>
void check_golden(std::string const& name, Y const& y, Want const& want, double error) {
  CAPTURE(name);
  REQUIRE(y.size() == want.size());
  double worst = 0;
  for (std::int64_t i = 0; i < y.size(); ++i) {
    auto const expected = static_cast<double>(want.data()[i]);
    double const off = std::fabs(static_cast<double>(y.data()[i]) - expected) -
                       last_place<typename Y::value_type> * std::fabs(expected);
    worst = std::isnan(off) ? std::numeric_limits<double>::infinity() : std::fmax(worst, off);
  }
  CHECK(worst <= 2 * error);
}

/// y is poisoned, written by (y = e).run(machine) and compared with the case of that name.
template <class Y, int Rank = 2, class Machine, class E>
void check_golden(Machine const& machine, std::string const& name, E const& e) {
  tensor<Y, typename E::dims_type> y{e.extents()};
  for (std::int64_t i = 0; i < y.size(); ++i) y.data()[i] = static_cast<Y>(77.f);
  (y = e).run(machine);
  if constexpr (std::is_integral_v<Y>) check_golden(name, y, golden_matrix<Y>(name), 0);
  else if constexpr (Rank == 2)
    check_golden(name, y, golden_matrix<double>(name),
                 golden_matmul().read<double, dims<1>>(name + "_error")(0));
  else
    check_golden(name, y, golden_matmul().read<double, dims<dyn, dyn, dyn, dyn>>(name),
                 golden_matmul().read<double, dims<1>>(name + "_error")(0));
}

/// a of k, its axes exchanged in memory or not, as a view of any strides.
template <class T> auto any_strides(tensor<T, dims<dyn, dyn>> const& x, bool exchanged) {
  std::int64_t const rows = x.extent(exchanged ? 1 : 0), columns = x.extent(exchanged ? 0 : 1);
  strided<2> layout{};
  layout.value[0] = exchanged ? 1 : columns;
  layout.value[1] = exchanged ? rows : 1;
  return view<T const, dims<dyn, dyn>, strided<2>>{x.data(), dims<dyn, dyn>{rows, columns}, layout};
}

/// All four orders of two operands in memory, and b as a transpose that the type knows.
template <class T, class Y, class Machine>
void check_golden_transposes(Machine const& machine, std::string const& kind) {
  for (bool const a_exchanged : {false, true})
    for (bool const b_exchanged : {false, true}) {
      CAPTURE(a_exchanged);
      CAPTURE(b_exchanged);
      auto const a = golden_matrix<T>(kind + (a_exchanged ? "_at" : "_a"));
      auto const b = golden_matrix<T>(kind + (b_exchanged ? "_bt" : "_b"));
      check_golden<Y>(machine, kind + "_product",
                      matmul(any_strides(a, a_exchanged), any_strides(b, b_exchanged)));
    }
  auto const a = golden_matrix<T>(kind + "_a"), turned = golden_matrix<T>(kind + "_bt");
  check_golden<Y>(machine, kind + "_product", matmul(a, transpose(turned)));
}

/// Epilogues, batches that broadcast, one k and none.
template <class T, class Machine>
void check_golden_products(Machine const& machine, std::string const& kind) {
  auto const a = golden_matrix<T>(kind + "_a"), b = golden_matrix<T>(kind + "_b");
  auto const gate = golden_matrix<T>(kind + "_gate");
  auto const residual = golden_matrix<T>(kind + "_residual");
  auto const bias = golden_matmul().read<T, dims<dyn>>(kind + "_bias");
  check_golden<T>(machine, kind + "_gelu", gelu(matmul(a, b) + bias));
  check_golden<T>(machine, kind + "_gated", silu(matmul(a, b) + bias) * gate + residual);
  auto const many = golden_matmul().read<T, dims<dyn, dyn, dyn, dyn>>(kind + "_batch_a");
  auto const few = golden_matmul().read<T, dims<dyn, dyn, dyn>>(kind + "_batch_b");
  check_golden<T, 4>(machine, kind + "_batch", matmul(many, few));
  check_golden<T>(machine, kind + "_outer",
                  matmul(golden_matrix<T>(kind + "_column"), golden_matrix<T>(kind + "_row")));
  check_golden<T>(
      machine, kind + "_empty",
      matmul(golden_matrix<T>(kind + "_nothing"), golden_matrix<T>(kind + "_nothing_b")));
}

}  // namespace deepseek::test
