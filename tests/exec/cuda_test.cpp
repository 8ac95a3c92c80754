// SPDX-License-Identifier: Apache-2.0
/// @file Kernels through a launch: compiled by nvcc on the GPU, where there is none as the error that says
/// so; by other compilers on the emulator, with the same results.
#include <deepseek/arch/gpu/cluster.hpp>
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/tile/block_reduce.hpp>

#if defined(__CUDACC__)
#include <deepseek/exec/cuda.cuh>
#else
#include <deepseek/exec/detail/emulated_grid.hpp>
#endif

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace gpu = deepseek::arch::gpu;

namespace {

/// y[i] = x[i] + by.
struct add_number {
  using shared_plan = deepseek::kernel::no_shared;
  static constexpr int threads = 64;
  static constexpr char const* name = "add_number";
  float const* x;
  float* y;
  float by;
  int count;
  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    int const i = gpu::block_index().x * threads + gpu::thread_rank();
    if (i < count) gpu::store(y + i, gpu::load(x + i) + by);
  }
};

/// y[b] = sum of the block's x, by way of `Floats` floats of shared memory.
template <int Floats> struct sum_of_block {
  struct shared_plan {
    gpu::shared_array<float, Floats> room;
    deepseek::tile::block_reduce_scratch<float, 4> scratch;
  };
  static constexpr int threads = 128;
  static constexpr char const* name = "sum_of_block";
  float const* x;
  float* y;
  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    int const thread = gpu::thread_rank();
    int const block = gpu::block_index().x;
    shared.room[Floats - 1 - thread] = gpu::load(x + block * threads + thread);
    gpu::sync_block();
    float const sum = deepseek::tile::block_reduce(
        static_cast<float>(shared.room[Floats - threads + thread]),
        [](float a, float b) { return a + b; }, shared.scratch);
    if (thread == 0) gpu::store(y + block, sum);
  }
};

using numbers = std::vector<float>;
numbers counted(int count) {
  numbers x(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) x[static_cast<std::size_t>(i)] = static_cast<float>(i);
  return x;
}

/// transformed(x, count, blocks, make): y of so many numbers after the kernel make(x, y) has run.
template <class Make>
numbers transformed(numbers const& x, int count, int blocks, Make const& make) {
  numbers y(static_cast<std::size_t>(count), -1.f);
#if defined(__CUDACC__)
  using row = deepseek::tensor<float, deepseek::dims<deepseek::dyn>>;
  row from{static_cast<std::int64_t>(x.size())};
  for (std::int64_t i = 0; i < from.size(); ++i) from.data()[i] = x[static_cast<std::size_t>(i)];
  deepseek::device_pool pool;
  row const input = deepseek::to_device(from, pool);
  row output{deepseek::workspace({}, 4 * std::int64_t{count}),
             deepseek::dims<deepseek::dyn>{std::int64_t{count}}};
  deepseek::detail::launch(make(input.data(), output.data()), {blocks, 1, 1});
  deepseek::wait({});
  row const back = deepseek::to_host(output, pool);
  for (std::int64_t i = 0; i < count; ++i) y[static_cast<std::size_t>(i)] = back.data()[i];
#else
  deepseek::arch::emulated::global_memory operands;
  operands.add({x.data(), x.size() * 4, false, "x", 4});
  operands.add({y.data(), y.size() * 4, true, "y", 4});
  deepseek::detail::run_emulated(make(x.data(), y.data()), {blocks, 1, 1}, operands);
#endif
  return y;
}

bool machine_is_there() {
#if defined(__CUDACC__)
  return deepseek::device_count() > 0;
#else
  return true;
#endif
}

}  // namespace

TEST_CASE("members of a kernel are its arguments; a grid without blocks runs nothing") {
  if (!machine_is_there()) return;
  numbers const x = counted(1000);
  auto const add = [](float const* from, float* to) { return add_number{from, to, 0.5f, 1000}; };
  numbers const y = transformed(x, 1000, 16, add);
  for (std::size_t i = 0; i < y.size(); ++i) REQUIRE(y[i] == static_cast<float>(i) + 0.5f);
}

TEST_CASE("shared memory below and above what a kernel has without asking") {
  if (!machine_is_there()) return;
  numbers const x = counted(3 * 128);
  numbers const expected{8128.f, 24512.f, 40896.f};
  CHECK(transformed(x, 3, 3, [](float const* from, float* to) {
          return sum_of_block<128>{from, to};
        }) == expected);
  CHECK(transformed(x, 3, 3, [](float const* from, float* to) {
          return sum_of_block<16000>{from, to};
        }) == expected);
}

#if defined(__CUDACC__)
TEST_CASE("a program without a GPU is told so, by the launch, the workspace and the graph") {
  if (deepseek::device_count() > 0) return;
  add_number const kernel{nullptr, nullptr, 1.f, 0};
  CHECK_THROWS_WITH_AS(deepseek::detail::launch(kernel, {3, 1, 1}),
                       doctest::Contains("[DS-DEVICE-NONE] add_number: a grid of (3, 1, 1) blocks "
                                         "of 64 threads and 0 bytes of shared memory was not "
                                         "started: "),
                       deepseek::device_error);
  CHECK_THROWS_WITH_AS((void)deepseek::workspace({}, 16), doctest::Contains("[DS-DEVICE-NONE]"),
                       deepseek::device_error);
  deepseek::detail::launch(kernel, {0, 1, 1});  // runs nothing, and needs nothing
}

TEST_CASE("the default stream cannot be recorded") {
  CHECK_THROWS_WITH_AS((void)deepseek::capture({}, [] {}), doctest::Contains("[DS-CUDA-CAPTURE]"),
                       deepseek::device_error);
}

TEST_CASE("codes of CUDA that have a remedy of their own") {
  using deepseek::detail::launch_obstacle;
  using deepseek::detail::obstacle_of;
  CHECK(obstacle_of(cudaErrorInsufficientDriver) == launch_obstacle::no_device);
  CHECK(obstacle_of(cudaErrorNoKernelImageForDevice) == launch_obstacle::no_image);
  CHECK(obstacle_of(cudaErrorIllegalAddress) == launch_obstacle::earlier_work);
  CHECK(obstacle_of(cudaErrorLaunchOutOfResources) == launch_obstacle::room);
  CHECK(obstacle_of(cudaErrorInvalidValue) == launch_obstacle::something_else);
}

TEST_CASE("a graph runs what was recorded, as often as started") {
  if (deepseek::device_count() == 0) return;
  cudaStream_t stream = nullptr;
  REQUIRE(cudaStreamCreate(&stream) == cudaSuccess);
  deepseek::cuda const executor{stream};
  {
    auto const memory = deepseek::workspace(executor, 256);
    auto* const x = static_cast<float*>(memory.data());
    REQUIRE(cudaMemsetAsync(x, 0, 256, stream) == cudaSuccess);
    auto const step = deepseek::capture(executor, [&] {
      deepseek::detail::launch(add_number{x, x, 2.f, 64}, {1, 1, 1}, stream);
    });
    for (int i = 0; i < 5; ++i) step.launch(executor);
    float last = 0;
    REQUIRE(cudaMemcpyAsync(&last, x + 63, 4, cudaMemcpyDefault, stream) == cudaSuccess);
    deepseek::wait(executor);
    CHECK(last == 10.f);
  }
  REQUIRE(cudaStreamDestroy(stream) == cudaSuccess);
}
#endif
