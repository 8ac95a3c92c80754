// SPDX-License-Identifier: Apache-2.0
/// @file run_grid: a kernel on the emulator, its blocks one after the other.
#pragma once
#include <deepseek/arch/emulated/block_machine.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace deepseek::test {

/// operands: of a kernel; vectors, or pointers with a number of elements.
class operands {
 public:
  template <class T> operands& read(T const* p, std::size_t count, char const* name = "input") {
    memory_.add({p, count * sizeof(T), false, name});
    return *this;
  }
  template <class T> operands& write(T* p, std::size_t count, char const* name = "output") {
    memory_.add({p, count * sizeof(T), true, name});
    return *this;
  }
  template <class T> operands& read(std::vector<T> const& v, char const* name = "input") {
    return read(v.data(), v.size(), name);
  }
  template <class T> operands& write(std::vector<T>& v, char const* name = "output") {
    return write(v.data(), v.size(), name);
  }
  [[nodiscard]] arch::emulated::global_memory const& memory() const { return memory_; }

 private:
  arch::emulated::global_memory memory_;
};

/// run_grid(kernel, grid, threads, memory): kernel.run(shared) once for each thread of each block.
template <class Kernel>
void run_grid(Kernel const& kernel, arch::gpu::grid_extent const& grid, int threads,
              operands const& memory, char const* name = "kernel") {
  using plan = typename Kernel::shared_plan;
  arch::emulated::block_machine machine{{threads, sizeof(plan), grid}, memory.memory(), name};
  for (int z = 0; z < grid.z; ++z)
    for (int y = 0; y < grid.y; ++y)
      for (int x = 0; x < grid.x; ++x)
        machine.run({x, y, z}, [&](void* shared) { kernel.run(*static_cast<plan*>(shared)); });
}

/// grid_fault(…): the text of the kernel_fault that run_grid ends with; empty if it ends well.
template <class Kernel>
std::string grid_fault(Kernel const& kernel, arch::gpu::grid_extent const& grid, int threads,
                       operands const& memory) {
  try {
    run_grid(kernel, grid, threads, memory);
  } catch (kernel_fault const& fault) {
    return fault.what();
  }
  return "";
}

}  // namespace deepseek::test
