// SPDX-License-Identifier: Apache-2.0
/// @file Runs a verb that goes along axes through its golden cases: every rank, set of axes and dtype,
/// with poisoned results and several numbers of threads, which have to agree bit by bit.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <deepseek/exec/host.hpp>
#include <doctest/doctest.h>

#include "../support/golden_ops.hpp"

namespace deepseek::test {

template <class Sequence> struct dynamic_dims_of;
template <int... I> struct dynamic_dims_of<std::integer_sequence<int, I...>> {
  using type = dims<(I < 0 ? 0 : dyn)...>;
};
template <int Rank>
using dynamic_dims = typename dynamic_dims_of<std::make_integer_sequence<int, Rank>>::type;

/// poison(y, byte): no element of a result may keep this.
template <class T, class Dims> void poison(tensor<T, Dims>& y, int byte) {
  if constexpr (std::is_same_v<T, bool>) byte &= 1;
  std::memset(y.data(), byte, static_cast<std::size_t>(y.size()) * sizeof(T));
}

template <class T, class Dims> std::size_t bytes_of(tensor<T, Dims> const& y) {
  return static_cast<std::size_t>(y.size()) * sizeof(T);
}

/// evaluated(e): e's values by one thread; the same by several, bit by bit, whatever was there before.
template <class E> auto evaluated(E const& e) {
  using result = tensor<typename E::value_type, typename E::dims_type>;
  result y{e.extents()};
  poison(y, 0x70);
  (y = e).run(host{1});
  for (int const threads : {1, 2, 5}) {
    result again{e.extents()};
    poison(again, 0x71);
    (again = e).run(host{threads});
    CAPTURE(threads);
    CHECK(std::memcmp(again.data(), y.data(), bytes_of(y)) == 0);
  }
  return y;
}

/// loaded<T, Rank>(array): a golden array as a tensor.
template <class T, int Rank> tensor<T, dynamic_dims<Rank>> loaded(golden_array const& array) {
  REQUIRE(array.shape.size() == Rank);
  tensor<T, dynamic_dims<Rank>> x{dynamic_dims<Rank>::from_array(array.shape.data())};
  REQUIRE(array.bytes.size() == bytes_of(x));
  std::memcpy(x.data(), array.bytes.data(), array.bytes.size());
  return x;
}

/// expect(one, y): y is what the case expects. `roundings` allows as many of the largest value more, for
/// verbs whose results are sums in another order than the case's.
template <class T, class Dims>
void expect(golden_case const& one, tensor<T, Dims> const& y, double roundings = 0) {
  CAPTURE(one.verb);
  CAPTURE(one.name);
  if (one.exact) {
    REQUIRE(one.expected.bytes.size() == bytes_of(y));
    std::vector<T> expected(static_cast<std::size_t>(y.size()));
    bool right = true;
    for (std::int64_t i = 0; i < y.size(); ++i) {
      T wanted;
      std::memcpy(&wanted, one.expected.bytes.data() + static_cast<std::size_t>(i) * sizeof(T),
                  sizeof(T));
      T const value = y.data()[i];
      right = right && (value == wanted || (value != value && wanted != wanted));
    }
    CHECK(right);
  } else {
    auto const expected = one.expected.as<double>();
    REQUIRE(static_cast<std::int64_t>(expected.size()) == y.size());
    double largest = 0;
    for (double const wanted : expected)
      if (std::isfinite(wanted)) largest = std::max(largest, std::abs(wanted));
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < y.size(); ++i) {
      double const wanted = expected[static_cast<std::size_t>(i)];
      auto const value = static_cast<double>(y.data()[i]);
      if (one.accepts(value, wanted)) continue;
      if (std::abs(value - wanted) <= one.tolerance(wanted, false) + roundings * largest * 0x1p-24)
        continue;
      if (wrong++ == 0)
        FAIL_CHECK("element " << i << " is " << value << ", not " << wanted << " within "
                              << one.tolerance(wanted, false));
    }
    CHECK(wrong == 0);
  }
}

/// axes_text(one): "0,2"; "all" for the axes that range(0, 3) names.
inline std::string axes_text(golden_case const& one) {
  std::string const text = one.attributes.at("axes");
  return text.rfind("range", 0) == 0 ? "all" : text;
}

template <class T, int Rank, class F, int... A>
bool call_if(golden_case const& one, std::string const& text, axes_t<A...> along, F const& f) {
  if (text != axes_text(one)) return false;
  f(one, loaded<T, Rank>(one.inputs[0]), along);
  return true;
}

/// along_one_axis<T>(one, f): f(one, x, axes<A>) with the tensor and the axis of the case.
template <class T, class F> bool along_one_axis(golden_case const& one, F const& f) {
  switch (one.inputs[0].shape.size()) {
    case 1: return call_if<T, 1>(one, "0", axes<0>, f);
    case 2: return call_if<T, 2>(one, "0", axes<0>, f) || call_if<T, 2>(one, "1", last, f);
    case 3:
      return call_if<T, 3>(one, "0", axes<0>, f) || call_if<T, 3>(one, "1", axes<-2>, f) ||
             call_if<T, 3>(one, "2", axes<2>, f);
    case 4: return call_if<T, 4>(one, "1", axes<1>, f) || call_if<T, 4>(one, "3", last, f);
    default: return false;
  }
}

/// along_last<T>(one, f): the same where it is the last axis of rank 2 or 3.
template <class T, class F> bool along_last(golden_case const& one, F const& f) {
  if constexpr (std::is_same_v<T, float>)
    if (one.inputs[0].shape.size() == 3) return call_if<T, 3>(one, "2", last, f);
  return one.inputs[0].shape.size() == 2 && call_if<T, 2>(one, "1", last, f);
}

