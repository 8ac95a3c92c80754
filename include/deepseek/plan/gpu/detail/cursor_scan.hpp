// SPDX-License-Identifier: Apache-2.0
/// @file Cursor of a scan: a running combination along the reduced axis.
#pragma once
#include <deepseek/plan/gpu/detail/cursor.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::plan::gpu {

/// scan_cursor<Rule, S, Child>: its value is there once scans_of_load has run for the piece that the threads
/// hold, together with all threads that share the row. Pieces come in the order of the row, from its begin on
/// in each pass; what is kept from pass to pass is scanned once.
template <class Rule, class S, class Child> struct scan_cursor : inner<Child> {
  using base = inner<Child>;
  using value_type = typename Rule::template value<typename Child::value_type>;
  using accumulator = typename Rule::template accumulator<typename Child::value_type>;
  static constexpr bool row_invariant = false;
  static constexpr int scan_bytes = largest({int{sizeof(accumulator)}, base::scan_bytes, 4});

  bool single;  ///< one element along the axis, which broadcasting may repeat: nothing to combine

  scan_cursor(Child const& c, bool one_element) : base{{{{c}}}}, single{one_element} {}

  template <class Held> struct state {
    static constexpr bool keeps = Held::keeps;
    static constexpr int elements = Held::elements;
    typename base::template state<Held> child;
    bool done = false;  ///< of what is kept
    accumulator carry[S::lanes_reduced ? 1 : Held::elements];
    accumulator value[Held::elements];
  };
  template <class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void seek(State& s, std::int64_t const* at) const {
    base::seek(s.child, at);
  }
  template <int Width, int Pass = 1, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch(State& s, int slot, std::int64_t lane,
                                                  kernel::lane_range to) const {
    base::template fetch<Width, Pass>(s.child, slot, lane, to);
  }
  template <unsigned Passes, int Before, class State, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_read(State& s, kernel::lane_range to,
                                                      F const& f) const {
    base::template each_read<Passes, Before>(s.child, to, f);
  }
  template <class F> void visit(F&& f) {
    f(*this);
    base::visit(f);
  }
  template <int Pass, class State, class Envs, class Piece>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scans_of_load(State& s, Envs const& envs,
                                                          Piece& piece) const {
    base::template scans_of_load<Pass>(s.child, envs, piece);
    if constexpr (State::keeps) {
      if (s.done) return;
      s.done = true;
    }
    tile::unrolled<State::elements>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      element const e = piece.at(i);
      s.value[i] = as_type<accumulator>(
          get<0>(this->child).template load<Pass>(get<0>(s.child), envs(e), e));
    });
    if (single) return;
    if (piece.first)
      for (auto& c : s.carry) c = Rule::template start<accumulator>();
    piece.scan(s.value, s.carry, [](accumulator a, accumulator b) DEEPSEEK_INLINE_LAMBDA {
      return Rule::join(a, b);
    });
  }
  template <int Pass, class State, class Envs, class Piece>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scans_of_step(State& s, Envs const& envs,
                                                          Piece& piece) const {
    base::template scans_of_step<Pass>(s.child, envs, piece);
  }
  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto load(State const& s, Env const&, element at) const {
    return as_type<compute_t<value_type>>(s.value[at.slot]);
  }
  template <int Pass, class Acc, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void step(Acc& a, State& s, Env const& env,
                                                 element at) const {
    base::template step<Pass>(a, s.child, env, at);
  }
  template <int Pass, class State, class Acc>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void finish(State& s, Acc const& a, int slot = 0) const {
    base::template finish<Pass>(s.child, a, slot);
  }
};

}  // namespace deepseek::plan::gpu
