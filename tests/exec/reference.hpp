// SPDX-License-Identifier: Apache-2.0
/// @file What an expression means: an interpreter that holds every intermediate result as doubles and
/// loops over its elements one by one. It includes nothing of the library but the names of axes.
#pragma once

#include <deepseek/shape/axes.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace deepseek::test {

/// array: a shape and its elements in row-major order.
struct array {
  std::vector<std::int64_t> shape;
  std::vector<double> value;

  explicit array(std::vector<std::int64_t> extents) : shape(std::move(extents)), value(count()) {}
  [[nodiscard]] std::size_t count() const {
    std::size_t n = 1;
    for (auto const e : shape) n *= static_cast<std::size_t>(e);
    return n;
  }
  [[nodiscard]] int rank() const { return static_cast<int>(shape.size()); }
  /// The place of an index; axes of extent 1 stand still, missing leading axes do not count.
  [[nodiscard]] double at(std::vector<std::int64_t> const& index) const {
    std::size_t place = 0;
    std::size_t const missing = index.size() - shape.size();
    for (std::size_t a = 0; a < shape.size(); ++a)
      place = place * static_cast<std::size_t>(shape[a]) +
              static_cast<std::size_t>(shape[a] == 1 ? 0 : index[missing + a]);
    return value[place];
  }
};

/// f(index) for every index of a shape, in row-major order.
template <class F> void for_each_index(std::vector<std::int64_t> const& shape, F const& f) {
  std::vector<std::int64_t> index(shape.size(), 0);
  for (auto const e : shape)
    if (e == 0) return;
  for (;;) {
    f(index);
    std::size_t axis = shape.size();
    while (axis > 0 && ++index[axis - 1] == shape[axis - 1]) index[--axis] = 0;
    if (axis == 0) return;
  }
}

/// generated(shape, f): the array whose element at an index is f(index).
template <class F> array generated(std::vector<std::int64_t> const& shape, F const& f) {
  array out(shape);
  std::size_t place = 0;
  for_each_index(shape, [&](auto const& index) { out.value[place++] = f(index); });
  return out;
}

inline array constant(double value) {
  return generated({}, [&](auto const&) { return value; });
}

template <class F> array zipped(array const& a, array const& b, F const& f) {
  std::vector<std::int64_t> shape = a.rank() >= b.rank() ? a.shape : b.shape;
  for (std::size_t k = 1; k <= shape.size(); ++k) {
    std::int64_t const ea = k <= a.shape.size() ? a.shape[a.shape.size() - k] : 1;
    std::int64_t const eb = k <= b.shape.size() ? b.shape[b.shape.size() - k] : 1;
    shape[shape.size() - k] = ea == 1 ? eb : ea;
  }
  return generated(shape, [&](auto const& index) { return f(a.at(index), b.at(index)); });
}
inline array operator+(array const& a, array const& b) { return zipped(a, b, std::plus<>{}); }
inline array operator-(array const& a, array const& b) { return zipped(a, b, std::minus<>{}); }
inline array operator*(array const& a, array const& b) { return zipped(a, b, std::multiplies<>{}); }
inline array operator/(array const& a, array const& b) { return zipped(a, b, std::divides<>{}); }
inline array operator+(array const& a, double b) { return a + constant(b); }
inline array operator-(array const& a, double b) { return a - constant(b); }
inline array operator*(array const& a, double b) { return a * constant(b); }
inline array operator/(array const& a, double b) { return a / constant(b); }

/// reference: the verbs of engine_verbs.hpp, once more, on arrays.
struct reference {
  static std::size_t place(array const& x, int axis) {
    return static_cast<std::size_t>(axis < 0 ? axis + x.rank() : axis);
  }
  static std::int64_t extent(array const& x, int axis) { return x.shape[place(x, axis)]; }

  static array exp(array const& x) {
    return generated(x.shape, [&](auto const& index) { return std::exp(x.at(index)); });
  }
  static array less(array const& a, array const& b) { return zipped(a, b, std::less<>{}); }
  static array maximum(array const& a, array const& b) {
    return zipped(a, b, [](double u, double v) { return std::isnan(u) || u > v ? u : v; });
  }

