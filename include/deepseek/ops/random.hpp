// SPDX-License-Identifier: Apache-2.0
/// @file uniform and normal: random numbers as expressions; each is a function of key and place.
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/base/philox.hpp>
#include <deepseek/base/why.hpp>
#include <deepseek/expr/indexed.hpp>
#include <deepseek/ops/detail/normal_from_bits.hpp>

namespace deepseek {

/// random_key: which numbers. Two keys that differ in either word give independent numbers; the same key
/// gives the same ones again, so draw each tensor from a stream of its own: {seed, 0}, {seed, 1} …
struct random_key {
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;
};

namespace detail {
/// for_each_draw<PerBlock>(key, first, stride, count, f): f(i, block, k) for each of the draws number
/// first + i * stride, where a block of four words makes PerBlock draws and this is its k-th.
template <int PerBlock, class F>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void for_each_draw(random_key const& key, std::int64_t first,
                                                        std::int64_t stride, int count,
                                                        F const& f) {
  std::int64_t place = -1;
  philox_block block{};
  for (int i = 0; i < count; ++i) {
    std::int64_t const draw = first + i * stride;
    if (draw / PerBlock != place) {
      place = draw / PerBlock;
      block = philox4x32(key.seed, static_cast<std::uint64_t>(place), key.stream);
    }
    f(i, block, static_cast<int>(draw % PerBlock));
  }
}
}  // namespace detail

namespace rules {
/// 24 random bits for f32, 53 for f64.
template <std::floating_point V> struct uniform {
  using value_type = V;
  static constexpr char const* name = "uniform";
  static constexpr int flops = 10;
  random_key key;
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fill(std::int64_t first, std::int64_t stride, int count,
                                                 V* out) const {
    if constexpr (std::same_as<V, float>) {
      detail::for_each_draw<4>(key, first, stride, count,
                               [&](int i, philox_block const& b, int k)
                                   DEEPSEEK_INLINE_LAMBDA { out[i] = uniform01(b.word[k]); });
    } else {
      detail::for_each_draw<2>(key, first, stride, count,
                               [&](int i, philox_block const& b, int k) DEEPSEEK_INLINE_LAMBDA {
                                 std::uint64_t const bits =
                                     std::uint64_t{b.word[2 * k + 1]} << 32 | b.word[2 * k];
                                 out[i] = static_cast<double>(bits >> 11) * 0x1p-53;
                               });
    }
  }
};

struct normal {
  using value_type = float;
  static constexpr char const* name = "normal";
  static constexpr int flops = 40;
  random_key key;
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fill(std::int64_t first, std::int64_t stride, int count,
                                                 float* out) const {
    constexpr int part = 16;  // words first, then arithmetic that vectorises
    for (int begin = 0; begin < count; begin += part) {
      int const n = count - begin < part ? count - begin : part;
      std::uint32_t distance[part] = {}, direction[part] = {}, second[part] = {};
      detail::for_each_draw<4>(key, first + begin * stride, stride, n,
                               [&](int i, philox_block const& b, int k) DEEPSEEK_INLINE_LAMBDA {
                                 distance[i] = b.word[k & 2];
                                 direction[i] = b.word[(k & 2) + 1];
                                 second[i] = static_cast<std::uint32_t>(k & 1);
                               });
      float value[part];
      for (int i = 0; i < part; ++i)
        value[i] = detail::normal_from_bits(distance[i], direction[i], second[i] != 0);
      for (int i = 0; i < n; ++i) out[begin + i] = value[i];
    }
  }
};
}  // namespace rules

namespace why {
template <bool Holds, class... Facts> struct random_dtype {
  static_assert(Holds,
                "[DS-RANDOM-DTYPE] uniform<V>(extents, key): V is not float or double; "
                "dtype_is<V>. Fix: cast<V>(uniform(extents, key)).");
};
}  // namespace why

/// uniform<V>(extents, key): numbers from 0 up to but not including 1, all equally likely.
///
///   y[i] = k * 2^-24, k the upper 24 bits of word i mod 4 of Philox4x32-10 at place i / 4,
///   i the element's row-major number; f64: 53 bits of two words
///
/// The numbers depend on key and place alone: not on threads, executor, layout or what else is in the
/// expression. Computed again, they are the same again: a mask need not be stored for a gradient.
///
/// @shape   extents                      @dtype V: float or double
/// @cost    no memory is read; about 10 operations per element; always fuses
/// @fails   [DS-RANDOM-DTYPE] another V
/// @paper   Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"
template <element V = float, extents_type Dims>
constexpr auto uniform(Dims const& extents, random_key key) {
  if constexpr (std::floating_point<V>) {
    return expr::generate_node<rules::uniform<V>, Dims>{extents, rules::uniform<V>{key}};
  } else {
    (void)sizeof(why::random_dtype<std::floating_point<V>, why::dtype_is<V>>);
    return why::invalid{};
  }
}

/// normal(extents, key): numbers of mean 0 and variance 1, normally distributed.
///
///   y[2 i], y[2 i + 1] = sqrt(-2 log u) * (cos 2 pi v, sin 2 pi v), u and v from two words of Philox
///
/// As reproducible as uniform, to the bit on all machines with a fused multiply-add.
///
/// @shape   extents                      @dtype f32; for others cast<V>(normal(...))
/// @error   at most 2^-20 from the formula in double; at most 6.66 from 0
/// @cost    no memory is read; about 40 operations per element; always fuses
/// @paper   Box & Muller 1958, "A note on the generation of random normal deviates"
template <extents_type Dims> constexpr auto normal(Dims const& extents, random_key key) {
  return expr::generate_node<rules::normal, Dims>{extents, rules::normal{key}};
}

}  // namespace deepseek
