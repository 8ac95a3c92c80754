// SPDX-License-Identifier: Apache-2.0
/// @file A thin layer on Google Benchmark: checked cases, bytes, flops and share of the roofline.
///
///   int main(int count, char** values) {
///     bench::add_case(*bench::find_case("triad_64mi"), "deepseek", [](bench::settings const& s) {
///       auto data = std::make_shared<…>(…);            // allocate and fill: not timed
///       return bench::trial{[=] { … }, [=] { return bench::check(c, data->y, s.part); }};
///     });
///     return bench::run_cases(count, values);
///   }
///
/// A trial is made once, run once, checked, and only then timed; a wrong result or an exception
/// makes the case an error in the output, never a time. Flags of its own, beside Google Benchmark's:
///   --threads=N            handed to the trials (2)
///   --verify=all|sample    how much of a result is compared (all)
///   --roofline=FILE        what bench/roofline printed; adds `roofline_share` (or BENCH_ROOFLINE)
#pragma once

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cases.hpp"
#include "reference.hpp"
#include "timing.hpp"

namespace bench {

/// settings: what a trial may want to know.
struct settings {
  int threads = 2;
  check_part part = check_part::all;
};

/// trial: `run` is timed; `verify` looks at what the last run wrote.
struct trial {
  std::function<void()> run;
  std::function<verdict()> verify;
};

using make_trial = std::function<trial(settings const&)>;

/// read_roofline(path): milliseconds by case name, from the rows that bench/roofline prints.
inline std::map<std::string, double> read_roofline(std::string const& path) {
  std::map<std::string, double> result;
  std::ifstream file(path);
  if (!file) {
    std::fprintf(stderr, "roofline file %s cannot be read\n", path.c_str());
    std::exit(2);
  }
  auto const after = [](std::string const& line, std::string const& key) -> char const* {
    std::size_t const at = line.find(key);
    return at == std::string::npos ? nullptr : line.c_str() + at + key.size();
  };
  for (std::string line; std::getline(file, line);) {
    char const* const name = after(line, "\"case\": \"");
    char const* const time = after(line, "\"median_ms\": ");
    if (!name || !time) continue;
    std::string const text(name);
    result[text.substr(0, text.find('"'))] = std::strtod(time, nullptr);
  }
  return result;
}

namespace detail {

struct session {
  settings chosen;
  std::map<std::string, double> roofline_ms;
  std::string prepared;  // the case whose trial is held: one at a time, they are large
  std::optional<trial> current;
  std::string problem;  // why `current` must not be timed
  bool failed = false;

  static session& instance() {
    static session one;
    return one;
  }

  void prepare(std::string const& name, make_trial const& make) {
    if (name == prepared) return;
    current.reset();
    prepared = name;
    problem.clear();
    try {
      current = make(chosen);
      current->run();
      verdict const seen = current->verify();
      if (!seen.right()) problem = "wrong result: " + seen.text();
    } catch (std::exception const& e) {
      problem = e.what();
    }
  }
};

inline void time_case(benchmark::State& state, timed_case const& c, std::string const& name,
                      make_trial const& make) {
  session& s = session::instance();
  s.prepare(name, make);
  if (!s.problem.empty()) {
    s.failed = true;
    state.SkipWithError(s.problem.c_str());
    return;
  }
  for (auto _ : state) {
    s.current->run();
    benchmark::ClobberMemory();
  }
  using counter = benchmark::Counter;
  auto const a_second = [](double value) {
    return counter(value, counter::kIsIterationInvariantRate, counter::kIs1000);
  };
  double const bytes = static_cast<double>(c.bytes()), flops = static_cast<double>(c.flops());
  state.counters["bytes"] = counter(bytes);
  state.counters["flops"] = counter(flops);
  state.counters["bytes_per_second"] = a_second(bytes);
  state.counters["flops_per_second"] = a_second(flops);
  auto const found = s.roofline_ms.find(std::string(c.name));
  if (found != s.roofline_ms.end())
    state.counters["roofline_share"] = a_second(found->second * 1e-3);
}

/// take(word, key): the value of `key=value`, if word is that.
inline std::optional<std::string> take(std::string const& word, std::string const& key) {
  return word.rfind(key + "=", 0) == 0 ? std::optional(word.substr(key.size() + 1)) : std::nullopt;
}

}  // namespace detail

/// add_case(c, variant, make): registers `c.name/variant`.
inline void add_case(timed_case const& c, std::string const& variant, make_trial make) {
  std::string const name = std::string(c.name) + "/" + variant;
  benchmark::RegisterBenchmark(name.c_str(),
                               [c, name, make = std::move(make)](benchmark::State& state) {
                                 detail::time_case(state, c, name, make);
                               })
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

/// run_cases(count, values): the main of a bench program. 1: a case was wrong or failed.
inline int run_cases(int count, char** values) {
  detail::session& s = detail::session::instance();
  std::vector<char*> rest;
  std::string roofline = std::getenv("BENCH_ROOFLINE") ? std::getenv("BENCH_ROOFLINE") : "";
  for (int i = 0; i < count; ++i) {
    std::string const word = values[i];
    if (auto const threads = detail::take(word, "--threads"))
      s.chosen.threads = std::atoi(threads->c_str());
    else if (auto const part = detail::take(word, "--verify"))
      s.chosen.part = *part == "sample" ? check_part::sample : check_part::all;
    else if (auto const file = detail::take(word, "--roofline")) roofline = *file;
    else rest.push_back(values[i]);
  }
  if (s.chosen.threads < 1) return std::fputs("--threads must be at least 1\n", stderr), 2;
  if (!roofline.empty()) s.roofline_ms = read_roofline(roofline);
  int left = static_cast<int>(rest.size());
  benchmark::Initialize(&left, rest.data());
  if (benchmark::ReportUnrecognizedArguments(left, rest.data())) return 2;

  benchmark::RunSpecifiedBenchmarks();
  s.current.reset();
  benchmark::Shutdown();
  return s.failed ? 1 : 0;
}

}  // namespace bench
