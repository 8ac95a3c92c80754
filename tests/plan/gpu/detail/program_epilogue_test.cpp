// SPDX-License-Identifier: Apache-2.0
/// @file program_epilogue: each sum becomes the result's element at its place, of matrices, rows and columns;
/// the same values in wide accesses and in single ones.
#include <deepseek/ops/arithmetic.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "../../../kernel/run_grid.hpp"
#include "../product_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;
using matrix = ds::tensor<float, ds::dims<ds::dyn, ds::dyn>>;

namespace {

/// One thread gives the epilogue the sums 100 row + column, Width at once.
template <class Epilogue, int Width> struct write_all {
  struct shared_plan {};
  Epilogue epilogue;
  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    if (ds::arch::gpu::thread_rank() != 0) return;
    for (int row = 0; row < epilogue.rows; ++row)
      for (int column = 0; column < epilogue.columns; column += Width) {
        ds::tile::held<float, Width> sums;
        for (int i = 0; i < Width; ++i) sums[i] = static_cast<float>(100 * row + column + i);
        epilogue.write(0, row, column, sums);
      }
  }
};

template <int Width> int wrong_elements(int m, int n, bool wide) {
  matrix y(m, n), x(m, n);
  for (std::int64_t i = 0; i < x.size(); ++i) {
    x.data()[i] = static_cast<float>(i % 11);
    y.data()[i] = -1.f;
  }
  auto const root = ds::detail::with_targets(
      sum_leaf(m, n) * 2.f + x, ds::make_arguments(y.as_view()), ds::memory_space::host);
  using Root = std::remove_cvref_t<decltype(root)>;
  using S = ds::plan::gpu::product_schedule<2>;
  struct lowered : ds::plan::bound_program<Root, S, ds::plan::gpu::no_frames> {
    using base = ds::plan::bound_program<Root, S, ds::plan::gpu::no_frames>;
    using base::base;
    using base::root_;
  };
  lowered program{root};
  using Epilogue = ds::plan::gpu::program_epilogue<typename lowered::root, S, float, 4>;
  ds::kernel::axes_walk<S> walk;
  walk.set(0, m);
  Epilogue const epilogue{program.root_, walk, m, n, wide};
  operands memory;
  memory.read(x.data(), static_cast<std::size_t>(x.size()))
      .write(y.data(), static_cast<std::size_t>(y.size()));
  run_grid(write_all<Epilogue, Width>{epilogue}, {1, 1, 1}, 32, memory);
  int wrong = 0;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j)
      wrong += y.data()[i * n + j] !=
               2.f * static_cast<float>(100 * i + j) + static_cast<float>((i * n + j) % 11);
  return wrong;
}

}  // namespace

TEST_CASE("wide accesses, single ones of several sums, single sums") {
  CHECK(wrong_elements<4>(3, 8, true) == 0);
  CHECK(wrong_elements<4>(3, 7, false) == 0);
  CHECK(wrong_elements<1>(5, 3, false) == 0);
}
