// SPDX-License-Identifier: Apache-2.0
/// @file cursor: a node bound to a loop. It knows where its elements are and gives one vector of them.
///
/// Lowering (lower.hpp) turns each node into a cursor; loop/row_loops.hpp drives the cursor of the
/// root. A program with reductions runs in passes: pass p accumulates every reduction of level p (one
/// that needs the results of level p - 1 at most), the pass after the last writes the outputs.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_cast.hpp>
#include <deepseek/arch/cpu/pack_convert.hpp>  // convert, iota
#include <deepseek/arch/cpu/pack_memory.hpp>
#include <deepseek/arch/cpu/pack_permute.hpp>
#include <deepseek/base/arguments.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/loop/position.hpp>

namespace deepseek::plan::host {

using loop::across_rows;
using loop::is_flat;
using loop::is_partial;
using loop::partial;
using loop::position;
using loop::whole;

/// value_pack<V, S>: the lanes of a value of dtype V under schedule S.
template <class V, class S>
using value_pack = std::conditional_t<
    std::is_same_v<V, bool>, arch::mask<typename S::lane_integer, S::lanes>,
    arch::pack<std::conditional_t<std::is_same_v<V, bool>, int, compute_t<V>>, S::lanes>>;

template <class P> inline constexpr bool is_mask = false;
template <class T, int N> inline constexpr bool is_mask<arch::mask<T, N>> = true;

/// as_operand<C, S>(p): p as lanes of the computing type C.
template <class C, class S, class P> DEEPSEEK_INLINE auto as_operand(P const& p) {
  if constexpr (std::is_same_v<C, bool>) {
    if constexpr (is_mask<P>) return arch::mask_cast<typename S::lane_integer>(p);
    else return arch::mask_cast<typename S::lane_integer>(p != P(typename P::element(0)));
  } else {
    using Pack = arch::pack<C, S::lanes>;
    if constexpr (is_mask<P>) return arch::select(arch::mask_cast<C>(p), Pack(C(1)), Pack(C(0)));
    else if constexpr (std::is_same_v<typename P::element, C>) return p;
    else return arch::convert<C>(p);
  }
}

/// lanes_below<P>(n): which lanes have a number under n.
template <class S> DEEPSEEK_INLINE auto lanes_below(int n) {
  using I = typename S::lane_integer;
  return arch::iota<I, S::lanes>() < arch::pack<I, S::lanes>(static_cast<I>(n));
}

/// row_values<V, S>: one value of dtype V for each row of a block.
template <class V, class S> struct row_values {
  using stored = std::conditional_t<std::is_same_v<V, bool>, bool, compute_t<V>>;
  alignas(arch::vector_bytes) stored value[S::lanes] = {};

  DEEPSEEK_INLINE void set(value_pack<V, S> const& p) {
    if constexpr (std::is_same_v<V, bool>) arch::store_mask(value, p);
    else arch::store(value, p);
  }
  /// Lane r is the value of row r.
  [[nodiscard]] DEEPSEEK_INLINE value_pack<V, S> at(position, across_rows) const {
    if constexpr (std::is_same_v<V, bool>)
      return arch::load_mask<S::lanes, typename S::lane_integer>(value);
    else return arch::load<S::lanes>(value);
  }
  /// Lane i is the value, a bool, of row[i].
  template <class Rows> [[nodiscard]] DEEPSEEK_INLINE value_pack<V, S> of_rows(Rows row) const {
    auto const bytes = arch::load<S::lanes>(reinterpret_cast<std::uint8_t const*>(value));
    return arch::mask_cast<typename S::lane_integer>(arch::permute(bytes, row) != 0);
  }
  /// Every lane is the value of its row.
  template <class Tail>
  [[nodiscard]] DEEPSEEK_INLINE value_pack<V, S> at(position p, Tail tail) const {
    if constexpr (!is_flat<Tail>) return value_pack<V, S>(value[p.block]);
    else if constexpr (!std::is_same_v<V, bool>)
      return arch::permute(arch::load<S::lanes>(value), tail.row_of_lane);
    else return of_rows(tail.row_of_lane);
  }
};

/// blend(m, a, b): a where m, else b, for packs and masks.
template <class M, class P> DEEPSEEK_INLINE P blend(M const& m, P const& a, P const& b) {
  if constexpr (is_mask<P>) {
    auto const mine = arch::mask_cast<typename P::element>(m);
    return (mine & a) | ((!mine) & b);
  } else {
    return arch::select(arch::mask_cast<typename P::element>(m), a, b);
  }
}

/// nothing: the accumulators of a node without reductions.
struct nothing {};

/// no_frames, frame<Id, Value, Parent>: the values of the variables in scope, innermost first.
struct no_frames {};
template <class Id, class Value, class Parent> struct frame {
  Value value;
  Parent const& parent;
};

template <class Id, class Env> struct find_frame;
template <class Id, class Value, class Parent> struct find_frame<Id, frame<Id, Value, Parent>> {
  static DEEPSEEK_INLINE Value const& in(frame<Id, Value, Parent> const& env) { return env.value; }
};
template <class Id, class Other, class Value, class Parent>
struct find_frame<Id, frame<Other, Value, Parent>> {
  static DEEPSEEK_INLINE auto const& in(frame<Other, Value, Parent> const& env) {
    return find_frame<Id, Parent>::in(env.parent);
  }
};

/// A cursor says, besides what loop/row_loops.hpp asks for:
///   level             passes that must be over before its value exists
///   row_invariant     its value is the same for all elements of a row
///   accumulates<P>    something under it accumulates in pass P
///   load_flops, step_flops<P>   operations per element: of its value, of what accumulates in pass P
///   flattens          it can run over a block of rows as over one (loop::flat)
///   load_reads<Id>    its value needs variable Id;  step_reads<P, Id>: what accumulates in pass P does

/// terminal: the base of cursors with nothing under them.
struct terminal {
  static constexpr int level = 0;
  static constexpr int load_flops = 0;
  static constexpr bool flattens = false;
  template <int Pass> static constexpr int step_flops = 0;
  template <int Pass> static constexpr bool accumulates = false;
  template <class Id> static constexpr bool load_reads = false;
  template <int Pass, class Id> static constexpr bool step_reads = false;
  template <int Pass> using acc = nothing;
  template <int Pass> static DEEPSEEK_INLINE nothing start() { return {}; }
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE void step(nothing&, Env const&, position, Tail) {}
  template <int Pass> static DEEPSEEK_INLINE void join(nothing&, nothing const&) {}
  template <int Pass, class Of, class Rows> DEEPSEEK_INLINE void finish(Of const&, Rows) {}
  template <int Pass, class Env> DEEPSEEK_INLINE void begin(Env const&) {}
  template <class F> void visit(F&&) {}
};

constexpr int largest(std::initializer_list<int> values) {
  int m = 0;
  for (int v : values) m = v > m ? v : m;
  return m;
}

/// inner<Children...>: the base of cursors with cursors under them: hands everything on.
template <class... Children> struct inner {
  arguments<Children...> child;

  static constexpr int level = largest({0, Children::level...});
  static constexpr int load_flops = (0 + ... + Children::load_flops);
  static constexpr bool flattens = false;
  template <int Pass>
  static constexpr int step_flops = (0 + ... + Children::template step_flops<Pass>);
  template <int Pass>
  static constexpr bool accumulates = (Children::template accumulates<Pass> || ...);
  template <class Id> static constexpr bool load_reads = (Children::template load_reads<Id> || ...);
  template <int Pass, class Id>
  static constexpr bool step_reads = (Children::template step_reads<Pass, Id> || ...);
  template <int Pass>
  using acc = std::conditional_t<accumulates<Pass>,
                                 arguments<typename Children::template acc<Pass>...>, nothing>;

  DEEPSEEK_INLINE void seek(std::int64_t const* at) {
    apply([&](auto&... c) DEEPSEEK_INLINE_LAMBDA { (c.seek(at), ...); }, child);
  }
  template <int Pass, class Env> DEEPSEEK_INLINE void begin(Env const& env) {
    apply([&](auto&... c) DEEPSEEK_INLINE_LAMBDA { (c.template begin<Pass>(env), ...); }, child);
  }
  template <class F> void visit(F&& f) {
    apply([&](auto&... c) DEEPSEEK_INLINE_LAMBDA { (c.visit(f), ...); }, child);
  }
  template <int Pass> static DEEPSEEK_INLINE acc<Pass> start() {
    if constexpr (accumulates<Pass>) return {{{Children::template start<Pass>()}...}};
    else return {};
  }
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE void step(acc<Pass>& a, Env const& env, position at, Tail tail) {
    if constexpr (accumulates<Pass>)
      each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
        get<I>(child).template step<Pass>(get<I>(a), env, at, tail);
      });
  }
  template <int Pass> static DEEPSEEK_INLINE void join(acc<Pass>& a, acc<Pass> const& b) {
    if constexpr (accumulates<Pass>)
      each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
        std::remove_reference_t<decltype(get<I>(
            std::declval<arguments<Children...>&>()))>::template join<Pass>(get<I>(a), get<I>(b));
      });
  }
  /// finish(of, count): of(i) is what accumulated for row i of the block, or vector i of its lanes.
  /// finish(of, flat_rows): the rows are where the steps wrote them; `of` is not asked.
  template <int Pass, class Of, class Rows> DEEPSEEK_INLINE void finish(Of const& of, Rows rows) {
    if constexpr (accumulates<Pass>)
      each([&]<int I>()
               DEEPSEEK_INLINE_LAMBDA { get<I>(child).template finish<Pass>(part<I>(of), rows); });
  }
  template <int I, class Of> static DEEPSEEK_INLINE auto part(Of const& of) {
    return [&](int i) DEEPSEEK_INLINE_LAMBDA -> auto const& { return get<I>(of(i)); };
  }

 protected:
  template <class F> static DEEPSEEK_INLINE void each(F&& f) {
    [&]<int... I>(std::integer_sequence<int, I...>) DEEPSEEK_INLINE_LAMBDA {
      (f.template operator()<I>(), ...);
    }
    (std::make_integer_sequence<int, sizeof...(Children)>{});
  }
};

}  // namespace deepseek::plan::host
