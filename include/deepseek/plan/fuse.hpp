// SPDX-License-Identifier: Apache-2.0
/// @file What can be part of the kernel of a product, decided by types alone: what stands above it, as
/// the epilogue, and what stands under its operands, as their prologues.
///
/// The epilogue is the kernel that would read the product from memory. It runs over a piece of the product
/// at a time, while that is in the cache, if it looks at each element where it stands and reduces along
/// rows at most: the product's place is taken by a leaf. Operands that are no tensors are evaluated when
/// they are packed: rows of a by any kernel along rows, blocks of b by maps.
#pragma once
#include <deepseek/plan/split.hpp>

namespace deepseek::plan {

/// operand_is: how an operand of a product comes to its kernel.
enum class operand_is : unsigned char {
  stored,      ///< in memory
  computed,    ///< evaluated where the product reads it
  normalized,  ///< the same, after a kernel that evaluates a number for each of its rows
};

/// a_product: the owner of the leaf that stands for a product in its epilogue.
struct a_product {};
template <class E>
using product_leaf =
    expr::leaf<view<kept_type_t<E> const, typename E::dims_type, strided<E::rank>>, a_product>;

/// holds_product<E>: a product stands under E with nothing but rules, reductions and lets between.
template <class E> constexpr bool holds_product() {
  using namespace expr::detail;
  if constexpr (is_contract<E>) return true;
  else if constexpr (is_map<E> || is_reduce<E> || is_scan<E> || is_let<E> || is_store<E> ||
                     is_outputs<E>)
    return expr::fold_operands<E>(
        []<class... Operand>() { return (false || ... || holds_product<Operand>()); });
  else return false;
}

/// product_operand<E>: the operand of E under which the first product stands.
template <class E, int I = 0> constexpr int product_operand() {
  if constexpr (holds_product<expr::operand_t<E, I>>()) return I;
  else return product_operand<E, I + 1>();
}

/// the_product(e): that product.
template <class E> constexpr auto const& the_product(E const& e) {
  if constexpr (expr::detail::is_contract<E>) return e;
  else return the_product(get<product_operand<E>()>(e.operands));
}
template <class E>
using product_t = std::remove_cvref_t<decltype(the_product(std::declval<E const&>()))>;

/// with_leaf(e, leaf): e with a leaf in the place of its first product.
template <class E, class Leaf> constexpr auto with_leaf(E const& e, Leaf const& leaf) {
  if constexpr (expr::detail::is_contract<E>) {
    return leaf;
  } else {
    return [&]<int... I>(std::integer_sequence<int, I...>) {
      auto const operand = [&]<int J>() {
        if constexpr (J == product_operand<E>()) return with_leaf(get<J>(e.operands), leaf);
        else return get<J>(e.operands);
      };
      return rebuilt(e, operand.template operator()<I>()...);
    }
    (std::make_integer_sequence<int, E::operand_count>{});
  }
}

/// use_of: whether the product's elements are needed, and only where they stand.
enum class use_of { nothing, elements, others };
constexpr use_of worst(use_of a, use_of b) { return a > b ? a : b; }

template <class... Id> struct product_variables {
  template <class More> using with = product_variables<More, Id...>;
};
template <class Id, class... Known> constexpr bool is_known(product_variables<Known...>) {
  return (false || ... || std::is_same_v<Id, Known>);
}

/// use_of_product<E, Leaf, Variables>: how E uses the leaf, or a variable bound to something that does.
template <class E, class Leaf, class Variables = product_variables<>>
constexpr use_of use_of_product() {
  using namespace expr::detail;
  auto const of_operands = [] {
    return expr::fold_operands<E>([]<class... Operand>() {
      use_of all = use_of::nothing;
      ((all = worst(all, use_of_product<Operand, Leaf, Variables>())), ...);
      return all;
    });
  };
  if constexpr (std::is_same_v<E, Leaf>) {
    return use_of::elements;
  } else if constexpr (is_leaf<E> || is_scalar<E> || is_generate<E>) {
    return use_of::nothing;
  } else if constexpr (is_variable<E>) {
    return is_known<typename E::id_type>(Variables{}) ? use_of::elements : use_of::nothing;
  } else if constexpr (is_let<E>) {
    constexpr use_of bound = use_of_product<expr::operand_t<E, 0>, Leaf, Variables>();
    using Body = expr::operand_t<E, 1>;
    if constexpr (bound == use_of::nothing) {
      return use_of_product<Body, Leaf, Variables>();
    } else {
      using More = typename Variables::template with<typename E::id_type>;
      return worst(bound, use_of_product<Body, Leaf, More>());
    }
  } else if constexpr (is_map<E> || is_reduce<E> || is_scan<E> || is_store<E> || is_outputs<E>) {
    return of_operands();
  } else {
    return of_operands() == use_of::nothing ? use_of::nothing : use_of::others;
  }
}

/// is_closed<E>: E mentions no variable of a let around it.
template <class E, class Variables = product_variables<>> constexpr bool is_closed() {
  using namespace expr::detail;
  if constexpr (is_variable<E>) {
    return is_known<typename E::id_type>(Variables{});
  } else if constexpr (is_let_results<E>) {
    return false;
  } else if constexpr (is_let<E>) {
    return is_closed<expr::operand_t<E, 0>, Variables>() &&
           is_closed<expr::operand_t<E, 1>,
                     typename Variables::template with<typename E::id_type>>();
  } else {
    return expr::fold_operands<E>(
        []<class... Operand>() { return (true && ... && is_closed<Operand, Variables>()); });
  }
}

/// leaf_count<E, Leaf>: how often the leaf occurs.
template <class E, class Leaf> constexpr int leaf_count() {
  if constexpr (std::is_same_v<E, Leaf>) return 1;
  else
    return expr::fold_operands<E>(
        []<class... Operand>() { return (0 + ... + leaf_count<Operand, Leaf>()); });
}

/// stores_have_rank<E, Rank>: axes of every result of E are those of the product.
template <class E, int Rank> constexpr bool stores_have_rank() {
  using namespace expr::detail;
  if constexpr (is_let<E>) return stores_have_rank<expr::operand_t<E, 1>, Rank>();
  else if constexpr (is_outputs<E>)
    return expr::fold_operands<E>(
        []<class... Output>() { return ((Output::rank == Rank) && ...); });
  else return E::rank == Rank;
}

/// kernel_axes<E>: the number of iteration axes that isolate and decide are asked with for a root E.
template <class E> constexpr bool is_root() {
  if constexpr (expr::detail::is_let<E>) return is_root<expr::operand_t<E, 1>>();
  else return expr::detail::is_outputs<E>;
}
template <class E> inline constexpr int kernel_axes = is_root<E>() ? 0 : E::rank;
template <class E> using kernel_map = identity_map<kernel_axes<E>>;

/// isolated(e, evaluate): e as one kernel, as isolate makes it.
template <class E, class Evaluate> auto isolated(E const& e, Evaluate& evaluate) {
  constexpr unsigned set = kernel_set<E, kernel_map<E>, empty_scope, kernel_axes<E>>();
  return isolate<set, kernel_map<E>, kernel_axes<E>>(e, empty_scope{}, evaluate);
}
template <class E>
using isolated_t = decltype(isolated(std::declval<E const&>(), std::declval<types_only&>()));

/// along_rows<E, Rank>: the kernel of E reduces along the last axis, or not at all.
template <class E, int Rank> constexpr bool along_rows() {
  constexpr unsigned set = kernel_set<E, kernel_map<E>, empty_scope, kernel_axes<E>>();
  return set == 0 || set == 1u << (Rank - 1);
}

/// is_epilogue<E>: E, an expression or a root, can run over pieces of the first product under it.
template <class E> constexpr bool is_epilogue() {
  if constexpr (expr::detail::is_contract<E> || !holds_product<E>()) {
    return false;
  } else {
    using Product = product_t<E>;
    using Leaf = product_leaf<Product>;
    using Over = decltype(with_leaf(std::declval<E const&>(), std::declval<Leaf const&>()));
    if constexpr (!is_closed<Product>() || !stores_have_rank<E, Product::rank>()) return false;
    else if constexpr (use_of_product<Over, Leaf>() != use_of::elements) return false;
    else if constexpr (!along_rows<Over, Product::rank>()) return false;
    else return leaf_count<isolated_t<Over>, Leaf>() == leaf_count<Over, Leaf>();
  }
}

/// is_rows_prologue<E>: blocks of rows of E can be evaluated when they are packed.
template <class E> constexpr bool is_rows_prologue() {
  using namespace expr::detail;
  if constexpr (is_leaf<E> || needs_memory<E>() || is_let_results<E> || holds_product<E>())
    return false;
  else return along_rows<E, E::rank>();
}

/// is_block_prologue<E>: any block of E can be.
template <class E> constexpr bool is_block_prologue() {
  if constexpr (!is_rows_prologue<E>()) return false;
  else return kernel_set<E, kernel_map<E>, empty_scope, kernel_axes<E>>() == 0;
}

/// no_fusion, fuses_all: what a machine makes part of a product's kernel: takes_epilogue<E>() and
/// operand<Product, I>() say it of an expression and of an operand. Machine::fusion is one of these, or
/// on_gpu (plan/gpu/product_prologue.hpp).
struct no_fusion {
  static constexpr bool epilogue = false;
  template <class E> static constexpr bool takes_epilogue() { return false; }
  template <class Product, int I> static constexpr operand_is operand() {
    return operand_is::stored;
  }
};
struct fuses_all {
  static constexpr bool epilogue = true;
  template <class E> static constexpr bool takes_epilogue() { return is_epilogue<E>(); }
  template <class Product, int I> static constexpr operand_is operand() {
    using E = expr::operand_t<Product, I>;
    constexpr bool possible = I == 0 ? is_rows_prologue<E>() : is_block_prologue<E>();
    return possible ? operand_is::computed : operand_is::stored;
  }
};

}  // namespace deepseek::plan
