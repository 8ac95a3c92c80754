// SPDX-License-Identifier: Apache-2.0
/// @file attention_join: what blocks that shared the keys of a row leave, as one row; in the order of the
/// parts, so that results are the same bits in every run.
///
///   y = sum over p of values[p] exp(sums[p]) / sum over p of exp(sums[p])
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/fast_exp2.hpp>
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/arch/scalar.hpp>
#include <deepseek/base/convert.hpp>
#include <deepseek/kernel/attention_operands.hpp>
#include <deepseek/kernel/detail/attention_softmax.hpp>
#include <deepseek/kernel/launch_shape.hpp>  // no_shared

namespace deepseek::kernel {

/// attention_join<Out>: a warp a row; a grid along x of any number of blocks.
template <class Out> struct attention_join {
  using shared_plan = no_shared;
  static constexpr int threads = 128;
  static constexpr char const* name = "attention_join";

  attention_size size;
  attention_parts parts;
  int part_count;
  row_place<Out> out;
  row_place<float> sums;

  [[nodiscard]] DEEPSEEK_HOST_DEVICE std::int64_t rows() const {
    return std::int64_t{size.batches} * size.heads * size.queries;
  }
  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    constexpr int warps = threads / arch::gpu::warp_size;
    std::int64_t const step = std::int64_t{arch::gpu::grid_blocks().x} * warps;
    for (std::int64_t row =
             std::int64_t{arch::gpu::block_index().x} * warps + arch::gpu::warp_rank();
         row < rows(); row += step)
      join(row);
  }

 private:
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float sum_of(std::int64_t row, int part) const {
    return arch::gpu::load(parts.sums + part * rows() + row);
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void join(std::int64_t row) const {
    constexpr float lowest = softmax_row<1>::lowest;
    float most = lowest;
    for (int p = 0; p < part_count; ++p) most = arch::max_fast(most, sum_of(row, p));
    float const from = most == lowest ? 0.F : most;
    float total = 0;
    for (int p = 0; p < part_count; ++p)
      total += arch::gpu::fast_exp2((sum_of(row, p) - from) * log2_of_e);
    float const factor = total == 0.F ? 0.F : 1.F / total;
    std::int64_t const head_row = row / size.queries;
    int const query = static_cast<int>(row - head_row * size.queries);
    int const batch = static_cast<int>(head_row / size.heads);
    int const head = static_cast<int>(head_row - std::int64_t{batch} * size.heads);
    Out* const to = out.row(batch, head, query);
    for (int d = arch::gpu::lane_rank(); d < size.value_width; d += arch::gpu::warp_size) {
      float y = 0;
      for (int p = 0; p < part_count; ++p) {
        float const weight = arch::gpu::fast_exp2((sum_of(row, p) - from) * log2_of_e) * factor;
        y += weight * arch::gpu::load(parts.values + (p * rows() + row) * parts.row_stride + d);
      }
      arch::gpu::store(to + d * out.step, convert<Out>(y));
    }
    if (arch::gpu::lane_rank() == 0)
      arch::gpu::store(sums.row(batch, head, query),
                       total == 0.F ? lowest : from + arch::log(total));
  }
};

}  // namespace deepseek::kernel
