// SPDX-License-Identifier: Apache-2.0
/// @file grid_traffic: which blocks of a launch read, write and change each element of what it may write.
///
/// Nothing orders the blocks of a launch. Of each kind of access an element keeps the lowest and the highest
/// block, so that what is found is the same whichever block ran first.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <deepseek/arch/emulated/global_memory.hpp>

namespace deepseek::arch::emulated {

/// global_access: of a thread; an atomic is not in conflict with other atomics.
enum class global_access : unsigned char { read, write, atomic };

/// grid_traffic: blocks are named by numbers from 0 on. Threads of this machine may call note at the same
/// time.
class grid_traffic {
 public:
  /// Two blocks that use an element of an operand, of which at least one changes it.
  struct conflict {
    char const* operand = nullptr;  ///< null: there is none
    std::ptrdiff_t offset = 0;
    int bytes = 0;
    int block[2] = {};
    global_access access[2] = {};
  };

  /// What only is to be read needs no trace.
  void add(operand_memory const& operand) {
    if (!operand.writable || operand.bytes == 0) return;
    auto const size = static_cast<std::size_t>(operand.element_bytes);
    traced_.push_back({operand, std::vector<element_use>((operand.bytes + size - 1) / size)});
  }

  virtual ~grid_traffic() = default;
  /// Who wants to know more of accesses overrides it.
  virtual void note(int block, global_access how, void const* at, std::int64_t bytes) {
    auto const begin = reinterpret_cast<std::uintptr_t>(at);
    auto const end = begin + static_cast<std::uintptr_t>(bytes);
    for (trace& t : traced_) {
      auto const first = reinterpret_cast<std::uintptr_t>(t.operand.data);
      auto const from = std::max(begin, first);
      auto const to = std::min(end, first + t.operand.bytes);
      auto const size = static_cast<std::uintptr_t>(t.operand.element_bytes);
      if (from < to)
        for (auto i = (from - first) / size; i <= (to - 1 - first) / size; ++i)
          t.elements[i].by[static_cast<int>(how)].note(block);
    }
  }

  /// The first conflict, in the order of operands and elements; after all blocks have ended.
  [[nodiscard]] conflict find() const {
    for (trace const& t : traced_)
      for (std::size_t i = 0; i < t.elements.size(); ++i) {
        conflict found = of_element(t.elements[i]);
        if (found.operand == nullptr) continue;
        auto const size = static_cast<std::size_t>(t.operand.element_bytes);
        found.operand = t.operand.name;
        found.offset = static_cast<std::ptrdiff_t>(i * size);
        found.bytes = static_cast<int>(std::min(size, t.operand.bytes - i * size));
        return found;
      }
    return {};
  }

 private:
  /// The lowest and the highest of some blocks. Both are kept as numbers that only grow, 0 before the first.
  class block_range {
   public:
    void note(int block) {
      raise(below_, most - block);
      raise(above_, block + 1);
    }
    [[nodiscard]] bool empty() const { return above_ == 0; }
    [[nodiscard]] int low() const { return most - below_; }
    [[nodiscard]] int high() const { return above_ - 1; }

   private:
    static constexpr int most = std::numeric_limits<int>::max();
    static void raise(int& at, int to) {
      int now = __atomic_load_n(&at, __ATOMIC_RELAXED);
      while (now < to && !__atomic_compare_exchange_n(&at, &now, to, false, __ATOMIC_RELAXED,
                                                      __ATOMIC_RELAXED)) {}
    }
    int below_ = 0;
    int above_ = 0;
  };
  struct element_use {
    block_range by[3];  ///< of each global_access
  };
  struct trace {
    operand_memory operand;
    std::vector<element_use> elements;
  };

  static conflict of_element(element_use const& use) {
    constexpr global_access pairs[][2] = {{global_access::write, global_access::write},
                                          {global_access::write, global_access::read},
                                          {global_access::write, global_access::atomic},
                                          {global_access::atomic, global_access::read}};
    for (auto const& pair : pairs) {
      block_range const& a = use.by[static_cast<int>(pair[0])];
      block_range const& b = use.by[static_cast<int>(pair[1])];
      if (a.empty() || b.empty()) continue;
      if (a.low() != b.high()) return {"", 0, 0, {a.low(), b.high()}, {pair[0], pair[1]}};
      if (a.high() != b.low()) return {"", 0, 0, {a.high(), b.low()}, {pair[0], pair[1]}};
    }
    return {};
  }

  std::vector<trace> traced_;
};

}  // namespace deepseek::arch::emulated
