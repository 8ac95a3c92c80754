// SPDX-License-Identifier: Apache-2.0
/// @file tensor_map: what a tensor copy has to know of a tensor in global memory and of the boxes that are
/// copied of it.
///
/// A launch makes one from a description: for a GPU by its driver (tensor_map_encode.hpp), for the
/// emulator as described() does. Axis 0 is the innermost, whose elements are next to each other.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/swizzle.hpp>
#include <deepseek/base/bfloat16.hpp>
#include <deepseek/base/float16.hpp>
#include <deepseek/base/text.hpp>

namespace deepseek::arch::gpu {

/// tensor_map: to be an argument of the kernel itself, const __grid_constant__, and nothing else.
struct alignas(64) tensor_map {
  unsigned char bytes[128];
};

inline constexpr int most_axes = 5;  ///< of a tensor that is copied

/// tensor_element: types of elements; copies need their sizes, sums the types.
enum class tensor_element : unsigned char { u8, u16, u32, i32, u64, i64, f16, f32, f64, bf16 };
/// element_bytes(element).
constexpr int element_bytes(tensor_element element) {
  constexpr unsigned char bytes[] = {1, 2, 4, 4, 8, 8, 2, 4, 8, 2};
  return bytes[static_cast<int>(element)];
}
/// tensor_element_of<T>: of the type of an element.
template <class T> inline constexpr tensor_element tensor_element_of = tensor_element::u8;
template <> inline constexpr tensor_element tensor_element_of<std::uint16_t> = tensor_element::u16;
template <> inline constexpr tensor_element tensor_element_of<std::int16_t> = tensor_element::u16;
template <> inline constexpr tensor_element tensor_element_of<std::uint32_t> = tensor_element::u32;
template <> inline constexpr tensor_element tensor_element_of<std::int32_t> = tensor_element::i32;
template <> inline constexpr tensor_element tensor_element_of<std::uint64_t> = tensor_element::u64;
template <> inline constexpr tensor_element tensor_element_of<std::int64_t> = tensor_element::i64;
template <> inline constexpr tensor_element tensor_element_of<f16> = tensor_element::f16;
template <> inline constexpr tensor_element tensor_element_of<bf16> = tensor_element::bf16;
template <> inline constexpr tensor_element tensor_element_of<float> = tensor_element::f32;
template <> inline constexpr tensor_element tensor_element_of<double> = tensor_element::f64;

/// tensor_fill: what a load brings of elements that are outside of the tensor.
enum class tensor_fill : unsigned char { zero, nan };

/// tensor_description: a tensor of up to five axes, and the box of it that one copy moves.
struct tensor_description {
  void* base = nullptr;
  std::uint64_t extent[most_axes] = {};             ///< elements
  std::uint64_t stride_bytes[most_axes - 1] = {};   ///< of axes 1 …
  std::uint16_t box[most_axes] = {};                ///< elements that a box reaches over
  unsigned char step[most_axes] = {1, 1, 1, 1, 1};  ///< from one element of a box to the next
  unsigned char rank = 0;
  tensor_element element = tensor_element::u8;
  swizzle pattern = swizzle::none;  ///< of a box in shared memory
  tensor_fill fill = tensor_fill::zero;

