// SPDX-License-Identifier: Apache-2.0
/// @file Cursors whose elements depend on an index: gather, pad, and values made from the index.
#pragma once
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/plan/detail/place.hpp>
#include <deepseek/plan/gpu/detail/cursor.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::plan::gpu {

/// generate_cursor<Rule, S>: values made from the number of the element.
template <class Rule, class S> struct generate_cursor : terminal {
  using value_type = typename Rule::value_type;
  Rule rule;
  std::int64_t base;
  address<S> place;

  generate_cursor(Rule const& r, std::int64_t first, address<S> const& where)
      : rule{r}, base{first}, place{where} {}

  template <class F> void visit(F&& f) { f(*this); }
  template <class Held> struct state { std::int64_t first = 0; };
  template <class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void seek(State& s, std::int64_t const* at) const {
    s.first = base + place.offset(at);
  }
  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto load(State const& s, Env const&, element at) const {
    compute_t<value_type> value;
    rule.fill(s.first + at.lane * place.lane_stride(), 1, 1, &value);
    return value;
  }
};

/// gather_cursor<T, S, Child>: source[..., index, ...], the index being a value of Child.
template <class T, class S, class Child> struct gather_cursor : inner<Child> {
  using base = inner<Child>;
  using value_type = T;
  static constexpr bool row_invariant = false;

  T const* source;
  address<S> place;          // of the source's other axes
  std::int64_t axis_stride;  // of the axis that is indexed
  address_range source_range;

  gather_cursor(T const* first, address<S> const& where, std::int64_t stride, bool, Child const& c,
                address_range const& range)
      : base{{{{c}}}}, source{first}, place{where}, axis_stride{stride}, source_range{range} {}

  template <class Held> struct state {
    typename base::template state<Held> child;
    T const* row;
    T held[Held::elements];
  };
  template <class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void seek(State& s, std::int64_t const* at) const {
    s.row = source + place.offset(at);
    base::seek(s.child, at);
  }
  template <class F> void visit(F&& f) {
    f(*this);
    base::visit(f);
  }
  template <int Width, int Pass = 1, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch(State& s, int slot, std::int64_t lane,
                                                  kernel::lane_range to) const {
    base::template fetch<Width, Pass>(s.child, slot, lane, to);
    tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      T x{};
      if (lane + i < to.end) {
        auto const index = as_type<std::int64_t>(
            get<0>(this->child)
                .template load<1>(get<0>(s.child), no_frames{}, element{slot + i, lane + i}));
        x = arch::gpu::load(s.row + index * axis_stride + (lane + i) * place.lane_stride());
      }
      s.held[slot + i] = x;
    });
  }
  template <unsigned Passes>
  static constexpr int kept_bytes = kernel::read_in<Passes>::again ? int{sizeof(T)} : 0;
  template <unsigned Passes, int Before, class State, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_read(State& s, kernel::lane_range to,
                                                      F const& f) const {
    f(*this, s, to, kernel::read_in<Passes, Before>{});
  }
  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto load(State const& s, Env const&, element at) const {
    return static_cast<compute_t<T>>(s.held[at.slot]);
  }
  template <int Pass> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE nothing start() { return {}; }
};

/// pad_cursor<S, Child>: Child inside, one value outside, where nothing is read.
template <class S, class Child> struct pad_cursor : inner<Child> {
  using base = inner<Child>;
  using value_type = typename Child::value_type;
  static constexpr bool row_invariant = false;

  inside range[S::axes == 0 ? 1 : S::axes];
  bool checked[S::axes == 0 ? 1 : S::axes] = {};
  compute_t<value_type> value;

  pad_cursor(compute_t<value_type> fill, Child const& c) : base{{{{c}}}}, value{fill} {}

  template <class Held> struct state {
    typename base::template state<Held> child;
    bool row_exists = false;
  };
  template <class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void seek(State& s, std::int64_t const* at) const {
    s.row_exists = true;
    for (int axis = 0; axis < S::axes; ++axis)
      if (axis != S::lane_axis && checked[axis] && !range[axis].holds(at[axis]))
        s.row_exists = false;
    base::seek(s.child, at);
  }
  template <class F> void visit(F&& f) {
    f(*this);
    base::visit(f);
  }
  template <int Width, int Pass = 1, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch(State& s, int slot, std::int64_t lane,
                                                  kernel::lane_range to) const {
    tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      base::template fetch<1, Pass>(s.child, slot + i, lane + i,
                                    exists(s, lane + i) ? to : to.none());
    });
  }
  /// What is padded is read as a whole, in each pass that needs any of it.
  template <unsigned> static constexpr int kept_bytes = 0;
  template <unsigned Passes, int Before, class State, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_read(State& s, kernel::lane_range to,
                                                      F const& f) const {
    constexpr unsigned of_sums = kernel::of_pass(base::level + 1) - kernel::of_pass(1);
    f(*this, s, to, kernel::read_in<Passes | of_sums, Before>{});
  }
  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto load(State& s, Env const& env, element at) const {
    compute_t<value_type> const x =
        get<0>(this->child).template load<Pass>(get<0>(s.child), env, at);
    return exists(s, at.lane) ? x : value;
  }
  template <int Pass, class State, class Envs, class Piece>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scans_of_load(State&, Envs const&, Piece&) const {
    static_assert(base::scan_bytes == 0, "[DS-PROGRAM-SPLIT] a scan under a pad.");
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

 private:
  template <class State>
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool exists(State const& s,
                                                                 std::int64_t lane) const {
    bool here = s.row_exists;
    if constexpr (S::lane_axis >= 0)
      if (checked[S::lane_axis]) here = here && range[S::lane_axis].holds(lane);
    return here;
  }
};

}  // namespace deepseek::plan::gpu
