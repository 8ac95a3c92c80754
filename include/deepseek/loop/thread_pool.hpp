// SPDX-License-Identifier: Apache-2.0
/// @file thread_pool: the threads that host loops run on; one pool per process, made at first use.
///
/// pthread and compiler atomics instead of <thread> and <atomic>: those two headers alone cost 2 s
/// of every nvcc compilation, more than the rest of a softmax program.
#pragma once
#include <pthread.h>
#include <sched.h>

#include <cstdint>
#include <exception>

#include <deepseek/base/config.hpp>
#include <deepseek/base/error.hpp>

namespace deepseek::loop {

/// available_cores(): cores this process may run on (its affinity mask), at least 1.
inline int available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  int const cores = CPU_COUNT(&set);
  return cores < 1 ? 1 : cores;
}

DEEPSEEK_INLINE void pause_thread() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/// thread_pool: runs one function on several threads at once and waits for all of them.
///
/// The caller is thread 0. Workers spin for a moment after a job (a woken thread costs more than a
/// small kernel), then sleep. Calls from different threads take turns; a call from inside a job runs
/// on the calling thread alone.
class thread_pool {
 public:
  static constexpr int max_threads = 256;

  static thread_pool& instance() {
    static thread_pool pool;
    return pool;
  }

  /// run(threads, f): f(t, n) for t = 0 ... n - 1, each on a thread of its own. n is `threads`, or less
  /// where the system gives no more threads, or 1 inside a job. An exception of any of them is thrown
  /// here, after all have ended.
  template <class F> void run(int threads, F const& f) { run_job(threads, f, every_thread::yes); }

  /// share(threads, f): as run, for work that is done when any one f has returned: threads that have
  /// not begun by then are not waited for. On a busy machine that wait is a time slice of the system,
  /// longer than many a kernel.
  template <class F> void share(int threads, F const& f) { run_job(threads, f, every_thread::no); }

  thread_pool(thread_pool const&) = delete;
  thread_pool& operator=(thread_pool const&) = delete;

 private:
  enum class every_thread : bool { no, yes };

  template <class F> void run_job(int threads, F const& f, every_thread needed) {
    if (threads > max_threads) threads = max_threads;
    if (threads <= 1 || inside_job()) {
      f(0, 1);
      return;
    }
    pthread_mutex_lock(&turn_);
    start_workers(threads - 1);
    threads = workers_ + 1 < threads ? workers_ + 1 : threads;
    call_ = [](void const* function, int thread, int count) {
      (*static_cast<F const*>(function))(thread, count);
    };
    function_ = &f;
    failure_ = nullptr;
    __atomic_store_n(&running_, threads - 1, __ATOMIC_RELAXED);
    publish_job(threads);
    run_one(0, threads);
    if (needed == every_thread::yes)
      wait_while([&] { return __atomic_load_n(&running_, __ATOMIC_ACQUIRE) != 0; });
    __atomic_or_fetch(&door_, door_closed, __ATOMIC_ACQ_REL);
    wait_while([&] { return __atomic_load_n(&door_, __ATOMIC_ACQUIRE) % door_closed != 0; });
    std::exception_ptr const failure = failure_;
    failure_ = nullptr;
    pthread_mutex_unlock(&turn_);
    if (failure) std::rethrow_exception(failure);
  }

  template <class Condition> static void wait_while(Condition const& condition) {
    constexpr int spins_before_yield = 10000;
    for (int spin = 0; condition(); ++spin) {
      if (spin < spins_before_yield) pause_thread();
      else sched_yield();
    }
  }

  /// A worker's way into a job: open for the job that is published, until its caller closes it.
  bool enter(std::uint64_t number) {
    std::uint64_t now = __atomic_load_n(&door_, __ATOMIC_ACQUIRE);
    do {
      if (now / (2 * door_closed) != number || (now & door_closed) != 0) return false;
    } while (!__atomic_compare_exchange_n(&door_, &now, now + 1, false, __ATOMIC_ACQ_REL,
                                          __ATOMIC_ACQUIRE));
    return true;
  }
  void leave() { __atomic_sub_fetch(&door_, 1, __ATOMIC_ACQ_REL); }

  thread_pool() = default;
  ~thread_pool() {
    pthread_mutex_lock(&sleep_);
    stop_ = true;
    __atomic_add_fetch(&job_, one_job, __ATOMIC_RELEASE);
    pthread_cond_broadcast(&wake_);
    pthread_mutex_unlock(&sleep_);
    for (int w = 0; w < workers_; ++w) pthread_join(worker_[w], nullptr);
  }

  static bool& inside_job() {
    static thread_local bool inside = false;
    return inside;
  }

  void run_one(int thread, int count) {
    inside_job() = true;
    try {
      call_(function_, thread, count);
    } catch (...) {
      pthread_mutex_lock(&sleep_);
      if (!failure_) failure_ = std::current_exception();
      pthread_mutex_unlock(&sleep_);
    }
    inside_job() = false;
  }

