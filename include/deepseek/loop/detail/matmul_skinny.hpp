// SPDX-License-Identifier: Apache-2.0
/// @file Products with so few rows that packing b would cost more than multiplying: b is read once,
/// as it lies.
#pragma once
#include <cstdint>

#include <deepseek/arch/cpu/pack_reduce.hpp>
#include <deepseek/loop/detail/matmul_pack.hpp>

namespace deepseek::loop::detail {

/// Rows of b are contiguous: c [rows, columns] += a [rows, k] b, several rows of b at a time.
template <class Compute, int Rows, class A, class B>
void multiply_by_rows(matrix<A> const& a, matrix<B> const& b, std::int64_t k, Compute* c,
                      std::int64_t stride, std::int64_t columns) {
  constexpr int lanes = arch::vector_bytes / int(sizeof(Compute));
  constexpr int together = 4;
  using pack = arch::pack<Compute, lanes>;
  for (int i = 0; i < Rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j) c[i * stride + j] = Compute(0);
  auto const add = [&]<int Count>(std::int64_t p) {
    pack x[Rows][Count];
    unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      unroll<Count>([&]<int P>() DEEPSEEK_INLINE_LAMBDA {
        x[I][P] =
            pack(packed_element<Compute>(a.data[I * a.row_stride + (p + P) * a.column_stride]));
      });
    });
    B* const row = b.data + p * b.row_stride;
    std::int64_t j = 0;
    for (; j + lanes <= columns; j += lanes) {
      pack y[Count];
      unroll<Count>([&]<int P>() DEEPSEEK_INLINE_LAMBDA {
        y[P] = packed_lanes<Compute, lanes>(row + P * b.row_stride + j);
      });
      unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
        pack sum = arch::load<lanes>(c + I * stride + j);
        unroll<Count>([&]<int P>() DEEPSEEK_INLINE_LAMBDA { sum = arch::fma(x[I][P], y[P], sum); });
        arch::store(c + I * stride + j, sum);
      });
    }
    int const left = static_cast<int>(columns - j);
    if (left == 0) return;
    for (int q = 0; q < Count; ++q) {
      pack const y = packed_lanes<Compute, lanes>(row + q * b.row_stride + j, left);
      unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
        auto* const to = c + I * stride + j;
        arch::store_n(to, arch::fma(x[I][q], y, arch::load_n<lanes>(to, left)), left);
      });
    }
  };
  std::int64_t p = 0;
  for (; p + together <= k; p += together) add.template operator()<together>(p);
  for (; p < k; ++p) add.template operator()<1>(p);
}

/// k is contiguous in a and b: each element of c is the sum of one vector of products.
template <class Compute, int Rows, class A, class B>
void multiply_by_dots(matrix<A> const& a, matrix<B> const& b, std::int64_t k, Compute* c,
                      std::int64_t stride, std::int64_t columns) {
  constexpr int lanes = arch::vector_bytes / int(sizeof(Compute));
  constexpr int together = 4;
  using pack = arch::pack<Compute, lanes>;
  auto const dots = [&]<int Count>(std::int64_t j) {
    pack sum[Rows][Count];
    unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      unroll<Count>([&]<int J>() DEEPSEEK_INLINE_LAMBDA { sum[I][J] = pack(Compute(0)); });
    });
    B* const column = b.data + j * b.column_stride;
    auto const step = [&](std::int64_t p, int count) DEEPSEEK_INLINE_LAMBDA {
      pack y[Count];
      unroll<Count>([&]<int J>() DEEPSEEK_INLINE_LAMBDA {
        B* const from = column + J * b.column_stride + p;
        y[J] = count == lanes ? packed_lanes<Compute, lanes>(from)
                              : packed_lanes<Compute, lanes>(from, count);
      });
      unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
        A* const from = a.data + I * a.row_stride + p;
        pack const x = count == lanes ? packed_lanes<Compute, lanes>(from)
                                      : packed_lanes<Compute, lanes>(from, count);
        unroll<Count>([&]<int J>()
                          DEEPSEEK_INLINE_LAMBDA { sum[I][J] = arch::fma(x, y[J], sum[I][J]); });
      });
    };
    std::int64_t p = 0;
    for (; p + lanes <= k; p += lanes) step(p, lanes);
    if (p < k) step(p, static_cast<int>(k - p));
    unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      unroll<Count>([&]<int J>() DEEPSEEK_INLINE_LAMBDA {
        c[I * stride + j + J] = arch::reduce_add(sum[I][J]);
      });
    });
  };
  std::int64_t j = 0;
  for (; j + together <= columns; j += together) dots.template operator()<together>(j);
  for (; j < columns; ++j) dots.template operator()<1>(j);
}

/// skinny_rows: so few rows are multiplied by b as it lies.
inline constexpr int skinny_rows = 4;

/// c [rows, columns] = a [rows, k] b, rows <= skinny_rows; false if b or a lies so that neither way reads
/// it in order.
template <class Compute, class A, class B>
bool multiply_skinny(matrix<A> const& a, matrix<B> const& b, std::int64_t k, Compute* c,
                     std::int64_t stride, std::int64_t rows, std::int64_t columns) {
  bool const by_rows = b.column_stride == 1;
  if (!by_rows && (b.row_stride != 1 || a.column_stride != 1)) return false;
  auto const multiply = [&]<int Rows>() {
    if (by_rows) multiply_by_rows<Compute, Rows>(a, b, k, c, stride, columns);
    else multiply_by_dots<Compute, Rows>(a, b, k, c, stride, columns);
  };
  switch (rows) {
    case 1: multiply.template operator()<1>(); break;
    case 2: multiply.template operator()<2>(); break;
    case 3: multiply.template operator()<3>(); break;
    default: multiply.template operator()<4>(); break;
  }
  return true;
}

}  // namespace deepseek::loop::detail
