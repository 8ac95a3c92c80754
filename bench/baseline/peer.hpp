// SPDX-License-Identifier: Apache-2.0
/// @file The frame of a peer: arguments, inputs, check, timing, output. No header of the library.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <optional>
#include <string>

#define BENCH_TEXT_OF(value) #value
#define BENCH_TEXT(value) BENCH_TEXT_OF(value)

#include "../cases.hpp"
#include "../inputs.hpp"
#include "../reference.hpp"
#include "../timing.hpp"

namespace bench {

/// operands: the inputs a case may need and its output; unused ones stay small.
struct operands {
  explicit operands(timed_case const& c)
      : x(make_input(1, c.elements())),
        second(make_input(2, c.operation == operation::triad ? c.elements() : c.gain_elements())),
        third(make_input(3, c.gain_elements())),
        y(make_output(c.output_elements())) {}
  buffer x, second, third, y;
};

/// request: the command line of a peer.
struct request {
  std::string peer, name;
  int repetitions = 5, threads = 2;
  check_part part = check_part::all;
};

[[noreturn]] inline void usage(char const* program) {
  std::fprintf(stderr,
               "usage: %s --peer NAME --case NAME [--repetitions N] [--threads N] "
               "[--verify all|sample]\n       %s --about\n",
               program, program);
  std::exit(2);
}

inline request parse(int count, char** values) {
  request asked;
  for (int i = 1; i + 1 < count; i += 2) {
    std::string const key = values[i], value = values[i + 1];
    if (key == "--peer") asked.peer = value;
    else if (key == "--case") asked.name = value;
    else if (key == "--repetitions") asked.repetitions = std::atoi(value.c_str());
    else if (key == "--threads") asked.threads = std::atoi(value.c_str());
    else if (key == "--verify")
      asked.part = value == "sample" ? check_part::sample : check_part::all;
    else usage(values[0]);
  }
  if (asked.peer.empty() || asked.repetitions < 1 || asked.threads < 1) usage(values[0]);
  return asked;
}

/// A call slower than this is not repeated: the first one is its figure.
inline constexpr double slow_seconds = 3;

/// A peer gives the call to time, or nothing where it has no such operation.
using work = std::function<void()>;
using make_work = std::function<std::optional<work>(request const&, timed_case const&, operands&)>;

/// peer_main: run once, check the result, time, print one line of JSON. 1: the result is wrong.
/// `--about` alone prints `versions`.
inline int peer_main(int count, char** values, char const* versions, make_work const& make) {
  if (count == 2 && std::string(values[1]) == "--about") return std::puts(versions), 0;
  request const asked = parse(count, values);
  timed_case const* const c = find_case(asked.name);
  if (!c) usage(values[0]);
  try {
    operands data(*c);
    std::optional<work> const run = make(asked, *c, data);
    if (!run) {
      std::puts(skipped_line(c->name, asked.peer, "no such operation").c_str());
      return 0;
    }
    double const first_seconds = seconds_of(*run);
    verdict const seen = check(*c, data.y.data(), asked.part);
    if (!seen.right()) {
      std::puts(skipped_line(c->name, asked.peer, "wrong result: " + seen.text()).c_str());
      return 1;
    }
    timing const t = first_seconds > slow_seconds ? summary({first_seconds}, 1)
                                                  : measure(*run, asked.repetitions);
    std::puts(result_line(c->name, asked.peer, t, true, seen.text()).c_str());
    return 0;
  } catch (std::exception const& e) {
    std::puts(skipped_line(c->name, asked.peer, e.what()).c_str());
    return 1;
  }
}

}  // namespace bench
