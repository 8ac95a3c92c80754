// SPDX-License-Identifier: Apache-2.0
/// @file unique: the different elements of a tensor; how many there are is known only once it has run.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/base/radix_key.hpp>
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/reshape.hpp>
#include <deepseek/ops/sort.hpp>

namespace deepseek {

/// unique_result<T, Dims>: what unique gives for a tensor of extents Dims.
template <class T, class Dims> struct unique_result {
  tensor<T, dims<dyn>> values;             ///< the different elements, ascending
  tensor<std::int64_t, Dims> inverse;      ///< values[inverse[i...]] is x[i...]
  tensor<std::int64_t, dims<dyn>> counts;  ///< how often each occurs
};

/// unique(executor, x): the different elements of x in order, where each element of x is among them, and how
/// often each occurs; PyTorch's unique. It runs at once and returns tensors: their size is not known before.
///
///   auto const [values, inverse, counts] = unique(host{}, tokens);
///
/// @shape   x: any -> values and counts: [as many as are different], inverse: x's
/// @dtype   values: x's, any; inverse and counts: int64
/// @edge    -0 and +0 are one, of which the first is kept; all NaN are one, above all numbers
/// @cost    an argsort of all elements, and three passes. x that is no tensor is evaluated first
/// @fails   as host{}
template <operand X> auto unique(host const& executor, X const& x) {
  auto const e = as_expression(x);
  using E = std::remove_cvref_t<decltype(e)>;
  using T = typename E::value_type;
  using Dims = typename E::dims_type;
  std::int64_t const size = e.extents().size();
  tensor<T, Dims> elements{e.extents()};
  (elements = e).run(executor);
  tensor<std::int64_t, dims<dyn>> order{dims<dyn>{size}};
  (order = argsort(reshape(elements, dims<dyn>{size}))).run(executor);

  auto const key = [&](std::int64_t i) { return radix_key(elements.data()[order.data()[i]]); };
  auto const differs = [&](std::int64_t i) { return i == 0 || key(i) != key(i - 1); };
  std::int64_t found = 0;
  for (std::int64_t i = 0; i < size; ++i) found += differs(i) ? 1 : 0;
  unique_result<T, Dims> result{tensor<T, dims<dyn>>{dims<dyn>{found}},
                                tensor<std::int64_t, Dims>{e.extents()},
                                tensor<std::int64_t, dims<dyn>>{dims<dyn>{found}}};
  std::int64_t place = -1;
  for (std::int64_t i = 0; i < size; ++i) {
    std::int64_t const at = order.data()[i];
    if (differs(i)) {
      result.values.data()[++place] = elements.data()[at];
      result.counts.data()[place] = 0;
    }
    ++result.counts.data()[place];
    result.inverse.data()[at] = place;
  }
  return result;
}

}  // namespace deepseek
