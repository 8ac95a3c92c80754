// SPDX-License-Identifier: Apache-2.0
/// @file Laws of .npy files: NumPy's files are read, ours are NumPy's byte for byte, others are refused.
#include <deepseek/tensor/npy.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "../support/golden.hpp"
#include "files.hpp"

namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using ds::tensor;
using ds::test::bytes_of;
using ds::test::contains;
using ds::test::message_of;
using ds::test::scratch_file;

namespace {

std::string golden(std::string const& name) {
  return ds::test::golden_path("tensor/npy/" + name + ".npy");
}

/// A version 1 file with this header and `body_bytes` zero bytes.
std::string npy_with(std::string const& header, std::size_t body_bytes) {
  std::string result{"\x93NUMPY\x01\x00", 8};
  result += static_cast<char>(header.size() & 0xff);
  result += static_cast<char>(header.size() >> 8);
  return result + header + std::string(body_bytes, '\0');
}

}  // namespace

TEST_CASE_TEMPLATE("read_npy: every type that NumPy has", T, double, float, ds::f16, std::int8_t,
                   std::int16_t, std::int32_t, std::int64_t) {
  auto const x = ds::read_npy<T, dims<dyn, dyn>>(golden(ds::dtype_name(ds::dtype_of<T>)));
  REQUIRE(x.extents() == dims<2, 3>{});
  double const step = ds::floating_element<T> ? 1.5 : 1;
  for (int i = 0; i < 6; ++i) CHECK(static_cast<double>(x.data()[i]) == (i - 2) * step);
}

TEST_CASE("read_npy: uint8 and bool") {
  auto const bytes = ds::read_npy<std::uint8_t, dims<2, 3>>(golden("uint8"));
  for (int i = 0; i < 6; ++i) CHECK(bytes.data()[i] == 250 + i);
  auto const flags = ds::read_npy<bool, dims<2, 3>>(golden("bool"));
  for (int i = 0; i < 6; ++i) CHECK(flags.data()[i] == (i % 2 == 1));
}

TEST_CASE("read_npy: infinities, NaN, negative zero and subnormals keep their bits") {
  auto const x = ds::read_npy<float, dims<5>>(golden("special"));
  CHECK(x(0) == INFINITY);
  CHECK(x(1) == -INFINITY);
  CHECK(std::isnan(x(2)));
  CHECK((x(3) == 0 && std::signbit(x(3))));
  CHECK(x(4) == 0x1p-149F);
}

TEST_CASE("read_npy: rank 0, no elements, static and dynamic extents mixed") {
  CHECK(*ds::read_npy<float, dims<>>(golden("scalar")).data() == 7.5F);
  auto const empty = ds::read_npy<float, dims<dyn, dyn, 2>>(golden("empty"));
  CHECK(empty.extents() == dims<3, 0, 2>{});
  auto const mixed = ds::read_npy<float, dims<2, dyn, 4>>(golden("rank3"));
  CHECK(mixed.extents() == dims<2, 3, 4>{});
  for (int i = 0; i < 24; ++i) CHECK(mixed.data()[i] == i);
}

TEST_CASE("read_npy: Fortran order is brought into row-major order") {
  auto const x = ds::read_npy<float, dims<2, 3, 4>>(golden("fortran"));
  for (int i = 0; i < 24; ++i) CHECK(x.data()[i] == i);
  auto const bytes = ds::read_npy<std::int8_t, dims<2, 3>>(golden("fortran_int8"));
  for (int i = 0; i < 6; ++i) CHECK(bytes.data()[i] == i);
  CHECK(ds::inspect_npy(golden("fortran")).fortran_order);
}

TEST_CASE("read_npy: versions 2 and 3, old headers, an array before another") {
  for (char const* name : {"version2", "version3"}) {
    auto const x = ds::read_npy<float, dims<2, 3>>(golden(name));
    for (int i = 0; i < 6; ++i) CHECK(x.data()[i] == i);
  }
  auto const odd = ds::read_npy<float, dims<dyn>>(golden("odd_header"));
  CHECK(odd.extents() == dims<2>{});
  CHECK(odd(1) == 1.0F);
  CHECK(ds::read_npy<float, dims<2, 3>>(golden("two_arrays"))(1, 2) == 4.5F);
}

TEST_CASE("read_npy: a bool is what is not zero") {
  std::string bytes = bytes_of(golden("bool"));
  bytes[bytes.size() - 1] = '\x82';
  scratch_file const file{"flags.npy", bytes};
  auto const flags = ds::read_npy<bool, dims<2, 3>>(file.path);
  CHECK(reinterpret_cast<unsigned char const*>(flags.data())[5] == 1);
}

TEST_CASE("inspect_npy: type and shape without the elements") {
  auto const header = ds::inspect_npy(golden("rank3"));
  CHECK(header.descr == "<f4");
  CHECK_FALSE(header.fortran_order);
  CHECK(header.shape == std::vector<std::int64_t>{2, 3, 4});
  CHECK(header.data_offset == 128);
}

