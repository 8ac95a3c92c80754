// SPDX-License-Identifier: Apache-2.0
/// @file Products through launch_sm90 on the emulator, against sums in double.
#pragma once
#include <deepseek/exec/detail/emulated_grid.hpp>
#include <deepseek/plan/gpu/matmul_sm90.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

namespace deepseek::test {

/// launched_product: what was launched.
struct launched_product {
  bool done = false;
  int launches = 0;
  int blocks = 0;
  int threads = 0;
  int cluster = 1;
  std::int64_t shared_bytes = 0;
};

/// aligned_elements<T>: memory that begins `off` elements after a multiple of 1024 bytes.
template <class T> struct aligned_elements {
  std::vector<T> storage;
  T* data;
  std::int64_t size;
  aligned_elements(std::int64_t count, T value, int off = 0)
      : storage(static_cast<std::size_t>(count + off) + 1024 / sizeof(T), value), size{count} {
    auto const at = reinterpret_cast<std::uintptr_t>(storage.data());
    data = reinterpret_cast<T*>((at + 1023) / 1024 * 1024) + off;
  }
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(size) * sizeof(T); }
  void fill(unsigned seed) {
    std::mt19937 engine{seed};
    std::uniform_real_distribution<float> any{-1.f, 1.f};
    for (std::int64_t i = 0; i < size; ++i) {
      if constexpr (std::is_integral_v<T>) data[i] = static_cast<T>(std::lround(any(engine) * 100));
      else data[i] = T{any(engine)};
    }
  }
};

/// run_sm90<Known…>(operands, epilogue, memory, multiprocessors): on the emulator.
template <plan::gpu::known_neighbours KnownA = plan::gpu::known_neighbours::nothing,
          plan::gpu::known_neighbours KnownB = plan::gpu::known_neighbours::nothing, class A,
          class B, class Epilogue, class... Scales>
launched_product run_sm90(kernel::product_operands<A, B> const& operands, Epilogue const& epilogue,
                          arch::emulated::global_memory const& memory, int multiprocessors,
                          Scales const&... scales) {
  launched_product out;
  plan::gpu::sm90_machine machine;
  machine.multiprocessors = multiprocessors;
  auto const make_map = [](arch::gpu::tensor_description const& d) {
    CHECK(arch::gpu::tensor_fault(d).empty());
    return arch::gpu::described(d);
  };
  auto const run = [&](auto const& kernel, int blocks) {
    using K = std::remove_cvref_t<decltype(kernel)>;
    auto const shape = deepseek::kernel::shape_of<K>({blocks, 1, 1});
    ++out.launches;
    out.blocks = blocks;
    out.threads = shape.threads;
    out.cluster = shape.cluster;
    out.shared_bytes = shape.shared_bytes;
    detail::run_emulated(kernel, {blocks, 1, 1}, memory, 1);
  };
  if constexpr (sizeof...(Scales) == 0)
    out.done = plan::gpu::launch_sm90<KnownA, KnownB>(operands, epilogue, make_map, run,
                                                      kernel::no_scales{}, machine);
  else
    out.done = plan::gpu::launch_sm90<KnownA, KnownB>(operands, epilogue, make_map, run, scales...,
                                                      machine);
  return out;
}

/// wrong_elements(operands, c, stride, matrix_step, relative): results that are not within `relative` of the
/// sum of sizes of what they are sums of.
template <class A, class B, class C>
int wrong_elements(kernel::product_operands<A, B> const& p, C const* c, std::int64_t stride,
                   std::int64_t matrix_step, double relative) {
  int wrong = 0;
  for (int x = 0; x < static_cast<int>(p.batch.count()); ++x) {
    auto const at = p.batch.place(x);
    for (int i = 0; i < p.size.m; ++i)
      for (int j = 0; j < p.size.n; ++j) {
        double sum = 0;
        double sizes = 0;
        for (int d = 0; d < p.size.k; ++d) {
          auto const left = p.a.data[at.a + i * p.a.step + d * p.a.k_step];
          auto const right = p.b.data[at.b + j * p.b.step + d * p.b.k_step];
          double const product =
              static_cast<double>(static_cast<float>(left)) * static_cast<float>(right);
          sum += product;
          sizes += std::fabs(product);
        }
        auto const got =
            static_cast<double>(static_cast<float>(c[x * matrix_step + i * stride + j]));
        wrong += !(std::fabs(got - sum) <= relative * sizes + 1e-30);
      }
  }
  return wrong;
}

}  // namespace deepseek::test
