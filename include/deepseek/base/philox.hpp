// SPDX-License-Identifier: Apache-2.0
/// @file Random numbers that are a function of their place: the generator Philox4x32-10.
#pragma once

#include <deepseek/base/config.hpp>

#include <cstdint>

namespace deepseek {

/// Four 32-bit words: a counter, or the random numbers at it.
struct philox_block {
  std::uint32_t word[4];
  friend constexpr bool operator==(philox_block const&, philox_block const&) = default;
};
/// Two 32-bit words: which sequence.
struct philox_key {
  std::uint32_t word[2];
};

/// philox4x32(counter, key): four independent uniform 32-bit numbers, the same on every machine.
/// There is no state: any place of any sequence costs the same, so elements can be drawn in any order.
///
/// @cost 20 multiplications of 32 bits to 64
/// @paper Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"
DEEPSEEK_HOST_DEVICE constexpr philox_block philox4x32(philox_block counter,
                                                       philox_key key) noexcept {
  constexpr int rounds = 10;
  constexpr std::uint64_t multiplier_0 = 0xd251'1f53U;
  constexpr std::uint64_t multiplier_1 = 0xcd9e'8d57U;
  constexpr std::uint32_t golden_ratio = 0x9e37'79b9U;
  constexpr std::uint32_t sqrt_3_less_1 = 0xbb67'ae85U;
  for (int round = 0; round < rounds; ++round) {
    std::uint64_t const product_0 = multiplier_0 * counter.word[0];
    std::uint64_t const product_1 = multiplier_1 * counter.word[2];
    counter = {{static_cast<std::uint32_t>(product_1 >> 32) ^ counter.word[1] ^ key.word[0],
                static_cast<std::uint32_t>(product_1),
                static_cast<std::uint32_t>(product_0 >> 32) ^ counter.word[3] ^ key.word[1],
                static_cast<std::uint32_t>(product_0)}};
    key.word[0] += golden_ratio;
    key.word[1] += sqrt_3_less_1;
  }
  return counter;
}

/// philox4x32(seed, place, stream): the four numbers at `place` of one of 2^64 streams of `seed`;
/// low word first, as in cuRAND and PyTorch (stream: their subsequence).
DEEPSEEK_HOST_DEVICE constexpr philox_block philox4x32(std::uint64_t seed, std::uint64_t place,
                                                       std::uint64_t stream = 0) noexcept {
  return philox4x32(
      philox_block{{static_cast<std::uint32_t>(place), static_cast<std::uint32_t>(place >> 32),
                    static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32)}},
      philox_key{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}});
}

/// uniform01(bits): the upper 24 bits as a float in [0, 1): k * 2^-24, each k equally likely.
DEEPSEEK_HOST_DEVICE constexpr float uniform01(std::uint32_t bits) noexcept {
  return static_cast<float>(bits >> 8) * 0x1p-24F;
}

}  // namespace deepseek