/// along_axes<T>(one, f): the same with the axes of the case, one or more.
template <class T, class F> bool along_axes(golden_case const& one, F const& f) {
  if (along_one_axis<T>(one, f)) return true;
  switch (one.inputs[0].shape.size()) {
    case 1: return call_if<T, 1>(one, "all", axes<>, f);
    case 2: return call_if<T, 2>(one, "0,1", axes<>, f) || call_if<T, 2>(one, "all", axes<>, f);
    case 3:
      return call_if<T, 3>(one, "0,1", axes<0, 1>, f) || call_if<T, 3>(one, "0,2", axes<2, 0>, f) ||
             call_if<T, 3>(one, "1,2", axes<1, -1>, f) || call_if<T, 3>(one, "0,1,2", axes<>, f) ||
             call_if<T, 3>(one, "all", axes<>, f);
    case 4:
      return call_if<T, 4>(one, "0,2", axes<0, 2>, f) || call_if<T, 4>(one, "1,3", axes<1, 3>, f) ||
             call_if<T, 4>(one, "0,2,3", axes<0, 2, 3>, f) ||
             call_if<T, 4>(one, "0,1,2,3", axes<>, f);
    default: return false;
  }
}

/// along_rank_2<T>(one, f), along_rank_2_axis: the same for dtypes that have cases of rank 2 only, but
/// for bool.
template <class T, class F> bool along_rank_2_axis(golden_case const& one, F const& f) {
  if (one.inputs[0].shape.size() != 2) return false;
  return call_if<T, 2>(one, "0", axes<0>, f) || call_if<T, 2>(one, "1", last, f);
}
template <class T, class F> bool along_rank_2(golden_case const& one, F const& f) {
  if constexpr (std::is_same_v<T, bool>) return along_axes<T>(one, f);
  if (along_rank_2_axis<T>(one, f)) return true;
  return one.inputs[0].shape.size() == 2 && call_if<T, 2>(one, "0,1", axes<>, f);
}

/// has_dtype<T>(array): T is what the file calls the array's dtype.
template <class T> bool has_dtype(golden_array const& array) {
  static std::map<dtype, std::string> const name = {{dtype::f32, "F32"},
                                                    {dtype::bf16, "BF16"},
                                                    {dtype::f16, "F16"},
                                                    {dtype::int32, "I32"},
                                                    {dtype::boolean, "BOOL"}};
  return name.at(dtype_of<T>) == array.dtype;
}

/// run_cases<Along, T...>(verb, f): every case of the verb; f(one, x, along) is the expression. Along
/// chooses among the functions above; T are the dtypes beside f32 that the verb has cases of. Returns how
/// many ran.
template <class Along, class... T, class F>
int run_cases(std::string const& verb, F const& f, double roundings) {
  int count = 0;
  auto const check = [&](golden_case const& one, auto const& x, auto along) {
    auto const y = evaluated(f(one, x, along));
    if (!one.has("keepdim") || one.number("keepdim") == 1) {
      bool same = true;
      for (int axis = 0; axis < y.rank; ++axis)
        same = same && y.extent(axis) == one.expected.shape.at(static_cast<std::size_t>(axis));
      CHECK(same);
    }
    expect(one, y, roundings);
    ++count;
  };
  for (auto const& one : golden_cases(verb)) {
    CAPTURE(one.name);
    bool ran = has_dtype<float>(one.inputs[0]) && Along::f32(one, check);
    ((ran = ran || (has_dtype<T>(one.inputs[0]) && Along::template other<T>(one, check))), ...);
    CHECK(ran);
  }
  return count;
}

/// run_reductions, run_rows: of verbs along any axes, and along one.
struct any_axes {
  static bool f32(auto const& one, auto const& f) { return along_axes<float>(one, f); }
  template <class T> static bool other(auto const& one, auto const& f) {
    return along_rank_2<T>(one, f);
  }
};
struct one_axis {
  static bool f32(auto const& one, auto const& f) { return along_one_axis<float>(one, f); }
  template <class T> static bool other(auto const& one, auto const& f) {
    return along_rank_2_axis<T>(one, f);
  }
};
template <class... T, class F>
int run_reductions(std::string const& verb, F const& f, double roundings = 0) {
  return run_cases<any_axes, T...>(verb, f, roundings);
}
template <class... T, class F>
int run_rows(std::string const& verb, F const& f, double roundings = 0) {
  return run_cases<one_axis, T...>(verb, f, roundings);
}

/// thrown<Error>(f): the text of the Error that f throws; it throws nothing else.
template <class Error, class F> std::string thrown(F const& f) {
  try {
    f();
  } catch (Error const& e) {
    return e.what();
  }
  return "nothing was thrown";
}

/// A tensor of many rows, or few long ones, which several threads share: values of a fixed sequence.
template <class T> tensor<T, dims<dyn, dyn>> sequence(std::int64_t rows, std::int64_t columns) {
  tensor<T, dims<dyn, dyn>> x{rows, columns};
  std::uint64_t state = 1;
  for (std::int64_t i = 0; i < x.size(); ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    x.data()[i] = static_cast<T>(static_cast<float>(state >> 40) * 0x1p-22f - 2.f);
  }
  return x;
}

/// Shapes in which work is cut in each of the ways there are: many rows, long rows, few and many
/// columns.
template <class F> void for_shared_shapes(F const& f) {
  std::pair<std::int64_t, std::int64_t> const shapes[] = {
      {257, 301}, {3, 70001}, {1, 300007}, {70001, 3}, {30011, 1}};
  for (auto const& [rows, columns] : shapes) {
    CAPTURE(rows);
    CAPTURE(columns);
    f(sequence<float>(rows, columns));
  }
}

}  // namespace deepseek::test
