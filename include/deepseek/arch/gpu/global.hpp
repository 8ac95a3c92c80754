// SPDX-License-Identifier: Apache-2.0
/// @file Global memory in pieces of 1, 2, 4, 8 or 16 bytes, with what is known of their use.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/machine.hpp>

namespace deepseek::arch::gpu {

/// vec<T, N>: N neighbours in memory, aligned to their size; one access if they are up to 16 bytes.
template <class T, int N> struct alignas(sizeof(T) * N) vec {
  static_assert(N > 0 && (N & (N - 1)) == 0, "[DS-VEC-SIZE] vec<T, N>: N is a power of two.");
  static constexpr int size = N;
  T value[N];
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T& operator[](int i) { return value[i]; }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T const& operator[](int i) const { return value[i]; }
};

/// reuse: what the caches should expect of an access.
enum class reuse : unsigned char {
  usual,      ///< by all caches
  by_blocks,  ///< by other blocks: second level only
  none        ///< read or written once: first to be evicted
};

/// one_access<T>: an instruction can move it.
template <class T>
concept one_access = std::is_trivially_copyable_v<T> &&
    (sizeof(T) == 1 || sizeof(T) == 2 || sizeof(T) == 4 || sizeof(T) == 8 || sizeof(T) == 16);

namespace detail {
#if DEEPSEEK_DEVICE_PASS
template <int Bytes> __device__ constexpr auto word() {
  if constexpr (Bytes == 1) return static_cast<unsigned char>(0);
  else if constexpr (Bytes == 2) return static_cast<unsigned short>(0);
  else if constexpr (Bytes == 4) return 0u;
  else if constexpr (Bytes == 8) return uint2{};
  else return uint4{};
}
template <class T> using word_of = decltype(word<int(sizeof(T))>());
#endif
}  // namespace detail

/// load<Reuse>(p): *p, in one access. p must be aligned to T's size.
template <reuse Reuse = reuse::usual, one_access T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T load(T const* p) {
#if DEEPSEEK_DEVICE_PASS
  auto const* const at = reinterpret_cast<detail::word_of<T> const*>(p);
  if constexpr (Reuse == reuse::none) return __builtin_bit_cast(T, __ldcs(at));
  else if constexpr (Reuse == reuse::by_blocks) return __builtin_bit_cast(T, __ldcg(at));
  else return __builtin_bit_cast(T, *at);
#else
  this_machine().global_read(p, sizeof(T));
  T value;
  __builtin_memcpy(&value, p, sizeof(T));
  return value;
#endif
}

/// store<Reuse>(p, value): in one access. p must be aligned to T's size.
template <reuse Reuse = reuse::usual, one_access T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void store(T* p, std::type_identity_t<T> const& value) {
#if DEEPSEEK_DEVICE_PASS
  auto* const at = reinterpret_cast<detail::word_of<T>*>(p);
  auto const bits = __builtin_bit_cast(detail::word_of<T>, value);
  if constexpr (Reuse == reuse::none) __stcs(at, bits);
  else if constexpr (Reuse == reuse::by_blocks) __stcg(at, bits);
  else *at = bits;
#else
  this_machine().global_write(p, sizeof(T));
  __builtin_memcpy(p, &value, sizeof(T));
#endif
}

}  // namespace deepseek::arch::gpu
