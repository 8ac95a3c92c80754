// SPDX-License-Identifier: Apache-2.0
/// @file tensor_map: sizes of boxes, and the rules of cuTensorMapEncodeTiled one by one.
#include <deepseek/arch/gpu/tensor_map.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace gpu = deepseek::arch::gpu;
using gpu::tensor_description;
using gpu::tensor_element;

namespace {

alignas(64) unsigned char memory[256];

tensor_description good() {
  tensor_description t;
  t.base = memory;
  t.element = tensor_element::f16;
  t.rank = 3;
  t.extent[0] = 100;
  t.extent[1] = 10;
  t.extent[2] = 4;
  t.stride_bytes[0] = 208;
  t.stride_bytes[1] = 2080;
  t.box[0] = 64;
  t.box[1] = 5;
  t.box[2] = 2;
  t.pattern = gpu::swizzle::bytes_128;
  return t;
}
template <class Change> std::string fault(Change const& change) {
  tensor_description t = good();
  change(t);
  return gpu::tensor_fault(t).c_str();
}
bool begins(std::string const& text, char const* with) { return text.rfind(with, 0) == 0; }

}  // namespace

TEST_CASE("a box: its elements, bytes and alignment") {
  tensor_description t = good();
  CHECK(gpu::tensor_fault(t).empty());
  CHECK(t.box_bytes() == 64 * 5 * 2 * 2);
  CHECK(t.row_bytes() == 128);
  CHECK(t.box_alignment() == 1024);
  t.step[1] = 2;  // elements 0, 2 and 4
  CHECK(t.box_extent(1) == 3);
  CHECK(t.box_bytes() == 64 * 3 * 2 * 2);
  t.step[1] = 5;
  CHECK(t.box_extent(1) == 1);
  t.pattern = gpu::swizzle::bytes_64;
  CHECK(t.box_alignment() == 512);
  t.pattern = gpu::swizzle::bytes_32;
  CHECK(t.box_alignment() == 256);
  t.pattern = gpu::swizzle::none;
  CHECK(t.box_alignment() == 128);
}

TEST_CASE("each rule, with the values") {
  CHECK(fault([](auto& t) { t.rank = 0; }) ==
        "[DS-TENSOR-MAP-RANK] a tensor of 0 axes. Fix: 1 to 5.");
  CHECK(begins(fault([](auto& t) { t.rank = 6; }), "[DS-TENSOR-MAP-RANK] a tensor of 6"));
  CHECK(fault([](auto& t) { t.base = memory + 8; }) ==
        "[DS-TENSOR-MAP-BASE] the tensor begins 8 bytes after a multiple of 16. Fix: align it.");
  CHECK(fault([](auto& t) { t.extent[1] = 0; }) ==
        "[DS-TENSOR-MAP-EXTENT] axis 1 has 0 elements. Fix: 1 to 2^32.");
  CHECK(fault([](auto& t) { t.extent[0] = std::uint64_t{1} << 32; }) == "");
  CHECK(begins(fault([](auto& t) { t.extent[0] = (std::uint64_t{1} << 32) + 1; }),
               "[DS-TENSOR-MAP-EXTENT] axis 0 has 4294967297"));
  CHECK(fault([](auto& t) { t.box[2] = 257; }) ==
        "[DS-TENSOR-MAP-BOX] the box reaches over 257 elements of axis 2. Fix: 1 to 256.");
  CHECK(begins(fault([](auto& t) { t.box[1] = 0; }), "[DS-TENSOR-MAP-BOX]"));
  CHECK(
      fault([](auto& t) { t.step[1] = 9; }) ==
      "[DS-TENSOR-MAP-STEP] the box goes along axis 1 in steps of 9. Fix: 1 to 8; 1 along axis 0.");
  CHECK(begins(fault([](auto& t) { t.step[0] = 2; }),
               "[DS-TENSOR-MAP-STEP] the box goes along axis 0"));
  CHECK(fault([](auto& t) { t.stride_bytes[1] = 2088; }) ==
        "[DS-TENSOR-MAP-STRIDE] the stride of axis 2 is 2088 bytes. Fix: a multiple of 16 below "
        "2^40.");
  CHECK(begins(fault([](auto& t) { t.stride_bytes[0] = std::uint64_t{1} << 40; }),
               "[DS-TENSOR-MAP-STRIDE] the stride of axis 1 is 1099511627776"));
  CHECK(fault([](auto& t) {
          t.pattern = gpu::swizzle::none;
          t.box[0] = 12;
        }) == "[DS-TENSOR-MAP-ROW] a row of the box has 24 bytes. Fix: a multiple of 16.");
  CHECK(fault([](auto& t) { t.box[0] = 72; }) ==
        "[DS-TENSOR-MAP-SWIZZLE] a row of the box has 144 bytes, the swizzle is of 128. Fix: both "
        "the "
        "same.");
  CHECK(begins(fault([](auto& t) { t.pattern = gpu::swizzle::bytes_64; }),
               "[DS-TENSOR-MAP-SWIZZLE]"));
  CHECK(fault([](auto& t) { t.fill = gpu::tensor_fill::nan; }) == "");
  CHECK(begins(fault([](auto& t) {
                 t.fill = gpu::tensor_fill::nan;
                 t.element = tensor_element::u16;
               }),
               "[DS-TENSOR-MAP-FILL] a tensor of integers has no NaN"));
}

TEST_CASE("a map for the emulator holds its description") {
  tensor_description const t = good();
  gpu::tensor_map const map = gpu::described(t);
  tensor_description const back = gpu::description_of(map);
  CHECK(back.base == t.base);
  CHECK(back.rank == 3);
  CHECK(back.box[1] == 5);
  CHECK(back.stride_bytes[1] == 2080);
  static_assert(sizeof(map) == 128 && alignof(gpu::tensor_map) == 64);
}

TEST_CASE("types of elements") {
  static_assert(gpu::tensor_element_of<deepseek::bf16> == tensor_element::bf16);
  static_assert(gpu::tensor_element_of<float> == tensor_element::f32);
  static_assert(gpu::tensor_element_of<std::int32_t> == tensor_element::i32);
  static_assert(gpu::tensor_element_of<unsigned char> == tensor_element::u8);
  int const bytes[] = {1, 2, 4, 4, 8, 8, 2, 4, 8, 2};
  for (int e = 0; e < 10; ++e)
    CHECK(gpu::element_bytes(static_cast<tensor_element>(e)) == bytes[e]);
}
