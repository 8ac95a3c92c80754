// SPDX-License-Identifier: Apache-2.0
/// @file The machine's own speed: for each case, a loop that moves the same bytes and does no more.
///
///   roofline                          peak flops and all cases, a JSON array with one row a line
///   roofline --peer roofline --case NAME [--repetitions N] [--threads N] [--verify all|sample]
///                                     one row, in the schema of the peers
///   roofline --peak 1 [--threads N]   GFLOP/s with one thread and with all
///
/// `triad` cases run y = a * s + b (STREAM's triad), the sums a read, the rest a copy. Each pattern
/// runs with 1 thread and with all, with ordinary and with non-temporal stores, on ordinary and on
/// huge pages; a case's figure is its best variant, or its flops at the FMA peak if that is longer.
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "cases.hpp"
#include "inputs.hpp"
#include "timing.hpp"

namespace {

#if defined(__AVX512F__)
constexpr int lanes = 16;
#elif defined(__AVX__)
constexpr int lanes = 8;
#else
constexpr int lanes = 4;
#endif
typedef float pack __attribute__((vector_size(lanes * 4)));

constexpr float scale = bench::triad_scale;

enum class stores { ordinary, non_temporal };

/// put: one pack to memory; a non-temporal store does not read the line it overwrites.
template <stores How> inline void put(float* to, pack value) {
#if defined(__AVX512F__)
  if constexpr (How == stores::non_temporal) return _mm512_stream_ps(to, (__m512)value);
#elif defined(__AVX__)
  if constexpr (How == stores::non_temporal) return _mm256_stream_ps(to, (__m256)value);
#elif defined(__SSE__)
  if constexpr (How == stores::non_temporal) return _mm_stream_ps(to, (__m128)value);
#endif
  *reinterpret_cast<pack*>(to) = value;
}

inline pack get(float const* from) { return *reinterpret_cast<pack const*>(from); }

inline void fence() {
#if defined(__SSE__)
  _mm_sfence();
#endif
}

// The three patterns, on elements [first, last); both are multiples of `block`.
constexpr std::int64_t block = 4 * lanes;

template <stores How>
void triad(float const* a, float const* b, float* y, std::int64_t first, std::int64_t last) {
  for (std::int64_t i = first; i < last; i += block)
    for (int k = 0; k < 4; ++k)
      put<How>(y + i + k * lanes, get(a + i + k * lanes) * scale + get(b + i + k * lanes));
  if constexpr (How == stores::non_temporal) fence();
}

template <stores How> void copy(float const* a, float* y, std::int64_t first, std::int64_t last) {
  for (std::int64_t i = first; i < last; i += block)
    for (int k = 0; k < 4; ++k) put<How>(y + i + k * lanes, get(a + i + k * lanes));
  if constexpr (How == stores::non_temporal) fence();
}

float read(float const* a, std::int64_t first, std::int64_t last) {
  pack total[4] = {};
  for (std::int64_t i = first; i < last; i += block)
    for (int k = 0; k < 4; ++k) total[k] += get(a + i + k * lanes);
  float sum = 0;
  for (pack const& part : total)
    for (int lane = 0; lane < lanes; ++lane) sum += part[lane];
  return sum;
}

/// fused_multiply_adds(rounds): `chains` independent chains keep every FMA unit busy.
constexpr int chains = 12;
float fused_multiply_adds(std::int64_t rounds) {
  pack x[chains];
  for (int c = 0; c < chains; ++c) x[c] = pack{} + static_cast<float>(c);
  pack const factor = pack{} + 0.999f, shift = pack{} + 0.001f;
  for (std::int64_t round = 0; round < rounds; ++round)
    for (int c = 0; c < chains; ++c) x[c] = x[c] * factor + shift;
  float sum = 0;
  for (pack const& part : x) sum += part[0];
  return sum;
}

/// team: threads that wait by spinning, so that a call of microseconds is not a thread's start.
class team {
 public:
  explicit team(int threads) : threads_(threads) {
    for (int thread = 1; thread < threads; ++thread)
      workers_.emplace_back([this, thread] { serve(thread); });
  }
  ~team() {
    stop_ = true;
    ++epoch_;
    for (std::thread& worker : workers_) worker.join();
  }
  int threads() const { return threads_; }

  /// run(f): f(thread) on every thread; returns when all are done.
  void run(std::function<void(int)> const& f) {
    job_ = &f;
    done_ = 0;
    ++epoch_;
    f(0);
    wait_while([&] { return done_ != threads_ - 1; });
  }

