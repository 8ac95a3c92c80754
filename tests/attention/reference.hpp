// SPDX-License-Identifier: Apache-2.0
/// @file Attention as its definition says, in double precision with all scores in memory.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <deepseek/tensor/tensor.hpp>

namespace deepseek::test {

/// attention_shape: q [b, h, n, d], k [b, g, m, d], v [b, g, m, w].
struct attention_shape {
  std::int64_t b, h, g, n, m, d, w;
};

/// attention_result: y [b, h, n, w] and the logarithms of sums [b, h, n].
struct attention_result {
  std::vector<double> y;
  std::vector<double> logarithm;
};

/// read(tensor)(i, j, k, l) of four indices.
template <class X>
double element_of(X const& x, std::int64_t i, std::int64_t j, std::int64_t k, std::int64_t l) {
  return static_cast<double>(static_cast<float>(x(i, j, k, l)));
}

/// reference_attention(shape, q, k, v, scale, f, sink): f(score, b, h, i, j) in doubles; sink(h) is the score
/// of one more key whose value is 0.
template <class Q, class K, class V, class F, class Sink>
attention_result reference_attention(attention_shape const& s, Q const& q, K const& k, V const& v,
                                     double scale, F const& f, Sink const& sink) {
  attention_result out;
  std::vector<double> score(static_cast<std::size_t>(s.m));
  for (std::int64_t b = 0; b < s.b; ++b)
    for (std::int64_t h = 0; h < s.h; ++h)
      for (std::int64_t i = 0; i < s.n; ++i) {
        std::int64_t const g = h / (s.h / s.g);
        double most = sink(h);
        for (std::int64_t j = 0; j < s.m; ++j) {
          double sum = 0;
          for (std::int64_t d = 0; d < s.d; ++d)
            sum += element_of(q, b, h, i, d) * element_of(k, b, g, j, d);
          score[std::size_t(j)] = f(sum * scale, b, h, i, j);
          most = std::max(most, score[std::size_t(j)]);
        }
        bool const nothing = most == -std::numeric_limits<double>::infinity();
        double total = nothing ? 0 : std::exp(sink(h) - most);
        for (auto& x : score) {
          x = nothing ? 0 : std::exp(x - most);
          total += x;
        }
        for (std::int64_t e = 0; e < s.w; ++e) {
          double sum = 0;
          for (std::int64_t j = 0; j < s.m; ++j)
            if (score[std::size_t(j)] != 0)
              sum += score[std::size_t(j)] * element_of(v, b, g, j, e);
          out.y.push_back(total == 0 ? 0 : sum / total);
        }
        out.logarithm.push_back(total == 0 ? -std::numeric_limits<double>::infinity()
                                           : most + std::log(total));
      }
  return out;
}

/// A tensor of normal numbers.
template <class T>
tensor<T, dims<dyn, dyn, dyn, dyn>> normal_tensor(std::int64_t a, std::int64_t b, std::int64_t c,
                                                  std::int64_t d, unsigned seed) {
  tensor<T, dims<dyn, dyn, dyn, dyn>> x{dims<dyn, dyn, dyn, dyn>{a, b, c, d}};
  std::mt19937 random{seed};
  std::normal_distribution<float> value;
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<T>(value(random));
  return x;
}

}  // namespace deepseek::test
