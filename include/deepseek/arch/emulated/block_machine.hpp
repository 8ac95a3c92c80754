// SPDX-License-Identifier: Apache-2.0
/// @file block_machine: runs one block of a kernel, each of its threads on a stack of its own.
///
/// Threads take turns: each runs until it has to wait for others. So a run is the same every time, and
/// what no barrier orders is found by what threads know of each other (happens_before), not by chance.
#pragma once
#include <boost/context/fiber.hpp>
#include <boost/context/pooled_fixedsize_stack.hpp>
#include <boost/context/preallocated.hpp>
#include <cstdint>
#include <cstring>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include <deepseek/arch/emulated/global_memory.hpp>
#include <deepseek/arch/emulated/happens_before.hpp>
#include <deepseek/arch/emulated/kernel_fault.hpp>
#include <deepseek/arch/emulated/phase_barrier.hpp>
#include <deepseek/arch/emulated/shared_memory.hpp>
#include <deepseek/arch/emulated/stack_switch.hpp>
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/mbarrier.hpp>

namespace deepseek::arch::emulated {

/// block_shape: what a launch gives each block.
struct block_shape {
  int threads = 1;
  std::size_t shared_bytes = 0;
  gpu::grid_extent grid;
};

/// block_machine: one block. run(index, body) calls body(shared memory) once for each thread.
class block_machine {
 public:
  using body_type = std::function<void(void*)>;

  block_machine(block_shape const& shape, global_memory const& operands, char const* kernel)
      : shape_{shape}, operands_{operands}, kernel_{kernel} {}

  /// @fails  kernel_fault, or what the body threw; the block's other threads are unwound then
  void run(gpu::grid_extent const& index, body_type const& body) {
    run_state state{*this, index, body};
    state.run();
  }

 private:
  struct run_state;

  /// Unwinds the stack of a thread that waits for what will not come.
  struct block_ended {};

  /// What the lanes of one collective put in; each of them keeps it until its next one.
  struct collected {
    gpu::lane_values values;
    std::vector<unsigned char> bytes;
  };
  /// A barrier, or a collective of a warp, that not all have come to yet.
  struct meeting {
    char const* what = "";
    int number = 0;          ///< of a barrier
    int wanted = 0;          ///< threads
    std::uint32_t mask = 0;  ///< lanes, of a collective
    std::vector<int> waiting;
    std::vector<int> arrived;  ///< that do not wait
    std::shared_ptr<collected> values;
    [[nodiscard]] int come() const { return static_cast<int>(waiting.size() + arrived.size()); }
  };

  class thread final : public gpu::machine {
   public:
    thread(run_state& block, int rank) : block_{block} {
      place_ = {rank, block.of.shape_.threads, block.index, block.of.shape_.grid};
    }
    thread(thread const&) = delete;
    thread& operator=(thread const&) = delete;

    [[nodiscard]] gpu::thread_place const& place() const override { return place_; }
    void barrier(int number, int threads) override { block_.come(*this, number, threads, true); }
    void barrier_arrive(int number, int threads) override {
      block_.come(*this, number, threads, false);
    }
    gpu::lane_values const& collect(std::uint32_t mask, char const* what, void const* value,
                                    int bytes) override {
      return block_.collect(*this, mask, what, value, bytes);
    }
    void sync_warp(std::uint32_t mask) override {
      block_.collect(*this, mask, "sync_warp", nullptr, 0);
    }
    void shared_read(void const* from, int bytes) override {
      report(block_.shared.read(block_.order, place_.thread, from, bytes), "reads", bytes);
    }
    void shared_write(void const* to, int bytes) override {
      report(block_.shared.write(block_.order, place_.thread, to, bytes), "writes", bytes);
    }
    void shared_atomic(void const* at, int bytes) override {
      report(block_.shared.write(block_.order, place_.thread, at, bytes, true), "changes", bytes);
    }
    void shared_index(int index, int size) override {
      if (index < 0 || index >= size)
        fail(text{} << "[DS-EMULATED-INDEX] " << who() << " uses index " << index
                    << " of an array of " << size << " in shared memory.");
    }
    void copy_async(void* to, void const* from, int bytes, int valid) override {
      if (valid < 0 || valid > bytes)
        fail(text{} << "[DS-EMULATED-COPY] " << who() << " copies " << valid << " of " << bytes
                    << " bytes.");
      if (valid == bytes) global(from, bytes, false);
      for (int i = 0; i < valid && valid < bytes; ++i)
        global(static_cast<char const*>(from) + i, 1, false);
      report(block_.shared.start_copy(block_.order, place_.thread, to, bytes), "copies", bytes);
      open_.push_back({static_cast<char*>(to), from, bytes, valid});
    }
    void commit_copies() override {
      groups_.push_back(std::move(open_));
      open_.clear();
    }
    void wait_copies(int left) override {
      for (; groups_.size() > static_cast<std::size_t>(left); groups_.pop_front())
        for (copy const& c : groups_.front()) end(c);
    }
    void mbarrier_init(void* barrier, int arrivals) override {
      block_.init_phases(*this, barrier, arrivals);
    }
    void mbarrier_arrive(void* barrier, int bytes) override {
      block_.arrive(*this, barrier, bytes);
    }
    void mbarrier_wait(void* barrier, int parity) override {
      block_.wait_phase(*this, barrier, parity);
    }
    void global_read(void const* from, int bytes) override { global(from, bytes, false); }
    void global_write(void const* to, int bytes) override { global(to, bytes, true); }

