// SPDX-License-Identifier: Apache-2.0
/// @file What a launch takes from a kernel, and grids that no GPU takes.
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/kernel/launch_shape.hpp>

#include <doctest/doctest.h>

namespace gpu = deepseek::arch::gpu;
namespace kernel = deepseek::kernel;

namespace {

struct plain {
  using shared_plan = kernel::no_shared;
  static constexpr int threads = 96;
  static constexpr char const* name = "plain";
  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {}
};
struct in_clusters {
  struct shared_plan {
    gpu::shared_array<float, 128> x;
    gpu::shared_value<int> count;
  };
  static constexpr int threads = 256;
  static constexpr int cluster = 4;
  static constexpr char const* name = "in_clusters";
  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {}
};
struct as_wanted {
  struct shared_plan {
    gpu::shared_array<float, 4> x;
  };
  static constexpr int threads = 64;
  static constexpr char const* name = "as_wanted";
  std::int64_t bytes;
  int blocks;
  [[nodiscard]] std::int64_t room_bytes() const { return bytes; }
  [[nodiscard]] int cluster_of_launch() const { return blocks; }
  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {}
};
struct without_run {
  using shared_plan = kernel::no_shared;
  static constexpr int threads = 32;
  static constexpr char const* name = "without_run";
};

}  // namespace

TEST_CASE("launchable: what has threads, a name and run(shared_plan&)") {
  static_assert(kernel::launchable<plain> && kernel::launchable<in_clusters>);
  static_assert(!kernel::launchable<without_run> && !kernel::launchable<int>);
}

TEST_CASE("shape_of: threads, shared bytes and cluster are the kernel's") {
  auto const one = kernel::shape_of<plain>({7, 2, 3});
  CHECK(one.threads == 96);
  CHECK(one.shared_bytes == 0);
  CHECK(one.cluster == 1);
  CHECK(one.blocks == gpu::grid_extent{7, 2, 3});
  CHECK(!one.empty());
  auto const four = kernel::shape_of<in_clusters>({8, 1, 1});
  CHECK(four.shared_bytes == 129 * 4);
  CHECK(four.cluster == 4);
  CHECK(kernel::shape_of<plain>({0, 1, 1}).empty());
  CHECK(kernel::shape_of<plain>({5, 1, 0}).empty());
}

TEST_CASE(
    "shape_of(kernel): room behind its shared_plan, and a cluster, as this launch wants them") {
  auto const shape = kernel::shape_of(as_wanted{1000, 3}, {6, 1, 1});
  CHECK(shape.shared_bytes == 16 + 1000);
  CHECK(shape.cluster == 3);
  CHECK(kernel::shape_of(in_clusters{}, {8, 1, 1}).cluster == 4);
  CHECK(kernel::shape_of(plain{}, {8, 1, 1}).shared_bytes == 0);
  CHECK_THROWS_WITH_AS((void)kernel::shape_of(as_wanted{0, 4}, {6, 1, 1}),
                       "[DS-LAUNCH-CLUSTER] as_wanted: a grid of (6, 1, 1) blocks in clusters of "
                       "4 along x. Fix: a multiple of it.",
                       deepseek::argument_error);
  CHECK_THROWS_WITH_AS((void)kernel::shape_of(as_wanted{227 << 10, 1}, {6, 1, 1}),
                       "[DS-LAUNCH-SHARED] as_wanted: 232464 bytes of shared memory. Fix: at most "
                       "232448.",
                       deepseek::argument_error);
}

TEST_CASE("shape_of: grids that no GPU takes") {
  CHECK_THROWS_WITH_AS((void)kernel::shape_of<plain>({1, 65536, 1}),
                       "[DS-LAUNCH-GRID] plain: a grid of (1, 65536, 1) blocks. Fix: 0 to "
                       "2147483647 along x, 0 to 65535 along y and z.",
                       deepseek::argument_error);
  CHECK_THROWS_AS((void)kernel::shape_of<plain>({-1, 1, 1}), deepseek::argument_error);
  CHECK_THROWS_WITH_AS((void)kernel::shape_of<in_clusters>({6, 1, 1}),
                       "[DS-LAUNCH-CLUSTER] in_clusters: a grid of (6, 1, 1) blocks in clusters of "
                       "4 along x. Fix: a multiple of it.",
                       deepseek::argument_error);
}

TEST_CASE("blocks_for: one for each piece, up to what is in flight at once") {
  CHECK(deepseek::kernel::blocks_for(0) == 0);
  CHECK(deepseek::kernel::blocks_for(2112) == 2112);
  CHECK(deepseek::kernel::blocks_for(std::int64_t{1} << 40) == 2112);
}
