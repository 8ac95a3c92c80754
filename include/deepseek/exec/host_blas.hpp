// SPDX-License-Identifier: Apache-2.0
/// @file host_blas: the host, with plain products of f32 and f64 by a BLAS that the user links.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <deepseek/exec/host.hpp>

namespace deepseek {

namespace detail {
#if !DEEPSEEK_DEVICE_PASS

/// blas_order, blas_transpose: the numbers that every CBLAS gives these names.
enum class blas_order { row_major = 101, column_major = 102 };
enum class blas_transpose { no = 111, yes = 112 };

/// blas_matrix: memory as gemm takes it: rows or columns without gaps, `leading` elements apart.
struct blas_matrix {
  bool possible = false;
  bool by_rows = true;
  std::int64_t leading = 1;
};
template <class T>
blas_matrix blas_matrix_of(loop::matrix<T> const& x, std::int64_t rows, std::int64_t columns) {
  auto const fits = [](std::int64_t unit, std::int64_t count, std::int64_t stride,
                       std::int64_t lines) {
    return (unit == 1 || count == 1) && (stride >= count || lines == 1);
  };
  if (fits(x.column_stride, columns, x.row_stride, rows))
    return {true, true, std::max(x.row_stride, columns)};
  if (fits(x.row_stride, rows, x.column_stride, columns))
    return {true, false, std::max(x.column_stride, rows)};
  return {};
}

/// blas_gemm(gemm, …): c = a b by a function of CBLAS's form, whatever its enumerations and integers are.
/// false: it cannot be said to it; nothing is written.
template <class Order, class Transpose, class Int, class T>
bool blas_gemm(void (*gemm)(Order, Transpose, Transpose, Int, Int, Int, T, T const*, Int, T const*,
                            Int, T, T*, Int),
               loop::matmul_extents const& e, loop::matrix<T const> const& a,
               loop::matrix<T const> const& b, loop::matrix<T> const& c) {
  auto const from = blas_matrix_of(a, e.m, e.k);
  auto const with = blas_matrix_of(b, e.k, e.n);
  auto const to = blas_matrix_of(c, e.m, e.n);
  if (!from.possible || !with.possible || !to.possible) return false;
  std::int64_t const most = std::numeric_limits<Int>::max();
  if (std::max({e.m, e.n, e.k, from.leading, with.leading, to.leading}) > most) return false;
  auto const transpose = [&](blas_matrix const& x) {
    return static_cast<Transpose>(x.by_rows == to.by_rows ? blas_transpose::no
                                                          : blas_transpose::yes);
  };
  auto const whole = [](std::int64_t x) { return static_cast<Int>(x); };
  gemm(static_cast<Order>(to.by_rows ? blas_order::row_major : blas_order::column_major),
       transpose(from), transpose(with), whole(e.m), whole(e.n), whole(e.k), T{1}, a.data,
       whole(from.leading), b.data, whole(with.leading), T{0}, c.data, whole(to.leading));
  return true;
}

/// blas_machine: host_machine, but for products that are nothing else.
template <auto Sgemm, auto Dgemm> struct blas_machine : host_machine {
  using host_machine::host_machine;

  template <class E, class Target, class Evaluate>
  static void contract(E const& e, Target const& target, Evaluate const& evaluate) {
    using A = expr::operand_t<E, 0>;
    using B = expr::operand_t<E, 1>;
    using T = typename Target::value_type;
    constexpr bool same = std::is_same_v<T, typename A::value_type> &&
                          std::is_same_v<T, typename B::value_type> &&
                          (std::is_same_v<T, float> || std::is_same_v<T, double>);
    if constexpr (same && !plan::is_rows_prologue<A>() && !plan::is_block_prologue<B>()) {
      auto const a = in_memory_operand(get<0>(e.operands), e.extents(), evaluate);
      auto const b = in_memory_operand(get<1>(e.operands), e.extents(), evaluate);
      if (multiplied(matmul_extents_of(e), a.leaf.source, b.leaf.source, target)) return;
      run_contract(
          expr::contract_node<typename E::dims_type, std::remove_cvref_t<decltype(a.leaf)>,
                              std::remove_cvref_t<decltype(b.leaf)>>{e.extents(), a.leaf, b.leaf},
          target, evaluate);
    } else {
      run_contract(e, target, evaluate);
    }
  }

 private:
  template <class A, class B, class C>
  static bool multiplied(loop::matmul_extents const& e, A const& a, B const& b, C const& c) {
    if (e.m == 0 || e.n == 0 || e.k == 0 || memory_overlaps(c, a) || memory_overlaps(c, b))
      return false;
    for (std::int64_t batch = 0; batch < e.batch; ++batch) {
      auto const x = matrix_of_batch(a, c.extents(), batch);
      auto const y = matrix_of_batch(b, c.extents(), batch);
      auto const z = matrix_of_batch(c, c.extents(), batch);
      // Strides are those of every batch, so that the first says it for all.
      if constexpr (std::is_same_v<typename C::value_type, float>) {
        if (!blas_gemm<>(Sgemm, e, x, y, z)) return false;
      } else {
        if (!blas_gemm<>(Dgemm, e, x, y, z)) return false;
      }
    }
    return true;
  }
};

#endif
}  // namespace detail

/// host_blas<cblas_sgemm, cblas_dgemm>: an executor as host is, which hands a product of f32 or f64 matrices
/// in memory, with nothing above it, to these functions of whatever BLAS the program links.
///
///   #include <cblas.h>
///   (y = ds::matmul(a, b)).run(ds::host_blas<cblas_sgemm, cblas_dgemm>{});
///
/// Everything else runs as it does on the host: products with an epilogue or a prologue, other types, other
/// strides than rows or columns without gaps, results in the memory of operands.
///
/// @order  of sums: the BLAS's, whose bits may depend on its threads; `threads` is not for it
template <auto Sgemm, auto Dgemm> struct host_blas {
  int threads = 0;  ///< of what is no such product: at most so many; 0: as many as there are cores
};

namespace detail {
#if DEEPSEEK_DEVICE_PASS
template <auto Sgemm, auto Dgemm, class E, class Views>
void run_on_host(E const&, Views const&, host_blas<Sgemm, Dgemm> const&);
#else
template <auto Sgemm, auto Dgemm, class E, class Views>
void run_on_host(E const& e, Views const& target, host_blas<Sgemm, Dgemm> const& executor) {
  int const threads = executor.threads > 0 ? executor.threads : loop::available_cores();
  run_assignment(e, target, blas_machine<Sgemm, Dgemm>{threads});
}
#endif
}  // namespace detail

/// execute(host_blas, y = e): what `.run(host_blas<…>{})` calls.
template <auto Sgemm, auto Dgemm, class Destination, class E>
void execute(host_blas<Sgemm, Dgemm> const& executor, assignment<Destination, E> const& a) {
  if constexpr (valid<E>) {
    detail::check_space(a.expression);
    detail::check_indices(a.expression);
    auto const named = plan::resolve_names(a.expression);
    detail::run_on_host(named, detail::targets_of(a.destination), executor);
  }
}

}  // namespace deepseek