  /// The number of a job and its thread count travel in one word: a worker that wakes late, after a
  /// job it had no part in, then reads both of the same job.
  void publish_job(int threads) {
    pthread_mutex_lock(&sleep_);
    std::uint64_t const number = job_ / one_job + 1;
    __atomic_store_n(&door_, number * 2 * door_closed, __ATOMIC_RELEASE);
    __atomic_store_n(&job_, number * one_job + static_cast<unsigned>(threads), __ATOMIC_RELEASE);
    if (sleepers_ > 0) pthread_cond_broadcast(&wake_);
    pthread_mutex_unlock(&sleep_);
  }

  void start_workers(int wanted) {
    while (workers_ < wanted) {
      auto* const start =
          new worker_start{this, workers_ + 1, __atomic_load_n(&job_, __ATOMIC_RELAXED)};
      if (pthread_create(&worker_[workers_], nullptr, worker_main, start) != 0) {
        delete start;
        return;  // fewer threads do the same work
      }
      ++workers_;
    }
  }

  struct worker_start {
    thread_pool* pool;
    int thread;
    std::uint64_t job;
  };

  static void* worker_main(void* argument) {
    worker_start const start = *static_cast<worker_start*>(argument);
    delete static_cast<worker_start*>(argument);
    start.pool->work(start.thread, start.job);
    return nullptr;
  }

  void work(int thread, std::uint64_t seen) {
    for (;;) {
      seen = wait_for_job(seen);
      if (stop_) return;
      int const count = static_cast<int>(seen % one_job);
      if (thread < count && enter(seen / one_job)) {
        run_one(thread, count);
        __atomic_sub_fetch(&running_, 1, __ATOMIC_ACQ_REL);
        leave();
      }
    }
  }

  std::uint64_t wait_for_job(std::uint64_t seen) {
    constexpr int spins_before_sleep = 20000;  // about 0.3 ms
    for (int spin = 0; spin < spins_before_sleep; ++spin) {
      std::uint64_t const now = __atomic_load_n(&job_, __ATOMIC_ACQUIRE);
      if (now != seen) return now;
      pause_thread();
    }
    pthread_mutex_lock(&sleep_);
    ++sleepers_;
    while (__atomic_load_n(&job_, __ATOMIC_ACQUIRE) == seen) pthread_cond_wait(&wake_, &sleep_);
    --sleepers_;
    pthread_mutex_unlock(&sleep_);
    return __atomic_load_n(&job_, __ATOMIC_ACQUIRE);
  }

  pthread_mutex_t turn_ = PTHREAD_MUTEX_INITIALIZER;   // one job at a time
  pthread_mutex_t sleep_ = PTHREAD_MUTEX_INITIALIZER;  // guards sleepers_, stop_, failure_
  pthread_cond_t wake_ = PTHREAD_COND_INITIALIZER;
  pthread_t worker_[max_threads];
  std::exception_ptr failure_;
  void (*call_)(void const*, int, int) = nullptr;
  void const* function_ = nullptr;
  static constexpr std::uint64_t one_job = 1 << 16;
  std::uint64_t job_ = 0;  // number of the job * one_job + its threads; a change is the signal
  static constexpr std::uint64_t door_closed = 1 << 16;
  std::uint64_t door_ = 0;  // number of the job * 2 door_closed + door_closed or 0 + threads inside
  int running_ = 0;
  int workers_ = 0;
  int sleepers_ = 0;
  bool stop_ = false;
};

/// work_range: a piece [begin, end) of the work.
struct work_range {
  std::int64_t begin;
  std::int64_t end;
};

/// work_queue: hands out [0, count) in pieces of `grain`, to whichever thread is free.
class work_queue {
 public:
  work_queue(std::int64_t count, std::int64_t grain) : count_{count}, grain_{grain} {}
  /// take(range): false when nothing is left.
  bool take(work_range& range) {
    std::int64_t const begin = __atomic_fetch_add(&next_, grain_, __ATOMIC_RELAXED);
    if (begin >= count_) return false;
    range = {begin, begin + grain_ < count_ ? begin + grain_ : count_};
    return true;
  }

 private:
  std::int64_t next_ = 0;
  std::int64_t count_;
  std::int64_t grain_;
};

/// share_work(threads, count, grain, f): f(queue) on each of so many threads, which takes pieces of
/// [0, count) until there are none. Which thread takes a piece must not change its result.
template <class F>
void share_work(int threads, std::int64_t count, std::int64_t grain, F const& f) {
  if (count <= 0) return;
  if (grain < 1) grain = 1;
  std::int64_t const pieces = (count + grain - 1) / grain;
  work_queue queue{count, grain};
  if (pieces < threads) threads = static_cast<int>(pieces);
  if (threads <= 1) f(queue);
  else thread_pool::instance().share(threads, [&](int, int) { f(queue); });
}

}  // namespace deepseek::loop