TEST_CASE("read_npy: another type is refused by name") {
  auto const reading = [](char const* name) {
    return message_of<ds::dtype_error>([&] { (void)ds::read_npy<float, dims<dyn>>(golden(name)); });
  };
  CHECK(contains(reading("f64"), "[DS-NPY-DTYPE]"));
  CHECK(contains(reading("f64"), "\"<f8\", asked for is \"<f4\""));
  CHECK(contains(reading("big_endian"), "little-endian"));
  CHECK(contains(reading("structured"), "structures"));
  CHECK(contains(reading("complex"), "<c8"));
  CHECK(contains(reading("uint16"), "<u2"));
}

TEST_CASE("npy_element: bf16 and fp8 are no NumPy types") {
  static_assert(!ds::npy_element<ds::bf16> && !ds::npy_element<ds::fp8_e4m3>);
  static_assert(ds::npy_element<ds::f16> && ds::npy_element<bool>);
}

TEST_CASE("read_npy: another shape is refused with both shapes") {
  auto const rank = message_of<ds::shape_error>(
      [] { (void)ds::read_npy<float, dims<dyn, 384>>(golden("rank3")); });
  CHECK(contains(rank, "[DS-NPY-SHAPE]"));
  CHECK(contains(rank, "[2, 3, 4]"));
  CHECK(contains(rank, "[dyn, 384]"));
  CHECK(contains(
      message_of<ds::shape_error>([] { (void)ds::read_npy<float, dims<2, 4>>(golden("f32")); }),
      "[DS-NPY-SHAPE]"));
}

TEST_CASE("read_npy: a missing file, a folder and a foreign file") {
  auto const reading = [](std::string const& path) {
    return message_of<ds::io_error>([&] { (void)ds::read_npy<float, dims<dyn>>(path); });
  };
  CHECK(contains(reading("/no/such/file.npy"), "No such file"));
  CHECK(contains(reading("/"), "[DS-FILE-OPEN]"));
  scratch_file const empty{"empty.npy", ""};
  CHECK(contains(reading(empty.path), "[DS-NPY-MAGIC]"));
  scratch_file const foreign{"foreign.npy", "PK\x03\x04 not an array"};
  CHECK(contains(reading(foreign.path), "[DS-NPY-MAGIC]"));
  scratch_file const later{"later.npy", std::string{"\x93NUMPY\x04\x00\x10\x00", 10}};
  CHECK(contains(reading(later.path), "version 4"));
}

