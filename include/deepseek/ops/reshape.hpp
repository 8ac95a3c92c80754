// SPDX-License-Identifier: Apache-2.0
/// @file reshape: the same elements, in row-major order, under other extents.
#pragma once
#include <deepseek/expr/map.hpp>
#include <deepseek/ops/detail/view_verb.hpp>

namespace deepseek {

namespace detail {
template <class D> constexpr std::int64_t static_size() {
  std::int64_t size = 1;
  for (int axis = 0; axis < D::rank; ++axis) {
    if (D::static_extent(axis) == dyn) return dyn;
    size *= D::static_extent(axis);
  }
  return size;
}

/// The product of the extents that are not dyn.
template <std::int64_t... E>
inline constexpr std::int64_t known_size = (std::int64_t{1} * ... * (E == dyn ? 1 : E));
}  // namespace detail

/// reshape_conformable<D, To>: the sizes agree, as far as types know.
template <class D, class To>
concept reshape_conformable = detail::static_size<D>()
== dyn || detail::static_size<To>() == dyn || detail::static_size<D>() == detail::static_size<To>();

namespace why {
template <class D> struct shape_holder { using dims_type = D; };
template <bool Holds, class... Facts> struct reshape_sizes {
  static_assert(Holds,
                "[DS-RESHAPE-STATIC] reshape(x, dims): x has another number of elements than dims; "
                "see extents_of<first, x...>, extents_of<second, dims...>. Fix: extents with the "
                "same product.");
};
template <bool Holds, class... Facts> struct reshape_infers_one_extent {
  static_assert(Holds,
                "[DS-RESHAPE-INFER] reshape<extents...>(x): more than one extent is dyn, or x does "
                "not divide by the others; see extents_of<first, x...>, extents_of<second, "
                "extents...>. Fix: give all but one.");
};
}  // namespace why

namespace detail {
template <class D, class To>
[[noreturn]] DEEPSEEK_NOINLINE void fail_reshape(D const& d, To const& to) {
  throw shape_error(text{} << "[DS-RESHAPE-SIZE] reshape(x, dims): x is " << d << " with "
                           << d.size() << " elements and dims is " << to << " with " << to.size()
                           << ". Fix: extents with the same product.");
}
template <class D> [[noreturn]] DEEPSEEK_NOINLINE void fail_infer(D const& d, std::int64_t known) {
  throw shape_error(text{} << "[DS-RESHAPE-INFER] reshape<extents...>(x): x is " << d << " with "
                           << d.size() << " elements, which " << known
                           << ", the product of the given extents, does not divide. Fix: other "
                              "extents.");
}

/// passes_reshape<E>: each operand of the map E is a number or has E's own extents, by type, so that
/// reshaping E is reshaping its operands.
template <class E> constexpr bool passes_reshape() {
  if constexpr (!expr::detail::is_map<E>) {
    return false;
  } else {
    return expr::fold_operands<E>([]<class... Operand>() {
      constexpr int shaped = (0 + ... + (Operand::rank > 0 ? 1 : 0));
      constexpr bool alike =
          ((Operand::rank == 0 ||
            (std::is_same_v<typename Operand::dims_type, typename E::dims_type> &&
             E::dims_type::dynamic_count == 0)) &&
           ...);
      return shaped == 1 || (shaped > 1 && alike);
    });
  }
}

template <class E, class Dims> constexpr auto reshaped(E const& e, Dims const& extents);

/// An operand of rank 0 broadcasts to any extents as it is.
template <class E, class Dims> constexpr auto reshaped_operand(E const& e, Dims const& extents) {
  if constexpr (E::rank == 0) return e;
  else return reshaped(e, extents);
}

/// reshaped(node, extents): row-major leaves get other extents, maps hand it on, all else is evaluated.
template <class E, class Dims> constexpr auto reshaped(E const& e, Dims const& extents) {
  if constexpr (expr::detail::is_leaf<E>) {
    using View = typename E::view_type;
    if constexpr (std::is_same_v<typename View::layout_type, row_major>) {
      using To = view<typename View::element_type, Dims>;
      return expr::leaf<To, std::remove_cvref_t<decltype(e.owner)>>{
          To{e.source.data(), extents, {}, e.source.space()}, e.owner};
    } else {
      return expr::reshape_node<Dims, E>{extents, e};
    }
  } else if constexpr (passes_reshape<E>()) {
    return apply(
        [&](auto const&... operand) {
          return expr::make_map(e.rule, reshaped_operand(operand, extents)...);
        },
        e.operands);
  } else {
    return expr::reshape_node<Dims, E>{extents, e};
  }
}
}  // namespace detail

/// reshape(x, dims<...>{...}): the elements of x, in row-major order, under other extents.
///
///   y at row-major number k = x at row-major number k
///
/// @shape   x: any -> dims; the products of the extents are equal        @dtype any, unchanged
/// @cost    nothing for row-major memory and maps of it (they fuse); else x is evaluated into memory
///          first, unless it is a view whose elements lie one after the other. Of a row-major tensor
///          or view it is a view, which can be assigned to
/// @life    views an lvalue tensor, owns an rvalue one
/// @fails   [DS-RESHAPE-STATIC] static · shape_error [DS-RESHAPE-SIZE]
template <operand X, extents_type To> constexpr auto reshape(X&& x, To const& extents) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    using D = detail::shape_of<X>;
    if constexpr (!reshape_conformable<D, To>) {
      (void)sizeof(why::reshape_sizes<reshape_conformable<D, To>,
                                      why::extents_fact<why::first, why::shape_holder<D>>,
                                      why::extents_fact<why::second, why::shape_holder<To>>>);
      return why::invalid{};
    } else {
      if (x.extents().size() != extents.size()) detail::fail_reshape(x.extents(), extents);
      if constexpr (detail::row_major_memory<X>)
        return detail::same_elements(static_cast<X&&>(x), extents);
      else return detail::reshaped(as_expression(static_cast<X&&>(x)), extents);
    }
  }
}

