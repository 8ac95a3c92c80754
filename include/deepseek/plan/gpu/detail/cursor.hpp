// SPDX-License-Identifier: Apache-2.0
/// @file cursor: a node as what one thread of a kernel does for it.
///
/// A cursor is part of the kernel's arguments: nobody changes it. What a thread knows of it is a state:
/// registers. `Held` says how many elements a thread holds at once and whether it holds them from pass to
/// pass. A cursor has
///
///   state<Held>                        what a thread knows
///   seek(state, at)                    it is at this position of the axes; lanes left out
///   fetch<Width, P>(state, slot, lane, range)
///                                      brings Width elements from `lane` on, those in range, from memory, of
///                                      what passes from P on need; 1 is everything
///   each_read<Passes, Before>(state, to, f)
///                                      f(memory, its state, its range, read_in) for what fetch would read:
///                                      the value is needed in those passes; what stands before needs Before
///                                      bytes an element in a row_room
///   kept_bytes<Passes>                 of an element of all that is read in several passes then
///   load<Pass>(state, env, element)    its value for an element that was fetched
///   level                              passes of reductions before its value is known
///   accumulates<P>, acc<P>, start<P>, step<P>, join<P>, finish<P>
///                                      what it sums up in pass P
///   scan_bytes                         of the widest value that is scanned here or beneath; 0: none is
///   scans_of_load<P>, scans_of_step<P>(state, envs, piece)
///                                      carries out the scans that load<P>, step<P> read: all threads of a
///                                      row for the piece that they hold; envs(element) is its env
///   load_reads<Id>, step_reads<P, Id>  its value, or what it sums up in pass P, needs variable Id
///   visit(f)                           f on every cursor, before the launch
#pragma once
#include <cstdint>
#include <type_traits>
#include <utility>

#include <deepseek/arch/scalar.hpp>
#include <deepseek/base/arguments.hpp>
#include <deepseek/base/convert.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/kernel/row_room.hpp>  // read_in
#include <deepseek/kernel/schedule.hpp>