  template <int... A, class F>
  static array reduced(array const& x, axes_t<A...>, double start, F const& f) {
    array out = x;
    out.shape.assign(x.shape.size(), 1);
    for (int axis = 0; axis < x.rank(); ++axis) {
      bool const named = (false || ... || (place(x, A) == static_cast<std::size_t>(axis)));
      if (sizeof...(A) > 0 && !named)
        out.shape[static_cast<std::size_t>(axis)] = x.shape[static_cast<std::size_t>(axis)];
    }
    out.value.assign(out.count(), start);
    for_each_index(x.shape, [&](auto const& index) {
      std::size_t to = 0;
      for (std::size_t a = 0; a < index.size(); ++a)
        to = to * static_cast<std::size_t>(out.shape[a]) +
             static_cast<std::size_t>(out.shape[a] == 1 ? 0 : index[a]);
      out.value[to] = f(out.value[to], x.at(index));
    });
    return out;
  }
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  template <int... A> static array sum(array const& x, axes_t<A...> along) {
    return reduced(x, along, 0, std::plus<>{});
  }
  template <int... A> static array max(array const& x, axes_t<A...> along) {
    return reduced(x, along, -infinity, [](double a, double b) { return a > b ? a : b; });
  }
  template <int... A> static array min(array const& x, axes_t<A...> along) {
    return reduced(x, along, infinity, [](double a, double b) { return a < b ? a : b; });
  }
  template <int... A> static array any(array const& x, axes_t<A...> along) {
    return reduced(x, along, 0, [](double a, double b) { return a != 0 || b != 0 ? 1. : 0.; });
  }
  template <int A> static array cumsum(array const& x, axes_t<A>) {
    std::size_t const axis = place(x, A);
    array running = x;  // row-major order visits an element after its predecessor along any axis
    std::size_t before = 1;
    for (std::size_t a = axis + 1; a < x.shape.size(); ++a)
      before *= static_cast<std::size_t>(x.shape[a]);
    std::size_t place = 0;
    for_each_index(x.shape, [&](auto const& index) {
      if (index[axis] > 0) running.value[place] += running.value[place - before];
      ++place;
    });
    return running;
  }
  template <class F> static auto let(array const& x, F f) { return f(x); }

  template <int... P> static array permute(array const& x, axes_t<P...>) {
    std::size_t const order[] = {static_cast<std::size_t>(P)..., 0};
    std::vector<std::int64_t> shape;
    for (std::size_t k = 0; k < x.shape.size(); ++k) shape.push_back(x.shape[order[k]]);
    return generated(shape, [&](auto const& index) {
      auto from = index;
      for (std::size_t k = 0; k < from.size(); ++k) from[order[k]] = index[k];
      return x.at(from);
    });
  }
  template <int A>
  static array slice(array const& x, axes_t<A>, std::int64_t begin, std::int64_t step,
                     std::int64_t count) {
    auto shape = x.shape;
    shape[place(x, A)] = count;
    return generated(shape, [&](auto index) {
      index[place(x, A)] = begin + step * index[place(x, A)];
      return x.at(index);
    });
  }
  template <int A> static array drop(array const& x, axes_t<A>, std::int64_t at) {
    auto const axis = static_cast<std::ptrdiff_t>(place(x, A));
    auto shape = x.shape;
    shape.erase(shape.begin() + axis);
    return generated(shape, [&](auto index) {
      index.insert(index.begin() + axis, at);
      return x.at(index);
    });
  }
  template <int A> static array repeat(array const& x, axes_t<A>, std::int64_t count) {
    auto shape = x.shape;
    shape.insert(shape.begin() + A, count);
    return generated(shape, [&](auto index) {
      index.erase(index.begin() + A);
      return x.at(index);
    });
  }
  template <int A>
  static array pad(array const& x, axes_t<A>, std::int64_t before, std::int64_t after,
                   double value) {
    auto shape = x.shape;
    shape[place(x, A)] += before + after;
    return generated(shape, [&](auto index) {
      auto& i = index[place(x, A)];
      i -= before;
      return i >= 0 && i < x.shape[place(x, A)] ? x.at(index) : value;
    });
  }
  template <int A> static array take(array const& x, array const& index, axes_t<A>) {
    auto shape = x.shape;
    shape.erase(shape.begin() + A);
    shape.insert(shape.begin() + A, index.shape.begin(), index.shape.end());
    return generated(shape, [&](auto const& at) {
      std::vector<std::int64_t> const number(at.begin() + A, at.begin() + A + index.rank());
      std::vector<std::int64_t> from(at.begin(), at.begin() + A);
      from.push_back(static_cast<std::int64_t>(index.at(number)));
      from.insert(from.end(), at.begin() + A + index.rank(), at.end());
      return x.at(from);
    });
  }
  static array flat(array const& x) {
    array out = x;
    out.shape = {static_cast<std::int64_t>(x.count())};
    return out;
  }
  static array ramp_like(array const& x, double slope, double start) {
    double number = 0;
    return generated(x.shape, [&](auto const&) { return start + slope * number++; });
  }
};

}  // namespace deepseek::test
