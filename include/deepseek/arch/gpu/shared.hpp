// SPDX-License-Identifier: Apache-2.0
/// @file Shared memory by name: an array that a block's threads read and write, and one value.
///
/// A kernel's shared plan is a struct of these; it is not initialised. In device code they are plain
/// arrays. In host code each access is checked by the machine that runs the kernel.
#pragma once
#include <type_traits>

#include <deepseek/arch/gpu/machine.hpp>

namespace deepseek::arch::gpu {

#if DEEPSEEK_DEVICE_PASS
namespace detail {
/// What instructions call a place in shared memory.
DEEPSEEK_INLINE __device__ unsigned shared_address(void const* p) {
  return static_cast<unsigned>(__cvta_generic_to_shared(p));
}
}  // namespace detail
#endif

/// shared_element<T>: what names an element of shared memory: reads as a T, takes a T.
template <class T> class shared_element {
 public:
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE explicit shared_element(T* at) : at_{at} {}

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE operator T() const {  // NOLINT: it stands for a T
#if !DEEPSEEK_DEVICE_PASS
    this_machine().shared_read(at_, sizeof(T));
#endif
    return *at_;
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE shared_element const& operator=(T const& value) const {
#if !DEEPSEEK_DEVICE_PASS
    this_machine().shared_write(at_, sizeof(T));
#endif
    *at_ = value;
    return *this;
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE shared_element const& operator=(
      shared_element const& other) const {
    return *this = static_cast<T>(other);
  }
  shared_element(shared_element const&) = default;

  /// For instructions that take addresses.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T* address() const { return at_; }

 private:
  T* at_;
};

/// shared_array<T, N>: N elements; index outside of 0 … N - 1 is an error that the emulator finds.
template <class T, int N> struct shared_array {
  static_assert(
      std::is_trivially_copyable_v<T> && std::is_trivially_default_constructible_v<T>,
      "[DS-SHARED-TYPE] shared_array<T, N>: shared memory is not initialised, so that T must "
      "be trivial.");
  static constexpr int size = N;

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE shared_element<T> operator[](int i) {
#if !DEEPSEEK_DEVICE_PASS
    this_machine().shared_index(i, N);
#endif
    return shared_element<T>{element + i};
  }

  T element[N];  ///< for instructions that take addresses
};

/// shared_value<T>: one element.
template <class T> struct shared_value {
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE operator T() {  // NOLINT: it stands for a T
    return static_cast<T>(one[0]);
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE shared_value& operator=(T const& value) {
    one[0] = value;
    return *this;
  }
  shared_array<T, 1> one;
};

}  // namespace deepseek::arch::gpu
