// SPDX-License-Identifier: Apache-2.0
/// @file Cursors of let and of its variables.
#pragma once
#include <deepseek/loop/row_extents.hpp>
#include <deepseek/plan/detail/cursor_facts.hpp>
#include <deepseek/plan/gpu/detail/cursor.hpp>
#include <deepseek/plan/gpu/detail/cursor_reduce.hpp>  // holds, lanes_of

namespace deepseek::plan::gpu {

/// variable_cursor<Id, V, Level, Invariant>: the value that the let around it has computed.
template <class Id, class V, int Level, bool Invariant> struct variable_cursor : terminal {
  using value_type = V;
  template <class Other> static constexpr bool load_reads = std::is_same_v<Id, Other>;
  static constexpr int level = Level;
  static constexpr bool row_invariant = Invariant;
  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto load(State const&, Env const& env, element) const {
    return find_frame<Id, Env>::in(env);
  }
};

/// let_cursor<Id, S, Bound, Body, Keep>: computes Bound once per element and shows it to Body.
///
/// When several passes need the value and it is dear (Keep), a thread that holds its elements from pass to
/// pass holds the value too; else each pass computes it again.
template <class Id, class S, class Bound, class Body, bool Keep>
struct let_cursor : let_facts<Id, Bound, Body> {
  using base = let_facts<Id, Bound, Body>;
  using base::first;

  using value_type = typename Body::value_type;
  using bound_value = compute_t<typename Bound::value_type>;
  static constexpr int level = Body::level;
  static constexpr bool row_invariant = Body::row_invariant;
  static constexpr int scan_bytes = largest({Bound::scan_bytes, Body::scan_bytes});
  static constexpr bool kept = Keep && first != 0 && !Bound::row_invariant;
  template <int Pass>
  using accs = acc_list<typename Bound::template acc<Pass>, typename Body::template acc<Pass>>;
  template <int Pass> using acc = typename accs<Pass>::type;

  Bound bound;
  Body body;
  loop::row_extents<S> extents;  // of the bound value

  let_cursor(Bound const& b, Body const& e, loop::row_extents<S> const& of)
      : bound{b}, body{e}, extents{of} {}

  template <class Held> struct state {
    static constexpr bool keeps = kept && Held::keeps;
    typename Bound::template state<Held> bound;
    bool exists = true;  ///< the bound value, at this position of the row's axes
    typename Body::template state<Held> body;
    bound_value value[keeps ? Held::elements : 1];
  };

