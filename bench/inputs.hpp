// SPDX-License-Identifier: Apache-2.0
/// @file Inputs that every program of the comparison makes for itself, the same bit for bit.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <thread>
#include <vector>

namespace bench {

inline constexpr float triad_scale = 2.5f;
inline constexpr float chain_scale = 0.7f;
inline constexpr float chain_shift = 0.1f;
inline constexpr float chain_limit = 2.0f;
inline constexpr float layer_norm_epsilon = 1e-5f;
inline constexpr float rms_norm_epsilon = 1e-6f;

/// input_value(seed, index): a hash of both, uniform on the multiples of 2^-21 in [-4, 4).
/// Every value is exact in f32, so C++ and Python programs agree to the last bit.
constexpr float input_value(std::uint32_t seed, std::uint64_t index) {
  std::uint32_t hash = static_cast<std::uint32_t>(index) * 0x9E3779B1u + seed * 0x85EBCA77u;
  hash ^= hash >> 15;
  hash *= 0x2C1B3C6Du;
  hash ^= hash >> 12;
  hash *= 0x297A2D39u;
  hash ^= hash >> 15;
  return static_cast<float>(static_cast<std::int32_t>(hash >> 8)) * 0x1p-21f - 4.0f;
}

/// for_each_range(count, threads, f): calls f(thread, first, last) on equal parts of [0, count).
template <class Function> void for_each_range(std::int64_t count, int threads, Function const& f) {
  std::vector<std::thread> workers;
  for (int thread = 1; thread < threads; ++thread)
    workers.emplace_back([&f, count, threads, thread] {
      f(thread, count * thread / threads, count * (thread + 1) / threads);
    });
  f(0, std::int64_t{0}, count / threads);
  for (std::thread& worker : workers) worker.join();
}

/// buffer: floats on a 64-byte boundary, from the system's ordinary allocator.
class buffer {
 public:
  explicit buffer(std::int64_t elements)
      : data_(static_cast<float*>(
            std::aligned_alloc(64, static_cast<std::size_t>(elements * 4 + 63) / 64 * 64))) {
    if (!data_) throw std::bad_alloc();
  }
  float* data() const { return data_.get(); }

 private:
  struct release {
    void operator()(float* p) const { std::free(p); }
  };
  std::unique_ptr<float, release> data_;
};

/// make_input(seed, elements): a buffer holding input_value(seed, 0 … elements-1).
inline buffer make_input(std::uint32_t seed, std::int64_t elements) {
  buffer values(elements);
  for_each_range(elements, 2, [&](int, std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i)
      values.data()[i] = input_value(seed, static_cast<std::uint64_t>(i));
  });
  return values;
}

/// make_output(elements): a buffer whose every page is touched and every value is a NaN, so that
/// an element nobody writes fails the check.
inline buffer make_output(std::int64_t elements) {
  buffer values(elements);
  for_each_range(elements, 2, [&](int, std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) values.data()[i] = __builtin_nanf("");
  });
  return values;
}

}  // namespace bench
