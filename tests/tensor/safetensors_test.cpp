// SPDX-License-Identifier: Apache-2.0
/// @file Laws of reading safetensors: the reference's files are read, hostile ones are refused by name.
#include <deepseek/tensor/safetensors.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "../support/golden.hpp"
#include "files.hpp"

namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using ds::safetensors_file;
using ds::test::bytes_of;
using ds::test::contains;
using ds::test::message_of;
using ds::test::scratch_file;

namespace {

std::string golden(std::string const& name) {
  return ds::test::golden_path("tensor/safetensors/" + name + ".safetensors");
}

std::string little_endian(std::uint64_t value) {
  std::string result;
  for (int i = 0; i < 8; ++i) result += static_cast<char>(value >> (8 * i) & 0xff);
  return result;
}

/// A file with this head and `data_bytes` bytes behind it.
std::string file_of(std::string const& head, std::size_t data_bytes = 0) {
  return little_endian(head.size()) + head + std::string(data_bytes, '\0');
}

/// The error of opening these bytes.
std::string opening(std::string const& bytes) {
  scratch_file const file{"hostile.safetensors", bytes};
  return message_of<ds::io_error>([&] { safetensors_file const opened{file.path}; });
}

/// A tensor's entry in a head.
std::string entry(std::string const& name, std::string const& type, std::string const& shape,
                  std::string const& offsets) {
  return "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":" + shape +
         ",\"data_offsets\":" + offsets + "}";
}

}  // namespace

TEST_CASE_TEMPLATE("safetensors_file: every element type, viewed and copied", T, double, float,
                   ds::f16, ds::bf16, ds::fp8_e4m3, ds::fp8_e5m2, std::int8_t, std::int16_t,
                   std::int32_t, std::int64_t, std::uint8_t, bool) {
  safetensors_file const file{golden("all_types")};
  std::string const name = ds::dtype_name(ds::dtype_of<T>);
  auto const view = file.view<T, dims<dyn, 3>>(name);
  auto const copy = file.read<T, dims<2, 3>>(name);
  REQUIRE(view.extents() == dims<2, 3>{});
  for (int i = 0; i < 6; ++i) {
    auto const expected = std::is_same_v<T, bool> ? i % 2 : i;
    CHECK(static_cast<float>(view.data()[i]) == static_cast<float>(expected));
    CHECK(static_cast<float>(copy.data()[i]) == static_cast<float>(expected));
  }
}

TEST_CASE("safetensors_file: names with any character, rank 0, no elements, metadata") {
  safetensors_file const file{golden("shapes")};
  CHECK(file.names() ==
        std::vector<std::string>{"none", "rank3", "scalar", "odd \"name\"\\\n\t\x01 é😀"});
  CHECK(file.view<std::int16_t>("odd \"name\"\\\n\t\x01 é😀")(1) == 2);
  CHECK(*file.view<float, dims<>>("scalar").data() == 7.5F);
  CHECK(file.view<float, dims<dyn, dyn, dyn>>("none").extents() == dims<3, 0, 2>{});
  CHECK(file.read<float, dims<3, 0, 2>>("none").size() == 0);
  CHECK(file.view<float, dims<2, dyn, 4>>("rank3")(1, 2, 3) == 23.0F);
  CHECK(file.metadata().at("made by") == "a \"test\"\n");
  CHECK(file.contains("rank3"));
  CHECK_FALSE(file.contains("rank"));
  CHECK(file.entry("rank3").shape == std::vector<std::int64_t>{2, 3, 4});
  CHECK(file.entry("rank3").type == "F32");
}

TEST_CASE("safetensors_file: a file without tensors") {
  safetensors_file const file{golden("nothing")};
  CHECK(file.names().empty());
  CHECK(contains(message_of<ds::argument_error>([&] { (void)file.entry("x"); }), "it has 0."));
}

TEST_CASE("safetensors_file: keys and tensors in any order") {
  safetensors_file const file{golden("any_order")};
  CHECK(file.read<std::int32_t, dims<1, 1>>("a")(0, 0) == 1);
  CHECK(file.read<std::int32_t>("b")(0) == 2);
}

TEST_CASE("safetensors_file: what the file misaligns is copied, not viewed") {
  safetensors_file const file{golden("unaligned")};
  CHECK(contains(message_of<ds::io_error>([&] { (void)file.view<float>("x"); }),
                 "[DS-SAFETENSORS-ALIGNMENT]"));
  auto const x = file.read<float>("x");
  CHECK(x(0) == 1.5F);
  CHECK(x(1) == -2.5F);
}

