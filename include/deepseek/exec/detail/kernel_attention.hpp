// SPDX-License-Identifier: Apache-2.0
/// @file How machines that run kernels run attention: views and options as kernels take them
/// (plan/gpu/attention_program.hpp).
#pragma once
#include <cstdint>
#include <limits>
#include <type_traits>

#include <deepseek/attention/cached_attention.hpp>
#include <deepseek/base/error.hpp>
#include <deepseek/exec/detail/kernel_calls.hpp>  // runs_kernels
#include <deepseek/exec/detail/product_run.hpp>   // range_of
#include <deepseek/kernel/attention_pages.hpp>
#include <deepseek/plan/gpu/attention_program_sm90.hpp>

namespace deepseek::detail {

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_attention_extent(std::int64_t extent) {
  throw shape_error(text{} << "[DS-GPU-ATTENTION-EXTENT] attention on a GPU: an extent is "
                           << extent << ". Fix: each, and heads times queries, less than 2^31.");
}
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_attention_width(std::int64_t width) {
  throw shape_error(text{} << "[DS-GPU-ATTENTION-WIDTH] attention on a GPU: heads are " << width
                           << " wide. Fix: at most 256, or run on host{}.");
}
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_attention_option(char const* what,
                                                                 char const* remedy) {
  throw argument_error(text{} << "[DS-GPU-ATTENTION-OPTION] attention on a GPU: " << what
                              << " is not in its kernel. Fix: " << remedy << ", or run on host{}.");
}

/// Kernels count in 32 bits, and their tiles have room for so much.
template <class Q, class V>
void check_kernel_attention(Q const& q, V const& values, std::int64_t keys,
                            attention_options const& options) {
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max() - (1 << 16);
  constexpr std::int64_t widest = 256;
  for (std::int64_t const extent :
       {q.extent(0), q.extent(1) * q.extent(2), q.extent(2), keys, q.size() / (q.extent(3) + 1)})
    if (extent > most) fail_attention_extent(extent);
  for (std::int64_t const width : {q.extent(3), values.extent(3)})
    if (width > widest) fail_attention_width(width);
  if (options.dropout_rate != 0) fail_attention_option("dropout", "dropout_rate = 0");
  if (options.turn.given())
    fail_attention_option("turning by positions", "turn queries and keys before");
}

/// rows_of_view(v): the rows of a view [batch, heads, rows, width].
template <class View> auto rows_of_view(View const& v) {
  using T = typename View::element_type;
  constexpr auto whole = 16 / std::int64_t{sizeof(T)};
  bool wide = reinterpret_cast<std::uintptr_t>(v.data()) % 16 == 0 &&
              (v.stride(3) == 1 || v.extent(3) <= 1);
  for (int axis = 0; axis < 3; ++axis)
    wide = wide && (v.extent(axis) == 1 || v.stride(axis) % whole == 0);
  return kernel::row_place<T>{v.data(), v.stride(0), v.stride(1), v.stride(2), v.stride(3), wide};
}
template <class View> kernel::row_place<float> sums_of_view(View const& v) {
  return {v.data(), v.stride(0), v.stride(1), v.stride(2), 1, false};
}

/// run_kernel_attention<Widths>(score, options, extents, q, from, kv_heads, results, used, machine): from:
/// keys and values as kernels take them; used: what of them is read, from read[2] on.
template <plan::gpu::attention_widths Widths, class Score, class Extents, class Q, class Keys,
          class Results, class Machine>
void run_kernel_attention(Score const& score, attention_options const& options,
                          Extents const& extents, Q const& q, Keys const& from,
                          std::int64_t kv_heads, Results const& results,
                          plan::gpu::attention_memory used, Machine const& machine) {
  auto const& out = get<0>(results);
  auto const& sums = get<1>(results);
  if (out.size() == 0 && sums.size() == 0) return;
  using T = typename Q::value_type;
  auto const number = [](std::int64_t n) { return static_cast<int>(n); };
  kernel::attention_size const size{number(extents[0]),   number(extents[1]), number(kv_heads),
                                    number(extents[2]),   number(extents[3]), number(q.extent(3)),
                                    number(out.extent(3))};
  kernel::attention_operands<T, Keys, T> const operands{
      size,
      options.scale,
      rows_of_view(q),
      from,
      rows_of_view(out),
      sums_of_view(sums),
      options.sink.data(),
      options.sink.data() == nullptr ? 0 : options.sink.stride(0)};
  used.read[0] = range_of(q);
  if (options.sink.data() != nullptr) {
    check_memory(options.sink, Machine::space);
    used.read[1] = range_of(options.sink);
  }
  used.out = range_of(out);
  used.sums = range_of(sums);
  if constexpr (plan::gpu::attention_by_sm90<T, Keys>) {
    plan::gpu::attention_program_sm90<Score, Extents, T, Keys, Widths, Machine::sm90_kernels>
        program{score, extents, operands, used, machine.has_sm90a() ? &Machine::make_map : nullptr};
    machine.run(program);
  } else {
    plan::gpu::attention_program<Score, Extents, T, Keys, Widths> program{score, extents, operands,
                                                                          used};
    machine.run(program);
  }
}

template <runs_kernels Machine, class Score, class Operands, class Results>
void call_on(Machine const& machine, rules::attention<Score> const& rule, Operands const& operands,
             Results const& results) {
  auto const& q = get<0>(operands);
  auto const& k = get<1>(operands);
  auto const& v = get<2>(operands);
  using Q = std::remove_cvref_t<decltype(q)>;
  using K = std::remove_cvref_t<decltype(k)>;
  using V = std::remove_cvref_t<decltype(v)>;
  check_kernel_attention(q, v, k.extent(2), rule.options);
  constexpr plan::gpu::attention_widths widths{Q::dims_type::static_extent(3),
                                               V::dims_type::static_extent(3)};
  using Keys = kernel::keys_in_memory<typename K::value_type, typename V::value_type>;
  Keys const keys{rows_of_view(k), rows_of_view(v), static_cast<int>(k.extent(2))};
  plan::gpu::attention_memory used;
  used.read[2] = range_of(k);
  used.read[3] = range_of(v);
  run_kernel_attention<widths>(rule.score, rule.options, score_extents(q.extents(), k.extents()), q,
                               keys, k.extent(1), results, used, machine);
}

template <class View> kernel::scale_place scales_of_view(View const& v) {
  return {v.data(), v.stride(0), v.stride(1), v.stride(2)};
}

template <runs_kernels Machine, class T, class Score, class Operands, class Results>
void call_on(Machine const& machine, rules::cached_attention<T, Score> const& rule,
             Operands const& operands, Results const& results) {
  auto const& q = get<0>(operands);
  auto const& cache = rule.cache;
  using Q = std::remove_cvref_t<decltype(q)>;
  constexpr bool scaled = quantized_element<T>;
  std::int64_t const longest = cache.longest();
  check_kernel_attention(q, cache.values, longest, rule.options);
  plan::gpu::attention_memory used;
  int count = 2;
  auto const read = [&](auto const& v) {
    check_memory(v, Machine::space);
    used.read[count++] = range_of(v);
  };
  read(cache.keys);
  read(cache.values);
  read(cache.table);
  read(cache.lengths);
  if constexpr (scaled) {
    read(cache.key_scales);
    read(cache.value_scales);
  }
  kernel::keys_in_pages<T, scaled> const keys{rows_of_view(cache.keys),
                                              rows_of_view(cache.values),
                                              cache.table.data(),
                                              cache.table.stride(0),
                                              cache.table.stride(1),
                                              cache.lengths.data(),
                                              cache.lengths.stride(0),
                                              static_cast<int>(cache.page_size()),
                                              scales_of_view(cache.key_scales),
                                              scales_of_view(cache.value_scales)};
  constexpr plan::gpu::attention_widths widths{Q::dims_type::static_extent(3), dyn};
  run_kernel_attention<widths>(rule.score, rule.options, score_extents<dyn>(q.extents(), longest),
                               q, keys, cache.keys.extent(1), results, used, machine);
}

}  // namespace deepseek::detail
