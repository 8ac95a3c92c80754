// SPDX-License-Identifier: Apache-2.0
/// @file xtensor 0.24 with xsimd and OpenMP: each case as a user writes it.
///
/// `xtensor`       reductions are evaluated once (evaluation_strategy::immediate) and the repeated
///                 exp is kept in the output, as the documentation advises for speed.
/// `xtensor_lazy`  the law as one lazy expression: the reduction runs again per element.
#include <xtensor/xadapt.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xnoalias.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include <omp.h>

#include "peer.hpp"

namespace {

using bench::operation;

template <std::size_t Rank> auto wrap(float* data, std::array<std::size_t, Rank> const& shape) {
  std::size_t elements = 1;
  for (std::size_t extent : shape) elements *= extent;
  return xt::adapt<xt::layout_type::row_major>(data, elements, xt::no_ownership(), shape);
}

template <std::size_t Rank> using tensor = decltype(wrap(nullptr, std::array<std::size_t, Rank>{}));

auto const once = xt::keep_dims | xt::evaluation_strategy::immediate;
using row_axis = std::array<std::size_t, 1>;
row_axis constexpr along{1}, rows{0};

/// A lazy reduction stood up as a column. Not keep_dims: in 0.24.3 a lazy reduction with keep_dims
/// inside an expression reads out of bounds.
template <class Reduction> auto down(Reduction&& values) {
  return xt::view(std::forward<Reduction>(values), xt::all(), xt::newaxis());
}

struct problem {
  problem(bench::timed_case const& c, bench::operands& data)
      : x(wrap<2>(data.x.data(), {std::size_t(c.rows), std::size_t(c.columns)})),
        y(wrap<2>(data.y.data(), {std::size_t(c.rows), std::size_t(c.columns)})),
        gain(wrap<1>(data.second.data(), {std::size_t(c.gain_elements())})),
        bias(wrap<1>(data.third.data(), {std::size_t(c.gain_elements())})) {}
  tensor<2> x, y;
  tensor<1> gain, bias;
};

void softmax(problem& p) {
  xt::noalias(p.y) = xt::exp(p.x - xt::amax(p.x, along, once));
  p.y /= xt::sum(p.y, along, once);
}

void softmax_lazy(problem& p) {
  auto e = xt::exp(p.x - down(xt::amax(p.x, along)));
  xt::noalias(p.y) = e / down(xt::sum(e, along));
}

void layer_norm(problem& p) {
  xt::noalias(p.y) = p.x - xt::mean(p.x, along, once);
  xt::xtensor<float, 2> const scale =
      1.0f / xt::sqrt(xt::mean(xt::square(p.y), along, once) + bench::layer_norm_epsilon);
  xt::noalias(p.y) = p.y * scale * p.gain + p.bias;
}

void layer_norm_lazy(problem& p) {
  auto d = p.x - down(xt::mean(p.x, along));
  xt::noalias(p.y) =
      d / xt::sqrt(down(xt::mean(xt::square(d), along)) + bench::layer_norm_epsilon) * p.gain +
      p.bias;
}

void rms_norm(problem& p) {
  xt::xtensor<float, 2> const scale =
      1.0f / xt::sqrt(xt::mean(xt::square(p.x), along, once) + bench::rms_norm_epsilon);
  xt::noalias(p.y) = p.x * scale * p.gain;
}

void rms_norm_lazy(problem& p) {
  xt::noalias(p.y) =
      p.x / xt::sqrt(down(xt::mean(xt::square(p.x), along)) + bench::rms_norm_epsilon) * p.gain;
}

void min_max(problem& p) {
  xt::xtensor<float, 2> const low = xt::amin(p.x, along, once);
  xt::xtensor<float, 2> const range = xt::amax(p.x, along, once) - low;
  xt::noalias(p.y) = (p.x - low) / range;
}

void min_max_lazy(problem& p) {
  auto low = down(xt::amin(p.x, along));
  xt::noalias(p.y) = (p.x - low) / (down(xt::amax(p.x, along)) - low);
}

void gelu_chain(tensor<1>& x, tensor<1>& y) {
  auto t = x * bench::chain_scale + bench::chain_shift;
  auto gelu = t * 0.5f * (xt::erf(t * 0.70710678f) + 1.0f);
  xt::noalias(y) = xt::minimum(xt::sqrt(xt::abs(gelu * x) + 1.0f), bench::chain_limit);
}

using row_function = void (*)(problem&);

row_function row_work(operation law, bool lazy) {
  switch (law) {
    case operation::softmax: return lazy ? softmax_lazy : softmax;
    case operation::layer_norm: return lazy ? layer_norm_lazy : layer_norm;
    case operation::rms_norm: return lazy ? rms_norm_lazy : rms_norm;
    case operation::min_max: return lazy ? min_max_lazy : min_max;
    default: return nullptr;
  }
}

std::optional<bench::work> make(bench::request const& asked, bench::timed_case const& c,
                                bench::operands& data) {
  omp_set_num_threads(asked.threads);
  bool const lazy = asked.peer == "xtensor_lazy";
  if (row_function const run = row_work(c.operation, lazy)) {
    auto const p = std::make_shared<problem>(c, data);
    return [=] { run(*p); };
  }
  if (lazy) return std::nullopt;  // no reduction inside an expression: as `xtensor`
  auto x = wrap<1>(data.x.data(), {std::size_t(c.elements())});
  auto y = wrap<1>(data.y.data(), {std::size_t(c.output_elements())});
  switch (c.operation) {
    case operation::triad: {
      auto b = wrap<1>(data.second.data(), {std::size_t(c.elements())});
      return [=]() mutable { xt::noalias(y) = x * bench::triad_scale + b; };
    }
    case operation::gelu_chain: return [=]() mutable { gelu_chain(x, y); };
    case operation::sum: {
      float* const total = data.y.data();
      return [=] { *total = xt::sum(x, xt::evaluation_strategy::immediate)(); };
    }
    default: {
      auto table = wrap<2>(data.x.data(), {std::size_t(c.rows), std::size_t(c.columns)});
      return [=]() mutable {
        xt::noalias(y) = xt::sum(table, rows, xt::evaluation_strategy::immediate);
      };
    }
  }
}

// clang-format off
constexpr char versions[] =
    "xtensor " BENCH_TEXT(XTENSOR_VERSION_MAJOR) "." BENCH_TEXT(XTENSOR_VERSION_MINOR) "."
    BENCH_TEXT(XTENSOR_VERSION_PATCH) ", xsimd " BENCH_TEXT(XSIMD_VERSION_MAJOR) "."
    BENCH_TEXT(XSIMD_VERSION_MINOR);
// clang-format on

}  // namespace

int main(int count, char** values) { return bench::peer_main(count, values, versions, make); }
