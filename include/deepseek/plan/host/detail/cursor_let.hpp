// SPDX-License-Identifier: Apache-2.0
/// @file Cursors of let, of its variables, and of the results of a program.
#pragma once
#include <deepseek/plan/detail/cursor_facts.hpp>
#include <deepseek/plan/host/detail/cursor.hpp>
#include <deepseek/plan/host/detail/cursor_leaf.hpp>
#include <deepseek/plan/host/detail/cursor_reduce.hpp>

namespace deepseek::plan::host {

/// variable_cursor<Id, V, Level, Invariant>: the value that the let around it has computed.
template <class Id, class V, int Level, bool Invariant> struct variable_cursor : terminal {
  using value_type = V;
  template <class Other> static constexpr bool load_reads = std::is_same_v<Id, Other>;
  static constexpr int level = Level;
  static constexpr bool row_invariant = Invariant;
  static constexpr bool flattens = true;
  DEEPSEEK_INLINE void seek(std::int64_t const*) {}
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE auto load(Env const& env, position, Tail) const {
    return find_frame<Id, Env>::in(env);
  }
};

/// scratch: a row's worth of one variable's values, where the next pass finds them.
struct scratch {
  void* memory = nullptr;
};

/// let_cursor<Id, S, Bound, Body, Keep>: computes Bound once per vector and shows it to Body.
///
/// When several passes need the value and it is dear (Keep), the first of them writes it to scratch and
/// the others read it there; without scratch (rows too long for it) each pass computes it again.
template <class Id, class S, class Bound, class Body, bool Keep>
struct let_cursor : let_facts<Id, Bound, Body> {
  using base = let_facts<Id, Bound, Body>;
  using base::first;

  using value_type = typename Body::value_type;
  using bound_value = value_pack<typename Bound::value_type, S>;
  static constexpr int level = Body::level;
  static constexpr bool row_invariant = Body::row_invariant;
  static constexpr bool flattens = Bound::flattens && Body::flattens;
  static constexpr int load_flops =
      Body::load_flops + (Body::template load_reads<Id> ? Bound::load_flops : 0);
  template <int Pass>
  static constexpr int step_flops = Bound::template step_flops<Pass> +
                                    Body::template step_flops<Pass> +
                                    (Body::template step_reads<Pass, Id> ? Bound::load_flops : 0);
  static constexpr bool kept = Keep && first != 0 && !Bound::row_invariant &&
                               !std::is_same_v<typename Bound::value_type, bool>;
  template <int Pass>
  using acc = std::conditional_t<
      base::template accumulates<Pass>,
      arguments<typename Bound::template acc<Pass>, typename Body::template acc<Pass>>, nothing>;

  Bound bound;
  Body body;
  row_extents<S> extents;  // of the bound value
  bool exists = true;      // at every index of the loop that runs now
  DEEPSEEK_EMPTY std::conditional_t<kept, scratch, nothing> store;

  let_cursor(Bound const& b, Body const& e, row_extents<S> const& of)
      : bound{b}, body{e}, extents{of} {}
  void select_run(row_extents<S> const& run) { exists = extents.covers(run); }

  static constexpr std::int64_t scratch_bytes_per_vector = kept ? sizeof(bound_value) : 0;
  char* give_scratch(char* memory, std::int64_t vectors) {
    if constexpr (kept) store.memory = memory;
    return memory + scratch_bytes_per_vector * vectors;
  }

