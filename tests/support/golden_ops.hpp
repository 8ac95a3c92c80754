// SPDX-License-Identifier: Apache-2.0
/// @file The golden cases of a verb, tests/golden/ops/, as plain vectors.
///
/// A reader of its own, for the two files a script here wrote: a wrong one in the library cannot hide.
#pragma once
#include "golden.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace deepseek::test {

/// An array of a safetensors file: its dtype as written there (F64 F32 F16 BF16 F8_E4M3 F8_E5M2 I8
/// I16 I32 I64 U8 BOOL), shape, and bytes in row-major order.
struct golden_array {
  std::string dtype;
  std::vector<std::int64_t> shape;
  std::vector<char> bytes;

  /// The elements; Element must be as wide as the dtype, which the caller knows.
  template <class Element> std::vector<Element> as() const {
    std::size_t count = 1;
    for (auto const extent : shape) count *= static_cast<std::size_t>(extent);
    if (bytes.size() != count * sizeof(Element))
      throw std::runtime_error("a golden array of " + dtype + " is read at another width");
    std::vector<Element> out(count);
    std::memcpy(out.data(), bytes.data(), bytes.size());
    return out;
  }
};

/// Every array of a safetensors file that a golden script wrote; not for files of strangers.
inline std::map<std::string, golden_array> read_golden_arrays(std::string const& file) {
  std::ifstream stream(golden_path(file), std::ios::binary);
  std::string const content(std::istreambuf_iterator<char>(stream), {});
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, content.data(), sizeof header_bytes);
  std::string_view const data =
      std::string_view(content).substr(sizeof header_bytes + header_bytes);
  std::string_view header(content.data() + sizeof header_bytes, header_bytes);

  // "name":{"dtype":"F32","shape":[17,33],"data_offsets":[0,2244]}, again and again
  auto const after = [&](std::string_view mark) {
    auto const at = header.find(mark);
    if (at == header.npos) throw std::runtime_error(file + ": no " + std::string(mark));
    header.remove_prefix(at + mark.size());
  };
  auto const until = [&](char end) {
    std::string const found(header.substr(0, header.find(end)));
    header.remove_prefix(found.size());
    return found;
  };
  auto const numbers = [&] {
    std::vector<std::int64_t> out;
    std::istringstream list(until(']'));
    for (std::string number; std::getline(list, number, ',');) out.push_back(std::stoll(number));
    return out;
  };
  std::map<std::string, golden_array> arrays;
  while (header.find('"') != header.npos) {
    after("\"");
    golden_array& array = arrays[until('"')];
    after("\"dtype\":\"");
    array.dtype = until('"');
    after("\"shape\":[");
    array.shape = numbers();
    after("\"data_offsets\":[");
    auto const offsets = numbers();
    auto const begin = static_cast<std::size_t>(offsets.at(0));
    auto const bytes = data.substr(begin, static_cast<std::size_t>(offsets.at(1)) - begin);
    array.bytes.assign(bytes.begin(), bytes.end());
    after("}");
  }
  return arrays;
}

/// One line of tests/golden/ops/index.tsv with its arrays.
struct golden_case {
  std::string verb, name;
  std::vector<golden_array> inputs;
  golden_array expected;
  std::map<std::string, std::string> attributes;
  bool exact = false;         // exactly these values; else within the tolerance:
  double error = 0;           // largest |computed in the inputs' type - expected|
  double relative_error = 0;  // the same over max(|expected|, 2^-126)

  bool has(std::string const& key) const { return attributes.count(key) != 0; }

  /// A number such as epsilon=1e-5; nan and inf are numbers.
  double number(std::string const& key) const { return std::stod(attributes.at(key)); }

  /// A list such as axes=0,2.
  std::vector<std::int64_t> list(std::string const& key) const {
    std::vector<std::int64_t> out;
    std::istringstream text(attributes.at(key));
    for (std::string item; std::getline(text, item, ',');) out.push_back(std::stoll(item));
    return out;
  }

  /// How far a value may be from `expected_value`: twice what a straightforward computation in the same
  /// precision is off, plus 2^-23 of the value (one unit in the last place of f32), because that
  /// computation may have been lucky. `relative` also asks for twice the relative error, which tells
  /// something where no sum cancels: in maps.
  double tolerance(double expected_value, bool relative) const {
    double const size = std::max(std::abs(expected_value), 0x1p-126);
    double const allowed = relative ? std::min(error, relative_error * size) : error;
    return 2 * allowed + 0x1p-23 * size;
  }

  /// Whether `value` may stand for `expected_value`; NaN for NaN, and infinity for what f32 cannot hold.
  bool accepts(double value, double expected_value, bool relative = false) const {
    auto const rounded = static_cast<double>(static_cast<float>(expected_value));
    if (std::isnan(rounded) || std::isinf(rounded) || std::isnan(value) || std::isinf(value))
      return value == rounded || (std::isnan(value) && std::isnan(rounded));
    return std::abs(value - expected_value) <= tolerance(expected_value, relative);
  }
};

/// golden_cases("softmax"): every case of a verb, in the order of the index.
inline std::vector<golden_case> golden_cases(std::string const& verb) {
  auto const inputs = read_golden_arrays("ops/inputs.safetensors");
  auto const expected = read_golden_arrays("ops/" + verb + ".safetensors");
  std::ifstream index(golden_path("ops/index.tsv"));
  std::vector<golden_case> cases;
  for (std::string line; std::getline(index, line);) {
    std::istringstream columns(line);
    auto const column = [&] {
      std::string text;
      std::getline(columns, text, '\t');
      return text;
    };
    golden_case one;
    one.verb = column();
    if (one.verb != verb) continue;
    one.name = column();
    one.expected = expected.at(one.name);
    std::istringstream names(column());
    for (std::string name; std::getline(names, name, ',');) one.inputs.push_back(inputs.at(name));
    std::istringstream attributes(column());
    for (std::string item; attributes >> item;)
      if (auto const sign = item.find('='); sign != item.npos)
        one.attributes[item.substr(0, sign)] = item.substr(sign + 1);
    std::string const error = column(), relative_error = column();
    one.exact = error == "exact";
    if (!one.exact) one.error = std::stod(error), one.relative_error = std::stod(relative_error);
    cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace deepseek::test
