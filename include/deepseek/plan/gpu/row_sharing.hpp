// SPDX-License-Identifier: Apache-2.0
/// @file row_sharing: rows that several passes read and that registers do not hold: how many blocks have one
/// together, and how much of it they keep in shared memory.
#pragma once
#include <cstdint>

#include <deepseek/kernel/row_room.hpp>

namespace deepseek::plan::gpu {

/// launch_limits: what a launch may ask of the GPU it is for. Those of sm_80, if nothing is said.
struct launch_limits {
  std::int64_t shared_bytes = std::int64_t{163} << 10;  ///< of a block
  int cluster_blocks = 1;                               ///< of a cluster
};
inline constexpr launch_limits limits_of_sm90{std::int64_t{227} << 10, 8};

/// long_rows: of one kernel.
struct long_rows {
  std::int64_t rows;
  std::int64_t lanes;
  std::int64_t positions;    ///< of the row's other axes
  std::int64_t piece;        ///< lanes that a block has at once
  std::int64_t piece_bytes;  ///< of what is kept of a piece; 0: every operand is read once
  std::int64_t plan_bytes;   ///< of shared memory besides
  bool by_clusters;          ///< blocks may share a row

  /// pieces_of(blocks): of each block where so many have a row.
  [[nodiscard]] constexpr std::int64_t pieces_of(int blocks) const {
    std::int64_t const at_once = piece * blocks;
    return positions * ((lanes + at_once - 1) / at_once);
  }
};

/// Up to so many bytes of a row, three blocks of 512 threads have room on a multiprocessor, so that one reads
/// while another writes.
inline constexpr std::int64_t comfortable_bytes = std::int64_t{72} << 10;
inline constexpr int multiprocessors = 132;
/// A part of a row that is read again is worth its room from a quarter of the row on.
inline constexpr int least_kept = 4;

/// share_rows(r, limits): blocks are doubled while each still has a piece, and they are few or have too much.
[[nodiscard]] constexpr kernel::row_share share_rows(long_rows const& r,
                                                     launch_limits const& limits) {
  if (r.piece_bytes == 0) return {};
  int blocks = 1;
  if (r.by_clusters && r.positions == 1)
    while (2 * blocks <= limits.cluster_blocks && 2 * blocks <= r.pieces_of(1) &&
           (r.rows * blocks < multiprocessors ||
            r.pieces_of(blocks) * r.piece_bytes > comfortable_bytes))
      blocks *= 2;
  std::int64_t const pieces = r.pieces_of(blocks);
  std::int64_t const room = (limits.shared_bytes - r.plan_bytes) / r.piece_bytes;
  if (room >= pieces) return {static_cast<int>(pieces), blocks};
  if (room * least_kept < pieces) return {};
  return {static_cast<int>(room), blocks};
}

/// one_launch(r, share): rows that are few are still better off in one launch than in one for each pass: what
/// a block has of a row is kept, and is short, or blocks are many enough.
[[nodiscard]] constexpr bool one_launch(long_rows const& r, kernel::row_share const& share) {
  constexpr std::int64_t short_pieces = 4;
  std::int64_t const pieces = r.pieces_of(share.blocks);
  return share.kept == pieces &&
         (pieces <= short_pieces || 2 * r.rows * share.blocks >= multiprocessors);
}

}  // namespace deepseek::plan::gpu
