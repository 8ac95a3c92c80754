// SPDX-License-Identifier: Apache-2.0
/// @file Runs a verb that works element by element through its golden cases, in each way it can be met.
///
/// A case is run with operands of rank 4 (axes of extent 1 in front) that lie in memory
///   * row by row, on one thread and on three,
///   * with the axes reversed, every other element poison, and the last axis backwards,
/// and, when its values are floating, under an operand that it is broadcast against. Results are
/// poisoned before each run.
#pragma once
#include "tests/support/golden_ops.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>

namespace deepseek::test {

/// The name that safetensors has for a dtype.
inline std::string golden_dtype(dtype type) {
  switch (type) {
    case dtype::f64: return "F64";
    case dtype::f32: return "F32";
    case dtype::f16: return "F16";
    case dtype::bf16: return "BF16";
    case dtype::fp8_e4m3: return "F8_E4M3";
    case dtype::fp8_e5m2: return "F8_E5M2";
    case dtype::int8: return "I8";
    case dtype::int16: return "I16";
    case dtype::int32: return "I32";
    case dtype::int64: return "I64";
    case dtype::uint8: return "U8";
    case dtype::boolean: return "BOOL";
  }
  return "none";
}

inline constexpr int case_rank = 4;

/// The extents of a golden array, with axes of extent 1 in front up to Rank.
template <int Rank = case_rank>
dynamic_dims<Rank> padded_extents(std::vector<std::int64_t> const& shape) {
  REQUIRE(shape.size() <= std::size_t(Rank));
  std::int64_t extent[max_rank];
  for (int axis = 0; axis < Rank; ++axis) {
    int const own = axis - Rank + int(shape.size());
    extent[axis] = own < 0 ? 1 : shape[std::size_t(own)];
  }
  return dynamic_dims<Rank>::from_array(extent);
}

/// A golden array as a tensor.
template <class T, int Rank = case_rank>
tensor<T, dynamic_dims<Rank>> tensor_of(golden_array const& array) {
  REQUIRE(array.dtype == golden_dtype(dtype_of<T>));
  tensor<T, dynamic_dims<Rank>> t{padded_extents<Rank>(array.shape)};
  REQUIRE(array.bytes.size() == std::size_t(t.size()) * sizeof(T));
  if (t.size() > 0) std::memcpy(t.data(), array.bytes.data(), array.bytes.size());
  return t;
}

/// Bytes that are NaN in every floating type, far from any expected integer; bool: true.
template <class T> void poison(T* first, std::int64_t count) {
  if constexpr (std::is_same_v<T, bool>) {
    for (std::int64_t i = 0; i < count; ++i) first[i] = i % 3 != 0;
  } else {
    if (count > 0) std::memset(static_cast<void*>(first), 0xff, std::size_t(count) * sizeof(T));
  }
}

/// The same elements elsewhere: axes in reverse order, every other element poison, the last axis backwards.
template <class T, int Rank> class scattered {
 public:
  using dims_type = dynamic_dims<Rank>;
  explicit scattered(tensor<T, dims_type> const& t) : memory_(2 * t.size() + 1) {
    poison(memory_.data(), memory_.size());
    std::int64_t stride = 2;
    for (int axis = 0; axis < Rank; ++axis) {
      layout_.value[axis] = stride;
      stride *= t.extent(axis);
    }
    std::int64_t const last = t.extent(Rank - 1);
    first_ = last > 0 ? (last - 1) * layout_.value[Rank - 1] : 0;
    layout_.value[Rank - 1] *= -1;
    extents_ = t.extents();
    for (std::int64_t i = 0; i < t.size(); ++i) {
      std::int64_t rest = i, at = first_;
      for (int axis = Rank - 1; axis >= 0; --axis) {
        at += rest % t.extent(axis) * layout_.value[axis];
        rest /= t.extent(axis);
      }
      memory_.data()[at] = t.data()[i];
    }
  }
  view<T const, dims_type, strided<Rank>> as_view() const {
    return {memory_.data() + first_, extents_, layout_};
  }

 private:
  tensor<T, dims<dyn>> memory_;
  dims_type extents_;
  strided<Rank> layout_;
  std::int64_t first_ = 0;
};

/// got[0 … n), got[n … 2n) …: each must be the case's expected value.
template <class V> void check_values(golden_case const& one, V const* got, std::int64_t count) {
  auto const size = std::int64_t(padded_extents(one.expected.shape).size());
  REQUIRE((size == 0 ? count == 0 : count % size == 0));
  std::int64_t wrong = 0, first_wrong = 0;
  std::string values;
  for (std::int64_t i = 0; i < count; ++i) {
    bool good;
    if constexpr (std::is_same_v<V, bool>) {
      good = got[i] == (one.expected.bytes[std::size_t(i % size)] != 0);
    } else if (one.exact) {
      V expected;
      std::memcpy(static_cast<void*>(&expected),
                  one.expected.bytes.data() + std::size_t(i % size) * sizeof(V), sizeof(V));
      good = std::memcmp(&expected, got + i, sizeof(V)) == 0;
      if constexpr (floating_element<V>) {
        auto const e = static_cast<compute_t<V>>(expected), g = static_cast<compute_t<V>>(got[i]);
        good = good || (e != e && g != g);
        if (!good && wrong == 0)
          values = std::to_string(double(g)) + ", not " + std::to_string(double(e));
      }
    } else {
      double expected;
      std::memcpy(&expected, one.expected.bytes.data() + std::size_t(i % size) * sizeof(double),
                  sizeof(double));
      auto const value = static_cast<double>(static_cast<compute_t<V>>(got[i]));
      good = one.accepts(value, expected, true);
      if (!good && wrong == 0) values = std::to_string(value) + ", not " + std::to_string(expected);
    }
    if (!good && wrong++ == 0) first_wrong = i;
  }
  INFO(one.verb, " ", one.name, ": element ", first_wrong, " of ", count, " is wrong: ", values);
  CHECK(wrong == 0);
}

/// y = e on `threads` threads into poison; y's elements.
template <class V, class Dims, class E>
tensor<V, Dims> computed(E const& e, Dims const& extents, int threads) {
  tensor<V, Dims> y{extents};
  poison(y.data(), y.size());
  (y = e).run(host{threads});
  return y;
}

template <class F, class... Operands>
void run_case(golden_case const& one, F const& f, Operands const&... operand) {
  using V = typename decltype(f(one, operand...))::value_type;
  auto const extents = padded_extents(one.expected.shape);
  if (one.exact) CHECK(golden_dtype(dtype_of<V>) == one.expected.dtype);
  for (int threads : {1, 3}) {
    auto const y = computed<V>(f(one, operand...), extents, threads);
    check_values(one, y.data(), y.size());
  }
  auto const elsewhere =
      computed<V>(f(one, scattered<typename Operands::value_type, case_rank>{operand}.as_view()...),
                  extents, 1);
  check_values(one, elsewhere.data(), elsewhere.size());
  if constexpr (floating_element<V>) {
    tensor<V, dims<3, 1, 1, 1, 1>> zeros;
    for (int i = 0; i < 3; ++i) zeros.data()[i] = V(0.0f);
    std::int64_t outer[case_rank + 1] = {3};
    for (int axis = 0; axis < case_rank; ++axis) outer[axis + 1] = extents[axis];
    auto const many =
        computed<V>(f(one, operand...) - zeros, dynamic_dims<case_rank + 1>::from_array(outer), 2);
    check_values(one, many.data(), many.size());
  }
}

inline auto const every_case = [](golden_case const&) { return true; };

/// run_cases<In...>(verb, f): the cases whose inputs have the dtypes In; how many there were.
/// f(case, operands...) is the expression.
template <class... In, class F, class Choice = decltype(every_case)>
int run_cases(std::string const& verb, F const& f, Choice const& chosen = every_case) {
  int count = 0;
  for (auto const& one : golden_cases(verb)) {
    if (one.inputs.size() != sizeof...(In) || !chosen(one)) continue;
    std::string const wanted[] = {golden_dtype(dtype_of<In>)...};
    bool mine = true;
    for (std::size_t i = 0; i < sizeof...(In); ++i) mine = mine && one.inputs[i].dtype == wanted[i];
    if (!mine) continue;
    ++count;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      run_case(one, f, tensor_of<In>(one.inputs[I])...);
    }
    (std::index_sequence_for<In...>{});
  }
  return count;
}

/// How many golden cases a verb has.
inline int case_count(std::string const& verb) { return int(golden_cases(verb).size()); }

}  // namespace deepseek::test
