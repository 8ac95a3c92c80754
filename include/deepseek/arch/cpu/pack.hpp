// SPDX-License-Identifier: Apache-2.0
/// @file A pack: N numbers that the processor works on at once, and the mask that comparing packs gives.
#pragma once

#include <cstdint>
#include <type_traits>

#include <deepseek/arch/cpu/intrinsics.hpp>  // vector_bytes

namespace deepseek::arch {

namespace detail {

/// The compiler's own vector type. A class template, because an alias template loses the attribute.
/// One wider than a register is aligned to 16 bytes only, and functions take it by reference or
/// inside a pack: otherwise compilers comment on a calling convention that nobody uses.
template <class T, int N> struct native_vector {
  static constexpr int bytes = N * int(sizeof(T));
  static constexpr int alignment = bytes <= vector_bytes ? bytes : 16;
  typedef T type __attribute__((vector_size(bytes), aligned(alignment)));
};
template <class T, int N> using native = typename native_vector<T, N>::type;

template <int Bytes> struct signed_lane;
template <> struct signed_lane<1> { using type = std::int8_t; };
template <> struct signed_lane<2> { using type = std::int16_t; };
template <> struct signed_lane<4> { using type = std::int32_t; };
template <> struct signed_lane<8> { using type = std::int64_t; };

/// The signed and the unsigned integer as wide as T.
template <class T> using signed_of = typename signed_lane<int(sizeof(T))>::type;
template <class T> using unsigned_of = std::make_unsigned_t<signed_of<T>>;

template <int N>
concept lane_count = N >= 1 && N <= 64 && (N & (N - 1)) == 0;

template <class T>
concept lane = std::is_arithmetic_v<T> && !std::is_same_v<T, bool> && sizeof(T) <= 8;

}  // namespace detail

template <class T, int N> struct pack;

/// mask<T, N>: one truth value for each lane of a pack<T, N>; a lane is all ones or all zeros.
///
/// `&&` and `||` are lane by lane and evaluate both sides, like `&` and `|`.
/// `mask_cast<U>(m)` gives the same truth values for lanes of U; `select` casts by itself.
template <class T, int N> struct mask {
  using element = T;
  using bits = detail::native<detail::signed_of<T>, N>;
  static constexpr int size = N;

  bits v;

  mask() = default;
  DEEPSEEK_INLINE mask(bool all_lanes) {
    using lane = detail::signed_of<T>;
    lane const truth = all_lanes ? lane(-1) : lane(0);
    v = truth - bits{};
  }

  static DEEPSEEK_INLINE mask from_bits(bits const& b) {
    mask m;
    m.v = b;
    return m;
  }

  friend DEEPSEEK_INLINE mask operator&(mask a, mask b) { return from_bits(a.v & b.v); }
  friend DEEPSEEK_INLINE mask operator|(mask a, mask b) { return from_bits(a.v | b.v); }
  friend DEEPSEEK_INLINE mask operator^(mask a, mask b) { return from_bits(a.v ^ b.v); }
  friend DEEPSEEK_INLINE mask operator&&(mask a, mask b) { return from_bits(a.v & b.v); }
  friend DEEPSEEK_INLINE mask operator||(mask a, mask b) { return from_bits(a.v | b.v); }
  friend DEEPSEEK_INLINE mask operator==(mask a, mask b) { return from_bits(~(a.v ^ b.v)); }
  friend DEEPSEEK_INLINE mask operator!=(mask a, mask b) { return from_bits(a.v ^ b.v); }
  friend DEEPSEEK_INLINE mask operator!(mask a) { return from_bits(~a.v); }
  friend DEEPSEEK_INLINE mask operator~(mask a) { return from_bits(~a.v); }
};

/// pack<T, N>: N lanes of T in one vector; N is a power of two from 1 to 64.
///
///   (a + b)[i] = a[i] + b[i], and so for - * / % & | ^ << >> and the comparisons
///
/// @dtype  float, double and the integers from 8 to 64 bits
/// @edge   integers wrap around; they never trap: x / 0 = 0, x % 0 = 0, lowest / -1 = lowest.
///         A filler lane may hold anything, so an operation on it must be harmless
/// @cost   one instruction for each register of `vector_bytes`; integer / and % are slow
/// @life   a value; the default constructor leaves the lanes unset
template <class T, int N> struct pack {
  static_assert(detail::lane<T>,
                "[DS-PACK-TYPE] pack<T, N>: T must be float, double or an integer.");
  static_assert(detail::lane_count<N>, "[DS-PACK-SIZE] pack<T, N>: N must be 1, 2, 4 … 64.");

  using element = T;
  using native = detail::native<T, N>;
  using mask_type = mask<T, N>;
  static constexpr int size = N;

  native v;

  pack() = default;
  /// Every lane is x. Subtracting zero keeps the sign of -0.
  DEEPSEEK_INLINE pack(T x) : v(x - native{}) {}

  static DEEPSEEK_INLINE pack from_native(native const& x) {
    pack p;
    p.v = x;
    return p;
  }

 private:
  using signed_bits = detail::native<detail::signed_of<T>, N>;

  // Integer arithmetic runs on the unsigned twin, where wrapping around is defined.
  using wrap_lane = std::conditional_t<std::is_integral_v<T>, detail::unsigned_of<T>, T>;
  using wrap = detail::native<wrap_lane, N>;
  static DEEPSEEK_INLINE pack unwrap(wrap const& x) { return from_native((native)x); }
  static DEEPSEEK_INLINE mask_type truth(signed_bits const& x) { return mask_type::from_bits(x); }

  // A divisor that cannot trap: 1 stands in for 0 and for -1, whose quotient is made by hand.
  static DEEPSEEK_INLINE pack harmless(pack b) {
    if constexpr (std::is_signed_v<T>) return select(b == T(0) || b == T(-1), T(1), b);
    else return select(b == T(0), T(1), b);
  }

 public:
  friend DEEPSEEK_INLINE pack operator+(pack a, pack b) { return unwrap((wrap)a.v + (wrap)b.v); }
  friend DEEPSEEK_INLINE pack operator-(pack a, pack b) { return unwrap((wrap)a.v - (wrap)b.v); }
  friend DEEPSEEK_INLINE pack operator*(pack a, pack b) { return unwrap((wrap)a.v * (wrap)b.v); }
  friend DEEPSEEK_INLINE pack operator-(pack a) { return unwrap(-(wrap)a.v); }
  friend DEEPSEEK_INLINE pack operator+(pack a) { return a; }

  friend DEEPSEEK_INLINE pack operator/(pack a, pack b) {
    if constexpr (std::is_floating_point_v<T>) {
      return from_native(a.v / b.v);
    } else {
      pack const q = from_native(a.v / harmless(b).v);
      if constexpr (std::is_signed_v<T>) return select(b == T(-1), -a, select(b == T(0), T(0), q));
      else return select(b == T(0), T(0), q);
    }
  }

  /// Remainder with the sign of a, as in C++; what is divided by 1 or by the stand-in for 0 leaves 0.
  friend DEEPSEEK_INLINE pack operator%(pack a, pack b) requires std::is_integral_v<T> {
    return from_native(a.v % harmless(b).v);
  }

  friend DEEPSEEK_INLINE pack operator&(pack a, pack b) requires std::is_integral_v<T> {
    return from_native(a.v & b.v);
  }
  friend DEEPSEEK_INLINE pack operator|(pack a, pack b) requires std::is_integral_v<T> {
    return from_native(a.v | b.v);
  }
  friend DEEPSEEK_INLINE pack operator^(pack a, pack b) requires std::is_integral_v<T> {
    return from_native(a.v ^ b.v);
  }
  friend DEEPSEEK_INLINE pack operator~(pack a) requires std::is_integral_v<T> {
    return from_native(~a.v);
  }
  /// Shift counts must be from 0 to the width of T less 1, as in C++.
  friend DEEPSEEK_INLINE pack operator<<(pack a, pack b) requires std::is_integral_v<T> {
    return unwrap((wrap)a.v << (wrap)b.v);
  }
  friend DEEPSEEK_INLINE pack operator>>(pack a, pack b) requires std::is_integral_v<T> {
    return from_native(a.v >> b.v);
  }

  friend DEEPSEEK_INLINE mask_type operator==(pack a, pack b) {
    return truth((signed_bits)(a.v == b.v));
  }
  friend DEEPSEEK_INLINE mask_type operator!=(pack a, pack b) {
    return truth((signed_bits)(a.v != b.v));
  }
  friend DEEPSEEK_INLINE mask_type operator<(pack a, pack b) {
    return truth((signed_bits)(a.v < b.v));
  }
  friend DEEPSEEK_INLINE mask_type operator<=(pack a, pack b) {
    return truth((signed_bits)(a.v <= b.v));
  }
  friend DEEPSEEK_INLINE mask_type operator>(pack a, pack b) {
    return truth((signed_bits)(a.v > b.v));
  }
  friend DEEPSEEK_INLINE mask_type operator>=(pack a, pack b) {
    return truth((signed_bits)(a.v >= b.v));
  }

  DEEPSEEK_INLINE pack& operator+=(pack b) { return *this = *this + b; }
  DEEPSEEK_INLINE pack& operator-=(pack b) { return *this = *this - b; }
  DEEPSEEK_INLINE pack& operator*=(pack b) { return *this = *this * b; }
  DEEPSEEK_INLINE pack& operator/=(pack b) { return *this = *this / b; }
};

/// The value of lane i, 0 <= i < N.
template <class T, int N> DEEPSEEK_INLINE T get(pack<T, N> p, int i) { return p.v[i]; }
template <class T, int N> DEEPSEEK_INLINE bool get(mask<T, N> m, int i) { return m.v[i] != 0; }
/// Writes lane i.
template <class T, int N> DEEPSEEK_INLINE void set(pack<T, N>& p, int i, T x) { p.v[i] = x; }

/// The same truth values for lanes of U.
template <class U, class T, int N> DEEPSEEK_INLINE mask<U, N> mask_cast(mask<T, N> m) {
  constexpr int from = sizeof(T), to = sizeof(U);
  if constexpr (from == to) {
    return mask<U, N>::from_bits((typename mask<U, N>::bits)m.v);
  } else if constexpr (to > 2 * from) {  // in steps of two, which is what processors offer
    return mask_cast<U>(mask_cast<typename detail::signed_lane<2 * from>::type>(m));
  } else if constexpr (from > 2 * to) {
    return mask_cast<U>(mask_cast<typename detail::signed_lane<from / 2>::type>(m));
  } else {
    mask<U, N> r;
    r.v = __builtin_convertvector(m.v, typename mask<U, N>::bits);
    return r;
  }
}

/// select(m, a, b)[i] = m[i] ? a[i] : b[i]. Either value may be a scalar.
template <class M, class T, int N>
DEEPSEEK_INLINE pack<T, N> select(mask<M, N> m, pack<T, N> a, pack<T, N> b) {
  return pack<T, N>::from_native(mask_cast<T>(m).v ? a.v : b.v);
}
template <class M, class T, int N>
DEEPSEEK_INLINE pack<T, N> select(mask<M, N> m, pack<T, N> a, std::type_identity_t<T> b) {
  return select(m, a, pack<T, N>(b));
}
template <class M, class T, int N>
DEEPSEEK_INLINE pack<T, N> select(mask<M, N> m, std::type_identity_t<T> a, pack<T, N> b) {
  return select(m, pack<T, N>(a), b);
}
template <class M, class T, int N>
DEEPSEEK_INLINE mask<T, N> select(mask<M, N> m, mask<T, N> a, mask<T, N> b) {
  auto const c = mask_cast<T>(m);
  return (c & a) | (~c & b);
}

/// The same bits read as lanes of U, which is as wide as T.
template <class U, class T, int N> DEEPSEEK_INLINE pack<U, N> bit_cast_lanes(pack<T, N> p) {
  static_assert(sizeof(U) == sizeof(T),
                "[DS-PACK-BITS] bit_cast_lanes: the types differ in width.");
  return pack<U, N>::from_native((detail::native<U, N>)p.v);
}

}  // namespace deepseek::arch
