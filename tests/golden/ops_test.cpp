// SPDX-License-Identifier: Apache-2.0
/// @file Laws of the golden cases themselves: all are readable, and a known verb has its known values.
#include "tests/support/golden_ops.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <vector>

using namespace deepseek::test;

namespace {

std::map<std::string, std::size_t> width() {
  return {{"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"F8_E4M3", 1}, {"F8_E5M2", 1},
          {"I64", 8}, {"I32", 4}, {"I16", 2}, {"I8", 1},   {"U8", 1},      {"BOOL", 1}};
}

std::size_t bytes_of(golden_array const& array) {
  std::size_t bytes = width().at(array.dtype);
  for (auto const extent : array.shape) bytes *= static_cast<std::size_t>(extent);
  return bytes;
}

}  // namespace

TEST_CASE("every line of the index is a case whose arrays are there and whole") {
  std::map<std::string, std::size_t> lines;
  std::ifstream index(golden_path("ops/index.tsv"));
  std::string line;
  REQUIRE(std::getline(index, line));
  while (std::getline(index, line)) ++lines[line.substr(0, line.find('\t'))];
  CHECK(lines.size() >= 50);
  for (auto const& [name, count] : lines) {
    std::string const verb = name;  // a lambda of the macros cannot hold `name`
    auto const cases = golden_cases(verb);
    CAPTURE(verb);
    CHECK(cases.size() == count);
    for (auto const& one : cases) {
      CAPTURE(one.name);
      CHECK(!one.inputs.empty());
      for (auto const& input : one.inputs) CHECK(input.bytes.size() == bytes_of(input));
      CHECK(one.expected.bytes.size() == bytes_of(one.expected));
      if (!one.exact) CHECK(one.expected.dtype == "F64");
    }
  }
}

TEST_CASE("expected values are those of libm in double precision") {
  for (auto const& one : golden_cases("exp")) {
    if (one.inputs[0].dtype != "F32") continue;
    auto const x = one.inputs[0].as<float>();
    auto const expected = one.expected.as<double>();
    for (std::size_t i = 0; i < x.size(); ++i) {
      double const value = std::exp(static_cast<double>(x[i]));
      bool const same = value == expected[i] || (std::isnan(value) && std::isnan(expected[i]));
      if (!same) CHECK(value == doctest::Approx(expected[i]).epsilon(1e-14));
    }
  }
}

TEST_CASE("attributes are read") {
  auto const cases = golden_cases("var");
  auto const& one = cases.front();
  CHECK(one.list("axes") == std::vector<std::int64_t>{0});
  CHECK(one.number("correction") == 0);
  CHECK(one.has("keepdim"));
  CHECK_FALSE(one.has("epsilon"));
}

TEST_CASE("a value is accepted up to twice the error plus one unit in the last place") {
  golden_case one;
  one.error = 1e-3;
  one.relative_error = 1e-6;
  double const ulp = 0x1p-23;
  CHECK(one.accepts(1 + 2e-3, 1));
  CHECK_FALSE(one.accepts(1 + 2.1e-3, 1));
  CHECK(one.accepts(1 + 2e-6 + 0.9 * ulp, 1, true));
  CHECK_FALSE(one.accepts(1 + 2e-6 + 1.1 * ulp, 1, true));
  double const infinity = std::numeric_limits<double>::infinity(), nan = std::nan("");
  CHECK(one.accepts(nan, nan));
  CHECK(one.accepts(infinity, 1e39));
  CHECK_FALSE(one.accepts(infinity, 1e38));
  CHECK_FALSE(one.accepts(-infinity, 1e39));
  CHECK_FALSE(one.accepts(nan, 0));
  CHECK_FALSE(one.accepts(0, nan));
}
