// SPDX-License-Identifier: Apache-2.0
/// @file Cursors of memory and of numbers.
#pragma once
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/scalar.hpp>  // value_of
#include <deepseek/plan/detail/place.hpp>
#include <deepseek/plan/gpu/detail/cursor.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::plan::gpu {

/// leaf_cursor<T, S, Known>: elements in memory.
template <class T, class S, lanes_are Known> struct leaf_cursor : terminal {
  using value_type = T;
  static constexpr bool one_value = Known == lanes_are::one_value;
  static constexpr bool row_invariant = one_value && S::lanes_reduced;
  static constexpr bool any_stride = Known == lanes_are::strided;

  T const* base;
  address<S> place;

  leaf_cursor(T const* first, address<S> const& where) : base{first}, place{where} {}

  template <class Held> struct state {
    static constexpr bool tails = Held::tails;
    T const* row;
    T held[one_value ? 1 : Held::elements];
  };

  template <class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void seek(State& s, std::int64_t const* at) const {
    s.row = base + place.offset(at);
    if constexpr (one_value) s.held[0] = T{};
  }
  template <int Width, int Pass = 1, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch(State& s, int slot, std::int64_t lane,
                                                  kernel::lane_range to) const {
    if constexpr (one_value) {
      if (to.has(lane)) s.held[0] = arch::gpu::load(s.row);
    } else {
      std::int64_t const stride = Known == lanes_are::contiguous ? 1 : place.lane_stride();
      if constexpr (Width > 1) {
        if (stride == 0) {
          T const one = to.has(lane) ? arch::gpu::load(s.row) : T{};
          tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA { s.held[slot + i] = one; });
          return;
        }
        // Of this width, neighbours are neighbours in memory: else the kernel's width is 1.
        if (to.has(lane, Width)) {
          whole<Width>(s, slot, lane);
          return;
        }
        if constexpr (!State::tails) {
          tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA { s.held[slot + i] = T{}; });
          return;
        }
      }
      tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        s.held[slot + i] = to.has(lane + i) ? arch::gpu::load(s.row + (lane + i) * stride) : T{};
      });
    }
  }
  template <unsigned Passes>
  static constexpr int kept_bytes =
      kernel::read_in<Passes>::again && !one_value ? int{sizeof(T)} : 0;
  template <unsigned Passes, int Before, class State, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_read(State& s, kernel::lane_range to,
                                                      F const& f) const {
    f(*this, s, to, kernel::read_in<Passes, Before>{});
  }
  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto load(State const& s, Env const&, element at) const {
    return arch::value_of(s.held[one_value ? 0 : at.slot]);
  }
  template <class F> void visit(F&& f) { f(*this); }

 private:
  /// Elements of one access.
  template <int Width>
  static constexpr int part = Width* int(sizeof(T)) <= 16 ? Width : 16 / int(sizeof(T));
  template <int Width, class State>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void whole(State& s, int slot, std::int64_t lane) {
    using piece = arch::gpu::vec<T, part<Width>>;
    tile::unrolled<Width / part<Width>>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
      auto const all =
          arch::gpu::load(reinterpret_cast<piece const*>(s.row + lane + p * part<Width>));
      tile::unrolled<part<Width>>(
          [&](auto i) DEEPSEEK_INLINE_LAMBDA { s.held[slot + p * part<Width> + i] = all[i]; });
    });
  }
};

/// scalar_cursor<V, S>: a number.
template <class V, class S> struct scalar_cursor : terminal {
  using value_type = V;
  static constexpr bool row_invariant = true;
  compute_t<V> value;
  explicit scalar_cursor(V v) : value(static_cast<compute_t<V>>(v)) {}
  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto load(State const&, Env const&, element) const {
    return value;
  }
};

/// map_cursor<Rule, S, Children...>: the rule of the children's values.
template <class Rule, class S, class... Children> struct map_cursor : inner<Children...> {
  using value_type = typename Rule::template value<typename Children::value_type...>;
  DEEPSEEK_EMPTY Rule rule;

  map_cursor(Rule const& f, Children const&... c) : inner<Children...>{{{{c}...}}}, rule{f} {}

  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto load(State& s, Env const& env, element at) const {
    return [&]<int... I>(std::integer_sequence<int, I...>) DEEPSEEK_INLINE_LAMBDA {
      return as_type<compute_t<value_type>>(
          rule(as_type<typename Rule::template operand<I, typename Children::value_type...>>(
              get<I>(this->child).template load<Pass>(get<I>(s), env, at))...));
    }
    (std::make_integer_sequence<int, sizeof...(Children)>{});
  }
};

}  // namespace deepseek::plan::gpu
