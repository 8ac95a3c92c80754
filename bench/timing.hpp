// SPDX-License-Identifier: Apache-2.0
/// @file Timing of one call by samples, and the line of JSON that every program prints for a case.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// timing: milliseconds a call; a sample is the mean over `batch` calls in a row.
struct timing {
  double median_ms = 0, min_ms = 0, max_ms = 0;
  int repetitions = 0;
  std::int64_t batch = 1;
};

/// A sample shorter than this says more about the clock and the scheduler than about the code.
inline constexpr double shortest_sample_seconds = 0.01;
inline constexpr int calibration_calls = 5;

template <class Function> double seconds_of(Function&& f) {
  auto const start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// summary(samples in seconds, batch): median, smallest and largest.
inline timing summary(std::vector<double> samples, std::int64_t batch) {
  std::sort(samples.begin(), samples.end());
  std::size_t const n = samples.size();
  double const median = (samples[(n - 1) / 2] + samples[n / 2]) / 2;
  return {median * 1e3, samples.front() * 1e3, samples.back() * 1e3, static_cast<int>(n), batch};
}

/// batch_for(seconds a call): how many calls fill a sample.
inline std::int64_t batch_for(double seconds) {
  if (seconds >= shortest_sample_seconds) return 1;
  return static_cast<std::int64_t>(std::ceil(shortest_sample_seconds / std::max(seconds, 1e-8)));
}

/// measure(run, repetitions): the caller has run it before, so caches and pages are warm.
template <class Function> timing measure(Function&& run, int repetitions) {
  double fastest = seconds_of(run);
  for (int call = 1; call < calibration_calls && fastest < shortest_sample_seconds; ++call)
    fastest = std::min(fastest, seconds_of(run));
  std::int64_t const batch = batch_for(fastest);
  std::vector<double> samples;
  for (int sample = 0; sample < repetitions; ++sample)
    samples.push_back(seconds_of([&] {
                        for (std::int64_t call = 0; call < batch; ++call) run();
                      }) /
                      static_cast<double>(batch));
  return summary(samples, batch);
}

/// result_line: the schema that bench/run.py reads.
inline std::string result_line(std::string_view name, std::string_view program, timing const& t,
                               bool verified, std::string_view note) {
  char line[768];
  std::snprintf(line, sizeof line,
                "{\"case\": \"%.*s\", \"peer\": \"%.*s\", \"median_ms\": %.6g, \"min_ms\": %.6g, "
                "\"max_ms\": %.6g, \"repetitions\": %d, \"batch\": %lld, \"verified\": %s, "
                "\"note\": \"%.*s\"}",
                static_cast<int>(name.size()), name.data(), static_cast<int>(program.size()),
                program.data(), t.median_ms, t.min_ms, t.max_ms, t.repetitions,
                static_cast<long long>(t.batch), verified ? "true" : "false",
                static_cast<int>(note.size()), note.data());
  return line;
}

/// skipped_line: why a program has no figure for a case.
inline std::string skipped_line(std::string_view name, std::string_view program,
                                std::string_view why) {
  std::string line = "{\"case\": \"";
  line.append(name).append("\", \"peer\": \"").append(program).append("\", \"skipped\": \"");
  return line.append(why).append("\"}");
}

}  // namespace bench