    [[nodiscard]] text who() const { return text{} << block_.of.kernel_ << ": " << where(place_); }
    [[noreturn]] static void fail(text message) { throw kernel_fault{std::move(message)}; }

    bool done = false;
    bool waits = false;  ///< for others; else it can run
    std::shared_ptr<collected> received;
    stack_range stack;
    boost::context::fiber resume_here;      ///< the thread, while it does not run
    boost::context::fiber* back = nullptr;  ///< the scheduler, while it does

   private:
    struct copy {
      char* to;
      void const* from;
      int bytes;
      int valid;
    };
    void end(copy const& c) {
      std::memcpy(c.to, c.from, static_cast<std::size_t>(c.valid));
      std::memset(c.to + c.valid, 0, static_cast<std::size_t>(c.bytes - c.valid));
      block_.shared.end_copy(block_.order, place_.thread, c.to, c.bytes);
    }
    void report(shared_memory::finding const& found, char const* verb, int bytes) const {
      using mistake = shared_memory::mistake;
      if (found.what == mistake::none) return;
      text message;
      char const* code = found.what == mistake::outside      ? "[DS-EMULATED-SHARED-RANGE] "
                         : found.what == mistake::misaligned ? "[DS-EMULATED-SHARED-ALIGN] "
                         : found.what == mistake::undefined  ? "[DS-EMULATED-SHARED-UNDEFINED] "
                         : found.what == mistake::in_flight  ? "[DS-EMULATED-SHARED-COPY] "
                                                             : "[DS-EMULATED-SHARED-RACE] ";
      message << code << who() << " " << verb << " " << bytes << " bytes at byte " << found.offset
              << " of shared memory";
      switch (found.what) {
        case mistake::outside: message << ", which has " << block_.shared.size() << "."; break;
        case mistake::misaligned: message << ", which is not a multiple of it."; break;
        case mistake::undefined: message << " that nobody has written."; break;
        case mistake::in_flight:
          message << " that a copy of thread " << found.other
                  << " is on its way to. Fix: wait_copies(), then a barrier for other threads.";
          break;
        default:
          message << " that thread " << found.other
                  << (found.what == mistake::after_write ? " wrote" : " read")
                  << ", with no barrier between. Fix: sync_block() or sync_warp() between them.";
      }
      fail(std::move(message));
    }
    void global(void const* at, int bytes, bool write) const {
      text const wrong = block_.of.operands_.fault(at, bytes, write);
      if (!wrong.empty())
        fail(text{} << "[DS-EMULATED-GLOBAL] " << who() << (write ? " writes " : " reads ") << bytes
                    << " bytes " << wrong << ".");
    }

    run_state& block_;
    gpu::thread_place place_;
    std::vector<copy> open_;  ///< started, of no group yet
    std::deque<std::vector<copy>> groups_;
  };

  struct run_state {
    block_machine& of;
    gpu::grid_extent index;
    body_type const& body;
    shared_memory shared;
    happens_before order;
    std::vector<std::unique_ptr<thread>> threads;
    std::vector<meeting> meetings;
    std::map<void*, phase_barrier> phases;
    struct phase_waiter {
      int thread;
      void* barrier;
      int parity;
    };
    std::vector<phase_waiter> phase_waiters;
    std::exception_ptr failure;
    bool ending = false;
    stack_range scheduler_stack;

    run_state(block_machine& machine, gpu::grid_extent const& block, body_type const& f)
        : of{machine},
          index{block},
          body{f},
          shared{machine.shape_.shared_bytes},
          order{machine.shape_.threads} {}

