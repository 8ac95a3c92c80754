// SPDX-License-Identifier: Apache-2.0
/// @file Kernels of attention on the emulator, with a score written by hand, against the definition in
/// double: at most twice as far from it as a straightforward computation in the same types, and a little.
#pragma once
#include <deepseek/exec/detail/emulated_grid.hpp>
#include <deepseek/kernel/attention_join.hpp>
#include <deepseek/kernel/attention_operands.hpp>
#include <deepseek/kernel/attention_score.hpp>
#include <deepseek/tile/unrolled.hpp>

#include "tests/attention/reference.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

namespace deepseek::test {

inline constexpr double no_score = -std::numeric_limits<double>::infinity();

/// causal_with_slope: query i of n sees keys up to i + m - n; scores fall by slope with the distance. It
/// counts the tiles that it is asked for and those that it leaves out.
struct causal_with_slope {
  static constexpr bool scored = true;
  int ahead;  ///< m - n
  float slope;
  int* asked;
  int* left_out;

  kernel::tile_use use(kernel::score_box const& box) const {
    ++*asked;
    if (box.key[0] > box.query[1] + ahead) {
      ++*left_out;
      return kernel::tile_use::empty;
    }
    return box.key[1] <= box.query[0] + ahead ? kernel::tile_use::open : kernel::tile_use::masked;
  }
  template <bool WithMasks, int Count, class KeyOf, class Values>
  void apply(kernel::score_row const& row, KeyOf const& key_of, Values& x) const {
    tile::unrolled<Count>([&](auto i) {
      int const own = row.query + ahead;
      int const key = key_of(i);
      x[i] -= slope * static_cast<float>(std::abs(own - key));
      if (WithMasks && key > own) x[i] = static_cast<float>(no_score);
    });
  }
  [[nodiscard]] double operator()(double s, std::int64_t, std::int64_t, std::int64_t i,
                                  std::int64_t j) const {
    std::int64_t const own = i + ahead;
    return j > own ? no_score : s - double(slope) * double(std::abs(own - j));
  }
};
struct as_it_is {
  template <class... At> double operator()(double s, At...) const { return s; }
};

/// straightforward<T>(…): the same in float, weights rounded to T, the result too.
template <class T, class Q, class K, class V, class F, class Sink>
std::vector<double> straightforward(attention_shape const& s, Q const& q, K const& k, V const& v,
                                    float scale, F const& f, Sink const& sink) {
  std::vector<double> y;
  std::vector<float> x(static_cast<std::size_t>(s.m));
  for (std::int64_t b = 0; b < s.b; ++b)
    for (std::int64_t h = 0; h < s.h; ++h)
      for (std::int64_t i = 0; i < s.n; ++i) {
        std::int64_t const g = h / (s.h / s.g);
        auto most = static_cast<float>(sink(h));
        for (std::int64_t j = 0; j < s.m; ++j) {
          float sum = 0;
          for (std::int64_t d = 0; d < s.d; ++d)
            sum += static_cast<float>(q(b, h, i, d)) * static_cast<float>(k(b, g, j, d));
          x[std::size_t(j)] = static_cast<float>(f(double(sum * scale), b, h, i, j));
          most = std::max(most, x[std::size_t(j)]);
        }
        bool const nothing = std::isinf(most);
        float total = nothing ? 0 : std::exp(static_cast<float>(sink(h)) - most);
        for (float& w : x) {
          w = nothing ? 0 : std::exp(w - most);
          total += w;
          w = static_cast<float>(static_cast<T>(w));
        }
        for (std::int64_t e = 0; e < s.w; ++e) {
          float sum = 0;
          for (std::int64_t j = 0; j < s.m; ++j)
            sum += x[std::size_t(j)] * static_cast<float>(v(b, g, j, e));
          y.push_back(static_cast<float>(static_cast<T>(total == 0 ? 0.F : sum / total)));
        }
      }
  return y;
}

/// largest_error(y, want): NaN where one of them is.
template <class Y> double largest_error(Y const& y, std::vector<double> const& want) {
  double worst = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    double const off = y(i) == want[i] ? 0 : std::abs(y(i) - want[i]);
    worst = off > worst || std::isnan(off) ? off : worst;
  }
  return worst;
}

/// attention_grid: how a test spreads the work.
struct attention_grid {
  int packed = 1;
  int tiles_of_part = 1 << 20;
  bool sink = false;
  int gap = 0;   ///< elements between rows in memory, of NaN
  int step = 1;  ///< from element to element
};

/// strided_rows<T>: rows of a tensor [a, b, n, d] with gaps.
template <class T> struct strided_rows {
  std::vector<T> memory;
  kernel::row_place<T> place;

  strided_rows(std::int64_t a, std::int64_t b, std::int64_t n, std::int64_t d,
               attention_grid const& grid) {
    std::int64_t const row = d * grid.step + grid.gap;
    memory.assign(static_cast<std::size_t>(std::max<std::int64_t>(a * b * n * row, 1)),
                  static_cast<T>(std::numeric_limits<float>::quiet_NaN()));
    bool const aligned = row * std::int64_t{sizeof(T)} % 16 == 0;
    // [a, n, b, d] in memory, as activations often are
    place = {memory.data(), n * b * row, row, b * row, grid.step, aligned && grid.step == 1};
  }
  template <class X> void take(X const& x) {
    auto const& e = x.extents();
    for (int a = 0; a < e[0]; ++a)
      for (int b = 0; b < e[1]; ++b)
        for (int n = 0; n < e[2]; ++n)
          for (int d = 0; d < e[3]; ++d) place.row(a, b, n)[d * place.step] = x(a, b, n, d);
  }
  [[nodiscard]] kernel::row_place<T const> to_read() const {
    return {place.data,       place.batch_stride, place.head_stride,
            place.row_stride, place.step,         place.wide};
  }
};

