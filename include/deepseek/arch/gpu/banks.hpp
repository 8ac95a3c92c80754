// SPDX-License-Identifier: Apache-2.0
/// @file The banks of shared memory: how often they are gone through for one access of several lanes.
#pragma once
#include <deepseek/base/config.hpp>

namespace deepseek::arch::gpu {

/// Shared memory has 32 banks of 4 bytes, neighbours in neighbouring banks.
inline constexpr int bank_bytes = 4;
inline constexpr int banks = 32;

/// row_passes(offset): of 8 rows of 16 bytes, at these bytes of shared memory: 1 if no two of them meet in a
/// bank, up to 8. This is one matrix of ldmatrix or stmatrix, or 8 lanes of a 16-byte access. What is read
/// twice from one place is read once.
DEEPSEEK_HOST_DEVICE constexpr int row_passes(int const (&offset)[8]) {
  constexpr int row_bytes = 16;
  constexpr int slots = banks * bank_bytes / row_bytes;
  int most = 0;
  for (int i = 0; i < 8; ++i) {
    int meet = 0;  // rows from i on in the slot of row i, each place once
    for (int k = i; k < 8; ++k) {
      bool known = false;
      for (int earlier = i; earlier < k; ++earlier) known |= offset[earlier] == offset[k];
      if (!known && offset[k] / row_bytes % slots == offset[i] / row_bytes % slots) ++meet;
    }
    if (meet > most) most = meet;
  }
  return most;
}

}  // namespace deepseek::arch::gpu
