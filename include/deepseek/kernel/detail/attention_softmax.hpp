// SPDX-License-Identifier: Apache-2.0
/// @file A softmax that goes on from tile to tile, of rows whose scores several lanes of a warp have.
#pragma once
#include <deepseek/arch/gpu/fast_exp2.hpp>
#include <deepseek/arch/gpu/warp.hpp>
#include <deepseek/arch/scalar.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

inline constexpr float log2_of_e = 1.44269504088896341F;
inline constexpr float log_of_2 = 0.693147180559945309F;

/// softmax_row<Lanes>: one row, of which Lanes neighbouring lanes have scores. Scores are to base 2.
///
///   weight[j] = 2^(score[j] - most),   total = sum of weights of this lane
template <int Lanes> struct softmax_row {
  float most;   ///< of all lanes, so far
  float total;  ///< of this lane

  /// Before the first tile; sink: the score of one more key, whose value is 0.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void begin(float sink) {
    most = sink;
    total = arch::gpu::lane_rank() % Lanes == 0 && sink != lowest ? 1.F : 0.F;
  }
  /// scores -> weights; returns by what all that was summed up before is to be multiplied.
  template <int Count, class Values> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float add(Values& score) {
    float largest = most;
    tile::unrolled<Count>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      float const x = score[i];
      largest = arch::max_fast(largest, x);
    });
    tile::unrolled<bits>([&](auto b) DEEPSEEK_INLINE_LAMBDA {
      largest = arch::max_fast(largest, arch::gpu::shuffle_xor(largest, 1 << b));
    });
    float const from = largest == lowest ? 0.F : largest;
    float const factor = arch::gpu::fast_exp2(most - from);
    float sum = total * factor;
    tile::unrolled<Count>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      float const weight = arch::gpu::fast_exp2(score[i] - from);
      sum += weight;
      score[i] = weight;
    });
    most = largest;
    total = sum;
    return factor;
  }
  /// After the last tile: by what the row of values is multiplied; a row without keys is 0.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float end() {
    tile::unrolled<bits>(
        [&](auto b) DEEPSEEK_INLINE_LAMBDA { total += arch::gpu::shuffle_xor(total, 1 << b); });
    return total == 0.F ? 0.F : 1.F / total;
  }
  /// The natural logarithm of the sum of exponentials, after end().
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float logarithm() const {
    return total == 0.F ? lowest : most * log_of_2 + arch::log(total);
  }

  static constexpr float lowest = -__builtin_huge_valf();

 private:
  static constexpr int bits = Lanes == 1 ? 0 : Lanes == 2 ? 1 : Lanes == 4 ? 2 : 3;
  static_assert(1 << bits == Lanes, "[DS-SOFTMAX-LANES] 1, 2, 4 or 8 lanes.");
};

}  // namespace deepseek::kernel
