// SPDX-License-Identifier: Apache-2.0
/// @file Between memory and packs: whole, the first n lanes, and past the cache.
///
/// A tensor's elements are loaded as the type they are computed in (compute_t) and rounded once on
/// the way back. Pointers need only the alignment of T, except for stream_store.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/cpu/intrinsics.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_convert.hpp>
#include <deepseek/arch/cpu/detail/pack_part.hpp>  // load_part, store_part
#include <deepseek/arch/cpu/pack_small_float.hpp>
#include <deepseek/base/dtype.hpp>

namespace deepseek::arch {

namespace detail {

/// What the lanes of T are while they are in memory.
template <class T> constexpr auto stored_lane() {
  if constexpr (small_float<T> || std::same_as<T, bool>) return unsigned_of<T>{};
  else return T{};
}
template <class T> using stored = decltype(stored_lane<T>());

/// Something that can be loaded as a pack: a type of number, small or not, but no bool.
template <class T>
concept loadable = small_float<T> || lane<T>;

/// The lane type that load gives: compute_t, or T itself for the unsigned helper types.
template <class T> constexpr auto loaded_lane() {
  if constexpr (element<T>) return compute_t<T>{};
  else return T{};
}
template <class T> using loaded = decltype(loaded_lane<T>());

template <class T, int N> DEEPSEEK_INLINE pack<loaded<T>, N> to_loaded(pack<stored<T>, N> raw) {
  if constexpr (small_float<T>) return decode<T>(raw);
  else return cast_lanes<loaded<T>>(raw);
}
template <class T, class U, int N> DEEPSEEK_INLINE pack<stored<T>, N> to_stored(pack<U, N> x) {
  if constexpr (small_float<T>) return encode_from<T>(x);
  else if constexpr (std::same_as<T, bool>) return convert<std::uint8_t>(x != U(0));
  else return convert<T>(x);
}
template <class U, int N> DEEPSEEK_INLINE pack<std::uint8_t, N> to_stored_bool(mask<U, N> m) {
  return cast_lanes<std::uint8_t>(pack<signed_of<U>, N>::from_native(m.v)) & std::uint8_t(1);
}
template <class U, int N> DEEPSEEK_INLINE mask<U, N> to_loaded_mask(pack<std::uint8_t, N> raw) {
  return mask_cast<U>(cast_lanes<signed_of<U>>(raw) != signed_of<U>(0));
}

}  // namespace detail

/// load<N>(p)[i] = p[i], as lanes of compute_t<T>: f16, bf16, fp8 -> float; int8, int16, uint8 -> int32.
template <int N, detail::loadable T> DEEPSEEK_INLINE pack<detail::loaded<T>, N> load(T const* p) {
  pack<detail::stored<T>, N> raw;
  __builtin_memcpy(&raw.v, p, sizeof raw.v);
  return detail::to_loaded<T>(raw);
}

/// The first n lanes from p, 0 in the others; 0 <= n <= N. Touches no memory beyond p + n.
template <int N, detail::loadable T>
DEEPSEEK_INLINE pack<detail::loaded<T>, N> load_n(T const* p, int n) {
  using raw = detail::stored<T>;
  return detail::to_loaded<T>(detail::load_part<raw, N>(p, n, pack<raw, N>(raw(0))));
}
/// The same with `fill` in the other lanes.
template <int N, detail::loadable T>
DEEPSEEK_INLINE pack<detail::loaded<T>, N> load_n(T const* p, int n, detail::loaded<T> fill) {
  if constexpr (std::same_as<detail::stored<T>, detail::loaded<T>>)
    return detail::load_part<T, N>(p, n, pack<T, N>(fill));
  else
    return select(detail::first_lanes<detail::loaded<T>, N>(n), load_n<N>(p, n),
                  pack<detail::loaded<T>, N>(fill));
}

/// p[i] = T(x[i]), rounded once by the rule of base/convert.hpp; T may be bool (x != 0).
template <class T, class U, int N>
requires detail::loadable<T> || std::same_as<T, bool> DEEPSEEK_INLINE void store(T* p,
                                                                                 pack<U, N> x) {
  pack<detail::stored<T>, N> const raw = detail::to_stored<T>(x);
  __builtin_memcpy(p, &raw.v, sizeof raw.v);
}
/// The first n lanes; 0 <= n <= N. Memory from p + n on keeps its contents and is not touched.
template <class T, class U, int N>
requires detail::loadable<T> || std::same_as<T, bool> DEEPSEEK_INLINE void store_n(T* p,
                                                                                   pack<U, N> x,
                                                                                   int n) {
  detail::store_part(p, n, detail::to_stored<T>(x));
}

/// load_mask<N>(p): N bools as a mask, for lanes of U; any byte but 0 is true.
template <int N, class U = float> DEEPSEEK_INLINE mask<U, N> load_mask(bool const* p) {
  pack<std::uint8_t, N> raw;
  __builtin_memcpy(&raw.v, p, sizeof raw.v);
  return detail::to_loaded_mask<U>(raw);
}
/// The first n lanes, false in the others.
template <int N, class U = float> DEEPSEEK_INLINE mask<U, N> load_mask_n(bool const* p, int n) {
  using raw = pack<std::uint8_t, N>;
  return detail::to_loaded_mask<U>(detail::load_part<std::uint8_t, N>(p, n, raw(std::uint8_t(0))));
}
template <class U, int N> DEEPSEEK_INLINE void store_mask(bool* p, mask<U, N> m) {
  pack<std::uint8_t, N> const raw = detail::to_stored_bool(m);
  __builtin_memcpy(p, &raw.v, sizeof raw.v);
}
template <class U, int N> DEEPSEEK_INLINE void store_mask_n(bool* p, mask<U, N> m, int n) {
  detail::store_part(p, n, detail::to_stored_bool(m));
}

}  // namespace deepseek::arch
