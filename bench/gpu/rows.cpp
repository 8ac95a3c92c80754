// SPDX-License-Identifier: Apache-2.0
/// @file Kernels that read each row once and write it once, beside a copy of as many bytes by the runtime.
#include <deepseek/deepseek.hpp>
#include <deepseek/exec/cuda.cuh>
#include <deepseek/tensor/device_memory.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

namespace ds = deepseek;

namespace {

constexpr std::int64_t rows = 16384;
constexpr int columns = 4096;  // 256 MiB a tensor: more than any second level cache
constexpr int rounds = 21;
using matrix = ds::tensor<float, ds::dims<ds::dyn, columns>>;

/// Microseconds of f() on the GPU, the median of some rounds.
template <class F> double microseconds_of(cudaStream_t stream, F const& f) {
  cudaEvent_t begin = nullptr;
  cudaEvent_t end = nullptr;
  cudaEventCreate(&begin);
  cudaEventCreate(&end);
  std::vector<float> times;
  for (int round = 0; round < rounds; ++round) {
    cudaEventRecord(begin, stream);
    f();
    cudaEventRecord(end, stream);
    ds::wait({stream});
    float milliseconds = 0;
    cudaEventElapsedTime(&milliseconds, begin, end);
    times.push_back(milliseconds);
  }
  cudaEventDestroy(begin);
  cudaEventDestroy(end);
  std::nth_element(times.begin(), times.begin() + rounds / 2, times.end());
  return 1e3 * times[rounds / 2];
}

void print(char const* name, char const* program, double microseconds) {
  std::printf(
      "{\"case\": \"%s f32 [%lld, %d]\", \"program\": \"%s\", \"microseconds\": %.2f, \"bytes\": "
      "%lld}\n",
      name, static_cast<long long>(rows), columns, program, microseconds,
      2ll * rows * columns * static_cast<long long>(sizeof(float)));
}

bool failed = false;

/// bench(name, x on the host, x, y, pool, law): law(x) is what host{} computes, and is timed.
template <class Law>
void bench(char const* name, matrix const& of_host, matrix const& x, matrix& y,
           ds::device_pool& pool, ds::cuda const& executor, Law const& law) {
  cudaMemsetAsync(y.data(), 0xff, static_cast<std::size_t>(4 * y.size()), executor.stream);
  (y = law(x)).run(executor);
  matrix const result = ds::to_host(y, pool, executor.stream);
  matrix expected{rows};
  (expected = law(of_host)).run(ds::host{});
  double worst = 0;
  for (std::int64_t i = 0; i < result.size(); ++i) {
    double const error = std::abs(double{result.data()[i]} - double{expected.data()[i]}) /
                         (1e-6 + std::abs(double{expected.data()[i]}));
    worst = error <= worst ? worst : error;  // of NaN too
  }
  if (!(worst < 1e-4)) {
    std::fprintf(stderr, "%s: relative error %g beside host{}\n", name, worst);
    failed = true;
    return;
  }
  print(name, "deepseek", microseconds_of(executor.stream, [&] { (y = law(x)).run(executor); }));
}

}  // namespace

int main() {
  try {
    cudaStream_t stream = nullptr;
    cudaStreamCreate(&stream);
    ds::device_pool pool;
    matrix of_host{rows};
    for (std::int64_t i = 0; i < of_host.size(); ++i)
      of_host.data()[i] = static_cast<float>(i * 2654435761 % 1000) / 250.f - 2.f;
    {
      matrix const x = ds::to_device(of_host, pool, stream);
      matrix y = ds::to_device(of_host, pool, stream);
      print("copy", "cudaMemcpyAsync", microseconds_of(stream, [&] {
              cudaMemcpyAsync(y.data(), x.data(), static_cast<std::size_t>(4 * x.size()),
                              cudaMemcpyDeviceToDevice, stream);
            }));
      ds::cuda const executor{stream};
      bench("scale", of_host, x, y, pool, executor, [](auto const& v) { return v * 2.f + 1.f; });
      bench("softmax", of_host, x, y, pool, executor, [](auto const& v) { return ds::softmax(v); });
      ds::wait(executor);
    }
    cudaStreamDestroy(stream);
  } catch (ds::error const& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return failed ? 1 : 0;
}
