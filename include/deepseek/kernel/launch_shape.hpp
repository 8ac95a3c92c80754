// SPDX-License-Identifier: Apache-2.0
/// @file What a kernel says of its launch, and the grids that it may have; the same for every machine.
#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/base/config.hpp>
#include <deepseek/base/error.hpp>

namespace deepseek::kernel {

/// no_shared: shared_plan of a kernel without shared memory.
struct no_shared {};

/// What the largest GPUs take: threads of a block, bytes of its shared memory, blocks of a cluster, blocks
/// of a grid along y and z.
inline constexpr int most_threads = 1024;
inline constexpr std::int64_t most_shared_bytes = 227 << 10;
inline constexpr int most_cluster_blocks = 16;
inline constexpr int most_blocks_y = 65535;

/// blocks_for(pieces): as many blocks as are in flight at once on the largest GPUs, which walk over the
/// pieces in turn, or one for each piece.
[[nodiscard]] constexpr int blocks_for(std::int64_t pieces) {
  constexpr std::int64_t in_flight = 132 * 16;
  return static_cast<int>(pieces < in_flight ? pieces : in_flight);
}

/// launchable<K>: a kernel: `threads` of a block, a `name`, and what every thread calls.
template <class K>
concept launchable = requires(K const& kernel, typename K::shared_plan& shared) {
  { K::threads } -> std::convertible_to<int>;
  { K::name } -> std::convertible_to<char const*>;
  kernel.run(shared);
}
&&std::is_trivially_copyable_v<K>;

/// cluster_blocks<K>: blocks of a cluster along x: K::cluster if there is one, else 1.
template <class K>
inline constexpr int cluster_blocks = [] {
  if constexpr (requires { K::cluster; }) return int{K::cluster};
  else return 1;
}();
/// shared_bytes<K>: of the kernel's shared_plan.
template <class K>
inline constexpr std::int64_t shared_bytes =
    std::is_empty_v<typename K::shared_plan> ? 0 : std::int64_t{sizeof(typename K::shared_plan)};

/// with_room<K>: K wants shared memory behind its shared_plan: kernel.room_bytes() of it in this launch.
template <class K>
concept with_room = requires(K const& kernel) {
  { kernel.room_bytes() } -> std::convertible_to<std::int64_t>;
};
/// in_cluster_of_launch<K>: kernel.cluster_of_launch() blocks are a cluster.
template <class K>
concept in_cluster_of_launch = requires(K const& kernel) {
  { kernel.cluster_of_launch() } -> std::convertible_to<int>;
};

/// launch_shape: of one launch.
struct launch_shape {
  char const* kernel = "";
  arch::gpu::grid_extent blocks;
  int threads = 1;  ///< of a block
  std::int64_t shared_bytes = 0;
  int cluster = 1;  ///< blocks of a cluster, along x

  /// Nothing is to be launched.
  [[nodiscard]] bool empty() const { return blocks.x == 0 || blocks.y == 0 || blocks.z == 0; }
};

namespace detail {
/// check_shape(s): whether a grid is one that can be launched; none of its axes may be negative.
inline void check_shape(launch_shape const& s) {
  auto const& b = s.blocks;
  auto const grid = [&b] {
    return text{} << " a grid of (" << b.x << ", " << b.y << ", " << b.z << ") blocks";
  };
  if (b.x < 0 || b.y < 0 || b.z < 0 || b.y > most_blocks_y || b.z > most_blocks_y)
    throw argument_error(text{} << "[DS-LAUNCH-GRID] " << s.kernel << ":" << grid()
                                << ". Fix: 0 to 2147483647 along x, 0 to " << most_blocks_y
                                << " along y and z.");
  if (b.x % s.cluster != 0)
    throw argument_error(text{} << "[DS-LAUNCH-CLUSTER] " << s.kernel << ":" << grid()
                                << " in clusters of " << s.cluster
                                << " along x. Fix: a multiple of it.");
  if (s.shared_bytes > most_shared_bytes)
    throw argument_error(text{} << "[DS-LAUNCH-SHARED] " << s.kernel << ": " << s.shared_bytes
                                << " bytes of shared memory. Fix: at most " << most_shared_bytes
                                << ".");
}
}  // namespace detail

/// shape_of<K>(blocks): of a launch of K with that grid. A grid without blocks is one that runs nothing.
///
/// @fails  argument_error [DS-LAUNCH-GRID], [DS-LAUNCH-CLUSTER]: a grid that no GPU takes
template <launchable K> [[nodiscard]] launch_shape shape_of(arch::gpu::grid_extent const& blocks) {
  static_assert(
      K::threads >= 1 && K::threads <= most_threads && K::threads % arch::gpu::warp_size == 0,
      "[DS-KERNEL-THREADS] threads: whole warps of 32, at most 1024 threads.");
  static_assert(shared_bytes<K> <= most_shared_bytes,
                "[DS-KERNEL-SHARED] shared_plan: at most 227 KiB.");
  static_assert(cluster_blocks<K> >= 1 && cluster_blocks<K> <= most_cluster_blocks,
                "[DS-KERNEL-CLUSTER] cluster: 1 to 16 blocks.");
  launch_shape const shape{K::name, blocks, int{K::threads}, shared_bytes<K>, cluster_blocks<K>};
  detail::check_shape(shape);
  return shape;
}
/// shape_of(kernel, blocks): of a launch of that kernel, with what it wants of this launch besides.
///
/// @fails  argument_error [DS-LAUNCH-GRID], [DS-LAUNCH-CLUSTER], [DS-LAUNCH-SHARED]
template <launchable K>
[[nodiscard]] launch_shape shape_of(K const& kernel, arch::gpu::grid_extent const& blocks) {
  launch_shape shape = shape_of<K>(blocks);
  if constexpr (with_room<K>)
    shape.shared_bytes = sizeof(typename K::shared_plan) + kernel.room_bytes();
  if constexpr (in_cluster_of_launch<K>) shape.cluster = kernel.cluster_of_launch();
  detail::check_shape(shape);
  return shape;
}

}  // namespace deepseek::kernel