    void run() {
      boost::context::pooled_fixedsize_stack stacks{stack_bytes};
      for (int rank = 0; rank < of.shape_.threads; ++rank) start(rank, stacks);
      gpu::machine* const before = gpu::detail::running;
      for (bool ran = true; ran && failure == nullptr;) {
        ran = false;
        for (auto& t : threads) {
          if (t->done || t->waits || failure != nullptr) continue;
          ran = true;
          go_on(*t);
        }
      }
      bool finished = true;
      for (auto& t : threads) finished = finished && t->done;
      text stuck;
      if (failure == nullptr && !finished) stuck = deadlock();
      unwind();
      gpu::detail::running = before;
      if (failure != nullptr) std::rethrow_exception(failure);
      if (!finished) throw kernel_fault{std::move(stuck)};
    }

    /// Runs a thread until it waits or ends.
    static void go_on(thread& t) {
      gpu::detail::running = &t;
      stack_switch here;
      here.leave(t.stack);
      t.resume_here = std::move(t.resume_here).resume();
      here.back();
    }

    /// Threads that wait, or have not begun, are resumed to find that the block has ended.
    void unwind() {
      ending = true;
      for (auto& t : threads)
        while (!t->done) go_on(*t);
    }

    void start(int rank, boost::context::pooled_fixedsize_stack& stacks) {
      threads.push_back(std::make_unique<thread>(*this, rank));
      thread& t = *threads.back();
      auto const memory = stacks.allocate();
      t.stack = {static_cast<unsigned char const*>(memory.sp) - memory.size, memory.size};
      t.resume_here = boost::context::fiber{
          std::allocator_arg, boost::context::preallocated{memory.sp, memory.size, memory}, stacks,
          [this, &t](boost::context::fiber&& scheduler) {
            scheduler_stack = stack_switch::begin();
            t.back = &scheduler;
            live(t);
            stack_switch::leave_for_good(scheduler_stack);
            return std::move(scheduler);
          }};
    }
    void live(thread& t) {
      try {
        if (!ending) body(shared.data());
      } catch (block_ended const&) {
      } catch (...) {
        if (failure == nullptr) failure = std::current_exception();
      }
      t.done = true;
    }
    /// The thread that runs gives way until it is let go on.
    void wait(thread& t) {
      t.waits = true;
      stack_switch here;
      here.leave(scheduler_stack);
      *t.back = std::move(*t.back).resume();
      here.back();
      if (ending) throw block_ended{};
    }
    void release(meeting const& m) {
      for (int const rank : m.waiting) threads[static_cast<std::size_t>(rank)]->waits = false;
    }

    void come(thread& t, int number, int wanted, bool waits) {
      if (ending) throw block_ended{};
      int const rank = t.place().thread;
      meeting* m = find([&](meeting const& one) { return one.mask == 0 && one.number == number; });
      if (m == nullptr) {
        check_count(t, number, wanted);
        meetings.push_back({"barrier", number, wanted, 0, {}, {}, nullptr});
        m = &meetings.back();
      }
      if (m->wanted != wanted)
        thread::fail(text{} << "[DS-EMULATED-BARRIER] " << t.who() << " comes to barrier " << number
                            << " for " << wanted << " threads, others came to it for " << m->wanted
                            << ".");
      (waits ? m->waiting : m->arrived).push_back(rank);
      bool const complete = m->come() == m->wanted;
      if (complete) {
        std::vector<int> givers = m->waiting;
        givers.insert(givers.end(), m->arrived.begin(), m->arrived.end());
        order.exchange(givers, m->waiting);
        release(*m);
        meetings.erase(meetings.begin() + (m - meetings.data()));
      } else if (waits) {
        wait(t);
      }
    }
    void check_count(thread const& t, int number, int wanted) const {
      if (wanted < 1 || wanted > of.shape_.threads ||
          (number != gpu::block_barrier && wanted % gpu::warp_size != 0))
        thread::fail(text{} << "[DS-EMULATED-BARRIER] " << t.who() << " comes to barrier " << number
                            << " for " << wanted << " threads of " << of.shape_.threads
                            << ". Fix: whole warps of the block.");
    }

