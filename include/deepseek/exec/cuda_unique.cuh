// SPDX-License-Identifier: Apache-2.0
/// @file unique on a GPU; it waits, since how many elements differ is known only then.
#pragma once
#include <cstdint>

#include <deepseek/exec/cuda.cuh>
#include <deepseek/exec/detail/kernel_unique.hpp>

namespace deepseek {

/// unique(cuda, x, pool): what unique(host, x) gives (exec/unique.hpp), in memory of the pool.
///
///   auto const [values, inverse, counts] = unique(cuda{stream}, tokens, pool);
///
/// @shape   as on the host                @dtype as on the host
/// @cost    an argsort of all elements, two kernels more, and a wait for the stream between them
/// @fails   as cuda{} and device_pool
template <operand X> auto unique(cuda const& executor, X const& x, device_pool& pool) {
  auto const memory = [&executor](std::int64_t bytes) { return workspace(executor, bytes); };
  detail::cuda_machine<decltype(memory)> const machine{executor.stream, memory};
  auto const make = [&]<class T, class Dims>(T, Dims const& extents) {
    std::int64_t const bytes = extents.size() * std::int64_t{sizeof(T)};
    return tensor<T, Dims>{pool.allocate(bytes, executor.stream), extents};
  };
  auto const read = [&](std::int64_t const* number) {
    std::int64_t value = 0;
    detail::device_copy(&value, number, sizeof value, pool.device(), executor.stream);
    wait(executor);
    return value;
  };
  return detail::unique_by_kernels(executor, machine, x, make, read);
}

}  // namespace deepseek
