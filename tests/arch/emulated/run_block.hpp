// SPDX-License-Identifier: Apache-2.0
/// @file run_block, run_cluster: a lambda as a kernel of one block or one cluster, and what it did wrong.
#pragma once
#include <deepseek/arch/emulated/block_machine.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

namespace deepseek::test {

/// no_plan: of a kernel without shared memory.
struct no_plan {};

/// run_block<Plan>(threads, operands, kernel): kernel(plan) once for each thread of one block.
template <class Plan = no_plan, class Kernel>
void run_block(int threads, arch::emulated::global_memory const& operands, Kernel const& kernel) {
  arch::emulated::block_machine machine{{threads, sizeof(Plan), {}}, operands, "probe"};
  machine.run({0, 0, 0}, [&](void* shared) { kernel(*static_cast<Plan*>(shared)); });
}
template <class Plan = no_plan, class Kernel> void run_block(int threads, Kernel const& kernel) {
  run_block<Plan>(threads, arch::emulated::global_memory{}, kernel);
}

/// run_cluster<Plan>(blocks, threads, operands, kernel): the same of a cluster of blocks along x.
template <class Plan = no_plan, class Kernel>
void run_cluster(int blocks, int threads, arch::emulated::global_memory const& operands,
                 Kernel const& kernel) {
  arch::gpu::grid_extent const along_x{blocks, 1, 1};
  arch::emulated::cluster_machine machine{
      {threads, sizeof(Plan), along_x}, along_x, operands, "probe"};
  machine.run({0, 0, 0}, [&](void* shared) { kernel(*static_cast<Plan*>(shared)); });
}
template <class Plan = no_plan, class Kernel>
void run_cluster(int blocks, int threads, Kernel const& kernel) {
  run_cluster<Plan>(blocks, threads, arch::emulated::global_memory{}, kernel);
}

/// fault_text(run): the text of the kernel_fault that a run ends with; empty if it ends well.
template <class Run> std::string fault_text(Run const& run) {
  try {
    run();
  } catch (kernel_fault const& fault) {
    return fault.what();
  }
  return "";
}
/// fault_of_cluster(...): of run_cluster; fault_of(...): of run_block.
template <class Plan = no_plan, class Kernel>
std::string fault_of_cluster(int blocks, int threads, Kernel const& kernel) {
  return fault_text([&] { run_cluster<Plan>(blocks, threads, kernel); });
}
template <class Plan = no_plan, class Kernel>
std::string fault_of_cluster(int blocks, int threads, arch::emulated::global_memory const& operands,
                             Kernel const& kernel) {
  return fault_text([&] { run_cluster<Plan>(blocks, threads, operands, kernel); });
}
template <class Plan = no_plan, class Kernel>
std::string fault_of(int threads, arch::emulated::global_memory const& operands,
                     Kernel const& kernel) {
  return fault_text([&] { run_block<Plan>(threads, operands, kernel); });
}
template <class Plan = no_plan, class Kernel>
std::string fault_of(int threads, Kernel const& kernel) {
  return fault_text([&] { run_block<Plan>(threads, kernel); });
}

/// holds(text, part...): every part stands in it, in this order.
template <class... Part> bool holds(std::string const& text, Part const&... part) {
  std::size_t from = 0;
  auto const next = [&](std::string const& one) {
    std::size_t const at = text.find(one, from);
    if (at == std::string::npos) return false;
    from = at + one.size();
    return true;
  };
  return (next(part) && ...);
}

}  // namespace deepseek::test