/// reshape<E...>(x): the same with extents in the type; one may be dyn and follows from the others.
///
///   reshape<dyn, 64>(x) is NumPy's x.reshape(-1, 64)
///
/// @shape   x: any -> dims<E...>; an inferred extent is static where x's size is   @dtype any, unchanged
/// @cost    as above                                                               @life as above
/// @fails   [DS-RESHAPE-STATIC], [DS-RESHAPE-INFER] static · shape_error [DS-RESHAPE-SIZE],
///          [DS-RESHAPE-INFER] the given extents do not divide the size
template <std::int64_t... E, operand X>
requires(sizeof...(E) > 0) constexpr auto reshape(X&& x) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    using D = detail::shape_of<X>;
    constexpr std::int64_t known = detail::known_size<E...>;
    constexpr std::int64_t size = detail::static_size<D>();
    constexpr int missing = dims<E...>::dynamic_count;
    constexpr bool holds =
        missing == 0 ||
        (missing == 1 && (size == dyn || (known > 0 ? size % known == 0 : size == 0)));
    (void)sizeof(
        why::reshape_infers_one_extent<holds, why::extents_fact<why::first, why::shape_holder<D>>,
                                       why::extents_of<why::second, E...>>);
    if constexpr (!holds) {
      return why::invalid{};
    } else if constexpr (missing == 0 || size == dyn) {
      dims<E...> extents;
      if constexpr (missing == 1) {
        std::int64_t const n = x.extents().size();
        if (known == 0 ? n != 0 : n % known != 0) detail::fail_infer(x.extents(), known);
        extents = dims<E...>{known == 0 ? std::int64_t{0} : n / known};
      }
      return reshape(static_cast<X&&>(x), extents);
    } else {
      constexpr std::int64_t inferred = known == 0 ? 0 : size / known;
      return reshape(static_cast<X&&>(x), dims<(E == dyn ? inferred : E)...>{});
    }
  }
}

}  // namespace deepseek