  template <class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void seek(State& s, std::int64_t const* at) const {
    s.exists = covers(at);
    bound.seek(s.bound, at);
    body.seek(s.body, at);
  }
  template <int Width, int Pass = 1, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch(State& s, int slot, std::int64_t lane,
                                                  kernel::lane_range to) const {
    if constexpr (Pass <= level || Body::template load_reads<Id>)
      bound.template fetch<Width, Pass>(s.bound, slot, lane,
                                        s.exists ? bound_lanes(to) : to.none());
    body.template fetch<Width, Pass>(s.body, slot, lane, to);
  }
  /// The passes in which the variable is read, where the value of the let is in some passes.
  template <unsigned Passes>
  static constexpr unsigned bound_passes = passes_reading<Body, Id, 1, level>() |
                                           (Body::template load_reads<Id> ? Passes : 0u);
  template <unsigned Passes>
  static constexpr int bound_kept = Bound::template kept_bytes<bound_passes<Passes>>;
  template <unsigned Passes>
  static constexpr int kept_bytes = bound_kept<Passes> + Body::template kept_bytes<Passes>;
  template <unsigned Passes, int Before, class State, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_read(State& s, kernel::lane_range to,
                                                      F const& f) const {
    bound.template each_read<bound_passes<Passes>, Before>(
        s.bound, s.exists ? bound_lanes(to) : to.none(), f);
    body.template each_read<Passes, Before + bound_kept<Passes>>(s.body, to, f);
  }
  template <class F> void visit(F&& f) {
    f(*this);
    bound.visit(f);
    body.visit(f);
  }
  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto load(State& s, Env const& env, element at) const {
    if constexpr (Body::template load_reads<Id>)
      return body.template load<Pass>(s.body, inside<Pass>(s, env, at), at);
    else return body.template load<Pass>(s.body, unknown(env), at);
  }
  template <int Pass, class State, class Envs, class Piece>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scans_of_load(State& s, Envs const& envs,
                                                          Piece& piece) const {
    constexpr bool reads = Body::template load_reads<Id>;
    if constexpr (Bound::scan_bytes != 0 && reads)
      bound.template scans_of_load<Pass>(s.bound, envs, piece);
    if constexpr (Body::scan_bytes != 0)
      body.template scans_of_load<Pass>(s.body, envs_inside<Pass, reads>(s, envs), piece);
  }
  template <int Pass, class State, class Envs, class Piece>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scans_of_step(State& s, Envs const& envs,
                                                          Piece& piece) const {
    constexpr bool reads = Body::template step_reads<Pass, Id>;
    if constexpr (Bound::scan_bytes != 0 && Bound::template accumulates<Pass>)
      bound.template scans_of_step<Pass>(s.bound, envs, piece);
    if constexpr (Bound::scan_bytes != 0 && reads)
      bound.template scans_of_load<Pass>(s.bound, envs, piece);
    if constexpr (Body::scan_bytes != 0 && Body::template accumulates<Pass>)
      body.template scans_of_step<Pass>(s.body, envs_inside<Pass, reads>(s, envs), piece);
  }
  template <int Pass> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE acc<Pass> start() {
    acc<Pass> a{};
    if constexpr (Bound::template accumulates<Pass>)
      accs<Pass>::template of<0>(a) = Bound::template start<Pass>();
    if constexpr (Body::template accumulates<Pass>)
      accs<Pass>::template of<1>(a) = Body::template start<Pass>();
    return a;
  }
  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void step(acc<Pass>& a, State& s, Env const& env,
                                                 element at) const {
    if constexpr (Bound::template accumulates<Pass>)
      bound.template step<Pass>(accs<Pass>::template of<0>(a), s.bound, env, at);
    if constexpr (Body::template accumulates<Pass>) {
      if constexpr (Body::template step_reads<Pass, Id>)
        body.template step<Pass>(accs<Pass>::template of<1>(a), s.body, inside<Pass>(s, env, at),
                                 at);
      else body.template step<Pass>(accs<Pass>::template of<1>(a), s.body, unknown(env), at);
    }
  }
  template <int Pass>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void join(acc<Pass>& a, acc<Pass> const& b) {
    if constexpr (Bound::template accumulates<Pass>)
      Bound::template join<Pass>(accs<Pass>::template of<0>(a), accs<Pass>::template of<0>(b));
    if constexpr (Body::template accumulates<Pass>)
      Body::template join<Pass>(accs<Pass>::template of<1>(a), accs<Pass>::template of<1>(b));
  }
  template <int Pass, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void finish(State& s, acc<Pass> const& a,
                                                   int slot = 0) const {
    if constexpr (Bound::template accumulates<Pass>)
      bound.template finish<Pass>(s.bound, accs<Pass>::template of<0>(a), slot);
    if constexpr (Body::template accumulates<Pass>)
      body.template finish<Pass>(s.body, accs<Pass>::template of<1>(a), slot);
  }
  /// Around the results of a program.
  template <class Held, class Root = Body> using targets = typename Root::template targets<Held>;
  template <class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void seek_targets(State& s, std::int64_t const* at) const {
    body.seek_targets(s, at);
  }
  template <class Targets, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_write(Targets& t, F const& f) const {
    body.each_write(t, f);
  }
  template <int Pass, class State, class Targets, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void compute(State& s, Targets& t, Env const& env,
                                                    element at) const {
    if constexpr (Body::template load_reads<Id>)
      body.template compute<Pass>(s.body, t, inside<Pass>(s, env, at), at);
    else body.template compute<Pass>(s.body, t, unknown(env), at);
  }
  template <int Width, class Targets>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write(Targets const& t, int slot, std::int64_t lane,
                                                  std::int64_t end) const {
    body.template write<Width>(t, slot, lane, end);
  }

 private:
  /// The env of each element for the body, which reads the variable or does not.
  template <int Pass, bool Reads, class State, class Envs>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto envs_inside(State& s, Envs const& envs) const {
    return [this, &s, &envs](element e) DEEPSEEK_INLINE_LAMBDA {
      if constexpr (Reads) return inside<Pass>(s, envs(e), e);
      else return unknown(envs(e));
    };
  }
  /// The bound value has this position of the row's axes; one value along an axis is there for all of it.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool covers(std::int64_t const* at) const {
    bool here = true;
    for (int axis = 0; axis < S::axes; ++axis)
      if (S::in_row(axis) && axis != S::lane_axis)
        here = here && (extents.of[axis] == 1 || at[axis] < extents.of[axis]);
    return here;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE kernel::lane_range bound_lanes(
      kernel::lane_range to) const {
    if constexpr (S::lanes_reduced)
      if (extents.of[S::lane_axis] == 1) return {to.all, to.all};
    return lanes_of(extents, to);
  }
  template <class Env>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE frame<Id, nothing, Env> unknown(Env const& env) {
    return {{}, env};
  }
  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE frame<Id, bound_value, Env> inside(State& s, Env const& env,
                                                                          element at) const {
    if constexpr (State::keeps && Pass > first) {
      return {s.value[at.slot], env};
    } else {
      auto const v = as_type<bound_value>(bound.template load<Pass>(s.bound, env, at));
      if constexpr (State::keeps && Pass == first) s.value[at.slot] = v;
      return {v, env};
    }
  }
};

}  // namespace deepseek::plan::gpu