/// check_attention<T, Make>(shape, score, f, grid): Make<Operands, Score>: the kernel. f: the score in
/// double.
template <class T, template <class, class> class Make, class Score, class F>
void check_attention(attention_shape const& s, Score const& score, F const& f,
                     attention_grid const& grid) {
  using keys = kernel::keys_in_memory<T, T>;
  using operands = kernel::attention_operands<T, keys, T>;
  using K = Make<operands, Score>;
  auto const q = normal_tensor<T>(s.b, s.h, s.n, s.d, 1);
  auto const k = normal_tensor<T>(s.b, s.g, s.m, s.d, 2);
  auto const v = normal_tensor<T>(s.b, s.g, s.m, s.w, 3);
  strided_rows<T> q_in(s.b, s.h, s.n, s.d, grid), k_in(s.b, s.g, s.m, s.d, grid),
      v_in(s.b, s.g, s.m, s.w, grid), y(s.b, s.h, s.n, s.w, grid);
  q_in.take(q);
  k_in.take(k);
  v_in.take(v);
  float const nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> sums(static_cast<std::size_t>(s.b * s.h * s.n), nan);
  std::vector<float> sink(static_cast<std::size_t>(s.h), 0.5F);
  auto const n = [](std::int64_t x) { return static_cast<int>(x); };
  kernel::attention_size const size{n(s.b), n(s.h), n(s.g), n(s.n), n(s.m), n(s.d), n(s.w)};
  auto const scale = static_cast<float>(1 / std::sqrt(double(s.d)));
  operands const of{size,
                    scale,
                    q_in.to_read(),
                    keys{k_in.to_read(), v_in.to_read(), size.keys},
                    y.place,
                    {sums.data(), s.h * s.n, s.n, 1, 1, false},
                    grid.sink ? sink.data() : nullptr,
                    1};
  auto const over = [](int a, int b) { return (a + b - 1) / b; };
  int const tiles = over(size.keys, K::key_tile::lines);
  kernel::attention_blocks blocks{over(grid.packed * size.queries, K::query_tile::lines),
                                  grid.packed, 1, std::min(grid.tiles_of_part, std::max(tiles, 1))};
  blocks.parts = std::max(1, over(tiles, blocks.tiles_of_part));
  int const row_stride = over(size.value_width, 4) * 4;
  std::vector<float> part_values(sums.size() * std::size_t(blocks.parts * row_stride), nan);
  std::vector<float> part_sums(sums.size() * std::size_t(blocks.parts), nan);
  kernel::attention_parts parts{nullptr, nullptr, 0};
  if (blocks.parts > 1) parts = {part_values.data(), part_sums.data(), row_stride};

  auto const run = [&](auto const& kernel, int count, bool joins) {
    arch::emulated::global_memory memory;
    auto const add = [&](auto& of_vector, bool writable, char const* name) {
      using E = std::remove_cvref_t<decltype(of_vector[0])>;
      memory.add({of_vector.data(), of_vector.size() * sizeof(E), writable, name, int{sizeof(E)}});
    };
    if (!joins) {
      add(q_in.memory, false, "q");
      add(k_in.memory, false, "k");
      add(v_in.memory, false, "v");
      add(sink, false, "sink");
    }
    if (blocks.parts > 1) {
      add(part_values, !joins, "values of parts");
      add(part_sums, !joins, "sums of parts");
    }
    if (blocks.parts == 1 || joins) {
      add(y.memory, true, "y");
      add(sums, true, "sums");
    }
    deepseek::detail::run_emulated(kernel, {count, 1, 1}, memory, 2);
  };
  run(K{of, blocks, parts, score},
      size.batches * size.heads / grid.packed * blocks.row_tiles * blocks.parts, false);
  if (blocks.parts > 1)
    run(kernel::attention_join<T>{size, parts, blocks.parts, of.out, of.sums}, 2, true);

  auto const sink_of = [&](auto) { return grid.sink ? 0.5 : no_score; };
  auto const want = reference_attention(s, q, k, v, double(scale), f, sink_of);
  auto const plain = straightforward<T>(s, q, k, v, scale, f, sink_of);
  double const allowed = 2 * largest_error([&](std::size_t i) { return plain[i]; }, want.y) + 1e-6;
  double const error = largest_error(
      [&](std::size_t i) {
        auto const at = static_cast<std::int64_t>(i);
        std::int64_t const row = at / s.w;
        T const* const from = y.place.row(n(row / s.n / s.h), n(row / s.n % s.h), n(row % s.n));
        return double(static_cast<float>(from[at % s.w * y.place.step]));
      },
      want.y);
  CAPTURE(s.n);
  CAPTURE(s.m);
  CAPTURE(s.d);
  CHECK(error <= allowed);
  CHECK(largest_error([&](std::size_t i) { return double(sums[i]); }, want.logarithm) < 4e-6);
}

}  // namespace deepseek::test