namespace deepseek::plan::gpu {

using kernel::element;

/// nothing: the state, or the accumulators, of what has none.
struct nothing {};

/// no_frames, frame<Id, Value, Parent>: the values of the variables in scope, innermost first.
struct no_frames {};
template <class Id, class Value, class Parent> struct frame {
  Value value;
  Parent parent;
};
template <class Id, class Env> struct find_frame;
template <class Id, class Value, class Parent> struct find_frame<Id, frame<Id, Value, Parent>> {
  using type = Value;
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE Value in(frame<Id, Value, Parent> const& env) {
    return env.value;
  }
};
template <class Id, class Other, class Value, class Parent>
struct find_frame<Id, frame<Other, Value, Parent>> : find_frame<Id, Parent> {
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto in(frame<Other, Value, Parent> const& env) {
    return find_frame<Id, Parent>::in(env.parent);
  }
};

/// terminal: the base of cursors with nothing under them.
struct terminal {
  static constexpr int level = 0;
  static constexpr bool row_invariant = false;
  static constexpr int scan_bytes = 0;
  template <int Pass> static constexpr bool accumulates = false;
  template <class Id> static constexpr bool load_reads = false;
  template <int Pass, class Id> static constexpr bool step_reads = false;
  template <unsigned Passes> static constexpr int kept_bytes = 0;
  template <int Pass> using acc = nothing;
  template <class Held> using state = nothing;
  template <class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void seek(State&, std::int64_t const*) const {}
  template <int Width, int Pass = 1, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch(State&, int, std::int64_t,
                                                  kernel::lane_range) const {}
  template <unsigned Passes, int Before, class State, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_read(State&, kernel::lane_range, F const&) const {}
  template <int Pass, class State, class Envs, class Piece>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scans_of_load(State&, Envs const&, Piece&) const {}
  template <int Pass, class State, class Envs, class Piece>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scans_of_step(State&, Envs const&, Piece&) const {}
  template <int Pass> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE nothing start() { return {}; }
  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void step(nothing&, State&, Env const&, element) const {}
  template <int Pass>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void join(nothing&, nothing const&) {}
  template <int Pass, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void finish(State&, nothing const&, int = 0) const {}
  template <class F> void visit(F&&) {}
};

constexpr int largest(std::initializer_list<int> values) {
  int m = 0;
  for (int v : values) m = v > m ? v : m;
  return m;
}

/// acc_list<A...>: accumulators of several cursors; where only one has any, its own.
template <class... A> struct acc_list {
  static constexpr int used = (0 + ... + (std::is_same_v<A, nothing> ? 0 : 1));
  static constexpr int only() {
    constexpr bool has[] = {!std::is_same_v<A, nothing>..., false};
    for (int i = 0; i < static_cast<int>(sizeof...(A)); ++i)
      if (has[i]) return i;
    return 0;
  }
  static constexpr auto choose() {
    if constexpr (used == 0) return std::type_identity<nothing>{};
    else if constexpr (used == 1)
      return std::type_identity<
          std::remove_cvref_t<decltype(get<only()>(std::declval<arguments<A...>&>()))>>{};
    else return std::type_identity<arguments<A...>>{};
  }
  using type = typename decltype(choose())::type;

  /// of<I>(a): the part of cursor I, which has one.
  template <int I> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto& of(type& a) {
    if constexpr (used == 1) return a;
    else return get<I>(a);
  }
  template <int I> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto const& of(type const& a) {
    if constexpr (used == 1) return a;
    else return get<I>(a);
  }
};

/// inner<Children...>: the base of cursors with cursors under them: hands everything on.
template <class... Children> struct inner {
  arguments<Children...> child;

  static constexpr int level = largest({0, Children::level...});
  static constexpr bool row_invariant = (Children::row_invariant && ...);
  static constexpr int scan_bytes = largest({0, Children::scan_bytes...});
  template <unsigned Passes>
  static constexpr int kept_bytes = (0 + ... + Children::template kept_bytes<Passes>);
  template <int Pass>
  static constexpr bool accumulates = (Children::template accumulates<Pass> || ...);
  template <class Id> static constexpr bool load_reads = (Children::template load_reads<Id> || ...);
  template <int Pass, class Id>
  static constexpr bool step_reads = (Children::template step_reads<Pass, Id> || ...);
  template <int Pass> using accs = acc_list<typename Children::template acc<Pass>...>;
  template <int Pass> using acc = typename accs<Pass>::type;
  template <class Held> using state = arguments<typename Children::template state<Held>...>;

  template <class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void seek(State& s, std::int64_t const* at) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA { get<I>(child).seek(get<I>(s), at); });
  }
  template <int Width, int Pass = 1, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch(State& s, int slot, std::int64_t lane,
                                                  kernel::lane_range to) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      get<I>(child).template fetch<Width, Pass>(get<I>(s), slot, lane, to);
    });
  }
  template <unsigned Passes, int Before, class State, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_read(State& s, kernel::lane_range to,
                                                      F const& f) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      get<I>(child).template each_read<Passes, Before + kept_before<I, Passes>()>(get<I>(s), to, f);
    });
  }
  template <class F> void visit(F&& f) {
    apply([&](auto&... c) { (c.visit(f), ...); }, child);
  }
  template <int Pass, class State, class Envs, class Piece>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scans_of_load(State& s, Envs const& envs,
                                                          Piece& piece) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      if constexpr (child_type<I>::scan_bytes != 0)
        get<I>(child).template scans_of_load<Pass>(get<I>(s), envs, piece);
    });
  }
  template <int Pass, class State, class Envs, class Piece>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scans_of_step(State& s, Envs const& envs,
                                                          Piece& piece) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      if constexpr (child_type<I>::scan_bytes != 0 && child_type<I>::template accumulates<Pass>)
        get<I>(child).template scans_of_step<Pass>(get<I>(s), envs, piece);
    });
  }
  template <int Pass> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE acc<Pass> start() {
    acc<Pass> a{};
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      if constexpr (child_type<I>::template accumulates<Pass>)
        accs<Pass>::template of<I>(a) = child_type<I>::template start<Pass>();
    });
    return a;
  }
  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void step(acc<Pass>& a, State& s, Env const& env,
                                                 element at) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      if constexpr (child_type<I>::template accumulates<Pass>)
        get<I>(child).template step<Pass>(accs<Pass>::template of<I>(a), get<I>(s), env, at);
    });
  }
  template <int Pass>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void join(acc<Pass>& a, acc<Pass> const& b) {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      if constexpr (child_type<I>::template accumulates<Pass>)
        child_type<I>::template join<Pass>(accs<Pass>::template of<I>(a),
                                           accs<Pass>::template of<I>(b));
    });
  }
  /// finish(state, a, slot): what was summed up is a; of element `slot`, where lanes are not reduced.
  template <int Pass, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void finish(State& s, acc<Pass> const& a,
                                                   int slot = 0) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      if constexpr (child_type<I>::template accumulates<Pass>)
        get<I>(child).template finish<Pass>(get<I>(s), accs<Pass>::template of<I>(a), slot);
    });
  }

 protected:
  template <int I, unsigned Passes> static DEEPSEEK_HOST_DEVICE constexpr int kept_before() {
    constexpr int bytes[] = {Children::template kept_bytes<Passes>..., 0};
    int before = 0;
    for (int i = 0; i < I; ++i) before += bytes[i];
    return before;
  }
  template <int I>
  using child_type = std::remove_cvref_t<decltype(get<I>(std::declval<arguments<Children...>&>()))>;
  DEEPSEEK_ANY_SIDE
  template <class F> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each(F&& f) {
    [&]<int... I>(std::integer_sequence<int, I...>) DEEPSEEK_INLINE_LAMBDA {
      (f.template operator()<I>(), ...);
    }
    (std::make_integer_sequence<int, sizeof...(Children)>{});
  }
};

/// as_type<C>(v): v as the computing type C.
template <class C, class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE C as_type(V v) {
  if constexpr (std::is_same_v<C, V>) return v;
  else if constexpr (std::is_arithmetic_v<V>) return arch::stored_as<C>(v);
  else return convert<C>(v);
}

}  // namespace deepseek::plan::gpu
