// SPDX-License-Identifier: Apache-2.0
/// @file Laws of text: nothing is cut, numbers read back, chains of temporaries move.
#include <deepseek/base/text.hpp>
#include <doctest/doctest.h>

#include <climits>
#include <clocale>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <type_traits>

using deepseek::quoted;
using deepseek::text;

namespace {

template <class Value> std::string printed(Value const& value) {
  text t;
  t << value;
  return std::string(t.c_str(), t.size());
}

template <class Value>
concept printable = requires(text& t, Value v) {
  t << v;
};

}  // namespace

TEST_CASE("text: an empty text is an empty string") {
  text const t;
  CHECK(t.empty());
  CHECK(t.size() == 0);
  CHECK(std::string(t.c_str()).empty());
}

TEST_CASE("text: it prints the extremes of every integer type") {
  CHECK(printed(0) == "0");
  CHECK(printed(static_cast<signed char>(-128)) == "-128");
  CHECK(printed(std::uint8_t{255}) == "255");
  CHECK(printed(std::numeric_limits<short>::min()) == std::to_string(SHRT_MIN));
  CHECK(printed(INT_MIN) == std::to_string(INT_MIN));
  CHECK(printed(UINT_MAX) == std::to_string(UINT_MAX));
  CHECK(printed(LLONG_MIN) == std::to_string(LLONG_MIN));
  CHECK(printed(LLONG_MAX) == std::to_string(LLONG_MAX));
  CHECK(printed(ULLONG_MAX) == std::to_string(ULLONG_MAX));
}

TEST_CASE("text: characters, booleans and null pointers have their own words") {
  CHECK(printed('x') == "x");
  CHECK(printed(true) == "true");
  CHECK(printed(false) == "false");
  CHECK(printed(static_cast<char const*>(nullptr)) == "(null)");
}

TEST_CASE("text: an address of anything but characters is refused") {
  CHECK(printable<char const*>);
  CHECK(printable<char*>);
  CHECK_FALSE(printable<int*>);
  CHECK_FALSE(printable<void const*>);
}

TEST_CASE("text: floating values take the fewest digits") {
  CHECK(printed(0.1F) == "0.1");
  CHECK(printed(0.1) == "0.1");
  CHECK(printed(1.0) == "1");
  CHECK(printed(-0.0) == "-0");
  CHECK(printed(1e-6F) == "1e-06");
  CHECK(printed(1.0 / 3.0) == "0.3333333333333333");
  CHECK(printed(1.0F / 3.0F) == "0.33333334");
  CHECK(printed(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(printed(-std::numeric_limits<float>::infinity()) == "-inf");
  CHECK(printed(std::nan("")) == "nan");
}

TEST_CASE("text: a floating value reads back as itself") {
  std::mt19937_64 random{7};
  for (int i = 0; i < 20000; ++i) {
    std::uint64_t const bits = random();
    double d;
    float f;
    std::memcpy(&d, &bits, sizeof d);
    std::memcpy(&f, &bits, sizeof f);
    if (std::isfinite(d)) REQUIRE(std::strtod(printed(d).c_str(), nullptr) == d);
    if (std::isfinite(f)) REQUIRE(std::strtof(printed(f).c_str(), nullptr) == f);
  }
}

TEST_CASE("text: a locale with a decimal comma changes nothing") {
  if (std::setlocale(LC_NUMERIC, "de_DE.UTF-8") == nullptr) {
    MESSAGE("no such locale on this machine");
    return;
  }
  std::string const got = printed(1.5);
  std::setlocale(LC_NUMERIC, "C");
  CHECK(got == "1.5");
}

TEST_CASE("text: nothing is cut, however long") {
  text t;
  std::string expected;
  for (int i = 0; i < 10000; ++i) {
    t << i << ", ";
    expected += std::to_string(i) + ", ";
  }
  CHECK(std::string(t.c_str()) == expected);
  CHECK(t.size() == expected.size());
}

TEST_CASE("text: it can be added to itself") {
  text t{"ab"};
  for (int i = 0; i < 10; ++i) t << t;
  CHECK(t.size() == 2048);
  CHECK(std::string(t.c_str(), 4) == "abab");
  text whole{"0123456789"};
  for (int i = 0; i < 20; ++i) whole.append(whole.c_str() + 3, 4);
  CHECK(std::string(whole.c_str() + 10, 8) == "34563456");
}

TEST_CASE("text: null characters are kept") {
  text t;
  t.append("a\0b", 3);
  CHECK(t.size() == 3);
  CHECK(t.c_str()[2] == 'b');
}

TEST_CASE("text: a copy is independent, a moved-from text is empty") {
  text first{"first"};
  text second = first;
  second << "!";
  CHECK(first == text{"first"});
  CHECK(second == text{"first!"});
  text third = std::move(second);
  CHECK(third == text{"first!"});
  CHECK(second.empty());  // NOLINT(bugprone-use-after-move): promised
  second << "again";
  CHECK(second == text{"again"});
  third = first;
  CHECK(third == first);
  text& alias = third;
  third = alias;
  CHECK(third == first);
}

TEST_CASE("text: a chain on a temporary stays a temporary, on a variable an lvalue") {
  static_assert(std::is_same_v<decltype(text{} << 1 << "a" << 'b' << quoted{"c"}), text&&>);
  text t;
  static_assert(std::is_same_v<decltype(t << 1 << "a"), text&>);
  text const chained = text{} << "[DS-X] " << 3 << ' ' << 2.5F << ' ' << true;
  CHECK(chained == text{"[DS-X] 3 2.5 true"});
}

TEST_CASE("quoted: control characters, quotes and foreign bytes are escaped") {
  CHECK(printed(quoted{"plain name"}) == "\"plain name\"");
  CHECK(printed(quoted{"a\"b\\c"}) == R"("a\"b\\c")");
  CHECK(printed(quoted{"a\nb\x1b[2J", 7}) == R"("a\x0ab\x1b[2J")");
  CHECK(printed(quoted{"\0z", 2}) == R"("\x00z")");
  CHECK(printed(quoted{"\xff"}) == R"("\xff")");
}

TEST_CASE("quoted: a very long name is cut and its length told") {
  std::string const name(1000, 'n');
  CHECK(printed(quoted{name.c_str()}) == "\"" + std::string(200, 'n') + "\"... (1000 characters)");
}
