// SPDX-License-Identifier: Apache-2.0
/// @file unique on the emulator, by the kernels of a GPU.
#pragma once
#include <cstdint>

#include <deepseek/exec/detail/kernel_unique.hpp>
#include <deepseek/exec/emulated.hpp>
#include <deepseek/exec/unique.hpp>

namespace deepseek {

#if !DEEPSEEK_DEVICE_PASS
/// unique(emulated, x): what unique(host, x) gives, bit by bit (exec/unique.hpp).
///
/// @shape   as on the host                @dtype as on the host
/// @cost    an argsort of all elements, and two kernels more
/// @fails   as emulated{}
template <operand X> auto unique(emulated const& executor, X const& x) {
  detail::emulated_machine const machine{
      executor.threads > 0 ? executor.threads : loop::available_cores(), executor.architecture};
  return detail::unique_by_kernels(
      executor, machine, x,
      []<class T, class Dims>(T, Dims const& extents) { return tensor<T, Dims>{extents}; },
      [](std::int64_t const* number) { return *number; });
}
#endif

}  // namespace deepseek
