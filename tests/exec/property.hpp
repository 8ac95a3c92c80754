// SPDX-License-Identifier: Apache-2.0
/// @file check_property: one expression on random shapes and layouts, by an executor and in the
/// interpreter of reference.hpp.
///
/// The executor is on_host or on_emulated. Cases are templates of it (TEST_CASE_TEMPLATE_DEFINE) in
/// property_*.hpp; property_*_test.cpp and emulated_*_test.cpp run them.
#pragma once

#include <deepseek/tensor/view.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "engine_verbs.hpp"
#include "reference.hpp"

namespace deepseek::test {

using generator = std::mt19937_64;

inline std::int64_t draw(generator& random, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
}
inline bool chance(generator& random, int percent) { return draw(random, 0, 99) < percent; }

inline std::string shown(std::vector<std::int64_t> const& shape) {
  std::string out = "[";
  for (auto const e : shape) out += (out.size() > 1 ? ", " : "") + std::to_string(e);
  return out + "]";
}

/// A shape that meets the ends of vectors, of blocks and of threads' shares.
inline std::vector<std::int64_t> random_shape(generator& random, int rank, std::int64_t largest) {
  static constexpr std::int64_t often[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 70};
  std::vector<std::int64_t> shape(static_cast<std::size_t>(rank));
  std::int64_t const most = std::min<std::int64_t>(largest, chance(random, 15) ? 150000 : 6000);
  std::int64_t elements = 1;
  for (auto& e : shape) {
    e = often[draw(random, 0, std::int64_t{std::size(often)} - 1)];
    if (chance(random, 2)) e = 0;
    if (elements * e > most) e = 1;
    elements *= std::max<std::int64_t>(e, 1);
  }
  if (rank > 0 && most > 6000) {  // one long axis
    auto& e = shape[static_cast<std::size_t>(draw(random, 0, rank - 1))];
    if (e > 0) e = std::max<std::int64_t>(1, draw(random, most / 2, most) / (elements / e));
  }
  std::shuffle(shape.begin(), shape.end(), random);
  return shape;
}

/// Operand's shape: the last axes of the common one, some of them 1.
inline std::vector<std::int64_t> operand_shape(generator& random,
                                               std::vector<std::int64_t> const& common, int rank) {
  std::vector<std::int64_t> shape(common.end() - rank, common.end());
  if (chance(random, 40))
    for (auto& e : shape)
      if (chance(random, 35)) e = 1;
  return shape;
}

/// placed: elements in rows that start anywhere; or axes in any order, with gaps, running backwards or
/// standing still.
enum class placed { in_rows, anyhow };
inline constexpr auto in_rows = placed::in_rows;
inline constexpr auto anyhow = placed::anyhow;
template <int Rank, placed How>
using placed_layout = std::conditional_t<How == placed::in_rows, row_major, strided<Rank>>;

/// operand_memory: memory, a view of it and the same elements as an array.
template <class T, int Rank, placed How> struct operand_memory {
  using Layout = placed_layout<Rank, How>;
  static constexpr std::int64_t margin = 5;  // elements before, so that rows start anywhere
  std::vector<T> memory;
  std::vector<char> seen;
  Layout layout;
  std::int64_t first = 0;
  dynamic_dims<Rank> extents;
  array values;

  operand_memory(generator& random, std::vector<std::int64_t> const& shape, bool may_repeat)
      : extents{dynamic_dims<Rank>::from_array(shape.data())}, values(shape) {
    if constexpr (std::is_same_v<Layout, row_major>) {
      first = draw(random, 0, margin);
      memory.resize(static_cast<std::size_t>(first + extents.size() + margin));
    } else {
      place_axes(random, shape, may_repeat);
    }
    for (auto& m : memory) m = static_cast<T>(static_cast<double>(draw(random, -8, 8)) / 4);
    seen.resize(memory.size());
    std::size_t i = 0;
    for_each_index(shape, [&](auto const& index) {
      values.value[i++] = static_cast<double>(memory[place(index)]);
      seen[place(index)] = 1;
    });
  }
  [[nodiscard]] std::size_t place(std::vector<std::int64_t> const& index) const {
    std::int64_t at = first;
    for (int a = 0; a < Rank; ++a)
      at += index[static_cast<std::size_t>(a)] * layout.stride(extents, a);
    return static_cast<std::size_t>(at);
  }
  [[nodiscard]] view<T const, dynamic_dims<Rank>, Layout> source() const {
    return {memory.data() + first, extents, layout};
  }
  [[nodiscard]] view<T, dynamic_dims<Rank>, Layout> target() {
    return {memory.data() + first, extents, layout};
  }

 private:
  void place_axes(generator& random, std::vector<std::int64_t> const& shape, bool may_repeat) {
    std::vector<int> order;
    for (int a = 0; a < Rank; ++a) order.push_back(a);
    if (chance(random, 60)) std::shuffle(order.begin(), order.end(), random);
    std::int64_t next = 1;
    for (int k = Rank - 1; k >= 0; --k) {
      int const axis = order[static_cast<std::size_t>(k)];
      std::int64_t const n = shape[static_cast<std::size_t>(axis)];
      std::int64_t const step = chance(random, 20) ? 2 : 1;
      std::int64_t stride = next * step;
      next = stride * std::max<std::int64_t>(n, 1) + (chance(random, 25) ? 3 : 0);
      if (may_repeat && chance(random, 12)) {
        stride = 0;
      } else if (chance(random, 15) && n > 0) {
        first += (n - 1) * stride;
        stride = -stride;
      }
      layout.value[axis] = stride;
    }
    first += draw(random, 0, margin);
    memory.resize(static_cast<std::size_t>(next + 2 * margin));
  }
};

/// What differs by more than the rounding of T, NaN being equal to NaN; empty if nothing does.
template <class T> std::string first_difference(std::vector<T> const& got, array const& want) {
  double scale = 1;
  for (double const w : want.value)
    if (std::isfinite(w)) scale = std::max(scale, std::abs(w));
  double const tolerance = std::is_same_v<T, double> ? 1e-11 : 2e-5;
  for (std::size_t i = 0; i < got.size(); ++i) {
    auto const g = static_cast<double>(got[i]);
    double const w = want.value[i];
    bool const close = std::isfinite(w) ? std::abs(g - w) <= tolerance * scale
                                        : g == w || (std::isnan(g) && std::isnan(w));
    if (!close)
      return "element " + std::to_string(i) + " is " + std::to_string(g) + ", not " +
             std::to_string(w);
  }
  return {};
}

/// One draw: returns what is wrong, or nothing.
template <class On, class T, placed How, int... Rank, class F, int... I>
std::string property_holds(F const& f, std::uint64_t seed, std::int64_t largest,
                           std::integer_sequence<int, I...>) {
  generator random(seed);
  auto const common = random_shape(random, std::max({Rank...}), largest);
  arguments<operand_memory<T, Rank, How>...> const operand{
      {{{random, operand_shape(random, common, Rank), true}}...}};
  std::string where = "seed " + std::to_string(seed) + ", shapes";
  ((where += " " + shown(get<I>(operand).values.shape)), ...);

  array const want = f(reference{}, get<I>(operand).values...);
  auto const e = f(library{}, get<I>(operand).source()...);
  constexpr int rank = std::remove_cvref_t<decltype(e)>::rank;
  if (rank != want.rank()) return where + ": wrong rank";
  for (int a = 0; a < rank; ++a)
    if (e.extents()[a] != want.shape[static_cast<std::size_t>(a)])
      return where + ": wrong extent of axis " + std::to_string(a);

  operand_memory<T, rank, How> result(random, want.shape, false);
  auto const before = result.memory;
  std::vector<T> first;
  for (int const threads : {1, static_cast<int>(draw(random, 2, 5))}) {
    for (std::size_t i = 0; i < result.memory.size(); ++i)
      result.memory[i] = result.seen[i] ? std::numeric_limits<T>::quiet_NaN() : before[i];
    (result.target() = e).run(On::executor(threads));
    std::vector<T> got;
    for_each_index(want.shape,
                   [&](auto const& index) { got.push_back(result.memory[result.place(index)]); });
    std::string const difference = first_difference(got, want);
    if (!difference.empty()) return where + ": " + difference;
    for (std::size_t i = 0; i < result.memory.size(); ++i)
      if (!result.seen[i] && result.memory[i] != before[i]) return where + ": wrote outside";
    if (first.empty()) first = got;
    else if (std::memcmp(first.data(), got.data(), got.size() * sizeof(T)) != 0)
      return where + ": differs with " + std::to_string(threads) + " threads";
  }
  return {};
}

/// check_property<On, T, How, Rank...>(f): f(verbs, x, y, ...) for operands of those ranks, which have at
/// most `largest` elements. What it throws is a failure with the seed.
template <class On, class T, placed How, int... Rank, class F>
void check_property(F const& f, int draws = 60, std::int64_t largest = 150000) {
  constexpr std::make_integer_sequence<int, sizeof...(Rank)> operands;
  for (int i = 0; i < std::max(1, draws * On::draws / 60); ++i) {
    auto const seed = static_cast<std::uint64_t>(20250 + i);
    INFO("seed " << seed);
    std::string const wrong = property_holds<On, T, How, Rank...>(
        f, seed, std::min<std::int64_t>(largest, On::largest), operands);
    CHECK_MESSAGE(wrong.empty(), wrong);
    if (!wrong.empty()) return;
  }
}

}  // namespace deepseek::test
