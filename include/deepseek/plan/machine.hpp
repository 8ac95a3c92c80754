// SPDX-License-Identifier: Apache-2.0
/// @file machine: the two numbers of a roofline, given or measured.
#pragma once
#include <time.h>  // clock_gettime: <chrono> costs half a second with g++

#include <cstdint>
#include <cstring>

#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_math.hpp>
#include <deepseek/arch/cpu/pack_reduce.hpp>
#include <deepseek/loop/thread_pool.hpp>
#include <deepseek/loop/unroll.hpp>
#include <deepseek/tensor/storage.hpp>

namespace deepseek {

/// machine: what a kernel cannot beat: bytes a second from memory, operations a second.
struct machine {
  double bytes_per_second = 0;
  double flops_per_second = 0;
  int threads = 1;
};

namespace detail {
inline double seconds_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

template <class F> double best_seconds(int rounds, F const& f) {
  double best = 1e30;
  for (int round = 0; round < rounds; ++round) {
    double const begin = seconds_now();
    f();
    double const took = seconds_now() - begin;
    if (took < best) best = took;
  }
  return best;
}

inline double measure_bandwidth(int threads) {
  constexpr std::int64_t bytes = std::int64_t{1} << 26;
  constexpr std::int64_t piece = std::int64_t{1} << 20;
  storage const from{bytes};
  storage const to{bytes};
  std::memset(from.data(), 1, std::size_t(bytes));
  auto const copy = [&] {
    loop::share_work(threads, bytes, piece, [&](loop::work_queue& queue) {
      loop::work_range range;
      while (queue.take(range))
        std::memcpy(static_cast<char*>(to.data()) + range.begin,
                    static_cast<char const*>(from.data()) + range.begin,
                    std::size_t(range.end - range.begin));
    });
  };
  return 2.0 * double(bytes) / best_seconds(4, copy);
}

inline double measure_flops(int threads) {
  using pack = arch::pack<float, arch::vector_bytes / 4>;
  constexpr int chains = 10;  // more than a multiply-add takes cycles, times two units
  constexpr int steps = 200000;
  float sink = 0;
  auto const work = [&] {
    loop::thread_pool::instance().run(threads, [&](int thread, int) {
      pack value[chains];
      for (int c = 0; c < chains; ++c) value[c] = pack(float(c));
      pack const a(0.999f);
      pack const b(0.001f);
      for (int s = 0; s < steps; ++s)
        loop::unroll<chains>([&]<int C>()
                                 DEEPSEEK_INLINE_LAMBDA { value[C] = arch::fma(value[C], a, b); });
      pack total(0.f);
      for (int c = 0; c < chains; ++c) total = total + value[c];
      if (thread == 0) sink = arch::reduce_add(total);
    });
  };
  double const seconds = best_seconds(3, work);
  return sink < -1.f ? 0.0 : 2.0 * chains * steps * pack::size * threads / seconds;
}
}  // namespace detail

/// measured_host(): this machine's numbers on all cores of the process; measured once, in about 0.1 s.
inline machine const& measured_host() {
  static machine const measured = [] {
    int const threads = loop::available_cores();
    return machine{detail::measure_bandwidth(threads), detail::measure_flops(threads), threads};
  }();
  return measured;
}

}  // namespace deepseek
