// SPDX-License-Identifier: Apache-2.0
/// @file Eigen 3.4 (unsupported Tensor module, thread pool): each case as a user writes it.
///
/// `eigen`       follows the module's README: .eval() on a reduction before it is broadcast, and
///               the output's own memory for the intermediate exp.
/// `eigen_lazy`  the law as one expression, no .eval(): the reduction runs again per element.
#define EIGEN_USE_THREADS
#include <unsupported/Eigen/CXX11/Tensor>

#include "peer.hpp"

namespace {

using bench::operation;
using matrix = Eigen::TensorMap<Eigen::Tensor<float, 2, Eigen::RowMajor>, Eigen::Aligned>;
using vector = Eigen::TensorMap<Eigen::Tensor<float, 1, Eigen::RowMajor>, Eigen::Aligned>;
using scalar = Eigen::TensorMap<Eigen::Tensor<float, 0, Eigen::RowMajor>, Eigen::Aligned>;
using shape = Eigen::array<Eigen::Index, 2>;

struct machine {
  explicit machine(int threads) : pool(threads), device(&pool, threads) {}
  Eigen::ThreadPool pool;
  Eigen::ThreadPoolDevice device;
};

struct problem {
  problem(bench::timed_case const& c, bench::operands& data)
      : rows(c.rows),
        columns(c.columns),
        x(data.x.data(), rows, columns),
        y(data.y.data(), rows, columns),
        gain(data.second.data(), 1, c.gain_elements()),
        bias(data.third.data(), 1, c.gain_elements()) {}
  Eigen::Index rows, columns;
  matrix x, y, gain, bias;
  Eigen::array<int, 1> along{1};
  shape column() const { return {rows, 1}; }
  shape across() const { return {1, columns}; }
  shape down() const { return {rows, 1}; }
};

template <class Device> void softmax(problem& p, Device& device) {
  p.y.device(device) =
      (p.x - p.x.maximum(p.along).eval().reshape(p.column()).broadcast(p.across())).exp();
  p.y.device(device) =
      p.y * p.y.sum(p.along).inverse().eval().reshape(p.column()).broadcast(p.across());
}

template <class Device> void softmax_lazy(problem& p, Device& device) {
  auto e = (p.x - p.x.maximum(p.along).reshape(p.column()).broadcast(p.across())).exp();
  p.y.device(device) = e / e.sum(p.along).reshape(p.column()).broadcast(p.across());
}

template <class Device> void layer_norm(problem& p, Device& device) {
  p.y.device(device) = p.x - p.x.mean(p.along).eval().reshape(p.column()).broadcast(p.across());
  p.y.device(device) = p.y *
                           (p.y.square().mean(p.along) + bench::layer_norm_epsilon)
                               .rsqrt()
                               .eval()
                               .reshape(p.column())
                               .broadcast(p.across()) *
                           p.gain.broadcast(p.down()) +
                       p.bias.broadcast(p.down());
}

template <class Device> void layer_norm_lazy(problem& p, Device& device) {
  auto d = p.x - p.x.mean(p.along).reshape(p.column()).broadcast(p.across());
  p.y.device(device) = d *
                           (d.square().mean(p.along) + bench::layer_norm_epsilon)
                               .rsqrt()
                               .reshape(p.column())
                               .broadcast(p.across()) *
                           p.gain.broadcast(p.down()) +
                       p.bias.broadcast(p.down());
}

template <class Device> void rms_norm(problem& p, Device& device) {
  p.y.device(device) = p.x *
                       (p.x.square().mean(p.along) + bench::rms_norm_epsilon)
                           .rsqrt()
                           .eval()
                           .reshape(p.column())
                           .broadcast(p.across()) *
                       p.gain.broadcast(p.down());
}

template <class Device> void rms_norm_lazy(problem& p, Device& device) {
  p.y.device(device) = p.x *
                       (p.x.square().mean(p.along) + bench::rms_norm_epsilon)
                           .rsqrt()
                           .reshape(p.column())
                           .broadcast(p.across()) *
                       p.gain.broadcast(p.down());
}

template <class Device> void min_max(problem& p, Device& device) {
  Eigen::Tensor<float, 2, Eigen::RowMajor> low(p.rows, 1);
  low.device(device) = p.x.minimum(p.along).reshape(p.column());
  p.y.device(device) =
      (p.x - low.broadcast(p.across())) /
      (p.x.maximum(p.along).reshape(p.column()) - low).eval().broadcast(p.across());
}

template <class Device> void min_max_lazy(problem& p, Device& device) {
  auto low = p.x.minimum(p.along).reshape(p.column()).broadcast(p.across());
  auto high = p.x.maximum(p.along).reshape(p.column()).broadcast(p.across());
  p.y.device(device) = (p.x - low) / (high - low);
}

template <class Device> void gelu_chain(vector& x, vector& y, Device& device) {
  auto t = x * bench::chain_scale + bench::chain_shift;
  auto gelu = t * 0.5f * ((t * 0.70710678f).erf() + 1.0f);
  y.device(device) = ((gelu * x).abs() + 1.0f).sqrt().cwiseMin(bench::chain_limit);
}

std::optional<bench::work> make(bench::request const& asked, bench::timed_case const& c,
                                bench::operands& data) {
  auto const m = std::make_shared<machine>(asked.threads);
  auto const row_work = [&](auto eager, auto lazy) -> bench::work {
    auto const p = std::make_shared<problem>(c, data);
    if (asked.peer == "eigen_lazy") return [=] { lazy(*p, m->device); };
    return [=] { eager(*p, m->device); };
  };
  switch (c.operation) {
    case operation::softmax:
      return row_work([](auto& p, auto& d) { softmax(p, d); },
                      [](auto& p, auto& d) { softmax_lazy(p, d); });
    case operation::layer_norm:
      return row_work([](auto& p, auto& d) { layer_norm(p, d); },
                      [](auto& p, auto& d) { layer_norm_lazy(p, d); });
    case operation::rms_norm:
      return row_work([](auto& p, auto& d) { rms_norm(p, d); },
                      [](auto& p, auto& d) { rms_norm_lazy(p, d); });
    case operation::min_max:
      return row_work([](auto& p, auto& d) { min_max(p, d); },
                      [](auto& p, auto& d) { min_max_lazy(p, d); });
    default: break;
  }
  if (asked.peer == "eigen_lazy") return std::nullopt;  // no reduction to evaluate: as `eigen`
  vector x(data.x.data(), c.elements()), y(data.y.data(), c.output_elements());
  switch (c.operation) {
    case operation::triad: {
      vector b(data.second.data(), c.elements());
      return [=]() mutable { y.device(m->device) = x * bench::triad_scale + b; };
    }
    case operation::gelu_chain: return [=]() mutable { gelu_chain(x, y, m->device); };
    case operation::sum: {
      scalar total(data.y.data());
      return [=]() mutable { total.device(m->device) = x.sum(); };
    }
    default: {
      matrix table(data.x.data(), c.rows, c.columns);
      Eigen::array<int, 1> const rows{0};
      return [=]() mutable { y.device(m->device) = table.sum(rows); };
    }
  }
}

constexpr char versions[] = "Eigen " BENCH_TEXT(EIGEN_WORLD_VERSION) "." BENCH_TEXT(
    EIGEN_MAJOR_VERSION) "." BENCH_TEXT(EIGEN_MINOR_VERSION);

}  // namespace

int main(int count, char** values) { return bench::peer_main(count, values, versions, make); }
