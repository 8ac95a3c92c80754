// SPDX-License-Identifier: Apache-2.0
/// @file Which kernels a product gets: those of sm_90a where the machine has them and operands lie as tensor
/// copies want, else those that any GPU has.
#include <deepseek/exec/detail/kernel_contract.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/tensor/tensor.hpp>

#include <doctest/doctest.h>

namespace ds = deepseek;
using ds::bf16;

namespace {

/// Runs nothing, and counts.
struct recording : ds::detail::in_host_memory, ds::detail::kernel_machine {
  static constexpr auto sm90_kernels = ds::plan::gpu::sm90_kernels::few;
  struct counts {
    int of_sm90 = 0;
    int of_any = 0;
  };
  bool has;
  counts* count;
  recording(bool sm90, counts& to) : has{sm90}, count{&to} {}

  [[nodiscard]] bool has_sm90a() const { return has; }
  static ds::arch::gpu::tensor_map make_map(ds::arch::gpu::tensor_description const& d) {
    return ds::arch::gpu::described(d);
  }
  template <class Kernel, class... Used>
  void start(Kernel const&, ds::arch::gpu::grid_extent const&, Used const&...) const {
    ++count->of_sm90;
  }
  template <class Program> void run(Program&) const { ++count->of_any; }
};

using matrix = ds::tensor<bf16, ds::dims<ds::dyn, ds::dyn>>;

recording::counts run(bool sm90, matrix& c, matrix const& a, matrix const& b) {
  recording::counts count;
  recording const machine{sm90, count};
  auto const target = c.as_view();
  ds::detail::run_assignment(ds::matmul(a, b), ds::make_arguments(target), machine);
  return count;
}

}  // namespace

TEST_CASE("a machine with sm_90a, one without") {
  matrix a(8, 16), b(16, 8), c(8, 8);
  auto const with = run(true, c, a, b);
  CHECK(with.of_sm90 == 1);
  CHECK(with.of_any == 0);
  auto const without = run(false, c, a, b);
  CHECK(without.of_sm90 == 0);
  CHECK(without.of_any == 1);
}

TEST_CASE("rows that are not at multiples of 16 bytes, and no k: any kernel; no result: none") {
  matrix a(8, 9), b(9, 8), c(8, 8);
  CHECK(run(true, c, a, b).of_any == 1);
  matrix none_a(8, 0), none_b(0, 8);
  CHECK(run(true, c, none_a, none_b).of_any == 1);
  matrix empty_a(0, 16), wide(16, 8), empty(0, 8);
  auto const nothing = run(true, empty, empty_a, wide);
  CHECK(nothing.of_sm90 + nothing.of_any == 0);
}
