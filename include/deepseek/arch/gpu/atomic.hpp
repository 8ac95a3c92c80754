// SPDX-License-Identifier: Apache-2.0
/// @file Atomics: read, change and write as one step, seen by all threads of the grid (global memory) or of
/// the block (shared memory). They order nothing else: a barrier does.
///
/// The order in which threads come to one place is not defined: sums of integers and extremes are the same
/// every time, sums of floating numbers are not.
#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/shared.hpp>

namespace deepseek::arch::gpu {

/// atomic_integer: what all atomics take. atomic_number: what can be added as one step.
template <class T>
concept atomic_integer = std::same_as<T, std::int32_t> || std::same_as<T, std::uint32_t> ||
    std::same_as<T, std::int64_t> || std::same_as<T, std::uint64_t>;
template <class T>
concept atomic_number = atomic_integer<T> || std::same_as<T, float> || std::same_as<T, double>;

namespace detail {

#if DEEPSEEK_DEVICE_PASS
/// The integer types that CUDA's functions are declared for.
template <class T> struct native_of { using type = T; };
template <> struct native_of<std::int64_t> { using type = long long; };
template <> struct native_of<std::uint64_t> { using type = unsigned long long; };
template <class T> using native = typename native_of<T>::type;
/// Of 8 bytes, addition and exchange exist for unsigned alone, which has the same bits.
template <class T> struct bits_of { using type = T; };
template <> struct bits_of<std::int64_t> { using type = unsigned long long; };
template <> struct bits_of<std::uint64_t> { using type = unsigned long long; };
template <class T> using bits = typename bits_of<T>::type;
#else
/// at becomes change(at) in one step; what it was.
template <class T, class Change> T replace(T* at, Change const& change) {
  T old;
  __atomic_load(at, &old, __ATOMIC_RELAXED);
  for (;;) {
    T next = change(old);
    if (__atomic_compare_exchange(at, &old, &next, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
      return old;
  }
}
#endif

/// What an atomic does to the value v at a place.
struct add_to {
  template <atomic_number T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE static T apply(T* at, T by) {
#if DEEPSEEK_DEVICE_PASS
    return static_cast<T>(atomicAdd(reinterpret_cast<bits<T>*>(at), static_cast<bits<T>>(by)));
#else
    return replace(at, [by](T v) {
      if constexpr (std::floating_point<T>) return v + by;
      else return static_cast<T>(static_cast<std::uint64_t>(v) + static_cast<std::uint64_t>(by));
    });
#endif
  }
};
struct raise_to {
  template <atomic_integer T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE static T apply(T* at, T to) {
#if DEEPSEEK_DEVICE_PASS
    return static_cast<T>(atomicMax(reinterpret_cast<native<T>*>(at), static_cast<native<T>>(to)));
#else
    return replace(at, [to](T v) { return v < to ? to : v; });
#endif
  }
};
struct lower_to {
  template <atomic_integer T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE static T apply(T* at, T to) {
#if DEEPSEEK_DEVICE_PASS
    return static_cast<T>(atomicMin(reinterpret_cast<native<T>*>(at), static_cast<native<T>>(to)));
#else
    return replace(at, [to](T v) { return to < v ? to : v; });
#endif
  }
};
struct exchange_for {
  template <atomic_integer T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE static T apply(T* at, T by) {
#if DEEPSEEK_DEVICE_PASS
    return static_cast<T>(atomicExch(reinterpret_cast<bits<T>*>(at), static_cast<bits<T>>(by)));
#else
    return replace(at, [by](T) { return by; });
#endif
  }
};

/// atomic_place<P>: what P names: a pointer a place in global memory, a shared_element one in shared memory.
template <class P> struct atomic_place;
template <class T> struct atomic_place<T*> {
  using value_type = T;
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE static T* at(T* p) {
#if !DEEPSEEK_DEVICE_PASS
    this_machine().global_atomic(p, sizeof(T));
#endif
    return p;
  }
};
template <class T> struct atomic_place<shared_element<T>> {
  using value_type = T;
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE static T* at(shared_element<T> p) {
#if !DEEPSEEK_DEVICE_PASS
    this_machine().shared_atomic(p.address(), sizeof(T));
#endif
    return p.address();
  }
};
template <class P> using value_at = typename atomic_place<P>::value_type;

}  // namespace detail

/// place_of_integer<P>, place_of_number<P>: a T* or a shared_element<T>.
template <class P>
concept place_of_integer = atomic_integer<detail::value_at<P>>;
template <class P>
concept place_of_number = atomic_number<detail::value_at<P>>;

/// atomic_add(p, v): *p += v; what it was before. Integers wrap around.
template <place_of_number P>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE detail::value_at<P> atomic_add(P p, detail::value_at<P> v) {
  return detail::add_to::apply(detail::atomic_place<P>::at(p), v);
}
/// atomic_max(p, v), atomic_min(p, v): *p = max(*p, v), min(*p, v); what it was before.
template <place_of_integer P>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE detail::value_at<P> atomic_max(P p, detail::value_at<P> v) {
  return detail::raise_to::apply(detail::atomic_place<P>::at(p), v);
}
template <place_of_integer P>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE detail::value_at<P> atomic_min(P p, detail::value_at<P> v) {
  return detail::lower_to::apply(detail::atomic_place<P>::at(p), v);
}
/// atomic_exchange(p, v): *p = v; what it was before.
template <place_of_integer P>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE detail::value_at<P> atomic_exchange(P p,
                                                                         detail::value_at<P> v) {
  return detail::exchange_for::apply(detail::atomic_place<P>::at(p), v);
}

}  // namespace deepseek::arch::gpu