 private:
  /// wait_while(busy): spins first; on a loaded machine it then lets others run.
  template <class Condition> static void wait_while(Condition const& busy) {
    for (int spins = 0; busy(); ++spins) {
#if defined(__x86_64__)
      if (spins < 20000) {
        _mm_pause();
        continue;
      }
#endif
      std::this_thread::yield();
    }
  }
  void serve(int thread) {
    for (std::int64_t seen = 0;; ++seen) {
      wait_while([&] { return epoch_ == seen; });
      if (stop_) return;
      (*job_)(thread);
      ++done_;
    }
  }
  int threads_;
  std::function<void(int)> const* job_ = nullptr;
  std::atomic<std::int64_t> epoch_{0};
  std::atomic<int> done_{0};
  std::atomic<bool> stop_{false};
  std::vector<std::thread> workers_;
};

enum class pages { ordinary, huge };

/// region: mapped floats, every page written.
class region {
 public:
  region(std::int64_t elements, pages kind) : bytes_(round_up(elements * 4)) {
    void* const base = mmap(nullptr, bytes_ + huge_bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) throw std::bad_alloc();
    base_ = base;
    auto const address =
        (reinterpret_cast<std::uintptr_t>(base) + huge_bytes - 1) & ~(huge_bytes - 1);
    data_ = reinterpret_cast<float*>(address);
    madvise(data_, bytes_, kind == pages::huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  }
  ~region() { munmap(base_, bytes_ + huge_bytes); }
  region(region const&) = delete;
  region& operator=(region const&) = delete;
  float* data() const { return data_; }

 private:
  static constexpr std::size_t huge_bytes = std::size_t{1} << 21;
  static std::size_t round_up(std::int64_t bytes) {
    return (static_cast<std::size_t>(bytes) + huge_bytes - 1) / huge_bytes * huge_bytes;
  }
  std::size_t bytes_;
  void* base_ = nullptr;
  float* data_ = nullptr;
};

enum class pattern { triad, copy, read };

pattern pattern_of(bench::timed_case const& c) {
  if (c.operation == bench::operation::triad) return pattern::triad;
  return 4 * c.writes > c.reads ? pattern::copy : pattern::read;
}

char const* name_of(pattern p) {
  return p == pattern::triad ? "triad" : p == pattern::copy ? "copy" : "read";
}

/// Elements of each array of the pattern: the case's, up to a whole block for every thread.
std::int64_t extent(bench::timed_case const& c, int threads) {
  std::int64_t const step = block * threads;
  return (c.elements() + step - 1) / step * step;
}

struct arrays {
  arrays(pattern p, std::int64_t elements, pages kind)
      : a(elements, kind),
        b(p == pattern::triad ? elements : 1, kind),
        y(p == pattern::read ? 1 : elements, kind) {
    bench::for_each_range(elements, 2, [&](int, std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) {
        a.data()[i] = static_cast<float>(i & 1023);
        if (p == pattern::triad) b.data()[i] = static_cast<float>(i & 511);
        if (p != pattern::read) y.data()[i] = __builtin_nanf("");
      }
    });
  }
  region a, b, y;
};

struct variant {
  int threads;
  stores how;
  pages kind;
  bench::timing time;
  std::string text(pattern p) const {
    return std::string(name_of(p)) + ", " + std::to_string(threads) +
           (threads == 1 ? " thread" : " threads") +
           (how == stores::non_temporal ? ", non-temporal stores" : "") +
           (kind == pages::huge ? ", huge pages" : "");
  }
};

/// run_part(p, …): the pattern on one thread's share. Sums land in `sums` so that none is removed.
void run_part(pattern p, stores how, arrays const& m, std::int64_t first, std::int64_t last,
              float& sum) {
  float *a = m.a.data(), *b = m.b.data(), *y = m.y.data();
  bool const direct = how == stores::non_temporal;
  if (p == pattern::read) sum = read(a, first, last);
  else if (p == pattern::copy)
    direct ? copy<stores::non_temporal>(a, y, first, last)
           : copy<stores::ordinary>(a, y, first, last);
  else
    direct ? triad<stores::non_temporal>(a, b, y, first, last)
           : triad<stores::ordinary>(a, b, y, first, last);
}

bool right(pattern p, arrays const& m, std::int64_t elements, float const* sums, int threads) {
  if (p == pattern::read) {
    double total = 0, expected = 0;
    for (int thread = 0; thread < threads; ++thread) total += double{sums[thread * 16]};
    for (std::int64_t i = 0; i < elements; ++i) expected += double(i & 1023);
    return std::abs(total / expected - 1) < 1e-2;  // f32 sums of one sign lose this much
  }
  for (std::int64_t i = 0; i < elements; ++i) {
    float const a = static_cast<float>(i & 1023), b = static_cast<float>(i & 511);
    if (m.y.data()[i] != (p == pattern::copy ? a : a * scale + b)) return false;
  }
  return true;
}

/// measure_variants: every variant of the pattern at the case's size.
std::vector<variant> measure_variants(bench::timed_case const& c, int threads, int repetitions,
                                      bool& verified) {
  pattern const p = pattern_of(c);
  std::vector<variant> result;
  verified = true;
  std::int64_t const elements = extent(c, threads);
  for (pages kind : {pages::ordinary, pages::huge}) {
    arrays const memory(p, elements, kind);
    for (int count = 1; count <= threads; count += std::max(1, threads - 1)) {
      team workers(count);
      std::vector<float> sums(static_cast<std::size_t>(count) * 16);
      for (stores how : {stores::ordinary, stores::non_temporal}) {
        if (how == stores::non_temporal && p == pattern::read) continue;
        std::int64_t const share = elements / count;
        std::function<void(int)> const job = [&](int thread) {
          run_part(p, how, memory, thread * share, (thread + 1) * share,
                   sums[static_cast<std::size_t>(thread) * 16]);
        };
        auto const call = [&] { workers.run(job); };
        call();
        verified = verified && right(p, memory, elements, sums.data(), count);
        result.push_back({count, how, kind, bench::measure(call, repetitions)});
      }
    }
  }
  return result;
}

variant const& best(std::vector<variant> const& all) {
  variant const* found = &all.front();
  for (variant const& v : all)
    if (v.time.median_ms < found->time.median_ms) found = &v;
  return *found;
}

/// peak_flops(threads, repetitions): FMA counts as two.
double peak_flops(int threads, int repetitions) {
  constexpr std::int64_t rounds = 4'000'000;
  team workers(threads);
  std::vector<float> sums(static_cast<std::size_t>(threads) * 16);
  std::function<void(int)> const job = [&](int thread) {
    sums[static_cast<std::size_t>(thread) * 16] = fused_multiply_adds(rounds);
  };
  auto const call = [&] { workers.run(job); };
  call();
  bench::timing const t = bench::measure(call, repetitions);
  volatile float keep = sums[0];
  (void)keep;
  return 2.0 * lanes * chains * static_cast<double>(rounds) * threads / (t.median_ms * 1e-3);
}

/// print_peak: the peaks as a line of JSON; gives the one of all threads.
double print_peak(int threads, int repetitions, char const* end) {
  double const one = peak_flops(1, repetitions), all = peak_flops(threads, repetitions);
  std::printf("{\"threads\": %d, \"gflops_1_thread\": %.4g, \"gflops\": %.4g}%s\n", threads,
              one / 1e9, all / 1e9, end);
  return all;
}

double gigabytes_per_second(bench::timed_case const& c, double milliseconds) {
  return static_cast<double>(c.bytes()) / (milliseconds * 1e6);
}

/// print_case(c, …): the case's line; `peak` is in flops a second.
bool print_case(bench::timed_case const& c, char const* peer, int threads, int repetitions,
                double peak, char const* end) {
  bool verified = false;
  std::vector<variant> const all = measure_variants(c, threads, repetitions, verified);
  variant const& winner = best(all);
  bench::timing time = winner.time;
  std::string note = winner.text(pattern_of(c));
  double const flops_ms = static_cast<double>(c.flops()) / peak * 1e3;
  if (flops_ms > time.median_ms) {
    time.median_ms = time.min_ms = time.max_ms = flops_ms;
    note = "flops at the FMA peak";
  }
  std::string line = bench::result_line(c.name, peer, time, verified, note);
  line.pop_back();
  line += ", \"variants\": {";
  for (variant const& v : all) {
    char text[160];
    std::snprintf(text, sizeof text, "%s\"%s\": %.4g", &v == &all.front() ? "" : ", ",
                  v.text(pattern_of(c)).c_str(), gigabytes_per_second(c, v.time.median_ms));
    line += text;
  }
  std::printf("%s}}%s\n", line.c_str(), end);
  std::fflush(stdout);
  return verified;
}

/// Every size has its own row, but equal sizes are the same loop: the harness reads all of them.
int print_all(int threads, int repetitions) {
  std::puts("[");
  double const all = print_peak(threads, repetitions, ",");
  bool right = true;
  for (bench::timed_case const& c : bench::cases)
    right &= print_case(c, "roofline", threads, repetitions, all,
                        &c == std::end(bench::cases) - 1 ? "" : ",");
  std::puts("]");
  return right ? 0 : 1;
}

}  // namespace

int main(int count, char** values) {
  std::string name, peer = "roofline";
  int repetitions = 5, threads = 2;
  bool peak_only = false;
  for (int i = 1; i + 1 < count; i += 2) {
    std::string const key = values[i];
    if (key == "--case") name = values[i + 1];
    if (key == "--peak") peak_only = true;
    if (key == "--peer") peer = values[i + 1];
    if (key == "--repetitions") repetitions = std::atoi(values[i + 1]);
    if (key == "--threads") threads = std::atoi(values[i + 1]);
  }
  if (repetitions < 1 || threads < 1) return 2;
  if (peak_only) return print_peak(threads, repetitions, ""), 0;
  if (name.empty()) return print_all(threads, repetitions);
  bench::timed_case const* const c = bench::find_case(name);
  if (!c) return std::fprintf(stderr, "roofline: no case named %s\n", name.c_str()), 2;
  return print_case(*c, peer.c_str(), threads, repetitions, peak_flops(threads, 3), "") ? 0 : 1;
}
