// SPDX-License-Identifier: Apache-2.0
/// @file keys_in_pages: keys and values of sequences, for kernels of attention: key i of a sequence is row
/// i mod page_size of a page that a table names. Of int8 and fp8 each row has a scale.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/kernel/attention_operands.hpp>

namespace deepseek::kernel {

/// scale_place: of scales [pages, heads, page_size].
struct scale_place {
  float const* data;
  std::int64_t page_stride;
  std::int64_t head_stride;
  std::int64_t row_stride;
};

/// keys_in_pages<T, Scaled>: as keys_in_memory; every sequence has as many keys as lengths say.
template <class T, bool Scaled> struct keys_in_pages {
  using key_type = T;
  using value_type = T;
  static constexpr bool scaled = Scaled;

  row_place<T const> k;  ///< by page, head and row of the page
  row_place<T const> v;
  std::int32_t const* table;
  std::int64_t table_stride;  ///< from sequence to sequence
  std::int64_t table_step;    ///< from page to page
  std::int32_t const* lengths;
  std::int64_t length_stride;
  int page_size;
  scale_place key_scales;
  scale_place value_scales;

  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int length(int sequence) const {
    return arch::gpu::load(lengths + sequence * length_stride);
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T const* key(int sequence, int head,
                                                                  int number) const {
    auto const at = of(sequence, number);
    return k.row(at.page, head, at.row);
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T const* value(int sequence, int head,
                                                                    int number) const {
    auto const at = of(sequence, number);
    return v.row(at.page, head, at.row);
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float key_scale(int sequence, int head,
                                                                     int number) const {
    return scale(key_scales, sequence, head, number);
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float value_scale(int sequence, int head,
                                                                       int number) const {
    return scale(value_scales, sequence, head, number);
  }

 private:
  struct place {
    int page;
    int row;
  };
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE place of(int sequence, int number) const {
    auto const size = static_cast<unsigned>(page_size);
    unsigned const page = static_cast<unsigned>(number) / size;
    int const row = number - static_cast<int>(page * size);
    return {arch::gpu::load(table + sequence * table_stride + page * table_step), row};
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float scale(scale_place const& s, int sequence,
                                                                 int head, int number) const {
    auto const at = of(sequence, number);
    return arch::gpu::load(s.data + at.page * s.page_stride + head * s.head_stride +
                           at.row * s.row_stride);
  }
};

}  // namespace deepseek::kernel
