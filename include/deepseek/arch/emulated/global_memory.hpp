// SPDX-License-Identifier: Apache-2.0
/// @file global_memory: the operands of a kernel, which is all that it may read and write.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include <deepseek/base/text.hpp>

namespace deepseek::arch::emulated {

class grid_traffic;

/// operand_memory: memory that a kernel may read, and write if it says so.
struct operand_memory {
  void const* data = nullptr;
  std::size_t bytes = 0;
  bool writable = false;
  char const* name = "";
  int element_bytes = 1;  ///< what two blocks of a grid must not share
};

/// global_memory: operands may overlap; an access must be inside one of them.
class global_memory {
 public:
  void add(operand_memory const& operand) { operands_.push_back(operand); }
  [[nodiscard]] std::vector<operand_memory> const& operands() const { return operands_; }

  /// Who is told of each access that is right; null: nobody.
  void tell(grid_traffic* traffic) { traffic_ = traffic; }
  [[nodiscard]] grid_traffic* traffic() const { return traffic_; }

  /// What is wrong with an access, as the end of a sentence; empty if nothing is.
  [[nodiscard]] text fault(void const* at, int bytes, bool write) const {
    if (reinterpret_cast<std::uintptr_t>(at) % static_cast<std::uintptr_t>(bytes & -bytes) != 0)
      return text{}
             << "at an address that is not a multiple of it. Fix: choose the width of an access "
                "by the operands' alignment";
    return outside(at, bytes, write);
  }
  /// The same, wherever it begins.
  [[nodiscard]] text outside(void const* at, std::int64_t bytes, bool write) const {
    auto const address = reinterpret_cast<std::uintptr_t>(at);
    operand_memory const* nearest = nullptr;
    std::uintptr_t distance = ~std::uintptr_t{0};
    for (operand_memory const& operand : operands_) {
      auto const begin = reinterpret_cast<std::uintptr_t>(operand.data);
      auto const end = begin + operand.bytes;
      bool const inside = begin <= address && address + static_cast<std::uintptr_t>(bytes) <= end;
      if (inside && (operand.writable || !write)) return {};
      std::uintptr_t const away = inside ? 0
                                  : address < begin
                                      ? begin - address
                                      : address + static_cast<std::uintptr_t>(bytes) - end;
      if (away < distance) {
        distance = away;
        nearest = &operand;
      }
    }
    if (nearest == nullptr) return text{} << "of global memory, and the kernel has no operands";
    auto const offset =
        static_cast<std::ptrdiff_t>(address) -
        static_cast<std::ptrdiff_t>(reinterpret_cast<std::uintptr_t>(nearest->data));
    if (distance == 0)
      return text{} << "at byte " << offset << " of " << nearest->name
                    << ", which is only to be read";
    return text{} << "at byte " << offset << " of " << nearest->name << ", which has "
                  << nearest->bytes;
  }

 private:
  std::vector<operand_memory> operands_;
  grid_traffic* traffic_ = nullptr;
};

}  // namespace deepseek::arch::emulated
