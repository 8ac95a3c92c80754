// SPDX-License-Identifier: Apache-2.0
/// @file Laws of writing safetensors: the bytes of the Python package, whole or not at all.
#include <deepseek/tensor/safetensors.hpp>
#include <deepseek/tensor/safetensors_writer.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <tuple>

#include "../support/golden.hpp"
#include "files.hpp"

namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using ds::safetensors_file;
using ds::safetensors_writer;
using ds::test::bytes_of;
using ds::test::contains;
using ds::test::message_of;
using ds::test::scratch_file;

namespace {

std::string golden(std::string const& name) {
  return ds::test::golden_path("tensor/safetensors/" + name + ".safetensors");
}

template <class... T>
void add_all(safetensors_writer& out, safetensors_file const& in, std::tuple<T...>*) {
  (out.add(ds::dtype_name(ds::dtype_of<T>),
           in.template view<T, dims<dyn, dyn>>(ds::dtype_name(ds::dtype_of<T>))),
   ...);
}

}  // namespace

TEST_CASE(
    "safetensors_writer: every type, in whatever order given, as the Python package writes it") {
  using all = std::tuple<bool, std::uint8_t, float, std::int64_t, ds::f16, ds::fp8_e5m2,
                         std::int8_t, double, ds::bf16, std::int32_t, ds::fp8_e4m3, std::int16_t>;
  safetensors_file const in{golden("all_types")};
  safetensors_writer out;
  add_all(out, in, static_cast<all*>(nullptr));
  scratch_file const file{"out.safetensors"};
  out.write(file.path);
  CHECK(bytes_of(file.path) == bytes_of(golden("all_types")));
}

TEST_CASE("safetensors_writer: rank 0, no elements, odd names and metadata, byte for byte") {
  safetensors_file const in{golden("shapes")};
  std::string const odd = "odd \"name\"\\\n\t\x01 é😀";
  safetensors_writer out;
  out.add("scalar", in.view<float, dims<>>("scalar"))
      .add("none", in.view<float, dims<dyn, dyn, dyn>>("none"))
      .add("rank3", in.view<float, dims<2, 3, 4>>("rank3"))
      .add(odd, in.view<std::int16_t>(odd))
      .metadata("made by", "somebody else")
      .metadata("made by", "a \"test\"\n");
  scratch_file const file{"out.safetensors"};
  out.write(file.path);
  CHECK(bytes_of(file.path) == bytes_of(golden("shapes")));
}

TEST_CASE("safetensors_writer: nothing is a file too") {
  scratch_file const file{"out.safetensors"};
  safetensors_writer{}.write(file.path);
  CHECK(bytes_of(file.path) == bytes_of(golden("nothing")));
}

TEST_CASE("safetensors_writer: views of any strides are written in their own order") {
  safetensors_file const in{golden("shapes")};
  auto const x = in.view<float, dims<2, 3, 4>>("rank3");
  ds::view<float const, dims<4, 2>, ds::strided<2>> const part{
      x.data() + 8, {}, ds::strided<2>{{1, 12}}};
  scratch_file const file{"out.safetensors"};
  safetensors_writer{}.add("part", part).write(file.path);
  auto const back = safetensors_file{file.path}.read<float, dims<4, 2>>("part");
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 2; ++j) CHECK(back(i, j) == x(j, 2, i));
}

TEST_CASE("safetensors_writer: a tensor given may go away before the file is written") {
  safetensors_writer out;
  out.add("gone", ds::tensor<float, dims<2>>{1.5F, 2.5F});
  scratch_file const file{"out.safetensors"};
  out.write(file.path);
  auto const back = safetensors_file{file.path}.read<float>("gone");
  CHECK(back(0) == 1.5F);
  CHECK(back(1) == 2.5F);
}

TEST_CASE("safetensors_writer: names are given once, in UTF-8, and are not the metadata's") {
  ds::tensor<float, dims<1>> const x{1.0F};
  safetensors_writer out;
  out.add("x", x);
  auto const adding = [&](std::string const& name) {
    return message_of<ds::argument_error>([&] { out.add(name, x); });
  };
  CHECK(contains(adding("x"), "was added before"));
  CHECK(contains(adding("__metadata__"), "[DS-SAFETENSORS-NAME]"));
  CHECK(contains(adding("\xff"), "[DS-SAFETENSORS-NAME]"));
  CHECK(contains(message_of<ds::argument_error>([&] { out.metadata("k", "\xc0\x80"); }), "UTF-8"));
  ds::view<float const, dims<1>> const on_device{nullptr, {}, {}, ds::memory_space::device};
  CHECK(contains(message_of<ds::device_error>([&] { out.add("y", on_device); }),
                 "[DS-SAFETENSORS-DEVICE]"));
  scratch_file const file{"out.safetensors"};
  out.write(file.path);  // what was refused left nothing behind
  CHECK(safetensors_file{file.path}.names() == std::vector<std::string>{"x"});
}

TEST_CASE("safetensors_writer: a failed write leaves the old file and no other") {
  std::string const folder = ds::test::temporary_path("safetensors-folder");
  std::filesystem::create_directories(folder + "/taken.safetensors");
  safetensors_writer out;
  out.add("x", ds::tensor<float, dims<1>>{1.0F});
  CHECK(contains(message_of<ds::io_error>([&] { out.write(folder + "/taken.safetensors"); }),
                 "[DS-FILE-WRITE]"));
  CHECK(contains(message_of<ds::io_error>([&] { out.write(folder + "/none/x.safetensors"); }),
                 "[DS-FILE-WRITE]"));
  int files = 0;
  for ([[maybe_unused]] auto const& one : std::filesystem::directory_iterator(folder)) ++files;
  CHECK(files == 1);
  std::filesystem::remove_all(folder);
}