  DEEPSEEK_INLINE void seek(std::int64_t const* at) {
    bound.seek(at);
    body.seek(at);
  }
  /// Around the results of a program.
  DEEPSEEK_INLINE void seek_targets(std::int64_t const* at) { body.seek_targets(at); }
  template <class F> void visit(F&& f) {
    f(*this);
    bound.visit(f);
    body.visit(f);
  }
  template <int Pass, class Env> DEEPSEEK_INLINE void begin(Env const& env) {
    bound.template begin<Pass>(env);
    if constexpr (Bound::level < Pass && Bound::row_invariant) {
      frame<Id, bound_value, Env> const inside{
          bound.template load<Pass>(env, position{}, across_rows{}), env};
      body.template begin<Pass>(inside);
    } else {
      body.template begin<Pass>(unknown(env));
    }
  }
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE auto load(Env const& env, position at, Tail tail) {
    if constexpr (Body::template load_reads<Id>) {
      frame<Id, bound_value, Env> const inside{value<Pass>(env, at, tail), env};
      return body.template load<Pass>(inside, at, tail);
    } else {
      return body.template load<Pass>(unknown(env), at, tail);
    }
  }
  template <int Pass> static DEEPSEEK_INLINE acc<Pass> start() {
    if constexpr (base::template accumulates<Pass>)
      return {{{Bound::template start<Pass>()}, {Body::template start<Pass>()}}};
    else return {};
  }
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE void step(acc<Pass>& a, Env const& env, position at, Tail tail) {
    if constexpr (Bound::template accumulates<Pass>)
      bound.template step<Pass>(get<0>(a), env, at, tail);
    if constexpr (Body::template accumulates<Pass>) {
      if constexpr (Body::template step_reads<Pass, Id>) {
        frame<Id, bound_value, Env> const inside{value<Pass>(env, at, tail), env};
        body.template step<Pass>(get<1>(a), inside, at, tail);
      } else {
        body.template step<Pass>(get<1>(a), unknown(env), at, tail);
      }
    }
  }
  template <int Pass> static DEEPSEEK_INLINE void join(acc<Pass>& a, acc<Pass> const& b) {
    if constexpr (base::template accumulates<Pass>) {
      Bound::template join<Pass>(get<0>(a), get<0>(b));
      Body::template join<Pass>(get<1>(a), get<1>(b));
    }
  }
  template <int Pass, class Of, class Rows> DEEPSEEK_INLINE void finish(Of const& of, Rows rows) {
    if constexpr (Bound::template accumulates<Pass>)
      bound.template finish<Pass>(inner<>::part<0>(of), rows);
    if constexpr (Body::template accumulates<Pass>)
      body.template finish<Pass>(inner<>::part<1>(of), rows);
  }
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE void emit(Env const& env, position at, Tail tail) {
    if constexpr (Body::template load_reads<Id>) {
      frame<Id, bound_value, Env> const inside{value<Pass>(env, at, tail), env};
      body.template emit<Pass>(inside, at, tail);
    } else {
      body.template emit<Pass>(unknown(env), at, tail);
    }
  }

