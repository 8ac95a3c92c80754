// SPDX-License-Identifier: Apache-2.0
/// @file product_of_views: a product of two matrices with an epilogue, as product_program takes it.
#pragma once
#include <deepseek/exec/detail/product_run.hpp>
#include <deepseek/exec/emulated.hpp>
#include <deepseek/ops/matmul.hpp>

#include <string>

namespace deepseek::test {

/// sum_leaf(m, n): what stands for a product of f16, bf16 or f32 in an epilogue.
inline auto sum_leaf(std::int64_t m, std::int64_t n) {
  using View = view<float const, dims<dyn, dyn>, strided<2>>;
  return expr::leaf<View, plan::gpu::sums_of_product>{View{nullptr, dims<dyn, dyn>{m, n}}};
}

/// product_program_of<Options>(y, a, b, e): y = e, in which sum_leaf stands for a b.
template <plan::gpu::product_options Options, class Y, class A, class B, class E>
auto product_program_of(Y& y, A const& a, B const& b, E const& e) {
  auto const root =
      deepseek::detail::with_targets(e, make_arguments(y.as_view()), memory_space::host);
  using Root = std::remove_cvref_t<decltype(root)>;
  using Program = plan::gpu::product_program<Root, typename A::value_type, typename B::value_type,
                                             float, Options>;
  auto const x = a.as_view();
  auto const z = b.as_view();
  return Program{root, deepseek::detail::product_of(x, z, y.as_view()),
                 deepseek::detail::range_of(x), deepseek::detail::range_of(z)};
}

/// kernels_of(program, workspace): "matmul_mma 64x64, 12 blocks", one after the other.
template <class Program> std::string kernels_of(Program& program, void* workspace = nullptr) {
  std::string all;
  program.launch(
      [&](auto const& k, int blocks) {
        using K = std::remove_cvref_t<decltype(k)>;
        if (!all.empty()) all += "; ";
        all += K::name;
        if constexpr (requires { K::left::rows; })
          all += " " + std::to_string(K::left::rows) + "x" + std::to_string(K::right::rows);
        else if constexpr (requires { K::tile; })
          all += " " + std::to_string(K::tile) + "x" + std::to_string(K::tile);
        all += ", " + std::to_string(blocks);
      },
      workspace);
  return all;
}

}  // namespace deepseek::test
