// SPDX-License-Identifier: Apache-2.0
/// @file stack_turns: functions that wait for each other, each on a stack of its own, on one thread.
///
/// Each runs until it waits or ends, then the next one does: so a run is the same every time.
#pragma once
#include <boost/context/fiber.hpp>
#include <boost/context/pooled_fixedsize_stack.hpp>
#include <boost/context/preallocated.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <deepseek/arch/emulated/stack_switch.hpp>

namespace deepseek::arch::emulated {

/// stack_turns: body(0) … body(count - 1), by turns; turn(i) is called before each turn of i.
class stack_turns {
 public:
  using function = std::function<void(int)>;
  static constexpr std::size_t stack_bytes = std::size_t{128} << 10;

  stack_turns(int count, function body, function turn)
      : body_{std::move(body)}, turn_{std::move(turn)}, stacks_{stack_bytes} {
    for (int i = 0; i < count; ++i) start(i);
  }
  stack_turns(stack_turns const&) = delete;
  stack_turns& operator=(stack_turns const&) = delete;

  /// run(stuck): until all have ended. Where all that have not wait for others, stuck() tells why.
  ///
  /// @fails  what a body threw first, or stuck; the stacks of all others are unwound then
  template <class Stuck> void run(Stuck const& stuck) {
    for (bool ran = true; ran && failure_ == nullptr;) {
      ran = false;
      for (auto& t : all_) {
        if (t->done || t->waits || failure_ != nullptr) continue;
        ran = true;
        go_on(*t);
      }
    }
    if (failure_ == nullptr && ended_ < count()) {
      try {
        stuck();
      } catch (...) {
        failure_ = std::current_exception();
      }
    }
    unwind();
    if (failure_ != nullptr) std::rethrow_exception(failure_);
  }

  /// wait(i): by i itself, which gives way until another one calls wake(i).
  void wait(int i) {
    stack& t = at(i);
    t.waits = true;
    stack_switch here;
    here.leave(scheduler_);
    *t.back = std::move(*t.back).resume();
    here.back();
    check_going_on();
  }
  void wake(int i) { at(i).waits = false; }
  /// Throws where the stacks are unwound: nobody is to meet others then.
  void check_going_on() const {
    if (ending_) throw unwinding{};
  }

  [[nodiscard]] int count() const { return static_cast<int>(all_.size()); }
  [[nodiscard]] int ended() const { return ended_; }

 private:
  /// Unwinds a stack that waits for what will not come.
  struct unwinding {};
  struct stack {
    int index = 0;
    bool done = false;
    bool waits = false;  ///< for others; else it can run
    stack_range memory;
    boost::context::fiber resume_here;      ///< while it does not run
    boost::context::fiber* back = nullptr;  ///< the scheduler, while it does
  };
  stack& at(int i) { return *all_[static_cast<std::size_t>(i)]; }

  void start(int i) {
    all_.push_back(std::make_unique<stack>());
    stack& t = *all_.back();
    t.index = i;
    auto const memory = stacks_.allocate();
    t.memory = {static_cast<unsigned char const*>(memory.sp) - memory.size, memory.size};
    t.resume_here = boost::context::fiber{
        std::allocator_arg, boost::context::preallocated{memory.sp, memory.size, memory}, stacks_,
        [this, &t](boost::context::fiber&& scheduler) {
          scheduler_ = stack_switch::begin();
          t.back = &scheduler;
          live(t);
          stack_switch::leave_for_good(scheduler_);
          return std::move(scheduler);
        }};
  }
  void live(stack& t) {
    try {
      if (!ending_) body_(t.index);
    } catch (unwinding const&) {
    } catch (...) {
      if (failure_ == nullptr) failure_ = std::current_exception();
    }
    t.done = true;
    ++ended_;
  }
  /// Runs one until it waits or ends.
  void go_on(stack& t) {
    turn_(t.index);
    stack_switch here;
    here.leave(t.memory);
    t.resume_here = std::move(t.resume_here).resume();
    here.back();
  }
  /// Those that wait, or have not begun, are resumed to find that the run has ended.
  void unwind() {
    ending_ = true;
    for (auto& t : all_)
      while (!t->done) go_on(*t);
  }

  function body_;
  function turn_;
  boost::context::pooled_fixedsize_stack stacks_;
  std::vector<std::unique_ptr<stack>> all_;
  int ended_ = 0;
  bool ending_ = false;
  std::exception_ptr failure_;
  stack_range scheduler_;
};

}  // namespace deepseek::arch::emulated
