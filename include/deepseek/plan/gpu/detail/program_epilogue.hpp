// SPDX-License-Identifier: Apache-2.0
/// @file program_epilogue: a lowered expression as the epilogue of a kernel of a product: the product's place
/// in it is a variable, whose value is the sum that the thread has.
#pragma once
#include <cstdint>

#include <deepseek/kernel/elementwise.hpp>  // held_elements
#include <deepseek/kernel/schedule.hpp>
#include <deepseek/plan/gpu/detail/cursors.hpp>
#include <deepseek/tile/unrolled.hpp>
#include <deepseek/tile/vector_access.hpp>

namespace deepseek::plan::gpu {

/// sums_of_product: the owner of the leaf that stands for a product in its epilogue, and the variable's name.
struct sums_of_product {
  static constexpr bool held_by_threads = true;
};

/// product_schedule<Axes>: matrices, rows, and columns, along which lanes run; each axis is what it is.
template <int Axes> struct product_schedule : kernel::schedule<Axes, 0, Axes - 1> {
  static constexpr bool keeps_axes = true;
};

/// program_epilogue<Root, S, Sum, Width>: lanes are the columns of the product, the other axes its matrices
/// and rows.
template <class Root, class S, class Sum, int Width> struct program_epilogue {
  static constexpr int width = Width;

  Root root;
  kernel::axes_walk<S> walk;  ///< of matrices and rows
  int rows;                   ///< of a matrix
  int columns;
  bool
      wide;  ///< rows are whole pieces of Width, of which operands and results can be accessed as such

  template <class Sums>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write(int matrix, int row, int column,
                                                  Sums const& sums) const {
    if (wide && Sums::size > 1) write_as<Sums::size>(matrix, row, column, sums);
    else write_as<1>(matrix, row, column, sums);
  }
  /// The same where `wide` is known to hold.
  template <class Sums>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write_wide(int matrix, int row, int column,
                                                       Sums const& sums) const {
    write_as<Sums::size>(matrix, row, column, sums);
  }

 private:
  /// In accesses of Part elements.
  template <int Part, class Sums>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write_as(int matrix, int row, int column,
                                                     Sums const& sums) const {
    constexpr int size = Sums::size;
    std::int64_t at[kernel::axes_walk<S>::places] = {};
    if constexpr (S::axes == 2) at[0] = row;
    else walk.place(at, std::int64_t{matrix} * rows + row);
    constexpr bool tails = Part == 1;
    using held = kernel::held_elements<size, false, tails>;
    typename Root::template state<held> state;
    typename Root::template targets<held> target;
    root.seek(state, at);
    root.seek_targets(target, at);
    // Beyond all lanes, so that nothing asks for the end of a row that a piece cannot go over.
    constexpr std::int64_t none = INT64_MAX;
    std::int64_t const end = tails ? columns : none;
    kernel::lane_range const all{end, end};
    tile::unrolled<size / Part>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
      root.template fetch<Part>(state, p * Part, column + p * Part, all);
    });
    tile::unrolled<size>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      frame<sums_of_product, Sum, no_frames> const env{sums[i], {}};
      root.template compute<1>(state, target, env, element{i, std::int64_t{column} + i});
    });
    tile::unrolled<size / Part>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
      root.template write<Part>(target, p * Part, column + p * Part, end);
    });
  }
};

}  // namespace deepseek::plan::gpu

namespace deepseek::plan {
template <int Axes>
struct cursors<gpu::product_schedule<Axes>> : kernel_cursors<gpu::product_schedule<Axes>> {};
}  // namespace deepseek::plan
