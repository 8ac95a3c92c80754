// SPDX-License-Identifier: Apache-2.0
/// @file Lane types, sizes and awkward values that the tests of packs go through.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <type_traits>
#include <utility>

#include <deepseek/arch/cpu/pack.hpp>

namespace cases {

namespace arch = deepseek::arch;

/// Calls f with a value of each type in Types.
template <class... Types, class F> void for_types(F f) { (f(Types{}), ...); }

template <class F> void for_lane_types(F f) {
  for_types<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
            std::uint16_t, std::uint32_t, std::uint64_t>(f);
}

/// Calls f with integral_constant<int, N> for each pack size.
template <class F> void for_sizes(F f) {
  [&]<int... Log2>(std::integer_sequence<int, Log2...>) {
    (f(std::integral_constant<int, (1 << Log2)>{}), ...);
  }
  (std::make_integer_sequence<int, 7>{});
}

template <class T, int N> using lanes = std::array<T, N>;

template <class T, std::size_t N> arch::pack<T, int(N)> to_pack(std::array<T, N> const& a) {
  arch::pack<T, int(N)> p;
  std::memcpy(&p.v, a.data(), sizeof a);
  return p;
}
template <class T, int N> lanes<T, N> to_lanes(arch::pack<T, N> p) {
  lanes<T, N> a;
  std::memcpy(a.data(), &p.v, sizeof a);
  return a;
}

/// Random lanes, a third of them awkward: limits, zeros, infinities, NaN, subnormals, ties.
template <class T, int N, class Random> lanes<T, N> some_lanes(Random& random) {
  using limits = std::numeric_limits<T>;
  lanes<T, N> a;
  for (T& x : a) {
    auto const kind = random() % 12;
    if constexpr (std::is_floating_point_v<T>) {
      T const awkward[] = {T(0),
                           T(-0.0),
                           limits::infinity(),
                           -limits::infinity(),
                           limits::quiet_NaN(),
                           limits::denorm_min(),
                           limits::max(),
                           limits::lowest(),
                           T(0.5),
                           T(-0.5),
                           T(1.5),
                           T(2.5),
                           T(-1),
                           T(8388609)};
      if (kind < 4) x = awkward[random() % std::size(awkward)];
      else if (kind < 8) x = T(std::int64_t(random() % 4001) - 2000) / T(16);
      else x = std::ldexp(T(random() % 65536) - T(32768), int(random() % 61) - 40);
    } else {
      T const awkward[] = {T(0), T(1), T(-1), limits::max(), limits::lowest()};
      if (kind < 4) x = awkward[random() % std::size(awkward)];
      else if (kind < 8) x = T(random() % 7);
      else x = T(random());
    }
  }
  return a;
}

/// Is x a NaN? No integer is.
template <class T> bool is_nan(T x) {
  if constexpr (std::is_floating_point_v<T>) return std::isnan(x);
  else return false;
}

/// The same value bit by bit, any NaN being equal to any NaN.
template <class T> bool same(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return (std::isnan(a) && std::isnan(b)) || std::memcmp(&a, &b, sizeof a) == 0;
  else return a == b;
}

/// Does each lane of p equal expected(i)?
template <class T, int N, class Expected> bool lanes_are(arch::pack<T, N> p, Expected expected) {
  lanes<T, N> const a = to_lanes(p);
  for (int i = 0; i < N; ++i)
    if (!same(a[std::size_t(i)], T(expected(std::size_t(i))))) return false;
  return true;
}
template <class T, int N, class Expected> bool lanes_are(arch::mask<T, N> m, Expected expected) {
  for (int i = 0; i < N; ++i) {
    if (get(m, i) != bool(expected(std::size_t(i)))) return false;
    if (m.v[i] != 0 && m.v[i] != -1) return false;  // all zeros or all ones
  }
  return true;
}

}  // namespace cases
