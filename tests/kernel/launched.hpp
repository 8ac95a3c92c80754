// SPDX-License-Identifier: Apache-2.0
/// @file launched: which kernel computes an expression, and what it reads and writes of global memory.
#pragma once
#include <deepseek/arch/emulated/cluster_machine.hpp>
#include <deepseek/arch/emulated/grid_traffic.hpp>
#include <deepseek/exec/emulated.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

namespace deepseek::test {

/// access_count: of one launch.
class access_count : public arch::emulated::grid_traffic {
 public:
  using access = arch::emulated::global_access;
  std::int64_t accesses[3] = {};  ///< of each kind
  int widest[3] = {};             ///< bytes of one

  void note(int, access how, void const* at, std::int64_t bytes) override {
    auto const kind = static_cast<int>(how);
    ++accesses[kind];
    widest[kind] = std::max(widest[kind], static_cast<int>(bytes));
    for (std::int64_t i = 0; i < bytes; ++i) ++times_[kind][static_cast<char const*>(at) + i];
  }
  /// every_byte(p, bytes, how): how often each of them is used, if that is the same for all; else -1.
  [[nodiscard]] int every_byte(void const* p, std::int64_t bytes, access how) const {
    auto const& times = times_[static_cast<int>(how)];
    int same = -2;
    for (std::int64_t i = 0; i < bytes; ++i) {
      auto const found = times.find(static_cast<char const*>(p) + i);
      int const n = found == times.end() ? 0 : found->second;
      if (same != -2 && n != same) return -1;
      same = n;
    }
    return same;
  }

 private:
  std::map<char const*, int> times_[3];
};

/// launched: one launch.
struct launched {
  std::string kernel;
  int blocks = 0;
  int threads = 0;  ///< of a block
  int launches = 0;
  std::int64_t shared_bytes = 0;  ///< of the last launch
  int cluster = 0;                ///< blocks of one
  access_count count;
  using access = access_count::access;

  [[nodiscard]] int widest_read() const { return count.widest[static_cast<int>(access::read)]; }
  [[nodiscard]] int widest_write() const { return count.widest[static_cast<int>(access::write)]; }
  template <class X> [[nodiscard]] int reads(X const& x) const {
    return count.every_byte(x.data(), x.size() * std::int64_t{sizeof(*x.data())}, access::read);
  }
  template <class X> [[nodiscard]] int writes(X const& x) const {
    return count.every_byte(x.data(), x.size() * std::int64_t{sizeof(*x.data())}, access::write);
  }
};

/// program_of(y, e): y = e as one kernel; y is a tensor or a view.
template <class Y, class E> auto program_of(Y& y, E const& e) {
  auto const target = [&] {
    if constexpr (requires { y.as_view(); }) return y.as_view();
    else return y;
  }();
  auto const root =
      deepseek::detail::with_targets(as_expression(e), make_arguments(target), memory_space::host);
  return plan::gpu::program<std::remove_cvref_t<decltype(root)>>{root};
}

/// launch_of(out, y, e, most): runs y = e on at most so many blocks, one after the other.
template <class Y, class E>
void launch_of(launched& out, Y& y, E const& e, int most = 1 << 20,
               plan::gpu::launch_limits const& limits = {}) {
  auto program = program_of(y, e);
  deepseek::detail::tell_limits(program, [&] { return limits; });
  auto operands = deepseek::detail::operands_of(program);
  std::vector<std::uint32_t> workspace(static_cast<std::size_t>(program.workspace_bytes()) / 4);
  if (!workspace.empty())
    operands.add({workspace.data(), workspace.size() * 4, true, "sums of parts", 4});
  operands.tell(&out.count);
  program.launch(
      [&](auto const& k, int blocks) {
        using K = std::remove_cvref_t<decltype(k)>;
        using plan = typename K::shared_plan;
        out.kernel = K::name;
        out.blocks = blocks;
        out.threads = K::threads;
        ++out.launches;
        int const used = std::min(blocks, most);
        auto const shape = kernel::shape_of(k, {used, 1, 1});
        out.shared_bytes = shape.shared_bytes;
        out.cluster = shape.cluster;
        arch::emulated::cluster_machine machine{
            {shape.threads, static_cast<std::size_t>(shape.shared_bytes), shape.blocks},
            {shape.cluster, 1, 1},
            operands,
            K::name};
        for (int b = 0; b < used; b += shape.cluster)
          machine.run({b, 0, 0}, [&](void* shared) { k.run(*static_cast<plan*>(shared)); });
      },
      workspace.empty() ? nullptr : workspace.data());
}

/// kernel_of(y, e): "name, 3 blocks of 256"; "" where nothing is launched.
template <class Y, class E> std::string kernel_of(Y& y, E const& e) {
  std::string out;
  auto program = program_of(y, e);
  program.launch([&](auto const& k, int blocks) {
    using K = std::remove_cvref_t<decltype(k)>;
    out +=
        std::string{K::name} + ", " + std::to_string(blocks) + " of " + std::to_string(K::threads);
  });
  return out;
}

}  // namespace deepseek::test