 private:
  struct not_yet {};
  template <class Env> static DEEPSEEK_INLINE frame<Id, not_yet, Env> unknown(Env const& env) {
    return {not_yet{}, env};
  }
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE bound_value value(Env const& env, position at, Tail tail) {
    if constexpr (!Tail::plain)
      if (!exists) return bound_value{};
    if constexpr (!kept || Pass < first) {
      return bound.template load<Pass>(env, at, tail);
    } else {
      auto* const slot = static_cast<bound_value*>(store.memory);
      if constexpr (Pass == first) {
        bound_value const v = bound.template load<Pass>(env, at, tail);
        if (slot != nullptr) slot[at.slot] = v;
        return v;
      } else {
        if (slot != nullptr) return slot[at.slot];
        return bound.template load<Pass>(env, at, tail);
      }
    }
  }
};

/// output_cursor<S, E, T>: one result: its value and where it goes.
template <class S, class E, class T> struct output_cursor {
  E value;
  store_cursor<T, S> target;
  row_extents<S> extents;
  std::int64_t target_extent[S::axes == 0 ? 1 : S::axes];
  bool active = true;
  void select_run(row_extents<S> const& run) { active = extents == run; }
};

/// outputs_cursor<S, Outputs...>: the results of a program. All are computed before one is written,
/// so that a result may lie in the memory of an operand.
template <class S, class... Outputs> struct outputs_cursor {
  arguments<Outputs...> output;

  using value_type = float;
  static constexpr bool row_invariant = false;
  static constexpr bool flattens = (decltype(Outputs::value)::flattens && ...);
  using values = inner<decltype(Outputs::value)...>;
  static constexpr int level = values::level;
  template <int Pass> static constexpr int step_flops = values::template step_flops<Pass>;
  template <int Pass> static constexpr bool accumulates = values::template accumulates<Pass>;
  template <class Id> static constexpr bool load_reads = values::template load_reads<Id>;
  template <int Pass, class Id>
  static constexpr bool step_reads = values::template step_reads<Pass, Id>;
  template <int Pass> using acc = typename values::template acc<Pass>;

  DEEPSEEK_INLINE void seek(std::int64_t const* at) {
    apply([&](auto&... o) DEEPSEEK_INLINE_LAMBDA { (o.value.seek(at), ...); }, output);
  }
  DEEPSEEK_INLINE void seek_targets(std::int64_t const* at) {
    apply([&](auto&... o) DEEPSEEK_INLINE_LAMBDA { (o.target.seek(at), ...); }, output);
  }
  template <class F> void visit(F&& f) {
    apply([&](auto&... o) DEEPSEEK_INLINE_LAMBDA { (f(o), ...); }, output);
    apply([&](auto&... o) DEEPSEEK_INLINE_LAMBDA { (o.value.visit(f), ...); }, output);
  }
  template <int Pass, class Env> DEEPSEEK_INLINE void begin(Env const& env) {
    apply([&](auto&... o) DEEPSEEK_INLINE_LAMBDA { (o.value.template begin<Pass>(env), ...); },
          output);
  }
  template <int Pass> static DEEPSEEK_INLINE acc<Pass> start() {
    return values::template start<Pass>();
  }
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE void step(acc<Pass>& a, Env const& env, position at, Tail tail) {
    if constexpr (accumulates<Pass>)
      each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
        get<I>(output).value.template step<Pass>(get<I>(a), env, at, tail);
      });
  }
  template <int Pass> static DEEPSEEK_INLINE void join(acc<Pass>& a, acc<Pass> const& b) {
    values::template join<Pass>(a, b);
  }
  template <int Pass, class Of, class Rows> DEEPSEEK_INLINE void finish(Of const& of, Rows rows) {
    if constexpr (accumulates<Pass>)
      each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
        get<I>(output).value.template finish<Pass>(inner<>::part<I>(of), rows);
      });
  }
  template <int Pass, class Env, class Tail>
  DEEPSEEK_INLINE void emit(Env const& env, position at, Tail tail) {
    [&]<int... I>(std::integer_sequence<int, I...>) DEEPSEEK_INLINE_LAMBDA {
      auto const result =
          make_arguments(get<I>(output).value.template load<Pass>(env, at, tail)...);
      (write(get<I>(output), get<I>(result), at, tail), ...);
    }
    (std::make_integer_sequence<int, sizeof...(Outputs)>{});
  }

 private:
  template <class O, class P, class Tail>
  static DEEPSEEK_INLINE void write(O const& o, P const& p, position at, Tail tail) {
    using T = std::remove_pointer_t<decltype(o.target.base)>;
    if constexpr (!Tail::plain)
      if (!o.active) return;
    if constexpr (std::is_same_v<T, bool> || is_mask<P>)
      o.target.store(at, as_operand<compute_t<T>, S>(p), tail);
    else o.target.store(at, p, tail);
  }
  template <class F> static DEEPSEEK_INLINE void each(F&& f) {
    [&]<int... I>(std::integer_sequence<int, I...>) DEEPSEEK_INLINE_LAMBDA {
      (f.template operator()<I>(), ...);
    }
    (std::make_integer_sequence<int, sizeof...(Outputs)>{});
  }
};

}  // namespace deepseek::plan::host
