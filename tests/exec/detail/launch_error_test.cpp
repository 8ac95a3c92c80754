// SPDX-License-Identifier: Apache-2.0
/// @file What a refused launch is told as, for each obstacle.
#include <deepseek/exec/detail/launch_error.hpp>

#include <doctest/doctest.h>

#include <string>

using deepseek::detail::launch_obstacle;
using deepseek::detail::launch_refusal;

namespace {

constexpr int compiled_for[] = {800, 900};

std::string text_of(launch_obstacle obstacle, char const* says, char const* code, int cluster = 1) {
  deepseek::kernel::launch_shape const shape{"softmax", {3, 2, 1}, 128, 512, cluster};
  launch_refusal const r{obstacle, says, code, compiled_for, 2, 75, 1, 0};
  return deepseek::detail::refusal_text(shape, r).c_str();
}

}  // namespace

TEST_CASE("a refused launch names the kernel, its grid and CUDA's own words") {
  CHECK(text_of(launch_obstacle::something_else, "invalid argument", "cudaErrorInvalidValue") ==
        "[DS-CUDA-LAUNCH] softmax: a grid of (3, 2, 1) blocks of 128 threads and 512 bytes of "
        "shared memory was not started: invalid argument (cudaErrorInvalidValue).");
}

TEST_CASE("no code for the GPU: what the program has, what the GPU is") {
  CHECK(text_of(launch_obstacle::no_image, "no kernel image is available",
                "cudaErrorNoKernelImageForDevice") ==
        "[DS-CUDA-IMAGE] softmax: a grid of (3, 2, 1) blocks of 128 threads and 512 bytes of "
        "shared memory was not started: no kernel image is available "
        "(cudaErrorNoKernelImageForDevice). The program has code for sm_80, sm_90, the GPU is "
        "sm_75. Fix: compile with -arch=sm_75.");
}

TEST_CASE("every other obstacle says what to do") {
  auto const says = [](launch_obstacle o, char const* id, char const* fix, int cluster = 1) {
    std::string const text = text_of(o, "words", "code", cluster);
    CAPTURE(text);
    CHECK(text.find(std::string{id} + " softmax: a grid of (3, 2, 1) blocks") == 0);
    CHECK(text.find(fix) != std::string::npos);
    CHECK(text.find("in clusters of 4") == (cluster > 1 ? text.find("in clusters") : text.npos));
  };
  says(launch_obstacle::no_device, "[DS-DEVICE-NONE]", "Fix: a GPU with a driver");
  says(launch_obstacle::no_clusters, "[DS-CUDA-CLUSTER]", "is sm_75. Fix: one from sm_90 on.", 4);
  says(launch_obstacle::other_device, "[DS-CUDA-DEVICE]",
       "The stream is of device 1, device 0 is the current one. Fix: cudaSetDevice(1).");
  says(launch_obstacle::earlier_work, "[DS-CUDA-EARLIER]", "Fix: run that on emulated{}");
  says(launch_obstacle::room, "[DS-CUDA-ROOM]", "Fix: fewer threads");
}
