// SPDX-License-Identifier: Apache-2.0
/// @file einsum: products and sums of axes that have names.
#pragma once
#include <cstdint>

#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/cast.hpp>
#include <deepseek/ops/detail/einsum_views.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/reduce_rules.hpp>

namespace deepseek {

namespace why {
template <char Letter> struct letter_is;
template <class Operand, int Value> struct letters_of;
template <bool Holds, class... Facts> struct einsum_character {
  static_assert(
      Holds,
      "[DS-EINSUM-TEXT] einsum<\"ij,jk->ik\">: a character is no letter, or a comma or an "
      "arrow is too many; it is in letter_is<c>. Fix: letters, one or two operands, one "
      "arrow.");
};
template <bool Holds, class... Facts> struct einsum_operands {
  static_assert(
      Holds,
      "[DS-EINSUM-OPERANDS] einsum<\"ij,jk->ik\">(a, b): the text has not as many operands "
      "as are given; the numbers are in letters_of<first, text> and letters_of<second, "
      "given>. Fix: a comma less, or more.");
};
template <bool Holds, class... Facts> struct einsum_ranks {
  static_assert(
      Holds,
      "[DS-EINSUM-RANK] einsum<\"ij,jk->ik\">(a, b): an operand has not as many axes as "
      "letters; see rank_of<operand, axes> and letters_of<operand, letters>. Fix: a letter "
      "for each axis.");
};
template <bool Holds, class... Facts> struct einsum_letter_count {
  static_assert(
      Holds,
      "[DS-EINSUM-AXES] einsum: the text has more than 8 different letters, more axes than "
      "an expression can have. Fix: reshape axes that go together into one.");
};
template <bool Holds, class... Facts> struct einsum_result {
  static_assert(
      Holds,
      "[DS-EINSUM-RESULT] einsum<\"ij,jk->ik\">: a letter of the result is in no operand, "
      "or comes twice; it is in letter_is<letter>. Fix: each axis of the result once, from "
      "an operand.");
};
template <bool Holds, class... Facts> struct einsum_extents {
  static_assert(
      Holds,
      "[DS-EINSUM-EXTENT] einsum<\"ij,jk->ik\">(a, b): axes of one letter have different "
      "extents; see letter_is<letter> and extents_of<operand, extents...>. Fix: slice, or "
      "another letter.");
};
}  // namespace why

namespace detail {

/// differing_letter(s, a, b): the first letter whose axes have different extents, of which none is dyn.
template <class Extent>
constexpr char differing_letter(subscripts const& s, Extent const& extent_of) {
  letters const all = s.all();
  for (int i = 0; i < all.count; ++i) {
    std::int64_t found = dyn;
    for (int o = 0; o < s.operands; ++o)
      for (int axis = 0; axis < s.operand[o].count; ++axis) {
        if (s.operand[o].at[axis] != all.at[i]) continue;
        std::int64_t const extent = extent_of(o, axis);
        if (found != dyn && extent != dyn && extent != found) return all.at[i];
        if (extent != dyn) found = extent;
      }
  }
  return 0;
}

template <class... D>
[[noreturn]] DEEPSEEK_NOINLINE void fail_einsum(char const* text_of, char letter,
                                                subscripts const& s, D const&... operand) {
  text message;
  message << "[DS-EINSUM-EXTENT] einsum<\"" << text_of << "\">: operands are";
  char const* between = " ";
  ((message << between << operand, between = " and "), ...);
  char const name[] = {letter, 0};
  message << "; " << name << " is";
  between = " ";
  int number = 0;
  auto const of = [&](auto const& d) {
    for (int axis = 0; axis < s.operand[number].count; ++axis)
      if (s.operand[number].at[axis] == letter) {
        message << between << d[axis];
        between = " and ";
      }
    ++number;
  };
  (of(operand), ...);
  throw shape_error(text{} << message << ". Fix: slice one of them; extents of 1 do not stretch.");
}

/// einsum_of_one<From, Result>(x): a diagonal, sums, another order.
template <letters From, letters Result, class X> constexpr auto einsum_of_one(X const& x) {
  constexpr letters names = From.once();
  auto const sums = summed<names, names.without(Result), rules::sum>(arranged<From, names>(x));
  return arranged<names, Result>(sums);
}

/// kept_as<V>(e): e in the type of V, where sums of integers are wider.
template <class V, class E> constexpr auto kept_as(E const& e) {
  if constexpr (std::is_same_v<typename E::value_type, V>) return e;
  else return deepseek::cast<V>(e);
}

/// einsum_of_rows<A, B, Result>(a, b): no matrix product: the products of both, summed up.
template <letters A, letters B, letters Result, class X, class Y>
constexpr auto einsum_of_rows(X const& a, Y const& b) {
  constexpr letters all = letters{Result}.add(letters{A}.add(B).once().without(Result));
  auto const products = deepseek::operator*(arranged<A, all>(a), arranged<B, all>(b));
  using V = typename std::remove_cvref_t<decltype(products)>::value_type;
  return kept_as<V>(arranged<all, Result>(summed<all, all.without(Result), rules::sum>(products)));
}

/// einsum_of_matrices<A, B, Result>(a, b): a matrix product. All rows but the last are batch axes of a,
/// as all columns are of b but the last: so the result is in memory as it is asked for.
template <letters A, letters B, letters Result, class X, class Y>
constexpr auto einsum_of_matrices(X const& a, Y const& b) {
  constexpr einsum_roles roles{A, B, Result};
  constexpr letters row = letters{}.add(roles.rows.at[roles.rows.count - 1]);
  constexpr letters column = letters{}.add(roles.columns.at[roles.columns.count - 1]);
  constexpr letters k = letters{}.add(roles.k.at[0]);
  constexpr letters batch = Result.without(row).without(column);
  constexpr letters from_a = merged_letters<A, roles.k>();
  constexpr letters from_b = merged_letters<B, roles.k>();
  // Batch axes in front that an operand has not are none of its axes.
  constexpr auto own = [](letters const& all, letters const& operand) {
    letters some;
    for (int i = 0; i < all.count; ++i)
      if (some.count > 0 || operand.has(all.at[i])) some.add(all.at[i]);
    return some;
  };
  constexpr letters to_a = own(batch, from_a).add(row).add(k);
  constexpr letters to_b = own(batch, from_b).add(k).add(column);
  auto const product = deepseek::matmul(arranged<from_a, to_a>(merged<A, roles.k>(a)),
                                        arranged<from_b, to_b>(merged<B, roles.k>(b)));
  return arranged<letters{batch}.add(row).add(column), Result>(product);
}

/// einsum_of_two<A, B, Result>(a, b): of letters that come once in each.
template <letters A, letters B, letters Result, class X, class Y>
constexpr auto einsum_of_two(X const& a, Y const& b) {
  constexpr einsum_roles roles{A, B, Result};
  constexpr bool product = roles.is_product();
  // What only one operand has is summed up first, unless the other one only stretches along it.
  constexpr letters sum_a = product || !A.has_all(B) ? roles.summed_a : letters{};
  constexpr letters sum_b = product || !B.has_all(A) ? roles.summed_b : letters{};
  if constexpr (sum_a.count > 0 || sum_b.count > 0) {
    return einsum_of_two<A.without(sum_a), B.without(sum_b), Result>(
        arranged<A, A.without(sum_a)>(summed<A, sum_a, rules::sum>(a)),
        arranged<B, B.without(sum_b)>(summed<B, sum_b, rules::sum>(b)));
  } else if constexpr (!product) {
    return einsum_of_rows<A, B, Result>(a, b);
  } else {
    constexpr char last_row = roles.rows.at[roles.rows.count - 1];
    constexpr char last_column = roles.columns.at[roles.columns.count - 1];
    if constexpr (Result.find(last_row) > Result.find(last_column))
      return einsum_of_matrices<B, A, Result>(b, a);
    else return einsum_of_matrices<A, B, Result>(a, b);
  }
}

/// einsum_of<S>(x...): of one operand or of two, whose letters and extents are right.
template <subscripts S, class X> constexpr auto einsum_of(X const& x) {
  return einsum_of_one<S.operand[0], S.result>(x);
}
template <subscripts S, class X, class Y> constexpr auto einsum_of(X const& x, Y const& y) {
  constexpr letters a = S.operand[0].once();
  constexpr letters b = S.operand[1].once();
  return einsum_of_two<a, b, S.result>(arranged<S.operand[0], a>(x), arranged<S.operand[1], b>(y));
}

/// einsum_checked<Text>(x...): the laws, in the order of their ids.
template <fixed_string Text, class... X> constexpr auto einsum_checked(X const&... x) {
  constexpr subscripts s = subscripts_of(Text);
  constexpr int rank[] = {X::rank..., 0};
  constexpr auto last = sizeof...(X) - 1;
  constexpr bool ranks = rank[0] == s.operand[0].count && rank[last] == s.operand[last].count;
  constexpr bool countable = s.all().count <= max_rank;
  constexpr char stray = s.stray();
  if constexpr (!ranks) {
    (void)sizeof(why::einsum_ranks<ranks, why::rank_of<why::first, rank[0]>,
                                   why::letters_of<why::first, s.operand[0].count>,
                                   why::rank_of<why::second, rank[1]>,
                                   why::letters_of<why::second, s.operand[1].count>>);
    return why::invalid{};
  } else if constexpr (!countable) {
    (void)sizeof(why::einsum_letter_count<countable>);
    return why::invalid{};
  } else if constexpr (stray != 0) {
    (void)sizeof(why::einsum_result<stray == 0, why::letter_is<stray>>);
    return why::invalid{};
  } else {
    constexpr char differing = differing_letter(s, [](int o, int axis) {
      std::int64_t found = dyn;
      int number = 0;
      ((found = number++ == o ? X::dims_type::static_extent(axis) : found), ...);
      return found;
    });
    if constexpr (differing != 0) {
      []<int... I>(std::integer_sequence<int, I...>) {
        (void)sizeof(why::einsum_extents<differing == 0, why::letter_is<differing>,
                                         why::extents_fact<why::operand_number<I>, X>...>);
      }
      (std::make_integer_sequence<int, int{sizeof...(X)}>{});
      return why::invalid{};
    } else {
      char const wrong = differing_letter(s, [&](int o, int axis) {
        std::int64_t found = dyn;
        int number = 0;
        ((found = number++ == o ? x.extents()[axis] : found), ...);
        return found;
      });
      if (wrong != 0) fail_einsum(Text.c_str(), wrong, s, x.extents()...);
      return einsum_of<s>(x...);
    }
  }
}
}  // namespace detail

/// einsum<"bqd,bkd->bqk">(a, b), einsum<"ij->ji">(a): NumPy's: axes with names; what the result does not name
/// is summed up.
///
///   einsum<"ik,kj->ij">(a, b)[i, j] = sum over k of a[i, k] * b[k, j]
///
/// @shape   a letter for each axis; axes of one letter have one extent, and 1 does not stretch. Without an
///          arrow the result has the letters that come once, in alphabetical order. A letter twice in an
///          operand is its diagonal. No ellipsis; at most 8 letters
/// @dtype   of two operands the common one, summed up as matmul does; of one as sum
/// @layout  any strides; a copy only of an operand in which several axes that both have and the result
///          has not do not follow each other in memory
/// @cost    a letter of each operand alone and one of both: a matrix product, with one kernel for it and what
///          stands above it, in any order of the result's axes; else a kernel of products and sums
/// @fails   [DS-EINSUM-TEXT], [DS-EINSUM-OPERANDS], [DS-EINSUM-RANK], [DS-EINSUM-AXES], [DS-EINSUM-RESULT],
///          [DS-EINSUM-EXTENT] static · shape_error [DS-EINSUM-EXTENT] when extents of a letter differ
template <fixed_string Text, operand... X> constexpr auto einsum(X&&... x) {
  if constexpr (!(valid<X> && ...)) {
    return why::invalid{};
  } else {
    constexpr detail::subscripts s = detail::subscripts_of(Text);
    constexpr int given = sizeof...(X);
    if constexpr (s.wrong != 0) {
      (void)sizeof(why::einsum_character<s.wrong == 0, why::letter_is<s.wrong>>);
      return why::invalid{};
    } else if constexpr (given != s.operands || given > 2) {
      (void)sizeof(why::einsum_operands < given == s.operands && given <= 2,
                   why::letters_of<why::first, s.operands>, why::letters_of < why::second,
                   given >>);
      return why::invalid{};
    } else {
      return detail::einsum_checked<Text>(as_expression(static_cast<X&&>(x))...);
    }
  }
}

}  // namespace deepseek
