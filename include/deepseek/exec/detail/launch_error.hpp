// SPDX-License-Identifier: Apache-2.0
/// @file What a launch that CUDA refuses is told to the user as: the kernel, its grid, CUDA's own words, and
/// what to do. No part of CUDA, so that it is tested without.
#pragma once
#include <deepseek/base/error.hpp>
#include <deepseek/kernel/launch_shape.hpp>

namespace deepseek::detail {

/// launch_obstacle: why a kernel did not start.
enum class launch_obstacle : unsigned char {
  no_device,     ///< there is no GPU, or no driver that this program can use
  no_image,      ///< the program has no code for this GPU
  no_clusters,   ///< the GPU has no clusters
  other_device,  ///< the stream is of another device than the current one
  earlier_work,  ///< what was started before has failed; no kernel will start in this process any more
  room,          ///< registers or shared memory of a block
  something_else
};

/// launch_refusal: all that is known of it. Architectures as 90 for sm_90.
struct launch_refusal {
  launch_obstacle obstacle = launch_obstacle::something_else;
  char const* says = "";               ///< CUDA's own words
  char const* code = "";               ///< cudaErrorInvalidValue
  int const* architectures = nullptr;  ///< that the program was compiled for, as 900 for sm_90
  int architecture_count = 0;
  int device_architecture = 0;
  int stream_device = 0;
  int current_device = 0;
};

/// refusal_text(shape, r): "[DS-CUDA-…] softmax: a grid of (3, 1, 1) blocks of 128 threads …".
inline text refusal_text(kernel::launch_shape const& shape, launch_refusal const& r) {
  text about;
  about << shape.kernel << ": a grid of (" << shape.blocks.x << ", " << shape.blocks.y << ", "
        << shape.blocks.z << ") blocks of " << shape.threads << " threads and "
        << shape.shared_bytes << " bytes of shared memory";
  if (shape.cluster > 1) about << ", in clusters of " << shape.cluster << ",";
  about << " was not started: " << r.says << " (" << r.code << ").";
  switch (r.obstacle) {
    case launch_obstacle::no_device:
      return text{} << "[DS-DEVICE-NONE] " << about
                    << " Fix: a GPU with a driver as new as the toolkit; without one host{}.";
    case launch_obstacle::no_image: {
      text message;
      message << "[DS-CUDA-IMAGE] " << about << " The program has code for ";
      for (int i = 0; i < r.architecture_count; ++i)
        message << (i == 0 ? "sm_" : ", sm_") << r.architectures[i] / 10;
      message << ", the GPU is sm_" << r.device_architecture << ". Fix: compile with -arch=sm_"
              << r.device_architecture << (r.device_architecture >= 90 ? "a." : ".");
      return message;
    }
    case launch_obstacle::no_clusters:
      return text{} << "[DS-CUDA-CLUSTER] " << about << " The GPU is sm_" << r.device_architecture
                    << ". Fix: one from sm_90 on.";
    case launch_obstacle::other_device:
      return text{} << "[DS-CUDA-DEVICE] " << about << " The stream is of device "
                    << r.stream_device << ", device " << r.current_device
                    << " is the current one. Fix: cudaSetDevice(" << r.stream_device << ").";
    case launch_obstacle::earlier_work:
      return text{} << "[DS-CUDA-EARLIER] " << about
                    << " That is of work started before. Fix: run that on emulated{} or under "
                       "compute-sanitizer; this process cannot use the GPU any more.";
    case launch_obstacle::room:
      return text{} << "[DS-CUDA-ROOM] " << about
                    << " Fix: fewer threads, registers or bytes of shared memory a block.";
    default: return text{} << "[DS-CUDA-LAUNCH] " << about;
  }
}

}  // namespace deepseek::detail