TEST_CASE("safetensors_file: types the library lacks are listed, and refused when asked for") {
  safetensors_file const file{golden("foreign_types")};
  CHECK(file.entry("u16").type == "U16");
  CHECK(file.view<float>("f32")(0) == 1.0F);
  auto const message = message_of<ds::dtype_error>([&] { (void)file.view<std::int16_t>("u16"); });
  CHECK(contains(message, "[DS-SAFETENSORS-DTYPE]"));
  CHECK(contains(message, "U16"));
}

TEST_CASE("safetensors_file: another type, shape or name is refused with both") {
  safetensors_file const file{golden("all_types")};
  auto const type =
      message_of<ds::dtype_error>([&] { (void)file.view<float, dims<2, 3>>("bf16"); });
  CHECK(contains(type, "holds BF16, asked for is F32 (f32)"));
  auto const shape =
      message_of<ds::shape_error>([&] { (void)file.read<float, dims<dyn, 4>>("f32"); });
  CHECK(contains(shape, "has shape [2, 3], asked for is [dyn, 4]"));
  CHECK(contains(message_of<ds::shape_error>([&] { (void)file.view<float>("f32"); }), "[dyn]"));
  auto const name = message_of<ds::argument_error>([&] { (void)file.view<float>("f31"); });
  CHECK(contains(name, "has no tensor \"f31\"; it has 12: \"int64\", "));
}

TEST_CASE("safetensors_file: views live as long as the file object, moved or not") {
  safetensors_file first{golden("all_types")};
  auto const view = first.view<float, dims<2, 3>>("f32");
  safetensors_file const second{std::move(first)};
  CHECK(view(1, 2) == 5.0F);
  CHECK(second.view<float, dims<2, 3>>("f32").data() == view.data());
}

TEST_CASE("safetensors_file: a bool that is neither 0 nor 1 is refused") {
  std::string bytes = bytes_of(golden("all_types"));
  bytes.back() = '\x02';  // bool is the last tensor
  scratch_file const file{"bool.safetensors", bytes};
  safetensors_file const opened{file.path};
  CHECK(contains(message_of<ds::io_error>([&] { (void)opened.view<bool, dims<2, 3>>("bool"); }),
                 "[DS-SAFETENSORS-BOOL]"));
}

