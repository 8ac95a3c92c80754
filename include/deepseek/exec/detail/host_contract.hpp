// SPDX-License-Identifier: Apache-2.0
/// @file How the host runs a contraction: operands in memory, then loop/matmul.hpp.
#pragma once
#include <deepseek/expr/contract.hpp>
#include <deepseek/loop/matmul.hpp>
#include <deepseek/plan/split.hpp>  // evaluated_t
#include <deepseek/tensor/tensor.hpp>

namespace deepseek::detail {

/// The matrix of batch number `batch` of a view whose last axes are matrices; batch axes broadcast.
template <class View, class Dims>
auto matrix_of_batch(View const& v, Dims const& result, std::int64_t batch) {
  std::int64_t offset = 0;
  for (int axis = Dims::rank - 3; axis >= 0; --axis) {
    std::int64_t const index = batch % result[axis];
    batch /= result[axis];
    int const own = axis - (Dims::rank - View::rank);
    if (own >= 0 && v.extent(own) != 1) offset += index * v.stride(own);
  }
  return loop::matrix<typename View::element_type>{v.data() + offset, v.stride(View::rank - 2),
                                                   v.stride(View::rank - 1)};
}

template <class A, class B> bool memory_overlaps(A const& a, B const& b) {
  offset_range const ra = offsets_of(a.extents(), a.layout());
  offset_range const rb = offsets_of(b.extents(), b.layout());
  auto const* const a_begin = reinterpret_cast<char const*>(a.data() + ra.lowest);
  auto const* const a_end = reinterpret_cast<char const*>(a.data() + ra.highest + 1);
  auto const* const b_begin = reinterpret_cast<char const*>(b.data() + rb.lowest);
  auto const* const b_end = reinterpret_cast<char const*>(b.data() + rb.highest + 1);
  return a_begin < b_end && b_begin < a_end;
}

/// run_contract(node, target, evaluate): target = the product, operands evaluated into memory first.
template <class E, class Target, class Evaluate>
void run_contract(E const& e, Target const& target, Evaluate const& evaluate) {
  auto const in_memory = [&](auto const& operand) {
    if constexpr (expr::detail::is_leaf<std::remove_cvref_t<decltype(operand)>>) return operand;
    else return evaluate(operand);
  };
  auto const a = in_memory(get<0>(e.operands));
  auto const b = in_memory(get<1>(e.operands));
  using Result = tensor<typename Target::value_type, typename Target::dims_type>;
  auto const multiply = [&](auto const& result) {
    auto const& x = a.source;
    auto const& y = b.source;
    loop::matmul_extents extents{1, x.extent(x.rank - 2), y.extent(y.rank - 1),
                                 x.extent(x.rank - 1)};
    for (int axis = 0; axis + 2 < E::rank; ++axis) extents.batch *= e.extents()[axis];
    struct batch_matrices {
      decltype(matrix_of_batch(x, e.extents(), 0)) a;
      decltype(matrix_of_batch(y, e.extents(), 0)) b;
      decltype(matrix_of_batch(result, e.extents(), 0)) c;
    };
    loop::matmul<compute_t<typename E::value_type>>(
        extents,
        [&](std::int64_t batch) {
          return batch_matrices{matrix_of_batch(x, e.extents(), batch),
                                matrix_of_batch(y, e.extents(), batch),
                                matrix_of_batch(result, e.extents(), batch)};
        },
        evaluate.machine.threads);
  };
  if (!memory_overlaps(target, a.source) && !memory_overlaps(target, b.source)) {
    multiply(target);
    return;
  }
  Result beside{target.extents()};
  multiply(beside.as_view());
  run_assignment(expr::leaf<typename Result::const_view_type>{beside.as_view()},
                 make_arguments(target), evaluate.machine);
}

}  // namespace deepseek::detail
