// SPDX-License-Identifier: Apache-2.0
/// @file program: one kernel on a GPU: a lowered expression, its extents, and which kernel runs it.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/base/error.hpp>
#include <deepseek/kernel/column_parts.hpp>
#include <deepseek/kernel/column_program.hpp>
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/kernel/row_parts.hpp>
#include <deepseek/kernel/row_program.hpp>
#include <deepseek/plan/detail/bound_program.hpp>
#include <deepseek/plan/gpu/detail/cursors.hpp>
#include <deepseek/plan/gpu/detail/elementwise_kernels.hpp>
#include <deepseek/plan/gpu/detail/wide_accesses.hpp>
#include <deepseek/plan/gpu/part_counts.hpp>
#include <deepseek/plan/gpu/row_sharing.hpp>

namespace deepseek::plan::gpu {

/// schedule_of<E>: the axes of a root whose reductions all run along one set of them.
template <class E> constexpr auto schedule_of() {
  constexpr facts f = analyse<E, axis_map<>, empty_scope, 0>();
  static_assert(!f.barrier && f.set_count <= 1, "[DS-PROGRAM-SPLIT] the root is not one kernel.");
  return kernel::schedule<f.axes, f.reduced(), f.lane_axis()>{};
}

/// program<E>: E is a root: lets around outputs of store_nodes. launch(f, memory) calls f(kernel, blocks) for
/// each kernel, one after the other; before that set_limits(…) says for which GPU.
template <class E> class program : public bound_program<E, decltype(schedule_of<E>()), no_frames> {
  using bound = bound_program<E, decltype(schedule_of<E>()), no_frames>;
  using bound::axes;
  using bound::job_;
  using bound::root_;

 public:
  using typename bound::root;
  using typename bound::S;

  /// Elements of a row that the registers of a block hold.
  static constexpr std::int64_t longest_held = 1024 * 16;

  explicit program(E const& e) : bound{e} {}

  /// set_limits(limits): what launches may ask of the GPU; needs_limits: that makes a difference.
  static constexpr bool needs_limits =
      S::lanes_reduced && root::level > 0 &&
      root::template kept_bytes<kernel::of_pass(root::level + 1)> != 0 &&
      (root::row_size == dyn || root::row_size > longest_held);
  void set_limits(launch_limits const& limits) { limits_ = limits; }

  /// workspace_bytes(): memory that launch wants between its kernels; 0 where one kernel does it all.
  [[nodiscard]] std::int64_t workspace_bytes() const {
    if constexpr (may_be_parted)
      return row_count() * parts() * kernel::part_sums<root>::bytes_of_part;
    else return 0;
  }
  /// f(kernel, blocks), of the kernels that suit; nothing where there is nothing to compute. Without its
  /// workspace a row is the work of one block.
  template <class F> void launch(F const& f, [[maybe_unused]] void* workspace = nullptr) {
    if (this->result_elements() == 0) return;
    if constexpr (by_elements) launch_elementwise(f);
    else if constexpr (S::lanes_reduced) launch_rows(f, workspace);
    else launch_columns(f, workspace);
  }

  /// visit(f): f on every cursor: leaves have base and place, outputs a target.
  template <class F> void visit(F&& f) { root_.visit(static_cast<F&&>(f)); }

 private:
  /// No element of a result needs others.
  static constexpr bool by_elements = root::level == 0 && !root::has_scan;
  static constexpr std::int64_t narrow_limit = std::int64_t{1} << 31;

  /// Elements of the widest access to the smallest type of a result. Operands, which mostly are of the same
  /// type, are read in as many accesses as so many of theirs take.
  static constexpr int widest() {
    int const width = 16 / smallest_result<root>();
    return width > 8 ? 8 : width;
  }
  template <class Cursor> static constexpr int smallest_result() {
    if constexpr (requires(Cursor & c) { c.output; })
      return smallest_of(static_cast<decltype(Cursor::output)*>(nullptr));
    else return smallest_result<decltype(Cursor::body)>();
  }
  template <class... Output> static constexpr int smallest_of(arguments<Output...>*) {
    int bytes = 8;
    ((bytes = int{sizeof(*std::declval<Output&>().target.base)} < bytes
                  ? int{sizeof(*std::declval<Output&>().target.base)}
                  : bytes),
     ...);
    return bytes;
  }

  /// accesses_of(width): every operand and result can be read and written by so many elements at once.
  [[nodiscard]] bool accesses_of(int width) {
    if (width == 1) return true;
    if (lane_count() % width != 0) return false;
    return wide_accesses(*this, root_, lane_count(), width);
  }

  [[nodiscard]] std::int64_t lane_count() const {
    return S::lane_axis < 0 ? 1 : this->extent_of(S::lane_axis);
  }
  /// The axes that are not reduced; the lane axis in pieces of `width` if it is one of them.
  [[nodiscard]] kernel::axes_walk<S> outer_walk(int width) const {
    kernel::axes_walk<S> walk;
    for (int axis = 0; axis < axes; ++axis) {
      std::int64_t const n = S::in_row(axis) ? 1 : job_.extent[axis];
      walk.set(axis, axis == S::lane_axis && !S::in_row(axis) ? (n + width - 1) / width : n);
    }
    return walk;
  }
  /// The reduced axes but the lane axis.
  [[nodiscard]] kernel::axes_walk<S> row_walk() const {
    kernel::axes_walk<S> walk;
    for (int axis = 0; axis < axes; ++axis)
      walk.set(axis, S::in_row(axis) && axis != S::lane_axis ? job_.row.of[axis] : 1);
    return walk;
  }

  template <class F> void launch_elementwise(F const& f) {
    elementwise_kernels<E, root, S, widest()>{root_, job_}.launch(f);
  }

  /// Few long rows, or columns, are spread over the GPU.
  static constexpr std::int64_t parted_from =
      S::lanes_reduced ? 2 * elements_of_part : 2 * elements_of_part / columns_of_block;
  static constexpr bool may_be_parted = root::level > 0 && !root::has_scan &&
                                        (root::row_size == dyn || root::row_size >= parted_from);

  [[nodiscard]] std::int64_t row_count() const { return outer_walk(1).count(); }
  [[nodiscard]] std::int64_t row_elements() const { return row_walk().count() * lane_count(); }
  /// parts(): of each row or column; 0 where it is the work of one block, or of those of a cluster.
  [[nodiscard]] std::int64_t parts() const {
    if constexpr (!S::lanes_reduced) {
      return parts_of_columns(row_count(), row_walk().count());
    } else {
      if constexpr (needs_limits) {
        auto const r = rows_to_share<long_row<1, kernel::row_reader::streamed>>();
        if (one_launch(r, share_rows(r, limits_))) return 0;
      }
      return parts_of_rows(row_count(), row_elements());
    }
  }

  template <class F> void launch_rows(F const& f, void* workspace) {
    if (accesses_of(widest())) rows_of<widest()>(f, workspace);
    else rows_of<1>(f, workspace);
  }
  /// Rows that fit in the registers of 8 threads, a warp, 256 or 1024 threads; else piece by piece.
  template <int Width, class F> void rows_of(F const& f, void* workspace) {
    if constexpr (may_be_parted) {
      if (workspace != nullptr && parts() > 0) return parts_of<1, Width>(f, workspace);
    }
    constexpr int few = Width >= 4 ? 1 : 4 / Width;
    constexpr int many = Width >= 16 ? 1 : 16 / Width;
    using kernel::row_reader;
    std::int64_t const n = row_walk().count() == 1 ? lane_count() : narrow_limit;
    if (held_by<8, Width, few, 0>(n, f)) return;
    if (held_by<32, Width, many, 8 * Width * few>(n, f)) return;
    if (held_by<256, Width, many, 32 * Width * many>(n, f)) return;
    if (held_by<1024, Width, many, 256 * Width * many>(n, f)) return;
    if constexpr (needs_limits) {
      using K = long_row<Width, row_reader::streamed>;
      auto const share = share_rows(rows_to_share<K>(), limits_);
      if constexpr (some_gpu_keeps<K>()) {
        if (share.kept == rows_to_share<K>().pieces_of(share.blocks))
          return rows_by<long_row<Width, row_reader::shared>>(f, share);
      }
      rows_by<K>(f, share);
    } else {
      rows_by<long_row<Width, row_reader::streamed>>(f);
    }
  }
  /// The kernel of rows that registers do not hold.
  template <int Width, kernel::row_reader Reader>
  using long_row = kernel::row_program<root, S, 512, Width, (Width >= 16 ? 1 : 16 / Width), Reader>;
  template <class K> [[nodiscard]] long_rows rows_to_share() const {
    return {row_count(),
            lane_count(),
            row_walk().count(),
            K::piece,
            K::room::bytes_of(K::kept_bytes),
            std::int64_t{sizeof(typename K::shared_plan)},
            K::may_be_shared};
  }
  /// A size known when compiling, of which some GPU keeps all: there is a kernel for that alone.
  template <class K> static constexpr bool some_gpu_keeps() {
    if constexpr (root::row_size == dyn) {
      return false;
    } else {
      long_rows const r{1,
                        root::row_size,
                        1,
                        K::piece,
                        K::room::bytes_of(K::kept_bytes),
                        std::int64_t{sizeof(typename K::shared_plan)},
                        K::may_be_shared};
      auto const share = share_rows(r, limits_of_sm90);
      return share.kept == r.pieces_of(share.blocks);
    }
  }
  /// Rows longer than Shorter that Team threads hold; a size known when compiling leaves one of them.
  template <int Team, int Width, int Vectors, int Shorter, class F>
  bool held_by(std::int64_t n, F const& f) {
    constexpr std::int64_t most = std::int64_t{Team} * Width * Vectors;
    constexpr bool possible =
        root::row_size == dyn || (root::row_size > Shorter && root::row_size <= most);
    if constexpr (possible) {
      if (n > most) return false;
      rows_by<kernel::row_program<root, S, Team, Width, Vectors, kernel::row_reader::held>>(f);
      return true;
    }
    return false;
  }
  template <class K, class F> void rows_by(F const& f, kernel::row_share const& share = {}) {
    K k{root_, outer_walk(1), row_walk(), 0, lane_count(), 1, share};
    k.row_count = k.rows.count();
    k.positions = k.row_walk.count();
    std::int64_t const clusters = (k.row_count + K::rows_per_block - 1) / K::rows_per_block;
    f(k, kernel::blocks_for(clusters * share.blocks) / share.blocks * share.blocks);
  }

  /// A launch for each pass from Pass on, and one for the results.
  template <int Pass, int Width, class F> void parts_of(F const& f, void* workspace) {
    using K = kernel::row_parts<root, S, Pass, Width, (Width >= 16 ? 1 : 16 / Width)>;
    bool const one = K::writes && single_results();
    std::int64_t const of_lanes = (lane_count() + K::piece - 1) / K::piece;
    auto const n = static_cast<int>(parts());
    K k{root_,
        outer_walk(1),
        row_walk(),
        lane_count(),
        of_lanes,
        1,
        1,
        one ? 1 : n,
        {static_cast<std::uint32_t*>(workspace), row_count(), n}};
    if (!one) k.pieces = of_lanes * k.row_walk.count();
    k.pieces_of_part = (k.pieces + k.parts - 1) / k.parts;
    f(k, static_cast<int>(row_count()) * k.parts);
    if constexpr (!K::writes) parts_of<Pass + 1, Width>(f, workspace);
  }
  /// All results have one element of a row.
  [[nodiscard]] bool single_results() {
    bool single = true;
    root_.visit([&](auto& c) {
      if constexpr (requires { c.target; })
        for (int axis = 0; axis < S::axes; ++axis)
          single = single && (!S::in_row(axis) || c.extents.of[axis] == 1);
    });
    return single;
  }

  template <class F> void launch_columns(F const& f, void* workspace) {
    if (accesses_of(widest())) columns_of<widest()>(f, workspace);
    else columns_of<1>(f, workspace);
  }
  template <int Width, class F> void columns_of(F const& f, [[maybe_unused]] void* workspace) {
    if constexpr (may_be_parted) {
      if (workspace != nullptr && parts() > 0) return column_parts_of<1, Width>(f, workspace);
    }
    using K = kernel::column_program<root, S, Width>;
    kernel::axes_walk<S> reduced = row_walk();
    K k{root_, outer_walk(Width), reduced, 0, lane_count(), reduced.count()};
    k.count = k.walk.count();
    f(k, kernel::blocks_for((k.count + K::vectors_per_block - 1) / K::vectors_per_block));
  }
  /// A launch for each pass from Pass on, and one for the results.
  template <int Pass, int Width, class F> void column_parts_of(F const& f, void* workspace) {
    using K = kernel::column_parts<root, S, Pass, Width>;
    bool const one = K::writes && single_results();
    auto const n = static_cast<int>(parts());
    K k{root_,
        outer_walk(Width),
        row_walk(),
        0,
        lane_count(),
        1,
        1,
        1,
        one ? 1 : n,
        {static_cast<std::uint32_t*>(workspace), row_count(), n}};
    k.count = k.walk.count();
    while (k.across < arch::gpu::warp_size && k.across < k.count) k.across *= 2;
    if (!one) k.length = k.reduced.count();
    k.length_of_part = (k.length + k.parts - 1) / k.parts;
    f(k, static_cast<int>((k.count + k.across - 1) / k.across) * k.parts);
    if constexpr (!K::writes) column_parts_of<Pass + 1, Width>(f, workspace);
  }

  launch_limits limits_;
};

}  // namespace deepseek::plan::gpu
