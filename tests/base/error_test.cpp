// SPDX-License-Identifier: Apache-2.0
/// @file Laws of errors: one tree, copies that cannot fail, the thrower's line, and the noexcept twin.
#include <deepseek/base/error.hpp>
#include <doctest/doctest.h>

#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace ds = deepseek;

TEST_CASE_TEMPLATE("error: each branch is an error and a std::exception", Branch, ds::shape_error,
                   ds::dtype_error, ds::device_error, ds::memory_error, ds::io_error,
                   ds::argument_error) {
  static_assert(std::is_base_of_v<ds::error, Branch>);
  static_assert(std::is_nothrow_copy_constructible_v<Branch>);
  static_assert(std::is_nothrow_move_constructible_v<Branch>);
  static_assert(std::is_nothrow_copy_assignable_v<Branch>);
  unsigned const line = __LINE__ + 2;
  try {
    throw Branch(ds::text{} << "[DS-X] " << 3 << " != " << 4);
  } catch (std::exception const& caught) {
    CHECK(std::string(caught.what()) == "[DS-X] 3 != 4");
    auto const* const as_error = dynamic_cast<ds::error const*>(&caught);
    REQUIRE(as_error != nullptr);
    CHECK(as_error->where().line == line);
    CHECK(std::strstr(as_error->where().file, "error_test.cpp") != nullptr);
  }
}

TEST_CASE("error: the kind names the branch") {
  CHECK(ds::shape_error{"m"}.kind() == ds::error_kind::shape);
  CHECK(ds::dtype_error{"m"}.kind() == ds::error_kind::dtype);
  CHECK(ds::device_error{"m"}.kind() == ds::error_kind::device);
  CHECK(ds::memory_error{"m"}.kind() == ds::error_kind::memory);
  CHECK(ds::io_error{"m"}.kind() == ds::error_kind::io);
  CHECK(ds::argument_error{"m"}.kind() == ds::error_kind::argument);
  CHECK(ds::error{"m"}.kind() == ds::error_kind::other);
}

TEST_CASE("error: copies share the text and outlive the original") {
  ds::text long_text;
  for (int i = 0; i < 1000; ++i) long_text << i << ' ';
  std::string const expected = long_text.c_str();
  auto* const original = new ds::shape_error{std::move(long_text)};
  ds::error const copy = *original;
  ds::error other{"other"};
  other = copy;
  CHECK(copy.what() == original->what());  // the same characters, not equal ones
  delete original;
  CHECK(copy.what() == expected);
  CHECK(other.what() == expected);
}

TEST_CASE("error: a place can be passed on") {
  ds::source_place const place{"model.cpp", 12};
  ds::io_error const failure{"m", place};
  CHECK(failure.where().line == 12);
  CHECK(std::string(failure.where().file) == "model.cpp");
}

TEST_CASE("status: success is ok and silent") {
  ds::status const done = ds::attempt([] {});
  CHECK(done.ok());
  CHECK(done.kind() == ds::error_kind::none);
  CHECK(std::string(done.what()).empty());
}

TEST_CASE("status: an error keeps its kind, text and place") {
  unsigned const line = __LINE__ + 1;
  ds::status const failed = ds::attempt([] { throw ds::io_error("no such file"); });
  CHECK_FALSE(failed.ok());
  CHECK(failed.kind() == ds::error_kind::io);
  CHECK(std::string(failed.what()) == "no such file");
  CHECK(failed.where().line == line);
  ds::status const copy = failed;
  CHECK(std::string(copy.what()) == "no such file");
}

TEST_CASE("status: whatever is thrown stops at attempt") {
  static_assert(noexcept(ds::attempt([] { throw 1; })));
  CHECK(std::string(ds::attempt([] { throw std::runtime_error("foreign"); }).what()) == "foreign");
  CHECK(std::strstr(ds::attempt([] { throw std::bad_alloc{}; }).what(), "DS-MEMORY") != nullptr);
  CHECK(std::strstr(ds::attempt([] { throw 1; }).what(), "DS-UNKNOWN") != nullptr);
  CHECK(ds::attempt([] { throw std::bad_alloc{}; }).kind() == ds::error_kind::memory);
  CHECK_FALSE(ds::attempt([] { throw 1; }).ok());
}
