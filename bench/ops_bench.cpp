// SPDX-License-Identifier: Apache-2.0
/// @file The cases of cases.inc through the library, as a user writes them.
#include <memory>
#include <utility>

#include <deepseek/deepseek.hpp>

#include "harness.hpp"

namespace ds = deepseek;

namespace {

using bench::operation;
using bench::timed_case;

using vector = ds::tensor<float, ds::dims<ds::dyn>>;
using matrix = ds::tensor<float, ds::dims<ds::dyn, ds::dyn>>;
constexpr auto rows = ds::axes<0>;
constexpr auto last = ds::axes<-1>;

/// filled(extents, value): a tensor of value(i), on huge pages, as a user who wants speed makes it.
template <class Tensor, class Value>
Tensor filled(typename Tensor::dims_type const& extents, Value const& value) {
  Tensor result(extents, ds::host_memory{ds::huge_pages::yes});
  bench::for_each_range(result.size(), 2, [&](int, std::int64_t first, std::int64_t end) {
    for (std::int64_t i = first; i < end; ++i) result.data()[i] = value(i);
  });
  return result;
}

template <class Tensor>
Tensor input(std::uint32_t seed, typename Tensor::dims_type const& extents) {
  return filled<Tensor>(extents, [seed](std::int64_t i) {
    return bench::input_value(seed, static_cast<std::uint64_t>(i));
  });
}

/// Every value is a NaN, so that an element nobody writes fails the check.
template <class Tensor> Tensor output(typename Tensor::dims_type const& extents) {
  return filled<Tensor>(extents, [](std::int64_t) { return __builtin_nanf(""); });
}

/// trial_of(c, s, y, run): run(y, executor) is timed; y is compared with the reference.
template <class Output, class Run>
bench::trial trial_of(timed_case const& c, bench::settings const& s, Output y, Run run) {
  struct state {
    Output y;
    Run run;
  };
  auto const kept = std::make_shared<state>(state{std::move(y), std::move(run)});
  ds::host const executor{s.threads};
  return {[=] { kept->run(kept->y, executor); },
          [=, part = s.part] { return bench::check(c, kept->y.data(), part); }};
}

bench::trial triad(timed_case const& c, bench::settings const& s) {
  ds::dims<ds::dyn> const shape{c.columns};
  return trial_of(c, s, output<vector>(shape),
                  [a = input<vector>(1, shape), b = input<vector>(2, shape)](vector& y, auto host) {
                    (y = a * bench::triad_scale + b).run(host);
                  });
}

bench::trial gelu_chain(timed_case const& c, bench::settings const& s) {
  ds::dims<ds::dyn> const shape{c.columns};
  return trial_of(c, s, output<vector>(shape), [x = input<vector>(1, shape)](vector& y, auto host) {
    (y = ds::minimum(ds::sqrt(ds::abs(ds::gelu(x * 0.7f + 0.1f) * x) + 1.f), 2.f)).run(host);
  });
}

/// row_trial(c, s, verb): y = verb(x) by row.
template <class Verb>
bench::trial row_trial(timed_case const& c, bench::settings const& s, Verb verb) {
  ds::dims<ds::dyn, ds::dyn> const shape{c.rows, c.columns};
  return trial_of(
      c, s, output<matrix>(shape),
      [x = input<matrix>(1, shape), verb](matrix& y, auto host) { (y = verb(x)).run(host); });
}

bench::trial softmax(timed_case const& c, bench::settings const& s) {
  return row_trial(c, s, [](matrix const& x) { return ds::softmax(x, last); });
}

bench::trial layer_norm(timed_case const& c, bench::settings const& s) {
  ds::dims<ds::dyn> const row{c.columns};
  return row_trial(c, s,
                   [gain = input<vector>(2, row), bias = input<vector>(3, row)](matrix const& x) {
                     return ds::layer_norm(x, gain, bias, double{bench::layer_norm_epsilon});
                   });
}

bench::trial rms_norm(timed_case const& c, bench::settings const& s) {
  return row_trial(c, s, [gain = input<vector>(2, ds::dims<ds::dyn>{c.columns})](matrix const& x) {
    return ds::rms_norm(x, gain, double{bench::rms_norm_epsilon});
  });
}

bench::trial min_max(timed_case const& c, bench::settings const& s) {
  return row_trial(c, s, [](matrix const& x) {
    return ds::let(ds::min(x, last),
                   [&](auto least) { return (x - least) / (ds::max(x, last) - least); });
  });
}

bench::trial sum(timed_case const& c, bench::settings const& s) {
  return trial_of(c, s, output<vector>(ds::dims<ds::dyn>{1}),
                  [x = input<vector>(1, ds::dims<ds::dyn>{c.columns})](vector& y, auto host) {
                    (y = ds::sum(x, last)).run(host);
                  });
}

bench::trial column_sum(timed_case const& c, bench::settings const& s) {
  ds::dims<ds::dyn, ds::dyn> const shape{c.rows, c.columns};
  return trial_of(
      c, s, output<matrix>(ds::dims<ds::dyn, ds::dyn>{1, c.columns}),
      [x = input<matrix>(1, shape)](matrix& y, auto host) { (y = ds::sum(x, rows)).run(host); });
}

/// make(law): the function that prepares such a case.
bench::trial (*make(operation law))(timed_case const&, bench::settings const&) {
  switch (law) {
    case operation::triad: return triad;
    case operation::gelu_chain: return gelu_chain;
    case operation::softmax: return softmax;
    case operation::layer_norm: return layer_norm;
    case operation::rms_norm: return rms_norm;
    case operation::min_max: return min_max;
    case operation::sum: return sum;
    case operation::column_sum: return column_sum;
  }
  return nullptr;
}

}  // namespace

int main(int count, char** values) {
  for (timed_case const& c : bench::cases)
    bench::add_case(c, "deepseek", [&c, prepare = make(c.operation)](bench::settings const& s) {
      return prepare(c, s);
    });
  return bench::run_cases(count, values);
}
