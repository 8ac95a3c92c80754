// SPDX-License-Identifier: Apache-2.0
/// @file The frame of every program that multiplies, ours and the peers': arguments, operands, check,
/// timing, output. No header of the library.
#pragma once

#include <cstdio>
#include <exception>
#include <functional>
#include <optional>
#include <string>

#include "baseline/peer.hpp"
#include "matmul_cases.hpp"

namespace bench {

/// A program gives the call to time, which writes operands.y, or nothing where it has no such operation.
using make_matmul =
    std::function<std::optional<work>(request const&, matmul_case const&, matmul_operands&)>;

/// matmul_main: run once, check the result, time, print one line of JSON. 1: the result is wrong.
/// `--about` alone prints `versions`.
inline int matmul_main(int count, char** values, char const* versions, make_matmul const& make) {
  if (count == 2 && std::string(values[1]) == "--about") return std::puts(versions), 0;
  request const asked = parse(count, values);
  matmul_case const* const c = find_matmul_case(asked.name);
  if (!c) usage(values[0]);
  std::string line;
  bool right = false;
  try {
    matmul_operands operands(*c);
    std::optional<work> const run = make(asked, *c, operands);
    if (!run) return std::puts(skipped_line(c->name, asked.peer, "no such operation").c_str()), 0;
    (*run)();
    verdict const seen = check(*c, operands.y.data(), asked.part);
    right = seen.right();
    line = right ? result_line(c->name, asked.peer, measure(*run, asked.repetitions), true,
                               seen.text())
                 : skipped_line(c->name, asked.peer, "wrong result: " + seen.text());
  } catch (std::exception const& e) {
    line = skipped_line(c->name, asked.peer, e.what());
  }
  std::puts(line.c_str());
  return right ? 0 : 1;
}

}  // namespace bench
