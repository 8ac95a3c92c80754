// SPDX-License-Identifier: Apache-2.0
/// @file kernel_fault: what the emulator throws where a GPU would compute something else, stop or hang.
#pragma once
#include <utility>

#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/base/error.hpp>

namespace deepseek {

/// kernel_fault: a mistake in a kernel, with the kernel, the block, the thread and the address in the text.
class kernel_fault : public device_error {
 public:
  explicit kernel_fault(text message, source_place where = source_place::current())
      : device_error{std::move(message), where} {}
};

namespace arch::emulated {

/// where(place): "thread 5 of block (0, 1, 0)".
inline text where(gpu::thread_place const& place) {
  return text{} << "thread " << place.thread << " of block (" << place.block.x << ", "
                << place.block.y << ", " << place.block.z << ")";
}

}  // namespace arch::emulated
}  // namespace deepseek
