// SPDX-License-Identifier: Apache-2.0
/// @file What running an expression will cost, before it runs: its kernels one by one, bytes and flops.
#pragma once
#include <cstdint>

#include <deepseek/expr/cost.hpp>
#include <deepseek/plan/names.hpp>
#include <deepseek/plan/kernel_count.hpp>
#include <deepseek/plan/row_statistics.hpp>

namespace deepseek {
namespace plan {

/// traffic: bytes between memory and the processor when every element is moved once.
struct traffic {
  double read_bytes = 0;
  double written_bytes = 0;
};

/// seen_operands: operands already counted; two leaves of the same memory and strides are one.
struct seen_operands {
  static constexpr int most = 64;
  struct entry {
    void const* data;
    std::int64_t size;
    std::int64_t stride[max_rank];
    int rank;
  };
  entry of[most];
  int count = 0;

  template <class View> bool add(View const& v) {
    entry fresh{v.data(), v.size(), {}, View::rank};
    for (int axis = 0; axis < View::rank; ++axis) fresh.stride[axis] = v.stride(axis);
    for (int i = 0; i < count && fresh.data != nullptr; ++i) {
      bool same = of[i].data == fresh.data && of[i].size == fresh.size && of[i].rank == fresh.rank;
      for (int axis = 0; axis < View::rank && same; ++axis)
        same = of[i].stride[axis] == fresh.stride[axis];
      if (same) return false;
    }
    if (count < most) of[count++] = fresh;
    return true;
  }
};

/// Elements of a view that are different places in memory: an axis of stride 0 counts once.
template <class View> double different_elements(View const& v) {
  double n = 1;
  for (int axis = 0; axis < View::rank; ++axis)
    n *= v.stride(axis) == 0 && v.extent(axis) > 0 ? 1.0 : static_cast<double>(v.extent(axis));
  return n;
}

template <class E> void add_reads(E const& e, seen_operands& seen, double& bytes) {
  if constexpr (expr::detail::is_leaf<E>) {
    using V = typename E::value_type;
    if (seen.add(e.source)) bytes += different_elements(e.source) * sizeof(V);
  } else if constexpr (expr::detail::is_gather<E>) {
    using V = typename E::value_type;
    bytes += static_cast<double>(e.extents().size()) * sizeof(V);
    add_reads(get<1>(e.operands), seen, bytes);
  } else {
    expr::for_each_operand(e, [&](auto const& operand) { add_reads(operand, seen, bytes); });
  }
}

template <class E> double written_bytes_of(E const& e) {
  if constexpr (expr::detail::is_outputs<E>) {
    double bytes = 0;
    expr::for_each_operand(e, [&](auto const& output) { bytes += written_bytes_of(output); });
    return bytes;
  } else if constexpr (expr::detail::is_let<E> || expr::detail::is_let_results<E>) {
    return written_bytes_of(get<1>(e.operands));
  } else if constexpr (expr::detail::is_call<E>) {
    return apply(
        [](auto const&... result) {
          return (0.0 + ... +
                  static_cast<double>(
                      result.extents.size() *
                      std::int64_t{
                          sizeof(typename std::remove_cvref_t<decltype(result)>::value_type)}));
        },
        e.results);
  } else {
    return static_cast<double>(e.extents().size()) * sizeof(typename E::value_type);
  }
}

/// traffic_of(kernel, written_bytes): of one kernel that writes so many bytes.
template <class E> traffic traffic_of(E const& kernel, double written_bytes) {
  seen_operands seen;
  traffic t;
  add_reads(kernel, seen, t.read_bytes);
  t.written_bytes = written_bytes;
  return t;
}

/// for_each_kernel<Fusion>(e, f): f(kernel, bytes it writes) for every kernel that evaluating e runs, in
/// their order, on a machine that fuses what Fusion says (plan/fuse.hpp). Nothing is run: operands that
/// kernels make stand as leaves without memory. They are written in the type they are computed in, e
/// itself in its own.
template <class Fusion = fuses_all, class E, class F> void for_each_kernel(E const& e, F const& f);
template <class Fusion, class E, class F>
void for_each_kernel_writing(E const& e, F const& f, double written_bytes);

template <class Fusion, class F> struct visit_only {
  F const& f;
  template <class E> evaluated_t<E> operator()(E const& e) const {
    return written<kept_type_t<E>>(e);
  }
  template <class E> stored_operand_t<E> stored(E const& e) const {
    return written<typename E::value_type>(e);
  }
  template <class Call> results_in_memory_t<Call> results(Call const& call) const {
    for_each_kernel<Fusion>(call, f);
    return apply(
        [](auto const&... result) {
          return results_in_memory_t<Call>{
              {{unwritten<typename std::remove_cvref_t<decltype(result)>::value_type>(
                  result.extents)}...}};
        },
        call.results);
  }
  template <class Leaf> auto copy(Leaf const& leaf) const {
    f(leaf, written_bytes_of(leaf));
    using View = view<typename Leaf::value_type const, typename Leaf::dims_type>;
    return expr::leaf<View, storage>{View{nullptr, leaf.extents()}, storage{}};
  }
  template <class Gather> void check_indices(Gather const&) const {}

 private:
  template <class T, class Dims> static expr::stored_t<T, Dims> unwritten(Dims const& extents) {
    return expr::stored_t<T, Dims>{view<T const, Dims>{nullptr, extents}, storage{}};
  }
  template <class T, class E> expr::stored_t<T, typename E::dims_type> written(E const& e) const {
    for_each_kernel_writing<Fusion>(e, f, static_cast<double>(e.extents().size()) * sizeof(T));
    return unwritten<T>(e.extents());
  }
};

/// with_prologues<Fusion>(product, visit): the product over what is evaluated where it reads its
/// operands, and over leaves.
template <class Fusion, class E, class Visit> auto with_prologues(E const& e, Visit const& visit) {
  auto const stored = [&](auto const& x) {
    if constexpr (expr::detail::is_leaf<std::remove_cvref_t<decltype(x)>>) return x;
    else if constexpr (std::is_same_v<Fusion, fuses_all>) return visit(x);
    else return visit.stored(x);
  };
  auto const operand = [&]<int I>() {
    constexpr operand_is way = Fusion::template operand<E, I>();
    auto const& x = get<I>(e.operands);
    if constexpr (way == operand_is::stored) return stored(x);
    else if constexpr (way == operand_is::computed) return isolated(x, visit);
    else return with_statistics(isolated(x, visit), empty_scope{}, visit);
  };
  auto const a = operand.template operator()<0>();
  auto const b = operand.template operator()<1>();
  if constexpr (expr::detail::is_grouped<E>) return rebuilt(e, a, b, stored(get<2>(e.operands)));
  else if constexpr (expr::detail::takes_tf32<E>) return rebuilt(e, a, b, get<2>(e.operands));
  else return rebuilt(e, a, b);
}

/// with_product<Leaf>(e, product): e with the product in its leaf's place.
template <class Leaf, class E, class Product>
auto with_product(E const& e, Product const& product) {
  if constexpr (std::is_same_v<E, Leaf>) return product;
  else if constexpr (leaf_count<E, Leaf>() == 0) return e;
  else
    return apply(
        [&](auto const&... operand) { return rebuilt(e, with_product<Leaf>(operand, product)...); },
        e.operands);
}

template <class Fusion, class E, class F>
void for_each_kernel_writing(E const& e, F const& f, double written_bytes) {
  visit_only<Fusion, F> const visit{f};
  if constexpr (expr::detail::is_contract<E>) {
    f(with_prologues<Fusion>(e, visit), written_bytes);
  } else if constexpr (Fusion::template takes_epilogue<E>()) {
    auto const& product = the_product(e);
    using Leaf = product_leaf<product_t<E>>;
    Leaf const leaf{typename Leaf::view_type{nullptr, product.extents()}};
    auto const above = isolated(with_leaf(e, leaf), visit);
    f(with_product<Leaf>(above, with_prologues<Fusion>(product, visit)), written_bytes);
  } else if constexpr (is_turned_product<E>()) {
    for_each_kernel_writing<Fusion>(get<0>(e.operands), f, written_bytes);
  } else if constexpr (Fusion::epilogue && turns<E>()) {
    for_each_kernel_writing<Fusion>(in_order_of_product(e), f, written_bytes);
  } else if constexpr (expr::detail::is_call<E>) {
    auto const in_memory = [&](auto const& operand) {
      using Operand = std::remove_cvref_t<decltype(operand)>;
      if constexpr (is_stored<Operand, empty_scope>()) return the_leaf(operand, empty_scope{});
      else return visit.stored(operand);
    };
    auto const call = apply(
        [&](auto const&... operand) { return rebuilt(e, in_memory(operand)...); }, e.operands);
    f(call, written_bytes_of(call));
  } else if constexpr (expr::detail::is_result<E>) {
    for_each_kernel<Fusion>(get<0>(e.operands), f);
  } else if constexpr (expr::detail::is_let_results<E>) {
    for_each_kernel_writing<Fusion>(unpacked<0>(e, visit.results(get<0>(e.operands))), f,
                                    written_bytes);
  } else {
    using Map = identity_map<E::rank>;
    constexpr unsigned set = kernel_set<E, Map, empty_scope, E::rank>();
    f(isolate<set, Map, E::rank>(e, empty_scope{}, visit), written_bytes);
  }
}

template <class Fusion, class E, class F> void for_each_kernel(E const& e, F const& f) {
  for_each_kernel_writing<Fusion>(e, f, written_bytes_of(e));
}

}  // namespace plan

/// bytes_moved(e): bytes that evaluating e reads and writes when each operand is read once by each kernel
/// that needs it and each result written once, temporaries included.
///
/// @units   bytes        @cost nothing runs
template <operand X> double bytes_moved(X const& x) {
  double bytes = 0;
  plan::for_each_kernel(plan::resolve_names(as_expression(x)),
                        [&](auto const& kernel, double written) {
                          plan::traffic const t = plan::traffic_of(kernel, written);
                          bytes += t.read_bytes + t.written_bytes;
                        });
  return bytes;
}

/// flops(e): operations to evaluate e; a value with an identity (let, named, fused) counts once.
///
/// @units   floating-point operations, as the rules count them: + - * 1, / 4, exp 16, …
template <operand X> double flops(X const& x) {
  return expr::total_flops(plan::resolve_names(as_expression(x)));
}

}  // namespace deepseek
