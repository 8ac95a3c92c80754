// SPDX-License-Identifier: Apache-2.0
/// @file Whether tensor copies can read the operands of a product, along which axis, and the two batch axes
/// that they have then.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/matrix_descriptor.hpp>  // major_axis
#include <deepseek/kernel/matmul_wgmma.hpp>         // wgmma_matrices
#include <deepseek/kernel/product_operands.hpp>

namespace deepseek::plan::gpu {

/// sm90_access: along which axis an operand's elements are neighbours; none: copies cannot read it.
enum class sm90_access : unsigned char { along_k, along_rows, none };

/// sm90_batch: the batch axes as two; possible: they can be.
struct sm90_batch {
  bool possible = true;
  std::int64_t inner = 1;
  std::int64_t outer = 1;
  std::int64_t a_inner = 0;  ///< steps in elements; 0: one matrix for all
  std::int64_t a_outer = 0;
  std::int64_t b_inner = 0;
  std::int64_t b_outer = 0;
};

/// sm90_batch_of(batch): neighbouring axes that both operands go through as through one are one.
inline sm90_batch sm90_batch_of(kernel::product_batch const& batch) {
  kernel::product_batch folded;
  for (int axis = 0; axis < batch.axes; ++axis) {
    if (batch.extent[axis] == 1) continue;
    int const last = folded.axes - 1;
    if (last >= 0 && folded.a_step[last] == batch.a_step[axis] * batch.extent[axis] &&
        folded.b_step[last] == batch.b_step[axis] * batch.extent[axis]) {
      folded.extent[last] *= batch.extent[axis];
      folded.a_step[last] = batch.a_step[axis];
      folded.b_step[last] = batch.b_step[axis];
    } else {
      folded.extent[folded.axes] = batch.extent[axis];
      folded.a_step[folded.axes] = batch.a_step[axis];
      folded.b_step[folded.axes] = batch.b_step[axis];
      ++folded.axes;
    }
  }
  sm90_batch two;
  two.possible = folded.axes <= 2;
  if (int const inner = folded.axes - 1; two.possible && inner >= 0) {
    two.inner = folded.extent[inner];
    two.a_inner = folded.a_step[inner];
    two.b_inner = folded.b_step[inner];
  }
  if (two.possible && folded.axes == 2) {
    two.outer = folded.extent[0];
    two.a_outer = folded.a_step[0];
    two.b_outer = folded.b_step[0];
  }
  return two;
}

/// sm90_access_of(m, rows, k, inner_step, outer_step): addresses and strides that tensor maps take: multiples
/// of 16 bytes, below 2^40.
template <class T>
sm90_access sm90_access_of(kernel::product_matrix<T> const& m, std::int64_t rows, std::int64_t k,
                           std::int64_t inner_step, std::int64_t outer_step) {
  constexpr std::int64_t whole = 16 / std::int64_t{sizeof(T)};
  constexpr std::int64_t most = (std::int64_t{1} << 40) / std::int64_t{sizeof(T)};
  auto const batch = [](std::int64_t step) {
    return step >= 0 && step % whole == 0 && step < most;
  };
  auto const stride = [&](std::int64_t step, std::int64_t extent) {
    return extent == 1 || (step > 0 && batch(step));
  };
  if (reinterpret_cast<std::uintptr_t>(m.data) % 16 != 0 || !batch(inner_step) ||
      !batch(outer_step))
    return sm90_access::none;
  if ((m.k_step == 1 || k == 1) && stride(m.step, rows)) return sm90_access::along_k;
  if (sizeof(T) == 2 && (m.step == 1 || rows == 1) && stride(m.k_step, k))
    return sm90_access::along_rows;
  return sm90_access::none;
}

/// sm90_matrices_of(m, access, rows, k, batch steps and extents): as wgmma_operand::description takes them.
template <class T>
kernel::wgmma_matrices<T> sm90_matrices_of(kernel::product_matrix<T> const& m, sm90_access access,
                                           std::int64_t rows, std::int64_t k,
                                           sm90_batch const& batch, std::int64_t inner_step,
                                           std::int64_t outer_step) {
  return {m.data,
          rows,
          k,
          access == sm90_access::along_k ? m.step : m.k_step,
          inner_step == 0 ? 1 : batch.inner,
          inner_step,
          outer_step == 0 ? 1 : batch.outer,
          outer_step};
}

}  // namespace deepseek::plan::gpu
