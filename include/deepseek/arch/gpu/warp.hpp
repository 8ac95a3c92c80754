// SPDX-License-Identifier: Apache-2.0
/// @file Warp collectives: values between the lanes of a warp, votes, reductions. All lanes of the mask
/// must take part, in the same one. None of them orders memory; sync_warp does.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/thread.hpp>

namespace deepseek::arch::gpu {

/// shuffled: 4 and 8 bytes travel between lanes.
template <class T>
concept shuffled = std::is_trivially_copyable_v<T> &&(sizeof(T) == 4 || sizeof(T) == 8);

namespace detail {
#if DEEPSEEK_DEVICE_PASS
template <class T> DEEPSEEK_INLINE __device__ auto shuffle_word(T value) {
  if constexpr (sizeof(T) == 4) return __builtin_bit_cast(unsigned, value);
  else return __builtin_bit_cast(unsigned long long, value);
}
#else
/// What lane `source` put in.
template <class T> T from_lane(char const* what, T value, int source, std::uint32_t mask) {
  this_machine().source_lane(what, source, mask);
  lane_values const& all = this_machine().collect(mask, what, &value, sizeof(T));
  T result = value;
  __builtin_memcpy(&result, all.of[source], sizeof(T));
  return result;
}
#endif
}  // namespace detail

/// shuffle(value, lane): value of another lane, which must be in the mask, for this and all that follow: of
/// one that is not, a GPU gives anything and the emulator a fault.
template <shuffled T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T shuffle(T value, int lane, std::uint32_t mask = all_lanes) {
#if DEEPSEEK_DEVICE_PASS
  return __builtin_bit_cast(T, __shfl_sync(mask, detail::shuffle_word(value), lane));
#else
  return detail::from_lane("shuffle", value, lane % warp_size, mask);
#endif
}
/// shuffle_xor(value, bits): value of lane (own xor bits).
template <shuffled T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T shuffle_xor(T value, int bits,
                                                   std::uint32_t mask = all_lanes) {
#if DEEPSEEK_DEVICE_PASS
  return __builtin_bit_cast(T, __shfl_xor_sync(mask, detail::shuffle_word(value), bits));
#else
  return detail::from_lane("shuffle_xor", value, (lane_rank() ^ bits) % warp_size, mask);
#endif
}
/// shuffle_down(value, n): value of lane own + n; own where there is none. shuffle_up: of own - n.
template <shuffled T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T shuffle_down(T value, int n,
                                                    std::uint32_t mask = all_lanes) {
#if DEEPSEEK_DEVICE_PASS
  return __builtin_bit_cast(T, __shfl_down_sync(mask, detail::shuffle_word(value), n));
#else
  int const source = lane_rank() + n;
  return detail::from_lane("shuffle_down", value, source < warp_size ? source : lane_rank(), mask);
#endif
}
template <shuffled T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T shuffle_up(T value, int n, std::uint32_t mask = all_lanes) {
#if DEEPSEEK_DEVICE_PASS
  return __builtin_bit_cast(T, __shfl_up_sync(mask, detail::shuffle_word(value), n));
#else
  int const source = lane_rank() - n;
  return detail::from_lane("shuffle_up", value, source >= 0 ? source : lane_rank(), mask);
#endif
}

/// ballot(holds): bit l is set if it holds in lane l of the mask.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::uint32_t ballot(bool holds,
                                                          std::uint32_t mask = all_lanes) {
#if DEEPSEEK_DEVICE_PASS
  return __ballot_sync(mask, holds);
#else
  lane_values const& all = this_machine().collect(mask, "ballot", &holds, sizeof holds);
  std::uint32_t bits = 0;
  for (int lane = 0; lane < warp_size; ++lane)
    if (all.of[lane] != nullptr && *static_cast<bool const*>(all.of[lane])) bits |= 1u << lane;
  return bits;
#endif
}
/// any_lane(holds), every_lane(holds): of the mask.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool any_lane(bool holds, std::uint32_t mask = all_lanes) {
#if DEEPSEEK_DEVICE_PASS
  return __any_sync(mask, holds) != 0;
#else
  return ballot(holds, mask) != 0;
#endif
}
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool every_lane(bool holds, std::uint32_t mask = all_lanes) {
#if DEEPSEEK_DEVICE_PASS
  return __all_sync(mask, holds) != 0;
#else
  return ballot(holds, mask) == mask;
#endif
}

/// elect_one(mask): true in one of the lanes, always the same one of a mask, but which one is not said: the
/// emulator's is the last.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool elect_one(std::uint32_t mask = all_lanes) {
#if DEEPSEEK_DEVICE_PASS
#if __CUDA_ARCH__ >= 900
  unsigned mine;
  asm volatile("{ .reg .pred p; elect.sync _|p, %1; selp.u32 %0, 1, 0, p; }"
               : "=r"(mine)
               : "r"(mask));
  return mine != 0;
#else
  return lane_rank() == __ffs(static_cast<int>(mask)) - 1;
#endif
#else
  bool const here = true;
  this_machine().collect(mask, "elect_one", &here, sizeof here);
  return (mask >> lane_rank()) == 1u;
#endif
}

/// warp_reduce(value, join): join of all lanes, in every lane, in the same order on every machine: lane l
/// meets lane l xor 16, then xor 8 …
template <shuffled T, class Join>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T warp_reduce(T value, Join const& join) {
  for (int bits = warp_size / 2; bits > 0; bits /= 2) {
    T const other = shuffle_xor(value, bits);
    // The lower lane's value comes first, so that both lanes compute the same.
    value = (lane_rank() & bits) == 0 ? join(value, other) : join(other, value);
  }
  return value;
}

}  // namespace deepseek::arch::gpu
