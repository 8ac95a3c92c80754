// SPDX-License-Identifier: Apache-2.0
/// @file elementwise_kernels: which kernel computes results whose elements need no others.
#pragma once
#include <cstdint>

#include <deepseek/expr/bind.hpp>
#include <deepseek/kernel/elementwise.hpp>
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/loop/job.hpp>

namespace deepseek::plan::gpu {

/// static_elements<E>: of the one result of root E, where its type says it; else dyn.
template <class E> constexpr std::int64_t static_elements() {
  if constexpr (expr::detail::is_let<E>) {
    return static_elements<expr::operand_t<E, 1>>();
  } else if constexpr (expr::detail::is_store<E>) {
    std::int64_t n = 1;
    for (int axis = 0; axis < E::rank; ++axis) {
      std::int64_t const extent = E::dims_type::static_extent(axis);
      if (extent == dyn) return dyn;
      n *= extent;
    }
    return n;
  } else {
    std::int64_t n = dyn;
    expr::fold_operands<E>([&]<class... Output>() {
      if constexpr (sizeof...(Output) == 1) n = (0 + ... + static_elements<Output>());
    });
    return n;
  }
}

/// elementwise_kernels<Root, S, Widest, Elements>: Widest elements are the widest access to the smallest
/// type of a result.
template <class Root, class S, int Widest, std::int64_t Elements> class elementwise_kernels {
 public:
  elementwise_kernels(Root const& root, loop::job<S> const& job) : root_{root}, job_{job} {}

  /// f(kernel, blocks) of the one that suits; accesses_of(width): so many elements can be read and written
  /// at once.
  template <class F, class Accesses> void launch(F const& f, Accesses const& accesses_of) const {
    bool const wide = accesses_of(Widest);
    if constexpr (S::axes <= 1) {
      if (wide) along_lanes<Widest>(f);
      else along_lanes<1>(f);
    } else if (wide && elements() == lanes()) {
      along_lanes<Widest>(f);
    } else if (wide && lanes() % Widest == 0) {
      by_axes<Widest>(f);
    } else {
      by_axes<1>(f);
    }
  }

 private:
  static constexpr int vectors = 4;

  [[nodiscard]] std::int64_t lanes() const {
    return S::lane_axis < 0 ? 1 : job_.extent[S::lane_axis];
  }
  [[nodiscard]] std::int64_t elements() const {
    std::int64_t n = 1;
    for (int axis = 0; axis < S::axes; ++axis) n *= job_.extent[axis];
    return n;
  }

  template <int Width, class F> void along_lanes(F const& f) const {
    using K = kernel::elementwise<Root, S, Width, vectors, kernel::lane_walk<S>, Elements>;
    start(f, K{root_, {}, lanes() / Width, lanes() % Width});
  }
  template <int Width, class F> void by_axes(F const& f) const {
    using K = kernel::elementwise<Root, S, Width, vectors, kernel::axes_walk<S>, Elements>;
    kernel::axes_walk<S> walk;
    for (int axis = 0; axis < S::axes; ++axis)
      walk.set(axis, axis == S::lane_axis ? job_.extent[axis] / Width : job_.extent[axis]);
    start(f, K{root_, walk, walk.count(), 0});
  }
  template <class F, class K> static void start(F const& f, K const& k) {
    std::int64_t const pieces = (k.count + K::vectors_per_block - 1) / K::vectors_per_block;
    f(k, kernel::blocks_for(pieces > 0 ? pieces : 1));  // a rest alone is a block as well
  }

  Root root_;
  loop::job<S> const& job_;
};

}  // namespace deepseek::plan::gpu