  /// Elements of a box along an axis, and bytes of a whole one: what its copy brings an mbarrier, though
  /// parts of it be outside of the tensor.
  [[nodiscard]] constexpr int box_extent(int axis) const {
    return (box[axis] + step[axis] - 1) / step[axis];
  }
  [[nodiscard]] constexpr int box_bytes() const {
    int bytes = element_bytes(element);
    for (int axis = 0; axis < rank; ++axis) bytes *= box_extent(axis);
    return bytes;
  }
  [[nodiscard]] constexpr int row_bytes() const { return box_extent(0) * element_bytes(element); }
  /// What a box's address in shared memory is a multiple of.
  [[nodiscard]] constexpr int box_alignment() const {
    constexpr int least = 128;
    return swizzle_period(pattern) > least ? swizzle_period(pattern) : least;
  }
};
static_assert(sizeof(tensor_description) <= sizeof(tensor_map));

namespace detail {
/// The first law that does not hold of one axis; empty if all do.
inline text axis_fault(tensor_description const& t, int axis) {
  constexpr std::uint64_t most_extent = std::uint64_t{1} << 32;
  constexpr std::uint64_t most_stride = std::uint64_t{1} << 40;
  text what;
  if (t.extent[axis] == 0 || t.extent[axis] > most_extent)
    what << "[DS-TENSOR-MAP-EXTENT] axis " << axis << " has " << t.extent[axis]
         << " elements. Fix: 1 to 2^32.";
  else if (t.box[axis] == 0 || t.box[axis] > 256)
    what << "[DS-TENSOR-MAP-BOX] the box reaches over " << t.box[axis] << " elements of axis "
         << axis << ". Fix: 1 to 256.";
  else if (t.step[axis] == 0 || t.step[axis] > (axis == 0 ? 1 : 8))
    what << "[DS-TENSOR-MAP-STEP] the box goes along axis " << axis << " in steps of "
         << t.step[axis] << ". Fix: 1 to 8; 1 along axis 0.";
  else if (axis > 0 &&
           (t.stride_bytes[axis - 1] % 16 != 0 || t.stride_bytes[axis - 1] >= most_stride))
    what << "[DS-TENSOR-MAP-STRIDE] the stride of axis " << axis << " is "
         << t.stride_bytes[axis - 1] << " bytes. Fix: a multiple of 16 below 2^40.";
  return what;
}
}  // namespace detail

/// tensor_fault(description): the first law that does not hold; empty if all do.
inline text tensor_fault(tensor_description const& t) {
  if (t.rank < 1 || t.rank > most_axes)
    return text{} << "[DS-TENSOR-MAP-RANK] a tensor of " << t.rank << " axes. Fix: 1 to "
                  << most_axes << ".";
  auto const address = reinterpret_cast<std::uintptr_t>(t.base);
  if (address % 16 != 0)
    return text{} << "[DS-TENSOR-MAP-BASE] the tensor begins " << address % 16
                  << " bytes after a multiple of 16. Fix: align it.";
  for (int axis = 0; axis < t.rank; ++axis)
    if (text wrong = detail::axis_fault(t, axis); !wrong.empty()) return wrong;
  if (t.row_bytes() % 16 != 0)
    return text{} << "[DS-TENSOR-MAP-ROW] a row of the box has " << t.row_bytes()
                  << " bytes. Fix: a multiple of 16.";
  // Where chunks of shorter rows go is not said.
  if (t.pattern != swizzle::none && t.row_bytes() != swizzle_bytes(t.pattern))
    return text{} << "[DS-TENSOR-MAP-SWIZZLE] a row of the box has " << t.row_bytes()
                  << " bytes, the swizzle is of " << swizzle_bytes(t.pattern)
                  << ". Fix: both the same.";
  bool const with_nan = t.element == tensor_element::f16 || t.element == tensor_element::bf16 ||
                        t.element == tensor_element::f32 || t.element == tensor_element::f64;
  if (t.fill == tensor_fill::nan && !with_nan)
    return text{"[DS-TENSOR-MAP-FILL] a tensor of integers has no NaN. Fix: tensor_fill::zero."};
  return {};
}

/// described(description): a map for the emulator; description_of(map): what is in it.
inline tensor_map described(tensor_description const& description) {
  tensor_map map{};
  __builtin_memcpy(map.bytes, &description, sizeof description);
  return map;
}
inline tensor_description description_of(tensor_map const& map) {
  tensor_description description;
  __builtin_memcpy(&description, map.bytes, sizeof description);
  return description;
}

}  // namespace deepseek::arch::gpu