TEST_CASE("read_npy: every cut of a file is refused, and read nowhere beyond its end") {
  std::string const whole = bytes_of(golden("f32"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    scratch_file const file{"cut.npy", whole.substr(0, size)};
    CAPTURE(size);
    CHECK(contains(
        message_of<ds::io_error>([&] { (void)ds::read_npy<float, dims<dyn, dyn>>(file.path); }),
        "[DS-NPY-"));
  }
}

TEST_CASE("read_npy: a shape larger than the file is refused before memory is asked for") {
  for (char const* shape : {"(1000000000000,)", "(4294967296, 4294967296)",
                            "(9223372036854775807, 2)", "(0, 9223372036854775807, 4)"}) {
    CAPTURE(shape);
    scratch_file const file{
        "large.npy",
        npy_with("{'descr': '<f4', 'fortran_order': False, 'shape': " + std::string{shape} + "}",
                 8)};
    std::string const message = message_of<ds::io_error>([&] {
      if (shape[1] == '0') (void)ds::read_npy<float, dims<dyn, dyn, dyn>>(file.path);
      else if (std::string{shape}.find(" ") != std::string::npos)
        (void)ds::read_npy<float, dims<dyn, dyn>>(file.path);
      else (void)ds::read_npy<float, dims<dyn>>(file.path);
    });
    CHECK(contains(message, "[DS-NPY-SIZE]"));
  }
}

TEST_CASE("read_npy: a malformed header says what is wrong") {
  auto const reading = [](std::string const& header) {
    scratch_file const file{"header.npy", npy_with(header, 64)};
    return message_of<ds::io_error>([&] { (void)ds::inspect_npy(file.path); });
  };
  CHECK(contains(reading(""), "no '{'"));
  CHECK(contains(reading("{}"), "no 'descr'"));
  CHECK(contains(reading("{'descr': '<f4', 'fortran_order': False}"), "no 'descr'"));
  CHECK(contains(reading("{'descr': '<f4', 'descr': '<f4'"), "a key twice"));
  CHECK(contains(reading("{'order': 1"), "an unknown key"));
  CHECK(contains(reading("{'descr': 4"), "no string"));
  CHECK(contains(reading("{'descr': '<f4"), "an open string"));
  CHECK(contains(reading("{'descr': '\\x41'"), "an escape"));
  CHECK(contains(reading("{'fortran_order': 0"), "neither True nor False"));
  CHECK(contains(reading("{'shape': (-1,)"), "no extent"));
  CHECK(contains(reading("{'shape': (3)"), "brackets"));
  CHECK(contains(reading("{'shape': [3]"), "no '('"));
  CHECK(contains(reading("{'shape': (99999999999999999999,)"), "beyond 64 bits"));
  CHECK(contains(reading("{'descr': '<f4', 'fortran_order': False, 'shape': ()} ()"), "after"));
  CHECK(contains(reading("{'descr': '<f4' 'shape': ()}"), "no '}'"));
}

TEST_CASE_TEMPLATE("write_npy: the bytes are those of np.save", T, double, float, ds::f16,
                   std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t, bool) {
  std::string const name = golden(ds::dtype_name(ds::dtype_of<T>));
  scratch_file const file{"out.npy"};
  ds::write_npy(file.path, ds::read_npy<T, dims<dyn, 3>>(name));
  CHECK(bytes_of(file.path) == bytes_of(name));
}

TEST_CASE("write_npy: so for rank 0, rank 1, rank 3 and no elements") {
  scratch_file const file{"out.npy"};
  ds::write_npy(file.path, ds::read_npy<float, dims<>>(golden("scalar")));
  CHECK(bytes_of(file.path) == bytes_of(golden("scalar")));
  ds::write_npy(file.path, ds::read_npy<float, dims<5>>(golden("special")));
  CHECK(bytes_of(file.path) == bytes_of(golden("special")));
  ds::write_npy(file.path, ds::read_npy<float, dims<2, 3, 4>>(golden("rank3")));
  CHECK(bytes_of(file.path) == bytes_of(golden("rank3")));
  ds::write_npy(file.path, ds::read_npy<float, dims<3, 0, 2>>(golden("empty")));
  CHECK(bytes_of(file.path) == bytes_of(golden("empty")));
}

TEST_CASE("write_npy: a view of any strides is written in its own order") {
  auto const x = ds::read_npy<float, dims<2, 3, 4>>(golden("rank3"));
  ds::view<float const, dims<4, 2>, ds::strided<2>> const last_column_transposed{
      x.data() + 8, {}, ds::strided<2>{{1, 12}}};
  scratch_file const file{"out.npy"};
  ds::write_npy(file.path, last_column_transposed);
  auto const back = ds::read_npy<float, dims<4, 2>>(file.path);
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 2; ++j) CHECK(back(i, j) == x(j, 2, i));

  ds::view<float const, dims<24>, ds::strided<1>> const backwards{
      x.data() + 23, {}, ds::strided<1>{{-1}}};
  ds::write_npy(file.path, backwards);
  CHECK(ds::read_npy<float, dims<24>>(file.path)(0) == 23.0F);
  ds::view<float const, dims<3, 2>, ds::strided<2>> const repeated{
      x.data(), {}, ds::strided<2>{{0, 1}}};
  ds::write_npy(file.path, repeated);
  CHECK(ds::read_npy<float, dims<3, 2>>(file.path)(2, 1) == 1.0F);
}

TEST_CASE("write_npy: strided pieces longer than the buffer join without a seam") {
  tensor<std::int16_t, dims<dyn, dyn>> x{701, 99};
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::int16_t>(i);
  ds::view<std::int16_t const, dims<dyn, dyn>, ds::strided<2>> const transposed{
      x.data(), {99, 701}, ds::strided<2>{{1, 99}}};
  scratch_file const file{"out.npy"};
  ds::write_npy(file.path, transposed);
  auto const back = ds::read_npy<std::int16_t, dims<dyn, dyn>>(file.path);
  bool same = true;
  for (int i = 0; i < 99; ++i)
    for (int j = 0; j < 701; ++j) same = same && back(i, j) == x(j, i);
  CHECK(same);
}

TEST_CASE("write_npy: a file appears whole or not at all") {
  std::string const folder = ds::test::temporary_path("folder");
  std::filesystem::create_directory(folder);
  auto const x = ds::read_npy<float, dims<5>>(golden("special"));

  ds::write_npy(folder + "/a.npy", x);
  ds::write_npy(folder + "/a.npy", x);  // replaces
  CHECK(bytes_of(folder + "/a.npy") == bytes_of(golden("special")));
  std::filesystem::create_directory(folder + "/taken.npy");
  CHECK(contains(message_of<ds::io_error>([&] { ds::write_npy(folder + "/taken.npy", x); }),
                 "no regular file"));
  CHECK(contains(message_of<ds::io_error>([&] { ds::write_npy(folder + "/none/a.npy", x); }),
                 "No such file"));
  CHECK(contains(message_of<ds::io_error>([&] { ds::write_npy("/dev/null", x); }),
                 "no regular file"));
  int files = 0;
  for ([[maybe_unused]] auto const& entry : std::filesystem::directory_iterator(folder)) ++files;
  CHECK(files == 2);  // a.npy and taken.npy: nothing half-written stays
  std::filesystem::remove_all(folder);
}

TEST_CASE("write_npy: device memory is refused") {
  ds::view<float const, dims<2>> const on_device{nullptr, {}, {}, ds::memory_space::device};
  CHECK(contains(message_of<ds::device_error>([&] { ds::write_npy("unused.npy", on_device); }),
                 "[DS-NPY-DEVICE]"));
  CHECK_FALSE(std::filesystem::exists("unused.npy"));
}
