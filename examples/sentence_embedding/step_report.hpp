// SPDX-License-Identifier: Apache-2.0
/// @file What the steps of a model were: kernels, work, time; and their plans in words.
#pragma once
#include <deepseek/exec/host.hpp>
#include <deepseek/plan/explain.hpp>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace deepseek::example {

/// step_report: runs each step as run_on does, and keeps an account of it.
///
/// Steps of one name are one line of table(); explanations() is what explain said about the first of
/// each.
class step_report {
 public:
  explicit step_report(host executor, bool explained = false)
      : executor_{executor}, explained_{explained} {}

  template <class Y, class E> void operator()(char const* name, Y&& y, E const& e) {
    line& l = line_of(name);
    if (explained_ && l.runs == 0) explanations_ += std::string(name) + "\n" + explain(e) + "\n";
    auto const start = std::chrono::steady_clock::now();
    (y = e).run(executor_);
    std::chrono::duration<double, std::milli> const time = std::chrono::steady_clock::now() - start;
    l.runs += 1;
    l.kernels += kernel_count<E>;
    l.ms += time.count();
    l.flops += flops(e);
    l.bytes += bytes_moved(e);
  }

  [[nodiscard]] std::string table() const {
    std::string out = text_of("%-14s%6s%9s%9s%9s%9s%10s\n", "step", "runs", "kernels", "Mflop",
                              "MB", "ms", "Gflop/s");
    line sum{"sum"};
    for (line const& l : lines_) {
      out += row(l);
      sum.runs += l.runs, sum.kernels += l.kernels;
      sum.flops += l.flops, sum.bytes += l.bytes, sum.ms += l.ms;
    }
    return out + row(sum);
  }
  [[nodiscard]] std::string const& explanations() const { return explanations_; }

 private:
  struct line {
    std::string name;
    int runs = 0;
    int kernels = 0;
    double flops = 0;
    double bytes = 0;
    double ms = 0;
  };

  line& line_of(char const* name) {
    for (line& l : lines_)
      if (l.name == name) return l;
    return lines_.emplace_back(line{name});
  }
  template <class... Value> static std::string text_of(char const* format, Value... value) {
    char buffer[160];
    std::snprintf(buffer, sizeof buffer, format, value...);
    return buffer;
  }
  static std::string row(line const& l) {
    return text_of("%-14s%6d%9d%9.1f%9.1f%9.2f%10.1f\n", l.name.c_str(), l.runs, l.kernels,
                   1e-6 * l.flops, 1e-6 * l.bytes, l.ms, 1e-6 * l.flops / l.ms);
  }

  host executor_;
  bool explained_;
  std::vector<line> lines_;
  std::string explanations_;
};

}  // namespace deepseek::example
