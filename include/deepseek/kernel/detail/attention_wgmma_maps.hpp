// SPDX-License-Identifier: Apache-2.0
/// @file attention_wgmma_maps: operands of attention as matrices that tensor copies read, if they can.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/kernel/attention_operands.hpp>
#include <deepseek/kernel/detail/wgmma_operand.hpp>  // wgmma_matrices

namespace deepseek::kernel {

/// query_matrices(operands, packed): rows of `packed` heads, one head after the other, are one matrix.
template <class Operands> auto query_matrices(Operands const& of, int packed) {
  using Q = std::remove_cv_t<std::remove_pointer_t<decltype(of.q.data)>>;
  auto const& s = of.size;
  wgmma_matrices<Q> m;
  m.data = of.q.data;
  m.rows = std::int64_t{packed} * s.queries;
  m.k = s.width;
  m.stride = s.queries == 1 ? of.q.head_stride : of.q.row_stride;
  m.inner = s.heads / packed;
  m.inner_stride = packed * of.q.head_stride;
  m.outer = s.batches;
  m.outer_stride = of.q.batch_stride;
  return m;
}
template <class Operands> auto key_matrices(Operands const& of) {
  auto const& s = of.size;
  auto const& k = of.from.k;
  using K = typename std::remove_cvref_t<decltype(of.from)>::key_type;
  return wgmma_matrices<K>{k.data,     s.keys,        s.width,   k.row_stride,
                           s.kv_heads, k.head_stride, s.batches, k.batch_stride};
}
/// value_matrices(operands): multiplied along keys, so that the elements of a value are its rows.
template <class Operands> auto value_matrices(Operands const& of) {
  auto const& s = of.size;
  auto const& v = of.from.v;
  using V = typename std::remove_cvref_t<decltype(of.from)>::value_type;
  return wgmma_matrices<V>{v.data,     s.value_width, s.keys,    v.row_stride,
                           s.kv_heads, v.head_stride, s.batches, v.batch_stride};
}

/// copies_read_rows(place, rows, heads, batches): lines begin at multiples of 16 bytes, and strides are
/// those that a tensor map takes: such multiples, above 0, below 2^40.
template <class T>
bool copies_read_rows(row_place<T> const& p, std::int64_t rows, std::int64_t heads,
                      std::int64_t batches) {
  constexpr std::int64_t most = (std::int64_t{1} << 40) / std::int64_t{sizeof(T)};
  auto const stride = [](std::int64_t step, std::int64_t extent) {
    return extent == 1 || (step > 0 && step < most);
  };
  return p.wide && rows > 0 && stride(p.row_stride, rows) && stride(p.head_stride, heads) &&
         stride(p.batch_stride, batches);
}
/// heads_follow(operands): the rows of neighbouring heads are those of one matrix.
template <class Operands> bool heads_follow(Operands const& of) {
  return of.size.queries == 1 ||
         of.q.head_stride == std::int64_t{of.size.queries} * of.q.row_stride;
}
/// copies_read(operands, packed): tensor copies can read queries, keys and values.
template <class Operands> bool copies_read(Operands const& of, int packed) {
  auto const& s = of.size;
  return (packed == 1 || heads_follow(of)) && s.width > 0 && s.value_width > 0 &&
         copies_read_rows(of.q, s.queries, s.heads, s.batches) &&
         copies_read_rows(of.from.k, s.keys, s.kv_heads, s.batches) &&
         copies_read_rows(of.from.v, s.keys, s.kv_heads, s.batches);
}

}  // namespace deepseek::kernel
