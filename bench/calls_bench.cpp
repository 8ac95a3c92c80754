// SPDX-License-Identifier: Apache-2.0
/// @file Calls through the library, on the cases of calls_cases.inc; run_calls.py runs it.
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/histogram.hpp>
#include <deepseek/ops/scatter_add.hpp>
#include <deepseek/ops/segment.hpp>
#include <deepseek/ops/sort.hpp>
#include <deepseek/ops/top_k.hpp>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "baseline/peer.hpp"
#include "calls_cases.hpp"

namespace ds = deepseek;

namespace {

using matrix = ds::view<float, ds::dims<ds::dyn, ds::dyn>>;
using shape = ds::dims<ds::dyn, ds::dyn>;

/// operands: x, and what else a case needs; results are poisoned.
struct operands {
  explicit operands(bench::call_case const& c)
      : x{bench::make_input(1, c.elements())},
        source{
            bench::make_input(3, c.law == bench::call_law::scatter_add ? c.count * c.columns : 1)},
        values{bench::make_output(c.elements())},
        places(static_cast<std::size_t>(place_count(c)), -1) {
    if (c.law == bench::call_law::scatter_add)
      for (std::int64_t j = 0; j < c.count; ++j) numbers.push_back(bench::id_at(c, j));
    if (c.law == bench::call_law::segment_sum)
      for (std::int64_t s = 0; s <= c.count; ++s) numbers.push_back(bench::offset_at(c, s));
  }
  /// Places, or counts.
  static std::int64_t place_count(bench::call_case const& c) {
    switch (c.law) {
      case bench::call_law::top_k: return c.rows * c.count;
      case bench::call_law::sort: return c.elements();
      default: return c.count;
    }
  }
  bench::buffer x, source, values;
  std::vector<std::int64_t> numbers, places;
};

bench::work make(bench::call_case const& c, operands& data, int threads) {
  ds::host const host{threads};
  ds::view<float const, shape> const x{data.x.data(), shape{c.rows, c.columns}};
  auto const values = [&](std::int64_t rows, std::int64_t columns) {
    return matrix{data.values.data(), shape{rows, columns}};
  };
  auto const places = [&](std::int64_t rows, std::int64_t columns) {
    return ds::view<std::int64_t, shape>{data.places.data(), shape{rows, columns}};
  };
  auto const count = static_cast<std::int64_t>(data.numbers.size());
  ds::view<std::int64_t const, ds::dims<ds::dyn>> const numbers{data.numbers.data(),
                                                                ds::dims<ds::dyn>{count}};
  switch (c.law) {
    case bench::call_law::top_k:
      return [=, v = values(c.rows, c.count), p = places(c.rows, c.count), k = c.count] {
        (ds::tie(v, p) = ds::top_k(x, k)).run(host);
      };
    case bench::call_law::sort:
      return [=, v = values(c.rows, c.columns), p = places(c.rows, c.columns)] {
        (ds::tie(v, p) = ds::sort_with_places(x)).run(host);
      };
    case bench::call_law::histogram: {
      ds::view<std::int64_t, ds::dims<ds::dyn>> const y{data.places.data(),
                                                        ds::dims<ds::dyn>{c.count}};
      return [=, bins = c.count] { (y = ds::histogram(x, bins, -4, 4)).run(host); };
    }
    case bench::call_law::scatter_add: {
      ds::view<float const, shape> const source{data.source.data(), shape{c.count, c.columns}};
      return [=, y = values(c.rows, c.columns)] {
        (y = ds::scatter_add(x, ds::axes<0>, numbers, source)).run(host);
      };
    }
    default:
      return [=, y = values(c.count, c.columns)] { (y = ds::segment_sum(x, numbers)).run(host); };
  }
}

}  // namespace

int main(int count, char** values) {
  if (count == 2 && std::string(values[1]) == "--about") return std::puts("deepseek"), 0;
  bench::request const asked = bench::parse(count, values);
  bench::call_case const* const c = bench::find_call_case(asked.name);
  if (!c) bench::usage(values[0]);
  std::string line;
  bool right = false;
  try {
    operands data(*c);
    bench::work const run = make(*c, data, asked.threads);
    run();
    bench::verdict const seen = bench::check(*c, data.values.data(), data.places.data());
    right = seen.right();
    line = right ? bench::result_line(c->name, asked.peer, bench::measure(run, asked.repetitions),
                                      true, seen.text())
                 : bench::skipped_line(c->name, asked.peer, "wrong result: " + seen.text());
  } catch (std::exception const& e) {
    line = bench::skipped_line(c->name, asked.peer, e.what());
  }
  std::puts(line.c_str());
  return right ? 0 : 1;
}