TEST_CASE("safetensors_file: every cut of a file is refused") {
  std::string const whole = bytes_of(golden("shapes"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(contains(opening(whole.substr(0, size)), "[DS-SAFETENSORS-"));
  }
  CHECK(contains(opening(whole + '\0'), "[DS-SAFETENSORS-OFFSETS]"));
}

TEST_CASE("safetensors_file: the length of the head is not believed") {
  CHECK(contains(opening(little_endian(3) + "{}"), "said to have 3 bytes"));
  CHECK(contains(opening(little_endian(~std::uint64_t{0}) + "{}"), "said to have"));
  CHECK(contains(opening(little_endian(~std::uint64_t{0} - 7) + "{}"), "said to have"));
  CHECK(contains(opening(little_endian(std::uint64_t{1} << 63) + "{}"), "said to have"));
  CHECK(contains(opening(little_endian(0)), "does not begin with '{'"));
  CHECK(contains(opening(file_of(" {}")), "does not begin with '{'"));
  CHECK(opening(file_of("{}")) == "no error");
  CHECK(opening(file_of("{}  \n ")) == "no error");
}

TEST_CASE("safetensors_file: offsets that overlap, leave a hole, leave the file, run backwards") {
  auto const with = [](std::string const& first, std::string const& second, std::size_t data) {
    return opening(file_of(
        "{" + entry("a", "U8", "[4]", first) + "," + entry("b", "U8", "[4]", second) + "}", data));
  };
  CHECK(with("[0,4]", "[4,8]", 8) == "no error");
  CHECK(with("[4,8]", "[0,4]", 8) == "no error");
  CHECK(contains(with("[0,4]", "[2,6]", 6), "[DS-SAFETENSORS-OFFSETS]"));
  CHECK(contains(with("[0,4]", "[0,4]", 4), "begins at byte 0 where the one before ends at 4"));
  CHECK(contains(with("[0,4]", "[5,9]", 9), "begins at byte 5"));
  CHECK(contains(with("[1,5]", "[5,9]", 9), "begins at byte 1"));
  CHECK(contains(with("[0,4]", "[4,8]", 7), "ends at byte 8 of 7"));
  CHECK(contains(with("[0,4]", "[4,8]", 9), "the tensors end at byte 8, the file at 9"));
  CHECK(contains(with("[0,4]", "[8,4]", 8), "[DS-SAFETENSORS-SHAPE]"));
  CHECK(contains(with("[0,4]", "[9223372036854775803,9223372036854775807]", 8),
                 "ends at byte 9223372036854775807"));
  CHECK(contains(with("[0,4]", "[4,18446744073709551616]", 8), "beyond 64 bits"));
}

TEST_CASE("safetensors_file: a shape that does not fill its bytes, or cannot be counted") {
  auto const with = [](std::string const& type, std::string const& shape, std::string const& end,
                       std::size_t data) {
    return opening(file_of("{" + entry("a", type, shape, "[0," + end + "]") + "}", data));
  };
  CHECK(with("F32", "[2]", "8", 8) == "no error");
  CHECK(with("F32", "[]", "4", 4) == "no error");
  CHECK(with("F32", "[0,144115188075855872]", "0", 0) == "no error");
  CHECK(contains(with("F32", "[2]", "7", 7), "does not fill the bytes 0 to 7"));
  CHECK(contains(with("F64", "[2]", "8", 8), "[DS-SAFETENSORS-SHAPE]"));
  CHECK(contains(with("F32", "[4294967296,4294967296]", "0", 0), "64 bits cannot count"));
  CHECK(contains(with("F32", "[4611686018427387905]", "4", 4), "64 bits cannot count"));
  CHECK(contains(with("F32", "[0,9223372036854775807,9223372036854775807]", "0", 0),
                 "64 bits cannot count"));
  CHECK(contains(with("F32", "[-1]", "4", 4), "whole number"));
  CHECK(contains(with("F32", "[1.0]", "4", 4), "whole number"));
  CHECK(contains(with("F32", "[1e0]", "4", 4), "whole number"));
  CHECK(contains(with("F32", "[01]", "4", 4), "whole number"));
  CHECK(contains(with("F32", "[true]", "4", 4), "whole number"));
  CHECK(with("F4", "[2]", "1", 1) == "no error");
  CHECK(contains(with("F4", "[3]", "1", 1), "does not fill"));
  std::string many = "[";
  for (int i = 0; i < 5000; ++i) many += "1,";
  std::string const message = with("F32", many + "2]", "4", 4);
  CHECK(contains(message, "(5001 axes)"));
  CHECK(message.size() < 500);
}

TEST_CASE("safetensors_file: unknown dtypes") {
  for (char const* type : {"F33", "f32", "", "F32 ", "\\u0000"}) {
    CAPTURE(type);
    CHECK(contains(opening(file_of("{" + entry("a", type, "[1]", "[0,4]") + "}", 4)),
                   "[DS-SAFETENSORS-DTYPE]"));
  }
}

TEST_CASE("safetensors_file: a name or a key given twice") {
  std::string const a = entry("a", "U8", "[1]", "[0,1]");
  CHECK(contains(opening(file_of("{" + a + "," + a + "}", 1)), "\"a\" stands there twice"));
  CHECK(contains(opening(file_of("{" + a + "," + entry("\\u0061", "U8", "[1]", "[1,2]") + "}", 2)),
                 "\"a\" stands there twice"));
  CHECK(contains(opening(file_of(R"({"__metadata__":{},"__metadata__":{}})")), "twice"));
  CHECK(contains(opening(file_of(R"({"__metadata__":{"k":"1","k":"2"}})")), "twice"));
  CHECK(contains(opening(file_of(R"({"a":{"dtype":"U8","dtype":"I8"}})")), "twice"));
}

TEST_CASE("safetensors_file: JSON that is not the format's") {
  auto const refused = [](std::string const& head, std::string const& why) {
    CAPTURE(head);
    std::string const message = opening(file_of(head, 1));
    CHECK(contains(message, "[DS-SAFETENSORS-HEADER]"));
    CHECK(contains(message, why));
  };
  refused("{", "should be '\"'");
  refused("{} {}", "after the closing brace");
  refused("{}}", "after the closing brace");
  refused("{,}", "should be '\"'");
  refused("{\"a\"}", "should be ':'");
  refused("{\"a\":1}", "should be '{'");
  refused("{\"a\":null}", "should be '{'");
  refused("{\"a\":[]}", "should be '{'");
  refused("{\"a\":{}}", "should be '\"'");
  refused("{\"a\":{\"dtype\":\"U8\"}}", "lacks");
  refused("{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", "lacks");
  refused("{\"a\":{\"dtype\":8}}", "should be '\"'");
  refused("{\"a\":{\"shape\":[1,]}}", "whole number");
  refused("{\"a\":{\"shape\":[1 2]}}", "should be ']'");
  refused("{\"a\":{\"shape\":1}}", "should be '['");
  refused("{\"a\":{\"data_offsets\":[0]}}", "not two numbers");
  refused("{\"a\":{\"data_offsets\":[0,1,2]}}", "not two numbers");
  refused("{\"a\":{\"strides\":[1]}}", "unknown key \"strides\"");
  refused("{\"__metadata__\":{\"k\":1}}", "should be '\"'");
  refused("{\"__metadata__\":[]}", "should be '{'");
  refused("{\"__metadata__\":null}", "should be '{'");
  refused("{" + entry("a", "U8", "[1]", "[0,1]") + ",}", "should be '\"'");
  refused("{" + entry("a", "U8", "[1]", "[0,1]"), "should be '}'");
}

TEST_CASE("safetensors_file: nothing nests, however deep it is written") {
  std::string const deep(100000, '[');
  CHECK(contains(opening(file_of("{\"a\":{\"shape\":" + deep, 0)), "whole number"));
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
  CHECK(contains(opening(file_of(objects, 0)), "unknown key"));
}

TEST_CASE("safetensors_file: strings that are no strings") {
  auto const refused = [](std::string const& name, std::string const& why) {
    CAPTURE(name);
    std::string const message = opening(file_of("{\"" + name, 0));
    CHECK(contains(message, "[DS-SAFETENSORS-HEADER]"));
    CHECK(contains(message, why));
  };
  refused("a", "does not end");
  refused("a\\", "does not end");
  refused("a\n\":", "control character");
  refused(std::string("\0", 1), "control character");
  refused("\\x41", "escape is unknown");
  refused("\\u12", "cut off");
  refused("\\u12g4", "hexadecimal");
  refused("\\ud800\":", "half a character");
  refused("\\udc00\":", "half a character");
  refused("\\ud800\\u0041", "half a character");
  refused("\xff", "no UTF-8");
  refused("\xc0\x80", "no UTF-8");          // overlong
  refused("\xe0\x9f\xbf", "no UTF-8");      // overlong
  refused("\xed\xa0\x80", "no UTF-8");      // surrogate
  refused("\xf4\x90\x80\x80", "no UTF-8");  // above U+10FFFF
  refused("\xe2\x82", "no UTF-8");          // cut
}

TEST_CASE("safetensors_file: escapes mean what JSON says") {
  scratch_file const file{
      "escapes.safetensors",
      file_of("{" +
                  entry("\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\ud83d\\ude00", "U8", "[1]",
                        "[0,1]") +
                  "}",
              1)};
  safetensors_file const opened{file.path};
  CHECK(opened.names().at(0) == "\"\\/\b\f\n\r\t\u00e9\u20ac\U0001f600");
}

TEST_CASE("safetensors_file: any byte changed, the file is refused or its tensors lie inside it") {
  std::string const path = "changed";
  int accepted = 0;
  for (char const* name : {"shapes", "any_order", "foreign_types"}) {
    std::string bytes = bytes_of(golden(name));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      char const before = bytes[i];
      for (int const value :
           {0x00, 0x22, 0x2d, 0x30, 0x39, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x80, 0xff}) {
        bytes[i] = static_cast<char>(value);
        CAPTURE(name);
        CAPTURE(i);
        CAPTURE(value);
        try {
          auto const head =
              ds::detail::safetensors_parser{bytes.data(), bytes.size(), path}.parse();
          ++accepted;
          for (auto const& one : head.entries) {
            REQUIRE(one.begin >= 0);
            REQUIRE(one.begin <= one.end);
            REQUIRE(head.data_offset + static_cast<std::size_t>(one.end) <= bytes.size());
          }
        } catch (ds::io_error const& failure) {
          REQUIRE(contains(failure.what(), "[DS-SAFETENSORS-"));
        }
      }
      bytes[i] = before;
    }
  }
  CHECK(accepted > 1000);  // bytes of elements and names may change
}