    gpu::lane_values const& collect(thread& t, std::uint32_t mask, char const* what,
                                    void const* value, int bytes) {
      if (ending) throw block_ended{};
      int const rank = t.place().thread;
      int const lane = rank % gpu::warp_size;
      int const first = rank - lane;
      if (((mask >> lane) & 1u) == 0)
        thread::fail(text{} << "[DS-EMULATED-MASK] " << t.who() << " is not in the mask of its "
                            << what << ".");
      meeting* m =
          find([&](meeting const& one) { return one.mask == mask && one.number == first; });
      if (m == nullptr) {
        meetings.push_back(
            {what, first, lanes_in(mask), mask, {}, {}, std::make_shared<collected>()});
        m = &meetings.back();
        m->values->bytes.resize(static_cast<std::size_t>(bytes) * gpu::warp_size);
      }
      if (std::strcmp(m->what, what) != 0)
        thread::fail(text{} << "[DS-EMULATED-DIVERGED] " << t.who() << " comes to a " << what
                            << " while thread " << m->waiting.front()
                            << " of its warp waits for it in a " << m->what << ".");
      if (bytes > 0) {
        unsigned char* const mine = m->values->bytes.data() + static_cast<std::size_t>(bytes) *
                                                                  static_cast<std::size_t>(lane);
        std::memcpy(mine, value, static_cast<std::size_t>(bytes));
        m->values->values.of[lane] = mine;
      }
      t.received = m->values;
      m->waiting.push_back(rank);
      if (m->come() == m->wanted) {
        if (bytes == 0) order.meet(m->waiting);
        release(*m);
        meetings.erase(meetings.begin() + (m - meetings.data()));
      } else {
        wait(t);
      }
      return t.received->values;
    }
    [[nodiscard]] int lanes_in(std::uint32_t mask) const { return __builtin_popcount(mask); }

    void init_phases(thread& t, void* barrier, int arrivals) {
      t.shared_write(barrier, sizeof(gpu::mbarrier));
      std::memset(barrier, 0, sizeof(gpu::mbarrier));
      if (arrivals < 1)
        thread::fail(text{} << "[DS-EMULATED-MBARRIER] " << t.who() << " makes an mbarrier for "
                            << arrivals << " arrivals.");
      phases.insert_or_assign(barrier, phase_barrier{arrivals});
    }
    phase_barrier& phases_of(thread& t, void* barrier) {
      t.shared_read(barrier, sizeof(gpu::mbarrier));
      auto const found = phases.find(barrier);
      if (found == phases.end())
        thread::fail(text{} << "[DS-EMULATED-MBARRIER] " << t.who()
                            << " uses an mbarrier that nobody has made. Fix: init() by one thread, "
                               "then sync_block().");
      return found->second;
    }
    void arrive(thread& t, void* barrier, int bytes) {
      phase_barrier& phase = phases_of(t, barrier);
      if (!phase.arrive(order, t.place().thread, bytes))
        thread::fail(text{} << "[DS-EMULATED-MBARRIER] " << t.who()
                            << " arrives at an mbarrier whose arrivals have all come; "
                            << phase.missing_bytes() << " bytes of the phase are missing.");
      wake_waiters(barrier);
    }
    void wait_phase(thread& t, void* barrier, int parity) {
      phase_barrier& phase = phases_of(t, barrier);
      while (!phase.over(parity)) {
        phase_waiters.push_back({t.place().thread, barrier, parity});
        wait(t);
      }
      phase.learn(order, t.place().thread);
    }
    void wake_waiters(void* barrier) {
      phase_barrier const& phase = phases.at(barrier);
      std::vector<phase_waiter> left;
      for (phase_waiter const& w : phase_waiters) {
        if (w.barrier == barrier && phase.over(w.parity))
          threads[static_cast<std::size_t>(w.thread)]->waits = false;
        else left.push_back(w);
      }
      phase_waiters.swap(left);
    }

    template <class F> meeting* find(F const& wanted) {
      for (meeting& m : meetings)
        if (wanted(m)) return &m;
      return nullptr;
    }

    /// Who waits for what, and who has ended and will not come.
    [[nodiscard]] text deadlock() const {
      text message;
      int ended = 0;
      for (auto const& t : threads) ended += t->done ? 1 : 0;
      message << "[DS-EMULATED-DEADLOCK] " << of.kernel_ << ": block (" << index.x << ", "
              << index.y << ", " << index.z << ") waits for ever:";
      for (meeting const& m : meetings) {
        message << " at " << (m.mask == 0 ? "barrier " : m.what);
        if (m.mask == 0) message << m.number;
        message << " " << m.come() << " of " << m.wanted << " threads, thread "
                << (m.waiting.empty() ? m.arrived.front() : m.waiting.front()) << " among them;";
      }
      for (phase_waiter const& w : phase_waiters) {
        phase_barrier const& phase = phases.at(w.barrier);
        message << " thread " << w.thread << " for the end of parity " << w.parity
                << " of an mbarrier, which lacks " << phase.missing() << " arrivals and "
                << phase.missing_bytes() << " bytes;";
        break;
      }
      message << " " << ended << " of " << of.shape_.threads
              << " have ended. Fix: every thread comes to the same barriers.";
      return message;
    }
  };

  static constexpr std::size_t stack_bytes = std::size_t{128} << 10;

  block_shape shape_;
  global_memory const& operands_;
  char const* kernel_;
};

}  // namespace deepseek::arch::emulated
